"""Arrays whose elements may be missing are numpy masked arrays."""

from __future__ import annotations

import subprocess
import sys
from contextlib import nullcontext

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zarrc
from zarrc.errors import CodecError, CodecValidationError
from zarrc.masked import is_masked, missing_items

FLOAT = {"name": "optional", "configuration": {"name": "float32", "configuration": {}}}
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
INT = {"name": "optional", "configuration": {"name": "int32", "configuration": {}}}
RECORD = {
    "name": "optional",
    "configuration": {"name": "struct", "configuration": {"fields": [["a", "int32"], ["b", "int8"]]}},
}
LAYOUTS = [
    {"chunks": (2, 3)},
    {"chunks": (2, 3), "shards": (4, 6)},
    {"chunks": (2, 3), "filters": {"name": "transpose", "configuration": {"order": [1, 0]}}},
    {"chunks": (2, 3), "shards": (4, 6), "filters": {"name": "reshape", "configuration": {"shape": [-1]}}},
]


@pytest.fixture
def values():
    return np.ma.masked_array(np.arange(20, dtype="i4").reshape(5, 4), mask=np.arange(20).reshape(5, 4) % 3 == 0)


def same(found, expected):
    assert isinstance(found, np.ma.MaskedArray)
    assert np.array_equal(np.ma.getmaskarray(found), np.ma.getmaskarray(expected))
    assert np.array_equal(found.filled(-1), expected.filled(-1))


@pytest.mark.parametrize("name", ["optional", "zarrs.optional"])
def test_reads_what_was_written(values, name, tmp_path):
    dtype = {"name": name, "configuration": {"name": "int32", "configuration": {}}}
    array = zarrc.create_array(tmp_path, shape=(5, 4), chunks=(2, 3), dtype=dtype, compressors="zstd")
    assert array.fill_value is np.ma.masked
    assert np.ma.getmaskarray(array[...]).all()
    array[...] = values
    again = zarrc.open_array(tmp_path, mode="r")
    same(again[...], values)
    same(again[1:4:2, 1:], values[1:4:2, 1:])
    same(again.oindex[[3, 0], :], values[[3, 0]])
    same(again.vindex[[3, 0], [1, 1]], values[[3, 0], [1, 1]])
    assert again[0, 1] == 1
    assert again[0, 0] is np.ma.masked


def test_partial_writes_merge(values):
    dtype = {"name": "optional", "configuration": {"name": "int32", "configuration": {}}}
    array = zarrc.create_array({}, shape=(5, 4), chunks=(2, 3), dtype=dtype)
    array[...] = values
    array[1:3, 1] = 7
    values[1:3, 1] = 7
    same(array[...], values)
    array[...] = np.ma.masked
    assert np.ma.getmaskarray(array[...]).all()
    assert array.nchunks_initialized == 0


def points(rng):
    """A selection of points, as numpy and `vindex` take it."""
    if rng.integers(2):
        return rng.random((5, 4)) < 0.3
    places = rng.permutation(20)[:4].reshape((4,) if rng.integers(2) else (2, 2))
    return places // 4, places % 4


@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("fill", [None, 0, 5])
@pytest.mark.parametrize("layout", LAYOUTS)
@given(seed=st.integers(0, 2**32))
def test_any_selection_keeps_the_mask(layout, fill, batch, seed):
    rng = np.random.default_rng(seed)
    array = zarrc.create_array({}, shape=(5, 4), dtype=INT, fill_value=fill, **layout)
    model = np.ma.array(np.full((5, 4), fill or 0, "i4"), mask=np.full((5, 4), fill is None))
    with array.batch_writes() if batch else nullcontext():
        for _ in range(8):
            kind = rng.integers(3)
            if kind == 0:
                key = slice(*np.sort(rng.integers(0, 6, 2)).tolist()), slice(*np.sort(rng.integers(0, 5, 2)).tolist())
            else:
                key = points(rng) if kind == 1 else (int(rng.integers(5)), int(rng.integers(4)))
            shape = model.data[key].shape
            value = np.ma.array(rng.integers(0, 2, shape, "i4"), mask=rng.random(shape) < 0.5)
            value = [value, np.ma.masked, value.data][rng.integers(3)]
            model[key] = value
            if kind == 1:
                array.vindex[key] = value
                same(array.vindex[key], model[key])
            else:
                array[key] = value
            same(array[...], model)
    same(zarrc.open_array(array.store_path)[...], model)


def test_points_keep_the_mask():
    array = zarrc.create_array({}, shape=(5, 4), chunks=(2, 3), dtype=INT)
    array[...] = np.arange(20).reshape(5, 4)
    array.vindex[[0, 1], [0, 1]] = np.ma.masked
    array.vindex[[[2], [3]], [[0], [1]]] = np.ma.array([[7], [8]], mask=[[True], [False]])
    array[np.arange(20).reshape(5, 4) > 17] = np.ma.masked
    assert array[...].tolist() == [
        [None, 1, 2, 3],
        [4, None, 6, 7],
        [None, 9, 10, 11],
        [12, 8, 14, 15],
        [16, 17, None, None],
    ]


def test_out_must_have_a_mask(values):
    array = zarrc.create_array({}, shape=(5, 4), chunks=(2, 3), dtype=INT)
    array[...] = values
    with pytest.raises(TypeError, match="masked array"):
        array.get_basic_selection(out=np.zeros((5, 4), "i4"))
    for out in (np.ma.zeros((5, 4), "i4"), np.ma.zeros((5, 4), "i4", order="F")):  # of which none has a mask yet
        same(array.get_basic_selection(out=out), values)
        same(out, values)
    places = ([[0], [3]], [[1], [2]])
    out = np.ma.zeros((2, 1), "i4")
    array.get_coordinate_selection(places, out=out)
    same(out, values[places])


@pytest.mark.parametrize("more", [{}, {"shards": (4,)}])
def test_records(more):
    array = zarrc.create_array({}, shape=(4,), chunks=(2,), dtype=RECORD, **more)
    array[0] = (1, 2)
    array[1:3] = np.array([(3, 4), (5, 6)], array.dtype)
    array[1] = array[3]
    assert missing_items(array[...]).tolist() == [False, True, False, True]
    assert array[...][[0, 2]].tolist() == [(1, 2), (5, 6)]
    array[::2, "a"] = 9
    assert array["a"].tolist() == [9, None, 9, None]
    assert array[["b", "a"]].tolist() == [(2, 9), (None, None), (6, 9), (None, None)]
    assert array[3, "a"] is np.ma.masked and array[0, "a"] == 9
    with pytest.raises(TypeError, match="masked array"):
        array.get_basic_selection(fields="a", out=np.zeros(4, "i4"))
    out = array.get_basic_selection(fields="a", out=np.ma.zeros(4, "i4"))
    assert out.tolist() == [9, None, 9, None]
    with array.batch_writes():
        array[0] = np.ma.masked
        array[3] = (7, 7)
    assert array[...].tolist() == [(None, None), (None, None), (9, 6), (7, 7)]
    array[...] = np.ma.masked
    assert missing_items(array[...]).all() and array.nchunks_initialized == 0


def test_records_are_missing_whole():
    array = zarrc.create_array({}, shape=(4,), chunks=(2,), dtype=RECORD)
    partly = np.ma.array([(1, 2)], mask=[(True, False)], dtype=array.dtype)
    array[0] = (1, 2)
    for write in (
        lambda: array.set_basic_selection(slice(0, 1), partly),
        lambda: array.set_basic_selection(..., 3, fields="a"),
        lambda: array.append(partly),
        lambda: array.appender().append(partly),
    ):
        with pytest.raises(ValueError, match="missing whole"):
            write()
    assert array.shape == (4,)
    assert array[:2].tolist() == [(1, 2), (None, None)]


def test_missing_items():
    dtype = np.dtype([("a", "i4", (2,)), ("b", [("c", "i1"), ("d", "f8")])])
    records = np.ma.masked_all((2, 3), dtype)
    records[1, 2] = np.zeros((), dtype)
    assert missing_items(records).tolist() == [[True, True, True], [True, True, False]]
    assert missing_items(records.T[2]).tolist() == [True, False]
    assert missing_items(records[:0]).shape == (0, 3)
    assert missing_items(np.ma.masked_all((), dtype)).tolist() is True
    assert missing_items(np.zeros(2, dtype)).tolist() == [False, False]
    assert missing_items(np.ma.array([1, 2], mask=[True, False])).tolist() == [True, False]


def test_filters_that_lose_the_mask_are_refused(values):
    bitround = {"name": "bitround", "configuration": {"keepbits": 3}}
    array = zarrc.create_array({}, shape=(5, 4), chunks=(2, 3), dtype=FLOAT, filters=bitround)
    with pytest.raises(CodecError, match=r"bitround.*data_codecs"):
        array[...] = values
    inside = {"mask_codecs": [{"name": "packbits"}], "data_codecs": [bitround, LITTLE]}
    array = zarrc.create_array(
        {}, shape=(5, 4), chunks=(2, 3), dtype=FLOAT, serializer={"name": "optional", "configuration": inside}
    )
    array[...] = values
    assert np.array_equal(array[...].mask, values.mask)


@pytest.mark.parametrize("more", [{}, {"shards": (4, 3)}])
@pytest.mark.parametrize(("dtype", "codec"), [(INT, LITTLE), ("i4", {"name": "optional"})])
def test_type_and_codec_need_each_other(dtype, codec, more):
    if codec is not LITTLE:
        codec = {**codec, "configuration": {"mask_codecs": [{"name": "packbits"}], "data_codecs": [LITTLE]}}
    with pytest.raises(CodecValidationError, match="need each other"):
        zarrc.create_array({}, shape=(5, 4), chunks=(2, 3), dtype=dtype, serializer=codec, **more)


def test_is_masked():
    assert is_masked(np.ma.array([1, 2], mask=[True, False])) and is_masked(np.ma.masked)
    assert not is_masked(np.zeros(2)) and not is_masked(None)


def test_writes_do_not_import_numpy_ma():
    code = (
        "import sys, numpy as np, zarrc\n"
        "z = zarrc.create_array({}, shape=(8, 8), chunks=(4, 4), dtype='i4')\n"
        "z[...] = np.ones(8, 'i4')\n"
        "with z.batch_writes():\n"
        "    z[2:5, 1:7] = 3\n"
        "assert z[3, 3] == 3 and 'numpy.ma' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("shape", [(), (1000, 50)])
def test_zeros_lie_below_the_mask(shape):
    """Not what the memory held before."""
    array = zarrc.create_array({}, shape=shape, chunks=shape, dtype=INT)
    for stored in (False, True):
        if stored:
            array[...] = np.ma.array(np.full(shape, 9), mask=np.arange(np.prod(shape, dtype=int)).reshape(shape) < 999)
        for _ in range(3):
            np.full((1000, 50), 77, "i4")
            found = array[...]
            assert not np.ma.getdata(found)[np.ma.getmaskarray(found)].any()
