from __future__ import annotations

import copy
import json
import pickle

import numpy as np
import pytest

import zarrc
import zarrc.errors
from zarrc.info import human_size


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [(0, "0"), (1023, "1023"), (1024, "1.0K"), (1536, "1.5K"), (1 << 20, "1.0M"), (5 << 30, "5.0G"), (1 << 50, "1.0P")],
)
def test_human_size(nbytes, text):
    assert human_size(nbytes) == text


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_array_info(zarr_format):
    array = zarrc.create_array(None, shape=(100, 50), chunks=(30, 50), dtype="f8", zarr_format=zarr_format)
    array[:30] = np.random.default_rng(1).random((30, 50))
    text = repr(array.info)
    for part in ("Array", "float64", "(100, 50)", "(30, 50)", "MemoryStore", "40000 (39.1K)", "False"):
        assert part in text
    assert ("Serializer" in text) == (zarr_format == 3)
    assert "Chunks Initialized" not in text
    assert {line.index(" : ") for line in text.splitlines() if " : " in line}
    full = repr(array.info_complete())
    assert "1/4" in full
    assert str(array.nbytes_stored()) in full
    assert array.info == array.info
    assert array.info != array.info_complete()


def unknown_codec(where: str) -> zarrc.Array:
    """An array with the codec "nosuch", which nobody has."""
    store: dict = {}
    zarr_format = 2 if where == "v2" else 3
    shards = (4,) if where == "shards" else None
    array = zarrc.create_array(store, shape=(8,), chunks=(2,), shards=shards, dtype="i4", zarr_format=zarr_format)
    array[:4] = 1
    document = dict(array.metadata.document)
    if where == "v2":
        document["compressor"] = {"id": "nosuch", "level": 7}
        store[".zarray"] = json.dumps(document).encode()
    else:
        codec = {"name": "nosuch", "configuration": {"level": 7}}
        codecs = copy.deepcopy(list(document["codecs"]))
        if where == "shards":
            codecs[0]["configuration"]["codecs"].append(codec)
        else:
            codecs.append(codec)
        store["zarr.json"] = json.dumps(document | {"codecs": codecs}).encode()
    return zarrc.open_array(store, mode="r")


@pytest.mark.parametrize(
    ("where", "chunks", "stored"),
    [("v2", "Chunk shape", "2/4"), ("v3", "Chunk shape", "2/4"), ("shards", "Shard shape", "1/2")],
)
def test_unknown_codecs_are_shown_as_stored(where, chunks, stored):
    array = unknown_codec(where)
    items = array.info_complete().items
    assert items[chunks] == ((4,) if where == "shards" else (2,))
    assert items[chunks.replace(" shape", "s Initialized")] == stored
    assert "unknown codec 'nosuch'" in items["Not readable"]
    shown = items["Compressors"] if where == "v2" else items["Codecs"]
    assert shown == ((array.metadata.compressor,) if where == "v2" else array.metadata.named_codecs)
    assert "'level': 7" in repr(array.info)
    with pytest.raises(zarrc.errors.UnknownCodecError):
        array[...]


def test_info_of_nothing():
    assert "Storage ratio" in repr(zarrc.zeros((0, 3)).info_complete())
    assert "()" in repr(zarrc.zeros(()).info)


def test_group_info():
    group = zarrc.create_group(None)
    group.create_group("a").create_array("b", shape=3, dtype="i4")
    text = repr(group.info)
    assert "Group" in text
    assert "No. members" not in text
    items = group.info_complete().items
    assert (items["No. members"], items["No. arrays"], items["No. groups"]) == (2, 1, 1)
    assert group.info != zarrc.zeros(3).info


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_items_under_the_names_of_zarr_python(zarr_format):
    group = zarrc.create_group(None, zarr_format=zarr_format)
    array = group.create_array("a", shape=(4, 6), chunks=(2, 3), dtype="i4")
    assert group.info._zarr_format == array.info._zarr_format == zarr_format
    assert group.info_complete()._count_members == 1
    assert (array.info._shape, array.info._chunk_shape, array.info._read_only) == ((4, 6), (2, 3), False)
    assert not hasattr(group.info, "_count_members")
    assert pickle.loads(pickle.dumps(group.info)) == copy.copy(group.info) == group.info
