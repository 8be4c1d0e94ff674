"""Floats to integers, the same on every machine.

What C and numpy do with a float that the integer type cannot hold depends on the CPU. Here it is defined, as the C core
has it (``csrc/codecs/items_cast.c``) and as x86-64 does it: fractions are cut off; for types of up to 32 bits the low
bits of the value as an int32 are kept, which is -2**31 where that cannot hold it; uint32 wraps up to 2**32; 64-bit
types likewise with int64 and -2**63. NaN is out of range.
"""

from __future__ import annotations

import numpy as np


def cast(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``values`` as ``dtype``: as numpy does, but for floats to integers."""
    if values.dtype.kind == "f" and dtype.kind in "iu":
        return float_to_int(values, dtype)
    return values.astype(dtype, copy=False)


def float_to_int(values: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """``values`` (floats of any shape) as integers of ``dtype``, in its byte order."""
    wide = values.astype(np.float64) if values.dtype.itemsize < 8 else values
    if dtype.itemsize == 8:
        whole = _unsigned(wide, 64) if dtype.kind == "u" else _signed(wide, 64)
    elif dtype.itemsize == 4 and dtype.kind == "u":
        whole = _unsigned(wide, 32)
    else:
        whole = _signed(wide, 32)
    return whole.astype(dtype)


def _signed(values: np.ndarray, bits: int) -> np.ndarray:
    """int32 or int64; what is out of range is the least of them."""
    limit = 2.0 ** (bits - 1)
    fits = (values >= -limit) & (values < limit)
    return np.where(fits, values, -limit).astype(f"=i{bits // 8}")


def _unsigned(values: np.ndarray, bits: int) -> np.ndarray:
    """uint32 or uint64: the upper half by its distance from the middle, so that the low bits come out of `_signed`."""
    middle = 2.0 ** (bits - 1)
    upper = values >= middle
    low = _signed(np.where(upper, values - middle, values), bits).view(f"=u{bits // 8}")
    return np.where(upper, low ^ low.dtype.type(1 << bits - 1), low)
