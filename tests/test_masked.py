"""Arrays whose elements may be missing are numpy masked arrays."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

import zarrc
from zarrc.masked import is_masked


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
