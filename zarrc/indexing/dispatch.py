"""What ``z[key]`` means when the key has lists in it."""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError
from zarrc.indexing.basic import PointSelection, Selection, basic_selection
from zarrc.indexing.coordinate import coordinate_selection, mask_selection
from zarrc.indexing.orthogonal import as_index_array, is_list_like, orthogonal_selection


def getitem_selection(key: Any, shape: tuple[int, ...]) -> Selection | PointSelection:
    """Parses the key of ``z[key]`` as zarr-python does.

    A key of integers, slices and Ellipsis is basic. A mask of the array's shape, and integer lists on every axis, are
    coordinates (numpy's meaning). One list among slices and integers, and lists of which one at least is a mask on
    every axis, are orthogonal. Several lists beside slices are refused: numpy would pair them up.

    Raises
    ------
    ArrayIndexError, BoundsCheckError, NegativeStepError, VindexInvalidSelectionError
    """
    if isinstance(key, tuple):
        for item in key:
            if item.__class__ is not slice and item.__class__ is not int and is_list_like(item):
                return _with_lists(key, shape)
        return basic_selection(key, shape)
    return _with_lists((key,), shape) if is_list_like(key) else basic_selection(key, shape)


def _with_lists(key: tuple, shape: tuple[int, ...]) -> Selection | PointSelection:
    ndim = len(shape)
    if len(key) == 1:
        given = as_index_array(key[0])
        if given.dtype == bool and given.shape == shape:
            return mask_selection(given, shape)
        if given.dtype == bool and given.ndim > 1 and ndim > 1:
            raise ArrayIndexError(
                "Boolean arrays in an orthogonal selection must be 1-dimensional only; a mask that picks items must "
                f"have the same shape as the target array, {shape}, and this one has {given.shape}"
            )
        if given.ndim > 1 and ndim == 1:
            return (mask_selection if given.dtype == bool else coordinate_selection)(given, shape)
    if len(key) == ndim and ndim > 1 and all(_is_integral(item) for item in key):
        return coordinate_selection(key, shape)
    lists = sum(map(is_list_like, key))
    if lists > 1 and (lists < len(key) or len(key) < ndim):
        raise ArrayIndexError(
            f"{lists} lists beside slices or missing axes: use oindex for their outer product, or vindex with one "
            "integer list per axis for points"
        )
    return orthogonal_selection(key, shape)


def _is_integral(item: Any) -> bool:
    if is_list_like(item):
        return as_index_array(item).dtype.kind in "iu"
    try:
        as_index(item)
    except TypeError:
        return False
    return not isinstance(item, bool | np.bool_)
