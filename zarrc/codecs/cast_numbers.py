"""Casts between integer and float types with a rounding mode and a rule for what does not fit.

All is exact: comparisons never go through a type that rounds (zarr-extensions, "cast_value").
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import numpy as np

ROUNDINGS = ("nearest-even", "towards-zero", "towards-positive", "towards-negative", "nearest-away")


class OutOfRangeError(ValueError):
    """A number that the target type cannot hold."""


def cast(values: np.ndarray, dtype: np.dtype, rounding: str, out_of_range: str | None) -> np.ndarray:
    """``values`` in the native type ``dtype``; native integers and floats both.

    Parameters
    ----------
    rounding
        One of `ROUNDINGS`.
    out_of_range
        "clamp" to the ends of the type (for floats the largest finite numbers), "wrap" modulo the number of values
        of an integer type, or None.

    Raises
    ------
    OutOfRangeError
        NaN for an integer type; with None a number that does not fit; with "wrap" an infinity.
    """
    with np.errstate(all="ignore"):
        if dtype.kind == "f":
            return _to_float(values, dtype, rounding, out_of_range)
        if values.dtype.kind == "f":
            return _float_to_int(values.astype(np.float64), dtype, rounding, out_of_range)
        return _int_to_int(values, dtype, out_of_range)


def _int_to_int(values: np.ndarray, dtype: np.dtype, out_of_range: str | None) -> np.ndarray:
    if out_of_range == "wrap":
        return values.astype(dtype)
    target, source = np.iinfo(dtype), np.iinfo(values.dtype)
    if out_of_range == "clamp":
        low, high = max(target.min, source.min), min(target.max, source.max)
        return np.clip(values, low, high).astype(dtype)
    _refuse((values < target.min) | (values > target.max), values, dtype)
    return values.astype(dtype)


def _float_to_int(values: np.ndarray, dtype: np.dtype, rounding: str, out_of_range: str | None) -> np.ndarray:
    _refuse(np.isnan(values), values, dtype)
    whole = round_to_whole(values, rounding)
    limits = np.iinfo(dtype)
    low, high = float(limits.min), float(limits.max + 1)  # powers of two (or 0): exact
    below, above = whole < low, whole >= high
    if out_of_range is None:
        _refuse(below | above, values, dtype)
    elif out_of_range == "wrap":
        _refuse(np.isinf(values), values, dtype)
    out = np.where(below | above, 0, whole).astype(dtype)
    if out_of_range == "clamp":
        out[below], out[above] = limits.min, limits.max
    elif out_of_range == "wrap":
        far = below | above
        rest = np.fmod(np.abs(whole[far]), 2.0**64).astype(np.uint64)  # fmod is exact
        out[far] = np.where(whole[far] < 0, np.uint64(0) - rest, rest).astype(dtype)
    return out


def round_to_whole(values: np.ndarray, rounding: str) -> np.ndarray:
    """Floats rounded to whole numbers."""
    if rounding == "nearest-even":
        return np.rint(values)
    if rounding == "towards-zero":
        return np.trunc(values)
    if rounding == "towards-positive":
        return np.ceil(values)
    if rounding == "towards-negative":
        return np.floor(values)
    whole = np.trunc(values)
    return whole + np.copysign(np.abs(values - whole) >= 0.5, values)  # the difference is exact


def _to_float(values: np.ndarray, dtype: np.dtype, rounding: str, out_of_range: str | None) -> np.ndarray:
    out = values.astype(dtype)
    if values.dtype.kind == "f" and values.dtype.itemsize <= dtype.itemsize:
        return out
    if rounding != "nearest-even":
        out = _rounded_again(values, out, rounding)
    finite = np.isfinite(values) if values.dtype.kind == "f" else np.ones(values.shape, bool)
    lost = finite & np.isinf(out)
    if out_of_range == "clamp":
        out[lost] = np.copysign(np.finfo(dtype).max, out[lost])
    else:
        _refuse(lost, values, dtype)
    return out


def _rounded_again(values: np.ndarray, out: np.ndarray, rounding: str) -> np.ndarray:
    """``out``, the nearest (ties even) floats to ``values``, corrected to another rounding mode."""
    error = _compared(values, out)  # sign of value - rounded
    up, down = np.nextafter(out, np.inf, dtype=out.dtype), np.nextafter(out, -np.inf, dtype=out.dtype)
    if rounding == "towards-positive":
        return np.where(error > 0, up, out)
    if rounding == "towards-negative":
        return np.where(error < 0, down, out)
    if rounding == "towards-zero":
        return np.where((error < 0) & (out > 0), down, np.where((error > 0) & (out < 0), up, out))
    positive = values > 0
    inward = np.where(positive, error > 0, error < 0)  # the float away from zero is the other neighbour
    tie = np.zeros(values.shape, bool)
    for place in np.ndindex(values.shape):
        if inward[place] and np.isfinite(out[place]):
            other = up[place] if positive[place] else down[place]
            exact, near = _ratio(values[place]), _ratio(out[place])
            back = down[place] if positive[place] else up[place]
            step = _ratio(other) if np.isfinite(other) else 2 * near - _ratio(back)
            tie[place] = step - exact == exact - near
    return np.where(tie, np.where(positive, up, down), out)


def _ratio(number: Any) -> Fraction:
    return Fraction(number.item())


def _compared(values: np.ndarray, out: np.ndarray) -> np.ndarray:
    """Sign of ``values - out``, int8. Exact."""
    if values.dtype.kind == "f":
        wide = out.astype(values.dtype)
        return (values > wide).astype(np.int8) - (values < wide)
    wide = out.astype(np.float64)
    sign = np.zeros(values.shape, np.int8)
    for place in np.ndindex(values.shape):
        exact, near = values[place].item(), wide[place].item()  # Python compares integers and floats exactly
        sign[place] = (exact > near) - (exact < near)
    return sign


def _refuse(bad: np.ndarray, values: np.ndarray, dtype: np.dtype) -> None:
    if bad.any():
        raise OutOfRangeError(f"{values[bad].flat[0]} does not fit {dtype}")
