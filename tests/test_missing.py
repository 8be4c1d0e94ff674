"""``missing="fill" | "raise" | "mask"``: what a read makes of a chunk that is not there."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zarrc
from zarrc import chunkio
from zarrc.errors import ChunkNotFoundError

SHAPE, CHUNKS = (13, 11), (4, 3)
KINDS = {
    "zstd": {"compressors": "zstd"},
    "plain-F": {"compressors": None, "config": {"order": "F"}},
    "transposed": {"compressors": "zstd", "filters": [{"name": "transpose", "configuration": {"order": [1, 0]}}]},
    "shards": {"shards": (8, 6), "compressors": "zstd"},
    "python": {"compressors": [{"name": "numcodecs.bz2", "configuration": {"level": 1}}]},
    "python-shards": {"shards": (8, 6), "compressors": [{"name": "numcodecs.bz2", "configuration": {"level": 1}}]},
    "irregular": {"chunks": [[4, 5, 4], [3, 3, 5]], "compressors": "zstd"},
}
KEYS = [
    ...,
    (slice(2, 12, 3), slice(1, None, 2)),
    (5, slice(None)),
    (3, 7),
    (slice(0, 0), slice(None)),
    np.s_[::5, 10],
]


def sparse(store, kind: str, **more):
    """An array, its values and where its chunks (inner chunks) are missing: every other of them is."""
    options = {"shape": SHAPE, "chunks": CHUNKS, "dtype": "i4", "fill_value": -1} | KINDS[kind] | more
    with zarrc.config.set({"array.rectilinear_chunks": True}):
        array = zarrc.create_array(store, **options)
    values = np.arange(np.prod(SHAPE), dtype="i4").reshape(SHAPE)
    present = np.zeros(SHAPE, bool)
    spans = [np.cumsum([0, *sizes]) for sizes in array.read_chunk_sizes]
    for i in range(len(spans[0]) - 1):
        for j in range(len(spans[1]) - 1):
            if (i + j) % 2:
                present[spans[0][i] : spans[0][i + 1], spans[1][j] : spans[1][j + 1]] = True
    values[~present] = -1
    array[...] = values
    return array, values, ~present


@pytest.fixture(params=[dict, "directory"])
def place(request, tmp_path):
    return {} if request.param is dict else tmp_path / "a"


def check(found, values, absent, key=...):
    expected = np.ma.array(values, mask=absent)[key]
    if expected is np.ma.masked or not isinstance(expected, np.ma.MaskedArray):
        assert found is expected or found == expected
        return
    assert isinstance(found, np.ma.MaskedArray)
    np.testing.assert_array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    np.testing.assert_array_equal(found.data, expected.data)  # below the mask is the fill value


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_selection_is_masked(kind, place):
    array, values, absent = sparse(place, kind)
    masked = array.with_config({"missing": "mask"})
    for key in KEYS:
        check(masked[key], values, absent, key)
    rows, columns = [12, 0, 5, 5], [1, 10, 9]
    check(masked.oindex[rows, columns], values, absent, np.ix_(rows, columns))
    check(masked.oindex[rows, 2:9], values, absent, (rows, slice(2, 9)))
    check(masked.vindex[[0, 12, 5], [10, 0, 5]], values, absent, ([0, 12, 5], [10, 0, 5]))
    mask = values % 3 == 0
    check(masked.get_mask_selection(mask), values, absent, mask)
    check(masked.blocks[0, 1:], values, absent, np.s_[: array.write_chunk_sizes[0][0], array.write_chunk_sizes[1][0] :])
    assert type(array[...]) is np.ndarray


@given(seed=st.integers(0, 2**32 - 1), kind=st.sampled_from(["zstd", "shards", "transposed", "irregular"]))
def test_engines_agree(seed, kind):
    array, _, _ = sparse({}, kind)
    masked = array.with_config({"missing": "mask"})
    slow = array.with_config({"missing": "mask"})
    slow = zarrc.Array(slow._place, type(slow._opened)(slow.metadata), slow.config)
    slow._opened._io = chunkio.ChunkIO(slow.metadata, native=False)
    rng = np.random.default_rng(seed)
    rows, columns = rng.integers(0, SHAPE[0], 7), rng.integers(0, SHAPE[1], 7)
    for get in (
        lambda a: a.vindex[rows, columns],
        lambda a: a.oindex[rows, columns],
        lambda a: a[rows.min() : rows.max() + 1 : 2, columns.min()],
    ):
        one, two = get(masked), get(slow)
        np.testing.assert_array_equal(np.ma.getmaskarray(one), np.ma.getmaskarray(two))
        np.testing.assert_array_equal(one.data, two.data)


def test_out_is_a_masked_array(tmp_path):
    array, values, absent = sparse(tmp_path / "a", "zstd", config={"missing": "mask"})
    out = np.ma.zeros(SHAPE, "i4")
    assert array.get_basic_selection(..., out=out) is out
    check(out, values, absent)
    with pytest.raises(TypeError, match="masked array"):
        array.get_basic_selection(..., out=np.zeros(SHAPE, "i4"))


def test_gathered_writes_are_not_masked(tmp_path):
    array, values, absent = sparse(tmp_path / "a", "zstd", config={"missing": "mask"})
    with array.batch_writes():
        array[0, :4] = 7
        values[0, :4], absent[0, :4] = 7, False
        check(array[...], values, absent)
    absent[:4, :3] = False  # the chunk is stored now
    check(array[...], values, absent)


def test_nullable_elements_stay_masked():
    dtype = {"name": "optional", "configuration": {"name": "int32", "configuration": {}}}
    array = zarrc.create_array({}, shape=(6,), chunks=(2,), dtype=dtype, fill_value=5, config={"missing": "mask"})
    array[2:4] = np.ma.array([1, 2], mask=[True, False])
    found = array[...]
    np.testing.assert_array_equal(np.ma.getmaskarray(found), [True, True, True, False, True, True])
    assert found[3] == 2


@pytest.mark.parametrize("kind", ["zstd", "python"])
def test_raise_and_fill(kind, place):
    array, values, _ = sparse(place, kind)
    np.testing.assert_array_equal(array[...], values)
    with pytest.raises(ChunkNotFoundError):
        array.with_config({"missing": "raise"})[...]
    assert array.with_config({"missing": "raise"})[0, 3] == 3


def test_words_and_flags_agree():
    array = zarrc.create_array({}, shape=(4,), dtype="i4")
    assert array.config.missing == "fill" and array.config.read_missing_chunks
    strict = array.with_config({"read_missing_chunks": False})
    assert strict.config.missing == "raise" and not strict.config.read_missing_chunks
    assert strict.with_config({"missing": "fill"}).config.read_missing_chunks
    assert strict.with_config({"order": "F"}).config.missing == "raise"
    assert strict.with_config({"read_missing_chunks": True}).config.missing == "fill"
    with zarrc.config.set({"array.missing": "mask"}):
        assert zarrc.create_array({}, shape=(4,), dtype="i4").config.missing == "mask"
    with zarrc.config.set({"array.read_missing_chunks": False}):
        assert zarrc.create_array({}, shape=(4,), dtype="i4").config.missing == "raise"
    with pytest.raises(ValueError, match="missing must be one of 'fill', 'raise', 'mask', not 'no'"):
        array.with_config({"missing": "no"})
