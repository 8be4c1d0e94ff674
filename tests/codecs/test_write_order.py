"""Orders in which a shard's inner chunks are written, in the Python codec and in the C core."""

from __future__ import annotations

import json
import pickle
from itertools import product

import numpy as np
import pytest

import zarrc
from zarrc.chunkio import ChunkIO
from zarrc.codecs import BytesCodec, ShardingCodec, TransposeCodec
from zarrc.codecs.choices import SUBCHUNK_WRITE_ORDER
from zarrc.codecs.write_order import written_coordinates
from zarrc.indexing import basic_selection

GRIDS = [(), (1,), (7,), (3, 2), (2, 3), (4, 4), (1, 5, 1), (5, 1, 3), (2, 3, 2, 3)]


def interleaved(coords, counts):
    """The Morton code of zarr-python's documentation: bit by bit, an axis as long as it has bits."""
    code, place = 0, 0
    for shift in range(64):
        for coordinate, count in zip(coords, counts, strict=True):
            if shift < (count - 1).bit_length():
                code += ((coordinate >> shift) & 1) << place
                place += 1
    return code


def expected(counts, order):
    coordinates = list(product(*map(range, counts)))
    if order == "morton":
        return sorted(coordinates, key=lambda c: interleaved(c, counts))
    return sorted(coordinates, key=lambda c: c[::-1]) if order == "colexicographic" else coordinates


def stored_order(array, key):
    """Grid coordinates along the codec's axes of the inner chunks that a shard holds, by their offsets in it."""
    io = ChunkIO(array.metadata)
    data = array.store.get_bytes(key)
    entries = io.chain.array_bytes.read_index(data)
    held = [c for c in np.ndindex(entries.shape[:-1]) if entries[c][0] != np.uint64(2**64 - 1)]
    return sorted(held, key=lambda c: entries[c][0]), entries, len(data)


def make(counts, order, native, **more):
    """An array of one shard with so many inner chunks; the Python engine runs where ``native`` is off."""
    inner = (2,) * len(counts)
    inside = [BytesCodec(), "crc32c"] if native else [BytesCodec(), "numcodecs.bz2"]
    codec = ShardingCodec(inner, inside, subchunk_write_order=order, **more)
    shape = tuple(2 * n for n in counts)
    array = zarrc.create_array({}, shape=shape, chunks=shape, dtype="u2", serializer=codec, compressors=None)
    assert (array._opened.io.plan is not None) is native
    return array


@pytest.mark.parametrize("order", SUBCHUNK_WRITE_ORDER)
@pytest.mark.parametrize("counts", GRIDS)
def test_coordinates(counts, order):
    assert list(written_coordinates(counts, order)) == expected(counts, order)


@pytest.mark.parametrize("order", SUBCHUNK_WRITE_ORDER)
@pytest.mark.parametrize("location", ["start", "end"])
@pytest.mark.parametrize("native", [True, False])
def test_inner_chunks_lie_in_the_order_asked_for(order, location, native):
    for counts in GRIDS:
        array = make(counts, order, native, index_location=location)
        values = np.arange(1, array.size + 1, dtype="u2").reshape(array.shape)
        array[...] = values
        key = "c/" + "/".join("0" * len(counts)) if counts else "c"
        found, entries, nbytes = stored_order(array, key)
        assert found == expected(counts, order)
        assert entries[..., 1].sum() == nbytes - array._opened.io.chain.array_bytes.index_size()  # no gaps
        assert np.array_equal(array[...], values)
        assert np.array_equal(zarrc.open_array(array.store)[...], values)


@pytest.mark.parametrize("order", SUBCHUNK_WRITE_ORDER)
@pytest.mark.parametrize("native", [True, False])
def test_parts_written_later_take_their_place(order, native):
    counts = (3, 4)
    array, values = make(counts, order, native), np.zeros((6, 8), "u2")
    for box in ((slice(4, 6), slice(2, 8)), (slice(0, 3), slice(5, 6)), (slice(3, 4), slice(0, 8))):
        values[box] = array[box] = 7
        held = {c for c in np.ndindex(counts) if values[2 * c[0] : 2 * c[0] + 2, 2 * c[1] : 2 * c[1] + 2].any()}
        assert stored_order(array, "c/0/0")[0] == [c for c in expected(counts, order) if c in held]
        assert np.array_equal(array[...], values)


@pytest.mark.parametrize("inner", SUBCHUNK_WRITE_ORDER)
@pytest.mark.parametrize("outer", SUBCHUNK_WRITE_ORDER)
def test_engines_write_the_same_bytes(outer, inner):
    nested = ShardingCodec((2, 1, 5), subchunk_write_order=inner)
    settings = {
        "shape": (12, 20, 6),
        "chunks": (12, 10, 6),  # after the transpose (6, 12, 10)
        "dtype": "i4",
        "filters": [TransposeCodec((2, 0, 1))],
        "serializer": ShardingCodec((6, 4, 5), [nested], subchunk_write_order=outer),
        "compressors": None,
    }
    array, other = zarrc.create_array({}, **settings), zarrc.create_array({}, **settings)
    values = np.arange(array.size, dtype="i4").reshape(array.shape)
    array[...] = values
    assert array._opened.io.plan is not None
    io = ChunkIO(other.metadata, native=False)
    io.write(other._place, None, "other", other.shape, basic_selection(..., other.shape), values, other.config)
    for key in ("c/0/0/0", "c/0/1/0"):
        assert array.store.get_bytes(key) == other.store.get_bytes(key)
    assert np.array_equal(array[...], values)


def test_the_order_stays_with_the_array_and_is_not_stored(tmp_path):
    inner = ShardingCodec((1, 1), subchunk_write_order="colexicographic")
    codec = ShardingCodec((2, 2), [inner], subchunk_write_order="morton")
    array = zarrc.create_array(
        tmp_path, shape=(8, 8), chunks=(4, 4), dtype="u1", serializer=codec, compressors=None, attributes={"a": 1}
    )
    document = json.loads((tmp_path / "zarr.json").read_bytes())
    assert "subchunk_write_order" not in json.dumps(document)
    array.resize((12, 8))
    array.attrs["b"] = 2
    for same in (array.metadata, pickle.loads(pickle.dumps(array.metadata))):
        found = same.codecs[0]
        assert (found.subchunk_write_order, found.codecs[0].subchunk_write_order) == ("morton", "colexicographic")
    again = zarrc.open_array(tmp_path).metadata.codecs[0]
    assert (again.subchunk_write_order, again.codecs[0].subchunk_write_order) == ("unordered", "unordered")
    assert zarrc.open_array(tmp_path).metadata == array.metadata


def test_shards_inside_shards_keep_theirs():
    codec = ShardingCodec((1, 1), subchunk_write_order="colexicographic")
    array = zarrc.create_array({}, shape=(4, 4), chunks=(2, 2), shards=(4, 4), dtype="u1", serializer=codec)
    (outer,) = [c for c in array.metadata.codecs if c.name == "sharding_indexed"]
    assert outer.subchunk_write_order == "unordered"
    assert outer.codecs[0].subchunk_write_order == "colexicographic"


def test_unknown_orders_are_refused():
    with pytest.raises(ValueError, match="subchunk_write_order must be one of"):
        ShardingCodec((1,), subchunk_write_order="hilbert")
