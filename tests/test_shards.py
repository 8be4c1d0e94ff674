"""Partial writes of shards: what they leave alone."""

from __future__ import annotations

import json

import numpy as np
import pytest
from array_strategies import python_engine

import zarrc
from zarrc.chunkio import ChunkIO
from zarrc.errors import CodecError, CodecValidationError
from zarrc.metadata import ArrayV3Metadata
from zarrc.stores import LocalStore, MemoryStore

LAST = 2**64 - 1


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "a.zarr")


def sharded(store, location="end", **settings) -> zarrc.Array:
    array = zarrc.create_array(
        store, shape=16, chunks=4, shards={"shape": 16, "index_location": location}, dtype="i4", **settings
    )
    array[...] = np.arange(1, 17)
    return array


def entries(array: zarrc.Array) -> tuple[bytes, np.ndarray]:
    """The shard and its index."""
    shard = array.store.get_bytes("c/0")
    codec = ChunkIO(array.metadata).chain.array_bytes
    return shard, codec.read_index(shard).reshape(-1, 2).astype(int)


def inner_bytes(array: zarrc.Array, n: int) -> bytes:
    shard, index = entries(array)
    offset, count = index[n]
    return shard[offset : offset + count]


@pytest.mark.parametrize("location", ["start", "end"])
@pytest.mark.parametrize("key", [5, slice(5, 7), slice(4, 8), [5, 6]])
def test_untouched_inner_chunks_keep_their_bytes(store, location, key):
    array = sharded(store, location)
    before = [inner_bytes(array, n) for n in range(4)]
    array[key] = 77
    assert [inner_bytes(array, n) == before[n] for n in range(4)] == [True, False, True, True]


@pytest.mark.parametrize("location", ["start", "end"])
def test_untouched_inner_chunks_are_not_decoded(store, location):
    array = sharded(store, location)
    shard, index = entries(array)
    offset, count = index[2]
    damaged = shard[:offset] + b"\xa5" * count + shard[offset + count :]
    store.set_bytes("c/0", damaged)
    array[5] = 99
    array[12:] = 7
    assert array[:8].tolist() == [1, 2, 3, 4, 5, 99, 7, 8]
    assert array[12:].tolist() == [7] * 4
    assert inner_bytes(array, 2) == b"\xa5" * count
    with pytest.raises(CodecError, match="c/0"):
        array[8]
    with pytest.raises(CodecError, match="c/0"):
        array[8] = 1
    array[8:12] = 3  # a whole inner chunk needs no merge
    assert array[8:12].tolist() == [3] * 4


def test_inner_chunks_of_fill_value_leave_the_shard(store):
    array = sharded(store)
    array[4:8] = 0
    _, index = entries(array)
    assert len(index) == 4
    assert np.array_equal(array[...], [*range(1, 5), 0, 0, 0, 0, *range(9, 17)])
    raw = store.get_bytes("c/0")[-(4 * 16 + 4) : -4]
    assert np.frombuffer(raw, "<u8").reshape(4, 2)[1].tolist() == [LAST, LAST]
    array[...] = 0
    assert array.nchunks_initialized == 0
    assert store.get_bytes("c/0") is None
    full = array.with_config({"write_empty_chunks": True})
    full[:4] = 0
    assert store.get_bytes("c/0") is not None


def test_counts_and_shapes():
    array = zarrc.create_array(None, shape=(10, 6), chunks=(2, 2), shards=(4, 4), dtype="i4")
    assert (array.chunks, array.shards, array.cdata_shape, array.nchunks) == ((2, 2), (4, 4), (5, 3), 15)
    assert array.read_chunk_sizes == ((2, 2, 2, 2, 2), (2, 2, 2))
    assert array.write_chunk_sizes == ((4, 4, 2), (4, 2))
    array[9, 5] = 1
    assert array.nchunks_initialized == 1
    array[...] = 1
    assert array.nchunks_initialized == array.nchunks
    array.resize((4, 4))
    assert array.nchunks_initialized == array.nchunks == 4
    assert "Shard shape        : (4, 4)" in repr(array.info)


def test_huge_grids_need_no_lists():
    array = zarrc.create_array(None, shape=(10**9, 10**9), chunks=(1, 1), dtype="u1")
    assert array.nchunks == 10**18
    array[10**8, 5] = 1
    assert array.nchunks_initialized == 1
    array.resize((10**8, 10**9))
    assert array.nchunks_initialized == 0


def test_chunks_are_chosen_to_divide_shards():
    array = zarrc.create_array(None, shape=(3000, 5000), shards=(1500, 4000), dtype="f8")
    assert array.shards == (1500, 4000)
    assert all(s % c == 0 for s, c in zip(array.shards, array.chunks, strict=True))
    assert 0 < np.prod(array.chunks) * 8 <= 1500 * 4000 * 8
    ragged = zarrc.create_array(None, shape=(10, 6), shards=[[4, 6], 3], dtype="i4")
    assert ragged._inner_chunks() == (2, 3)


@pytest.mark.parametrize(
    "settings",
    [
        {"chunks": (3,), "shards": (4,)},
        {"chunks": (4,), "shards": (2,)},
        {"chunks": (2,), "shards": [[2, 3, 5]]},
        {"chunks": [[2, 3, 5]], "shards": (10,)},
        {"chunks": (2,), "shards": (4,), "zarr_format": 2},
        {"chunks": (2,), "shards": {"shape": (4,), "index_location": "middle"}},
    ],
)
def test_bad_shards(settings):
    with pytest.raises(CodecValidationError):
        zarrc.create_array(None, shape=(10,), dtype="i4", **settings)


def test_rectilinear_arrays():
    value = np.arange(60).reshape(10, 6)
    array = zarrc.create_array(None, data=value, chunks=[[2, 3, 5], 4])
    assert np.array_equal(array[...], value)
    assert array.read_chunk_sizes == array.write_chunk_sizes == ((2, 3, 5), (4, 2))
    assert (array.cdata_shape, array.nchunks, array.nchunks_initialized) == ((3, 2), 6, 6)
    assert "((2, 3, 5), (4, 2))" in repr(array.info)
    with pytest.raises(NotImplementedError, match="read_chunk_sizes"):
        array.chunks  # noqa: B018
    grid = json.loads(array.store.get_bytes("zarr.json"))["chunk_grid"]
    assert grid["name"] == "rectilinear"
    for made in (zarrc.zeros_like(array), zarrc.array(array)):
        assert made.metadata.grid == array.metadata.grid
    array.append(np.ones((3, 6), int))
    assert np.array_equal(array[10:], np.ones((3, 6)))
    assert np.array_equal(array[:10], value)


LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
RAGGED = {
    "shards": {"chunks": (2, 3), "shards": [[4, 6], [6, 3]]},
    "transposed": {
        "chunks": (2, 3),
        "shards": [[4, 6], [6, 3]],
        "filters": {"name": "transpose", "configuration": {"order": [1, 0]}},
    },
    "nested": {
        "chunks": [[4, 6], [6, 3]],
        "serializer": {
            "name": "sharding_indexed",
            "configuration": {
                "chunk_shape": [2, 3],
                "codecs": [
                    {
                        "name": "sharding_indexed",
                        "configuration": {
                            "chunk_shape": [1, 3],
                            "codecs": [LITTLE],
                            "index_codecs": [LITTLE],
                        },
                    }
                ],
                "index_codecs": [LITTLE],
            },
        },
        "compressors": None,
    },
    "chunks": {"chunks": [[4, 6], [6, 3]]},
}


@pytest.mark.parametrize("how", ["resize", "append"])
@pytest.mark.parametrize("settings", RAGGED.values(), ids=RAGGED)
def test_rectilinear_arrays_grow(tmp_path, settings, how):
    """Beyond the declared chunks, too: what is added is a shard of whole inner chunks."""
    value = np.arange(9 * 8, dtype="i2").reshape(9, 8)
    array = zarrc.create_array(tmp_path, data=value, **settings)
    grown = np.zeros((13, 11), "i2")
    grown[:9, :8] = value
    if how == "resize":
        array.resize((13, 11))
    else:
        array.append(np.zeros((4, 8), "i2"))
        array.append(np.zeros((13, 3), "i2"), axis=1)
    for opened in (array, zarrc.open_array(tmp_path)):
        assert np.array_equal(opened[...], grown)
    opened[9:, 8:] = grown[9:, 8:] = 7
    opened.resize((14, 12))
    assert np.array_equal(zarrc.open_array(tmp_path)[:13, :11], grown)
    assert np.array_equal(python_engine(opened)[:13, :11], grown)
    assert zarrc.verify(tmp_path).ok


def test_a_grid_that_the_codecs_refuse_is_not_stored(tmp_path, monkeypatch):
    array = zarrc.create_array(tmp_path, data=np.arange(9), chunks=(2,), shards=[[4, 6]])
    monkeypatch.setattr(ArrayV3Metadata, "chunk_unit", staticmethod(lambda _: None))
    with pytest.raises(CodecValidationError, match="shard of 3"):
        array.resize((13,))
    assert array.shape == zarrc.open_array(tmp_path).shape == (9,)


def test_likes_keep_shards():
    array = zarrc.create_array(None, shape=(10,), chunks=(2,), shards=(4,), dtype="i4")
    made = zarrc.full_like(array, fill_value=5)
    assert (made.chunks, made.shards, made.fill_value) == ((2,), (4,), 5)
    assert made.metadata.codecs == array.metadata.codecs
    assert zarrc.zeros_like(array, zarr_format=2).chunks == (2,)
    assert zarrc.zeros_like(array, chunks=(5,)).shards is None


@pytest.mark.parametrize("index_codecs", [["crc32c"], ["crc32c", "shuffle"], ["shuffle", "crc32c"]])
def test_index_codecs_of_shards_with_codecs_around(tmp_path, index_codecs):
    known = {
        "crc32c": {"name": "crc32c"},
        "shuffle": {"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}},
    }
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    inner = {"chunk_shape": [8, 8], "codecs": [little]}
    inner |= {"index_codecs": [little, *(known[name] for name in index_codecs)], "index_location": "end"}
    codecs = [
        {"name": "sharding_indexed", "configuration": inner},
        {"name": "zstd", "configuration": {"level": 1, "checksum": True}},
    ]
    document = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [64, 64],
        "data_type": "int32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [64, 64]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": codecs,
    }
    (tmp_path / "zarr.json").write_text(json.dumps(document))
    array = zarrc.open_array(tmp_path, mode="r+")
    values = np.arange(64 * 64, dtype="i4").reshape(64, 64) + 1
    array[...] = values
    assert np.array_equal(array[...], values)
    array[0, 0] = values[0, 0] = 9
    assert np.array_equal(array[...], values)
    assert np.array_equal(python_engine(array)[...], values)
    assert zarrc.verify(tmp_path).ok
