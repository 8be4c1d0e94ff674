"""Floats to integers: the definition, and that the C core follows it."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.codecs.float_cast import cast, float_to_int

VALUES = np.array(
    [0, -0.0, 1, -1, 127, 128, 255, 256, -129, 3e4, 7e4, -3e9, np.nan, np.inf, -np.inf, 1e30, -1e30]
    + [s * 2.0**p + d for s in (1, -1) for p in (31, 32, 63, 64) for d in (-1, 0, 1, 4096)]
)
INTEGERS = ["i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8"]


def by_definition(value: float, dtype: np.dtype) -> int:
    bits = 64 if dtype.itemsize == 8 else 32
    low, wraps = -(1 << bits - 1), dtype.kind == "u" and dtype.itemsize >= 4
    whole = int(value) if np.isfinite(value) else None
    top = 1 << (bits if wraps else bits - 1)
    if whole is None:
        whole = low if not wraps or value != np.inf else 0
    elif whole >= top:
        whole = 0 if wraps else low
    elif whole < low:
        whole = low
    kept = whole % (1 << 8 * dtype.itemsize)
    return kept - (1 << 8 * dtype.itemsize) if dtype.kind == "i" and kept >> 8 * dtype.itemsize - 1 else kept


@pytest.mark.parametrize("to", INTEGERS)
@pytest.mark.parametrize("source", ["<f8", ">f4", "<f2"])
def test_definition(source, to):
    with np.errstate(all="ignore"):
        values = VALUES.astype(source)
    for order in "<>":
        made = float_to_int(values, np.dtype(order + to))
        assert made.dtype == np.dtype(order + to)
        assert made.tolist() == [by_definition(float(value), np.dtype(to)) for value in values]


@pytest.mark.parametrize("to", INTEGERS)
@pytest.mark.parametrize("source", ["<f8", ">f4"])
def test_the_core_agrees(source, to):
    with np.errstate(all="ignore"):
        values = VALUES.astype(source)
    step = {"id": "fixedscaleoffset", "scale": 1.0, "offset": 0.0, "dtype": source, "astype": f"<{to}"}
    z = zarrc.create_array(
        {}, shape=values.shape, chunks=values.shape, dtype=source, zarr_format=2, compressors=None, filters=[step]
    )
    assert z._opened.io.plan is not None
    z[:] = values
    assert np.frombuffer(z.store.get_bytes("0"), f"<{to}").tolist() == float_to_int(values, np.dtype(to)).tolist()


def test_other_casts_are_numpys():
    assert cast(np.array([1.5]), np.dtype("f4")).dtype == np.dtype("f4")
    assert cast(np.array([300]), np.dtype("u1")).tolist() == [44]
