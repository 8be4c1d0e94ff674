"""Orthogonal (outer) keys: along every axis an integer, a slice, a list of integers, or a boolean mask."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError
from zarrc.indexing.basic import Axis, ListAxis, Selection, expand_ellipsis, out_of_bounds, parse_axis

_WANTED = "orthogonal indexing; expected integer, slice, integer array or Boolean array"


def is_list_like(item: Any) -> bool:
    """A list or array of integers or booleans, as opposed to an integer, a slice or an Ellipsis."""
    if isinstance(item, np.ndarray):
        return item.ndim > 0
    return isinstance(item, list | range) or (hasattr(item, "__array__") and np.ndim(item) > 0)


def as_index_array(item: Any) -> np.ndarray:
    """A list as an array; an empty one counts as integers.

    Raises `ArrayIndexError` for what numpy makes no array of, such as lists of differing lengths.
    """
    try:
        given = np.asarray(item)
    except ValueError as e:
        raise ArrayIndexError(f"an index that is no array: {e}") from None
    return given.astype(np.int64) if given.size == 0 and given.dtype.kind == "f" else given


def index_list(item: Any, length: int, axis: int) -> np.ndarray:
    """Indices along one axis as int64, negative ones counted from the end; of a mask where it is True.

    Raises
    ------
    ArrayIndexError
        Not one-dimensional, not integers, or a mask of another length.
    BoundsCheckError
        An index outside the axis.
    """
    given = as_index_array(item)
    if given.ndim != 1:
        kind = "Boolean" if given.dtype == bool else "integer"
        raise ArrayIndexError(
            f"{kind} arrays in an orthogonal selection must be 1-dimensional only: that of axis {axis} has the shape "
            f"{given.shape}"
        )
    if given.dtype.kind == "b":
        if len(given) != length:
            raise ArrayIndexError(
                f"Boolean array has the wrong length for dimension; expected {length}, got {len(given)}"
            )
        return np.flatnonzero(given)
    return checked_indices(given, length, axis)


def checked_indices(given: np.ndarray, length: int, axis: int) -> np.ndarray:
    """int64 indices within [0, length), negative ones wrapped."""
    if given.dtype.kind not in "iu":
        raise ArrayIndexError(f"the index of axis {axis} must be integers or booleans, not {given.dtype}")
    if given.size == 0:
        return given.astype(np.int64)
    low, high = int(given.min()), int(given.max())
    if low < -length or high >= length:
        raise out_of_bounds(low if low < -length else high, axis, length)
    wrapped = np.array(given, dtype=np.int64, order="C")  # a copy: what was checked, no other thread changes
    return np.where(wrapped < 0, wrapped + length, wrapped) if low < 0 else wrapped


def list_axis(indices: np.ndarray) -> ListAxis:
    """Sorted for the engine, with the place of each item in the result."""
    if len(indices) < 2 or bool((indices[1:] >= indices[:-1]).all()):
        return ListAxis(np.ascontiguousarray(indices), None, len(indices), True)
    order = np.argsort(indices, kind="stable")
    return ListAxis(np.ascontiguousarray(indices[order]), order.astype(np.int64, copy=False), len(indices), True)


def orthogonal_selection(key: Any, shape: tuple[int, ...]) -> Selection:
    """Parses an orthogonal key (``oindex``) for an array of this shape.

    Raises
    ------
    ArrayIndexError, BoundsCheckError, NegativeStepError
        As `basic_selection`.
    """
    if not isinstance(key, tuple):
        if isinstance(key, np.ndarray) and key.dtype == bool and key.ndim == len(shape) and key.ndim > 1:
            raise ArrayIndexError("a mask of several dimensions is for vindex or get_mask_selection, not for oindex")
        key = (key,)
    items = expand_ellipsis(key, len(shape))
    axes: list[Axis | ListAxis] = []
    for item, length in zip(items, shape, strict=True):
        if is_list_like(item):
            axes.append(list_axis(index_list(item, length, len(axes))))
        else:
            axes.append(parse_axis(item, length, len(axes), _WANTED))
    return Selection(tuple(axes), tuple(ax[2] for ax in axes if ax[3]))
