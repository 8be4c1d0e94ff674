"""Masked arrays, without importing numpy.ma where nobody else has."""

from __future__ import annotations

import sys
from typing import Any, TypeGuard

import numpy as np


def is_masked(value: Any) -> TypeGuard[np.ma.MaskedArray]:
    """Whether a value is a numpy masked array.

    numpy imports ``numpy.ma`` when it is first named. A process that is forked while another thread does so waits for
    ever at its next import of it; and where it was never imported there are no masked arrays.
    """
    found = sys.modules.get("numpy.ma")
    return found is not None and isinstance(value, getattr(found, "MaskedArray", ()))


def missing_items(items: np.ndarray) -> np.ndarray:
    """Bool array of the shape of ``items``: which of them are missing; none of an array without a mask.

    numpy masks every field of a record, stored chunks know only missing records: ValueError where some fields of one
    are masked and others are not.
    """
    mask = np.ma.getmaskarray(items)
    if mask.dtype.names is None:
        return mask
    fields = np.ascontiguousarray(mask).view(bool).reshape(*mask.shape, mask.dtype.itemsize)
    missing: np.ndarray = np.all(fields, axis=-1, keepdims=True)[..., 0]
    if (fields.any(axis=-1) != missing).any():
        raise ValueError("some fields of a record are masked and others are not: a record can only be missing whole")
    return missing


def check_records(items: np.ndarray) -> None:
    """Raises ValueError where fields of a record are masked, and not all of them."""
    if items.dtype.names is not None and is_masked(items):
        missing_items(items)
