"""v3 arrays that were made with a byte order which is not the machine's."""

from __future__ import annotations

import json

import numpy as np
import pytest

import zarrc

FILTERS = {
    "none": [],
    "transpose": [{"name": "transpose", "configuration": {"order": [1, 0]}}],
    "delta": [{"name": "numcodecs.delta", "configuration": {"dtype": "<f8"}}],
    "scale": [{"name": "scale_offset", "configuration": {"offset": 1, "scale": 2}}],
    "cast": [{"name": "cast_value", "configuration": {"data_type": "int16"}}],
    "bitround": [{"name": "bitround", "configuration": {"keepbits": 20}}],
}


@pytest.mark.parametrize("filters", FILTERS)
@pytest.mark.parametrize("shards", [None, (4, 4)])
def test_what_is_stored_does_not_depend_on_it(filters, shards):
    data = np.arange(35.0).reshape(5, 7)
    arrays = []
    for dtype in (">f8", "<f8"):
        z = zarrc.create_array(
            {}, shape=(5, 7), chunks=(2, 2), shards=shards, dtype=dtype, filters=FILTERS[filters], fill_value=3
        )
        z[:4] = data[:4]
        z[1:, 3:] = data[1:, 3:].astype(dtype)
        arrays.append(z)
    big, little = arrays
    assert big.dtype == big[:].dtype == np.dtype(">f8")
    assert big.metadata.to_dict() == little.metadata.to_dict()
    assert np.array_equal(big[:], little[:])
    assert np.array_equal(big[1::2, ::3], little[1::2, ::3])
    assert np.array_equal(big.vindex[[0, 4], [6, 0]], little.vindex[[0, 4], [6, 0]])
    for key in ("c/0/0", "c/0/1", "c/1/0"):
        assert big.store.get_bytes(key) == little.store.get_bytes(key)
    again = zarrc.open_array(big.store)
    assert again.dtype == np.dtype("f8")
    assert np.array_equal(again[:], little[:])


@pytest.mark.parametrize("dtype", [">i2", ">c8", ">U3", ">M8[s]", [("a", ">i2"), ("b", "<f4"), ("c", "S3")]])
def test_types(dtype):
    data = np.zeros((4, 3), dtype)
    data[1:] = np.array(["x"] * 9).reshape(3, 3) if data.dtype.kind == "U" else np.ones((3, 3), "i2").astype(dtype)
    z = zarrc.create_array({}, shape=(4, 3), chunks=(2, 2), dtype=dtype)
    z[:] = data
    z.resize((5, 3))
    z.attrs["a"] = 1
    z.append(data[:2])
    assert z.dtype == z[:].dtype == np.dtype(dtype)
    assert np.array_equal(z[:4], data)
    assert np.array_equal(z[5:], data[:2])
    assert np.array_equal(zarrc.open_array(z.store)[:4], data)
    assert json.loads(z.store.get_bytes("zarr.json"))["codecs"][0]["configuration"] == {"endian": "little"}


@pytest.mark.parametrize("filters", [name for name in FILTERS if name != "transpose"] + ["fixed"])
def test_an_array_without_axes(filters):
    fixed = {"name": "numcodecs.fixedscaleoffset", "configuration": {"offset": 5, "scale": 1, "dtype": "<f8"}}
    codecs = [fixed] if filters == "fixed" else FILTERS[filters]
    for dtype in (">f8", "<f8"):
        z = zarrc.create_array({}, shape=(), dtype=dtype, filters=codecs)
        z[...] = 7
        assert z[()] == 7 and zarrc.open_array(z.store)[()] == 7
