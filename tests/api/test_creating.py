"""What new arrays and groups are like."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    CodecValidationError,
    ContainsArrayAndGroupError,
    ContainsArrayError,
    ContainsGroupError,
    ReadOnlyError,
    ZarrRuntimeWarning,
    ZarrUserWarning,
)
from zarrc.stores import MemoryStore
from zarrc.stores.zip import ZipStore

formats = pytest.mark.parametrize("zarr_format", [2, 3])


@formats
def test_overwrite(store, zarr_format):
    zarrc.create_array(store, name="x", data=np.arange(9), chunks=2, zarr_format=zarr_format)
    for use in (
        lambda **k: zarrc.create_array(store, name="x", shape=3, dtype="i4", zarr_format=zarr_format, **k),
        lambda **k: zarrc.create(3, store=store, path="x", dtype="i4", zarr_format=zarr_format, **k),
    ):
        with pytest.raises(ContainsArrayError):
            use()
        assert use(overwrite=True)[...].tolist() == [0, 0, 0]
    with pytest.raises(ContainsArrayError):
        zarrc.create_group(store, path="x", zarr_format=zarr_format)
    zarrc.create_group(store, path="x", zarr_format=zarr_format, overwrite=True)
    with pytest.raises(ContainsGroupError):
        zarrc.create_array(store, name="x", shape=3, dtype="i4", zarr_format=zarr_format)
    assert isinstance(zarrc.open(store, path="x"), zarrc.Group)


@formats
def test_makers(zarr_format):
    common = {"chunks": (2, 2), "zarr_format": zarr_format}
    assert not zarrc.zeros((3, 4), **common)[...].any()
    assert zarrc.zeros((3, 4), **common).dtype == np.float64
    assert (zarrc.ones((3, 4), dtype="i2", **common)[...] == 1).all()
    assert zarrc.ones(3, dtype=bool, zarr_format=zarr_format)[...].all()
    assert (zarrc.full((3, 4), 7, dtype="u1", **common)[...] == 7).all()
    assert np.isnan(zarrc.full((3, 4), np.nan, **common)[...]).all()
    assert zarrc.empty((3, 4), dtype="i4", **common).shape == (3, 4)
    array = zarrc.array([[1, 2], [3, 4]], **common)
    assert array[...].tolist() == [[1, 2], [3, 4]]
    assert array.dtype == np.int64
    assert zarrc.array([1.9, 2], dtype="i4").dtype == np.int32
    assert zarrc.array(np.arange(3.0), dtype=">f4", zarr_format=2)[...].tolist() == [0, 1, 2]
    again = zarrc.array(array)
    assert again.chunks == (2, 2)
    assert again[...].tolist() == [[1, 2], [3, 4]]


def test_create_with_names_of_v2():
    array = zarrc.create(
        (6, 4), chunks=3, dtype=">i4", order="F", dimension_separator="/", compressor=None, zarr_format=2,
        filters=[{"id": "delta", "dtype": ">i4"}], config={"write_empty_chunks": True},
    )  # fmt: skip
    array[...] = value = np.arange(24).reshape(6, 4)
    assert {k for k, _ in array.store.list_prefix_sync("")} == {".zarray", ".zattrs", "0/0", "0/1", "1/0", "1/1"}
    assert np.array_equal(zarrc.open_array(array.store)[...], value)
    assert array.compressor is None
    assert array.config.write_empty_chunks
    assert zarrc.create(5, chunks=False).chunks == (5,)
    assert zarrc.create(5).dtype == np.float64
    assert zarrc.create((4, 4), chunk_shape=(2, 2)).chunks == (2, 2)
    with pytest.raises(ValueError):
        zarrc.create((4, 4), chunk_shape=(2, 2), chunks=(2, 2))
    with pytest.raises(TypeError):
        zarrc.create(4, colour=1)


def test_create_with_codecs():
    codecs = [{"name": "transpose", "configuration": {"order": [1, 0]}}, "bytes", {"name": "gzip"}]
    codecs[1] = {"name": "bytes", "configuration": {"endian": "big"}}
    array = zarrc.create((2, 3), dtype="i4", codecs=codecs, chunk_key_encoding=("default", "."))
    assert [c.name for c in array.metadata.codecs] == ["transpose", "bytes", "gzip"]
    array[...] = [[1, 2, 3], [4, 5, 6]]
    assert array.store.exists_sync("c.0.0")
    assert zarrc.open(array.store)[...].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert zarrc.create(3, dtype="i4", codecs=[codecs[1]]).compressors == ()


@pytest.mark.parametrize(
    ("zarr_format", "settings", "words"),
    [
        (2, {"codecs": ["bytes"]}, "codecs cannot be used .* 2. Use filters and compressor"),
        (2, {"chunk_key_encoding": ("v2", ".")}, "chunk_key_encoding cannot be used .* 2. Use dimension_separator"),
        (2, {"dimension_names": ["x"]}, "dimension_names cannot be used for arrays with zarr_format 2."),
        (3, {"dimension_separator": "/"}, "dimension_separator cannot be used .* 3. Use chunk_key_encoding"),
        (3, {"filters": []}, "filters cannot be used .* 3. Use array-to-array codecs"),
        (3, {"compressor": None}, "compressor cannot be used .* 3. Use bytes-to-bytes codecs"),
    ],
)
def test_names_of_the_other_format(zarr_format, settings, words):
    store = {}
    with pytest.raises(ValueError, match=words):
        zarrc.create(3, store=store, zarr_format=zarr_format, **settings)
    assert not store


@pytest.mark.parametrize("mode", [None, "a", "r+", "w", "w-"])
@pytest.mark.parametrize("overwrite", [False, True])
def test_create_with_a_mode(mode, overwrite):
    store = MemoryStore()
    assert zarrc.create(3, store=store, mode=mode, overwrite=overwrite).shape == (3,)
    store.set_bytes("more", b"1")
    if mode == "w-":
        with pytest.raises(FileExistsError):
            zarrc.create(4, store=store, mode=mode, overwrite=overwrite)
    elif mode == "w" or overwrite:
        assert zarrc.create(4, store=store, mode=mode, overwrite=overwrite).shape == (4,)
        assert not store.exists_sync("more")
    else:
        with pytest.raises(ContainsArrayError):
            zarrc.create(4, store=store, mode=mode, overwrite=overwrite)
    with pytest.raises(ReadOnlyError, match="read-only"):
        zarrc.create(4, store=store, mode="r")


def test_create_with_data():
    array = zarrc.create(3, data=np.arange(3, dtype="i1"), chunks=2)
    assert (array.dtype, array[...].tolist()) == (np.float64, [0, 1, 2])
    assert zarrc.create(data=np.arange(3, dtype="i1")).dtype == np.int8
    assert zarrc.array([1, 2], shape=(7,)).shape == (2,)
    with pytest.raises(TypeError, match=r"^create\(\) got an unexpected keyword argument 'typo'"):
        zarrc.create(3, typo=1)


@formats
def test_what_cannot_be_stored_replaces_nothing(zarr_format):
    store = MemoryStore()
    zarrc.create_array(store, data=np.arange(3), zarr_format=zarr_format)
    before = dict(store._store_dict)
    for use in (
        lambda: zarrc.create_array(store, shape=3, dtype="i1", overwrite=True, attributes={"x": object()}),
        lambda: zarrc.create_group(store, overwrite=True, attributes={"x": object()}),
        lambda: zarrc.create(3, store=store, mode="w", fill_value="no number"),
        lambda: zarrc.save_group(store, a=np.arange(2), b="no array"),
        lambda: zarrc.save_group(store, a=np.arange(2), b=np.array([object()])),
    ):
        with pytest.raises((TypeError, ValueError)):
            use()
        assert store._store_dict == before


@formats
def test_nothing_lies_below_an_array(zarr_format):
    store = MemoryStore()
    zarrc.create_array(store, name="a", shape=3, dtype="i1", zarr_format=zarr_format)
    for use in (
        lambda: zarrc.create_array(store, name="a/b/c", shape=3, dtype="i1", zarr_format=zarr_format),
        lambda: zarrc.create_group(store, path="a/b", zarr_format=zarr_format),
    ):
        with pytest.raises(ContainsArrayError, match="only groups may have child nodes"):
            use()
    assert not [key for key, _ in store.list_prefix_sync("a/b")]


def test_array_and_group_at_one_place():
    store = MemoryStore()
    zarrc.create_array(store, name="a", shape=3, dtype="i1", zarr_format=2)
    store.set_bytes("a/.zgroup", b'{"zarr_format": 2}')
    with pytest.raises(ContainsArrayAndGroupError, match=r"Remove the .zarray file"):
        zarrc.create_group(store, path="a", zarr_format=2)


@formats
def test_a_store_that_cannot_delete_cannot_overwrite(tmp_path, zarr_format):
    with ZipStore(tmp_path / "a.zip", mode="w") as store:
        zarrc.create_array(store, shape=3, dtype="i1", zarr_format=zarr_format, overwrite=True)
        with pytest.raises(ContainsArrayError):
            zarrc.create_array(store, shape=4, dtype="i1", zarr_format=zarr_format, overwrite=True)
        assert zarrc.open_array(store).shape == (3,)


def test_order():
    for order in ("C", "F"):
        config = {"order": order}
        assert zarrc.create(3, zarr_format=2, config=config).metadata.order == order
        assert zarrc.create(3, zarr_format=2, order="F", config=config).metadata.order == "F"
        with pytest.warns(ZarrRuntimeWarning, match="`order` keyword argument has no effect"):
            assert zarrc.create(3, order="F", config=config).order == order
        with pytest.warns(ZarrRuntimeWarning, match="`order` keyword argument has no effect"):
            assert zarrc.create_array({}, shape=3, dtype="i1", order="F", config=config).order == order


def test_write_empty_chunks_belongs_into_config():
    with pytest.warns(ZarrRuntimeWarning, match="The `write_empty_chunks` keyword argument"):
        assert zarrc.create(3, write_empty_chunks=True).config.write_empty_chunks
    with pytest.warns(ZarrUserWarning, match="Both write_empty_chunks and config"), pytest.warns(ZarrRuntimeWarning):
        config = {"write_empty_chunks": True, "order": "F"}
        array = zarrc.create(3, write_empty_chunks=False, config=config)
    assert (array.config.write_empty_chunks, array.order) == (False, "F")


def test_automatic_shards():
    with pytest.warns(ZarrUserWarning, match="Automatic shard shape inference is experimental"):
        assert zarrc.create_array({}, shape=(100, 8), chunks=(5, 4), shards="auto", dtype="i1").shards == (10, 4)
    with zarrc.config.set({"array.target_shard_size_bytes": 1000}), pytest.warns(ZarrUserWarning):
        assert zarrc.create_array({}, shape=(100, 99), chunks=(5, 4), shards="auto", dtype="i2").shards == (25, 20)
        assert zarrc.create_array({}, shape=(), shards="auto", dtype="i2").shards == ()
    for shards in (-1, False, (-1, -1)):
        assert zarrc.create_array({}, shape=(0, 18), chunks=(5, 4), shards=shards, dtype="i1").shards == (5, 20)


@pytest.mark.parametrize(
    ("name", "near"),
    [("compressor", "compressors"), ("chunk", "chunks"), ("attribute", "attributes"), ("nonsense", None)],
)
def test_unknown_settings_name_the_near_one(name, near):
    group = zarrc.create_group({})
    message = rf"create_array\(\) got an unexpected keyword argument '{name}'"
    message += "$" if near is None else rf" \(did you mean '{near}'"
    with pytest.raises(TypeError, match=message):
        zarrc.create_array({}, shape=3, dtype="i4", **{name: 1})
    if name != "compressor":  # zarr-python's method has that one
        with pytest.raises(TypeError, match=message):
            group.create_array("a", shape=3, dtype="i4", **{name: 1})


def test_shards_in_v2():
    with pytest.raises(CodecValidationError, match=r"Leave `shards` out, or use zarr_format=3"):
        zarrc.create_array({}, shape=3, dtype="i4", shards=3, zarr_format=2)
