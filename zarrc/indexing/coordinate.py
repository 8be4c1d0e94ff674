"""Coordinate (inner) keys: points, each with an index on every axis; and masks of the array's shape."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import VindexInvalidSelectionError
from zarrc.indexing.basic import PointSelection, Selection
from zarrc.indexing.orthogonal import as_index_array, checked_indices


def coordinate_selection(key: Any, shape: tuple[int, ...]) -> PointSelection | Selection:
    """Parses a coordinate key (``vindex``): one integer or integer array per axis, broadcast against each other. Of a
    0-d array ``()`` is its one item.

    Raises
    ------
    VindexInvalidSelectionError
        Another number of arrays than axes, or something that is no integer array.
    BoundsCheckError
        A coordinate outside the array.
    """
    if not isinstance(key, tuple):
        key = (key,)
    if len(key) != len(shape):
        raise VindexInvalidSelectionError(
            f"invalid coordinate selection; expected one integer (coordinate) array per dimension "
            f"of the target array ({len(shape)}), got {len(key)}"
        )
    arrays = []
    for item in key:
        if item is None or isinstance(item, slice) or item is Ellipsis:
            raise VindexInvalidSelectionError(
                f"unsupported selection type for vectorized indexing: {item!r}; only integer arrays, one per "
                "dimension, and boolean masks of the array's shape are supported"
            )
        given = as_index_array(item)
        if given.dtype.kind not in "iu":
            raise VindexInvalidSelectionError(f"coordinates must be integers, not {given.dtype}")
        arrays.append(given)
    try:
        arrays = list(np.broadcast_arrays(*arrays))
    except ValueError:
        raise VindexInvalidSelectionError(
            f"coordinate arrays of shapes {[a.shape for a in arrays]} cannot be broadcast together"
        ) from None
    coords = [
        np.ascontiguousarray(checked_indices(given.reshape(-1), length, axis))
        for axis, (given, length) in enumerate(zip(arrays, shape, strict=True))
    ]
    return PointSelection(coords, arrays[0].shape) if arrays else Selection((), ())


def mask_selection(mask: Any, shape: tuple[int, ...]) -> PointSelection:
    """Parses a boolean mask of the array's shape: the points where it is True, in C order.

    Raises VindexInvalidSelectionError for another shape or dtype and for 0-d arrays, ArrayIndexError for what numpy
    makes no array of.
    """
    if isinstance(mask, tuple) and len(mask) == 1:
        mask = mask[0]
    given = as_index_array(mask)
    if given.dtype != bool or given.shape != shape or not shape:
        if not shape:
            raise VindexInvalidSelectionError("invalid mask selection; an array without axes takes no mask")
        raise VindexInvalidSelectionError(
            f"invalid mask selection; expected one Boolean (mask) array with the same shape as the target array "
            f"{shape}, got {given.dtype} of shape {given.shape}"
        )
    # many times as fast as np.nonzero, which has a fast path in one dimension only
    found = np.unravel_index(np.flatnonzero(given), shape)
    coords = [np.ascontiguousarray(c, dtype=np.int64) for c in found]
    return PointSelection(coords, (len(coords[0]),))


def vindex_selection(key: Any, shape: tuple[int, ...]) -> PointSelection | Selection:
    """Parses what ``vindex[...]`` takes: coordinates or a mask."""
    inner = key[0] if isinstance(key, tuple) and len(key) == 1 else key
    if isinstance(inner, list) and inner and isinstance(inner[0], bool | np.bool_):
        inner = np.asarray(inner)
    if getattr(inner, "dtype", None) == np.bool_:  # of numpy or of Zarr
        return mask_selection(inner, shape)
    return coordinate_selection(key, shape)
