"""Documents, names and links made to do harm: refused with a typed error, quickly and in little memory."""

from __future__ import annotations

import contextlib
import json
import os
import pickle
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import BaseZarrError, CodecError, MetadataValidationError, NodeNotFoundError, StoreIOError

V3 = {
    "zarr_format": 3,
    "node_type": "array",
    "shape": [8],
    "data_type": "int32",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}},
    "chunk_key_encoding": {"name": "default"},
    "fill_value": 0,
    "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
}
V2 = {
    "zarr_format": 2,
    "shape": [8],
    "chunks": [4],
    "dtype": "<i4",
    "compressor": None,
    "fill_value": 0,
    "order": "C",
    "filters": None,
}


def opened(document: object, name: str = "zarr.json") -> zarrc.Array:
    raw = document if isinstance(document, bytes) else json.dumps(document).encode()
    return zarrc.open_array({name: raw}, mode="r")


def shape3(shape: list, chunks: list | None = None) -> dict:
    grid = {"name": "regular", "configuration": {"chunk_shape": chunks or [4] * len(shape)}}
    return V3 | {"shape": shape, "chunk_grid": grid}


@pytest.mark.parametrize("n", [2**63, 2**64, 2**64 + 8, 10**30, -1, 1.0, None, "8", float("nan")])
@pytest.mark.parametrize("where", ["shape", "chunks"])
def test_sizes(n, where):
    with pytest.raises(MetadataValidationError):
        opened(shape3([n]) if where == "shape" else shape3([8], [n]))
    with pytest.raises(MetadataValidationError):
        opened(V2 | {where: [n]}, ".zarray")


@pytest.mark.parametrize("shape", [[2**32, 2**32], [2**62, 4], [2**21] * 3, [3] * 60, [2**62] * 60])
def test_more_elements_than_can_be_counted(shape):
    """What is opened at all can be asked for its counts and read in parts."""
    try:
        array = opened(shape3(shape))
    except MetadataValidationError:
        return
    assert array.size > 0 and array.nchunks > 0
    assert array[(0,) * len(shape)] == 0
    with pytest.raises((MemoryError, ValueError)):
        array[...]


def test_a_large_sparse_array_works():
    array = opened(shape3([2**62], [2**20]))
    assert array.nchunks == 2**42 and array[2**61] == 0
    np.testing.assert_array_equal(array[2**62 - 2 :], [0, 0])
    np.testing.assert_array_equal(array[:: 2**61], [0, 0])
    assert zarrc.verify({"zarr.json": json.dumps(shape3([2**62], [2**20])).encode()}).ok


@pytest.mark.parametrize("n", [2**40, 2**62])
def test_chunks_larger_than_memory(n):
    try:
        array = opened(shape3([n], [n]))
    except MetadataValidationError:
        return
    assert array[5] == 0  # missing: nothing of its size is made


def test_shards_of_too_many_chunks():
    inner = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [1],
            "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        },
    }
    array = opened(shape3([2**40], [2**40]) | {"codecs": [inner]})
    with pytest.raises(BaseZarrError, match="inner chunks"):
        array[0]


@pytest.mark.parametrize("sharded", [False, True])
def test_an_endless_axis_beside_an_irregular_one(sharded):
    grid = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[[4, 1], [2, 1]], 2]}}
    inner = {"chunk_shape": [2, 1], "codecs": V3["codecs"], "index_codecs": V3["codecs"]}
    codecs = [{"name": "sharding_indexed", "configuration": inner}] if sharded else V3["codecs"]
    with zarrc.config.set({"array.rectilinear_chunks": True}):
        array = opened(V3 | {"shape": [6, 2**51 + 1], "chunk_grid": grid, "codecs": codecs})
    assert array.nchunks == ((3 * (2**51 + 1)) if sharded else 2 * (2**50 + 1))
    assert "(4, 2), (2, 2, 2, 2, 2, ..., 2, 1)" in str(array.info)
    assert array.nchunks_initialized == 0 and array[5, 2**51] == 0


def test_rectilinear_grids_of_too_many_chunks():
    grid = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[[1, 2**40], [2, 2**40]]]}}
    with zarrc.config.set({"array.rectilinear_chunks": True}), pytest.raises(MetadataValidationError):
        opened(V3 | {"shape": [3 * 2**40], "chunk_grid": grid})


@pytest.mark.parametrize("depth", [1000, 100_000])
@pytest.mark.parametrize(("start", "end"), [(b"[", b"]"), (b'{"a":', b"}")])
def test_deep_documents(depth, start, end):
    deep = start * depth + b"1" + end * depth
    for raw in (deep, b'{"zarr_format": 3, "attributes": ' + deep + b"}", start * depth):
        for name in ("zarr.json", ".zarray", ".zgroup"):
            with pytest.raises(MetadataValidationError):
                zarrc.open({name: raw}, mode="r")


@pytest.mark.parametrize("key", sorted(V3))
def test_deep_values(key):
    value: object = 1
    for _ in range(200):
        value = [value] if key != "codecs" else [{"name": "bytes", "configuration": {"x": value}}]
    with contextlib.suppress(BaseZarrError, ImportError):
        opened(V3 | {key: value})[...]


def test_deep_codecs():
    codecs = [{"name": "bytes", "configuration": {"endian": "little"}}]
    for _ in range(300):
        configuration = {"chunk_shape": [1], "codecs": codecs, "index_codecs": V3["codecs"]}
        codecs = [{"name": "sharding_indexed", "configuration": configuration}]
    with pytest.raises(BaseZarrError):
        opened(V3 | {"codecs": codecs})[...]


def test_enormous_documents(tmp_path):
    raw = json.dumps(V3 | {"attributes": {"x": "y" * 5000}}).encode()
    with zarrc.config.set({"json_max_bytes": 4096}):
        for place in ({"zarr.json": raw}, tmp_path):
            if place is tmp_path:
                (tmp_path / "zarr.json").write_bytes(raw)
            with pytest.raises(MetadataValidationError, match="more than 4096 bytes"):
                zarrc.open(place, mode="r")
    with open(tmp_path / "zarr.json", "wb") as f:
        f.truncate(1 << 40)  # takes no room on the disk; is not read as a whole
    with zarrc.config.set({"json_max_bytes": 1 << 20}), pytest.raises(MetadataValidationError, match="more than"):
        zarrc.open(tmp_path, mode="r")


@pytest.mark.parametrize(
    "raw",
    [
        json.dumps(V3).encode().replace(b'"shape": [8]', b'"shape": [8], "shape": [9]'),
        json.dumps(V3).encode().replace(b'"name": "bytes"', b'"name": "bytes", "name": "zstd"'),
        json.dumps(V3).encode().replace(b'"codecs"', b'"attributes": {"a": {"b": 1, "b": 1}}, "codecs"'),
    ],
)
def test_keys_that_occur_twice(raw):
    with pytest.raises(MetadataValidationError, match="occurs twice"):
        opened(raw)


@pytest.mark.parametrize("token", ["NaN", "Infinity", "-Infinity", "1e999", "1e-999", "-0", "1" * 5000])
@pytest.mark.parametrize("key", sorted({*V3} - {"fill_value"}))
def test_odd_numbers(token, key):
    raw = json.dumps(V3 | {key: "HERE"}).replace('"HERE"', token).encode()
    with pytest.raises(BaseZarrError):
        opened(raw)
    raw = json.dumps(V3 | {"shape": ["HERE"]}).replace('"HERE"', token).encode()
    if token != "-0":
        with pytest.raises(BaseZarrError):
            opened(raw)


def test_times_without_a_unit():
    """numpy cannot print such a time."""
    generic = {"name": "numpy.datetime64", "configuration": {"unit": "generic", "scale_factor": 1}}
    array = opened(V3 | {"data_type": generic, "fill_value": 5})
    assert "Fill value         : 5" in str(array.info) and array[0].view("i8") == 5


# names ---------------------------------------------------------------------------------------------------------
BAD_PATHS = ["..", "../x", "a/../../x", "a/..", ".", "./a", "a/./b", "a\0b", "\0", "..\\x", "a\\..\\..\\x"]


@pytest.mark.parametrize("path", BAD_PATHS)
def test_node_names(path, tmp_path):
    (tmp_path / "x").mkdir()
    root = zarrc.open_group(tmp_path / "store", mode="w")
    for touch in (
        lambda: root.create_array(path, shape=(1,), dtype="i4"),
        lambda: root.create_group(path),
        lambda: root[path],
        lambda: zarrc.open_array(tmp_path / "store", path=path, mode="r"),
        lambda: zarrc.verify(tmp_path / "store", path),
        lambda: zarrc.open_group({}, path=path, mode="w"),
    ):
        with pytest.raises((ValueError, KeyError)):
            touch()
    assert os.listdir(tmp_path / "x") == [] and sorted(os.listdir(tmp_path)) == ["store", "x"]


def test_absolute_names_stay_inside(tmp_path):
    root = zarrc.open_group(tmp_path / "store", mode="w")
    root.create_array("/etc/passwd", shape=(1,), dtype="i4")
    assert (tmp_path / "store/etc/passwd/zarr.json").exists()
    with pytest.raises(NodeNotFoundError):
        zarrc.open_array(tmp_path / "store", path="/etc/hostname", mode="r")


@pytest.mark.parametrize("path", [*BAD_PATHS, "/etc", "a//b", "", "a/"])
def test_consolidated_names(path):
    document = {
        "zarr_format": 3,
        "node_type": "group",
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": {path: V3}},
    }
    with pytest.raises(MetadataValidationError):
        zarrc.open_group({"zarr.json": json.dumps(document).encode()}, mode="r")


@pytest.mark.parametrize(
    "encoding",
    [
        {"name": "default", "configuration": {"separator": "/../"}},
        {"name": "default", "configuration": {"separator": "\0"}},
        {"name": "v2", "configuration": {"separator": ""}},
        {"name": "suffix", "configuration": {"suffix": "/../../x", "base_encoding": "default"}},
        {"name": "suffix", "configuration": {"suffix": "\0", "base_encoding": "default"}},
        {"name": "suffix", "configuration": {"suffix": "/zarr.json", "base_encoding": "default"}},
        {"name": "template", "configuration": {"format": "/etc/{0}"}},
        {"name": "template", "configuration": {"format": "../{0}"}},
        {"name": "template", "configuration": {"format": "{*}", "separator": "/../"}},
        {"name": "template", "configuration": {"format": "{0:09999}"}},
        {"name": "fanout", "configuration": {"max_children": 0}},
    ],
)
def test_chunk_keys(encoding):
    with pytest.raises(MetadataValidationError):
        opened(V3 | {"chunk_key_encoding": encoding})


# links -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def linked(tmp_path: Path) -> Path:
    """A store with a chunk, an array and a document that are links to what lies outside."""
    outside = zarrc.create_array(tmp_path / "outside", shape=(8,), chunks=(4,), dtype="i4", compressors=None)
    outside[...] = 5
    root = zarrc.open_group(tmp_path / "store", mode="w")
    root.create_array("plain", shape=(8,), chunks=(4,), dtype="i4", compressors=None)[...] = np.arange(8)
    (tmp_path / "store/plain/c/1").unlink()
    (tmp_path / "store/plain/c/1").symlink_to(tmp_path / "outside/c/1")
    (tmp_path / "store/array").symlink_to(tmp_path / "outside")
    (tmp_path / "store/document").mkdir()
    (tmp_path / "store/document/zarr.json").symlink_to(tmp_path / "outside/zarr.json")
    return tmp_path


def test_links_are_followed_by_default(linked):
    root = zarrc.open_group(linked / "store", mode="r")
    np.testing.assert_array_equal(root["plain"][...], [0, 1, 2, 3, 5, 5, 5, 5])
    np.testing.assert_array_equal(root["array"][...], 5)
    assert set(root) == {"plain", "array", "document"}


def test_links_are_refused_when_told(linked):
    store = zarrc.storage.LocalStore(linked / "store", follow_symlinks=False)
    store = pickle.loads(pickle.dumps(store)).with_read_only(False)
    root = zarrc.open_group(store, mode="r+")
    np.testing.assert_array_equal(root["plain"][:4], np.arange(4))
    root["plain"][0] = 9
    assert root["plain"][0] == 9
    before = (linked / "outside/c/1").read_bytes()
    for touch in (
        lambda: root["plain"][4:],
        lambda: root["plain"].__setitem__(slice(4, 8), 7),
        lambda: root["plain"].__setitem__(5, 7),
        lambda: root["array"],
        lambda: root["document"],
        lambda: root.create_array("array/below", shape=(1,), dtype="i4"),
        lambda: zarrc.open_array(store, path="array"),
        lambda: zarrc.verify(store, "array"),
    ):
        with pytest.raises(StoreIOError, match="symbolic link"):
            touch()
    assert (linked / "outside/c/1").read_bytes() == before and not (linked / "outside/below").exists()
    assert "array" not in set(store.list_dir_sync(""))
    assert "plain/c/1" not in dict(store.list_prefix_sync(""))
    assert set(zarrc.storage.LocalStore(linked / "store").list_dir_sync("")) > {"array"}


def test_root_may_be_a_link(linked):
    (linked / "other").symlink_to(linked / "store")
    store = zarrc.storage.LocalStore(linked / "other", follow_symlinks=False)
    np.testing.assert_array_equal(zarrc.open_array(store, path="plain")[:4], np.arange(4))


def test_links_in_a_circle_end(linked):
    (linked / "store/plain/up").symlink_to("..")
    (linked / "store/plain/up2").symlink_to("../..")
    (linked / "store/self").symlink_to(".")
    assert len(list(zarrc.storage.LocalStore(linked / "store").list_prefix_sync(""))) < 200
    assert zarrc.verify(linked / "store").arrays >= 2


# pickles ---------------------------------------------------------------------------------------------------------
class Harm:
    def __reduce__(self) -> tuple:
        return (os.mkdir, (os.environ["ZARRC_TEST_HARM"],))


@pytest.mark.parametrize("trusted", [False, True])
def test_pickles_are_read_only_when_asked_for(trusted, tmp_path, monkeypatch):
    monkeypatch.setenv("ZARRC_TEST_HARM", str(tmp_path / "harm"))
    document = V2 | {
        "dtype": "|O",
        "filters": [{"id": "pickle", "protocol": 5}],
        "fill_value": None,
        "shape": [1],
        "chunks": [1],
    }
    array = zarrc.open_array({".zarray": json.dumps(document).encode(), "0": pickle.dumps(Harm())}, mode="r")
    with zarrc.config.set({"array.allow_unsafe_pickle_decode": trusted}):
        if trusted:
            array[...]
        else:
            with pytest.raises(CodecError, match="refused"):
                array[...]
    assert (tmp_path / "harm").exists() == trusted


def test_object_arrays_get_no_pickles_by_themselves():
    with pytest.raises(BaseZarrError):
        zarrc.create_array({}, shape=(1,), dtype=object, zarr_format=2)
    with pytest.raises(BaseZarrError):
        opened(V2 | {"dtype": "|O"}, ".zarray")
