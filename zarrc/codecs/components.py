"""Byte order of elements: which parts of an element are reversed between the two byte orders."""

from __future__ import annotations

import sys
from typing import Literal

import numpy as np

Endian = Literal["little", "big"]
_SWAPPED = "<" if sys.byteorder == "big" else ">"


def component_widths(dtype: np.dtype) -> set[int]:
    """Widths in bytes of the multi-byte numbers inside one element.

    Complex numbers are two components, strings of code points are 4-byte components, raw bytes and padding have
    none. Empty: the type has no byte order.
    """
    if dtype.subdtype is not None:
        return component_widths(dtype.subdtype[0])
    if dtype.fields is not None:
        return set().union(*(component_widths(field[0]) for field in dtype.fields.values()))
    if dtype.kind == "c":
        return {dtype.itemsize // 2}
    if dtype.kind == "U":
        return {4} if dtype.itemsize else set()
    if dtype.kind == "S" or (dtype.kind == "V" and dtype.isbuiltin != 2) or dtype.itemsize <= 1:
        return set()
    return {dtype.itemsize}


def byte_order(dtype: np.dtype) -> Endian:
    """Byte order of a dtype that is not structured."""
    return "big" if (dtype.byteorder == _SWAPPED) != (sys.byteorder == "big") else "little"


def with_byte_order(dtype: np.dtype, endian: Endian) -> np.dtype:
    """The dtype whose every component is stored in that order; types of numpy extensions stay native."""
    return dtype if dtype.isbuiltin == 2 else dtype.newbyteorder(endian)


def swap_width(dtype: np.dtype, endian: Endian) -> int | None:
    """Width in bytes of the components to reverse between ``dtype`` in memory and ``endian`` storage.

    0 when nothing is to be reversed, None when the element mixes widths or orders, so that one width cannot say it.
    """
    if dtype.subdtype is not None:
        return swap_width(dtype.subdtype[0], endian)
    if dtype.fields is None:
        widths = component_widths(dtype)
        return widths.pop() if widths and byte_order(dtype) != endian else 0
    if with_byte_order(dtype, endian) == dtype:
        return 0
    # Fields without components (raw bytes, flags) or already in order must stay: one width then is not enough.
    swaps = {swap_width(field[0], endian) for field in dtype.fields.values()}
    width = swaps.pop() if len(swaps) == 1 else None
    packed = sum(field[0].itemsize for field in dtype.fields.values()) == dtype.itemsize
    return width if packed else None


def reverse_components(data: np.ndarray, width: int) -> np.ndarray:
    """A contiguous copy of ``data`` with every group of ``width`` bytes reversed; shape and dtype are kept."""
    flat = np.ascontiguousarray(data).reshape(-1).view(np.uint8).reshape(-1, width)
    return np.ascontiguousarray(flat[:, ::-1]).reshape(-1).view(data.dtype).reshape(data.shape)
