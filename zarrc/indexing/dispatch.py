"""What ``z[key]`` means when the key has lists in it."""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from zarrc.indexing.basic import PointSelection, Selection, basic_selection
from zarrc.indexing.coordinate import coordinate_selection, mask_selection
from zarrc.indexing.orthogonal import is_list_like, orthogonal_selection


def getitem_selection(key: Any, shape: tuple[int, ...]) -> Selection | PointSelection:
    """Parses the key of ``z[key]`` as zarr-python does.

    A key of integers, slices and Ellipsis is basic. A mask of the array's shape, and integer lists on every axis, are
    coordinates (numpy's meaning). One list among slices and integers, and masks along axes, are orthogonal.

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
        mask = np.asarray(key[0])
        if mask.dtype == bool and mask.shape == shape:
            return mask_selection(mask, shape)
        if mask.ndim > 1 and ndim == 1:
            return coordinate_selection(mask, shape)
    if len(key) == ndim and ndim > 1 and all(_is_integral(item) for item in key):
        return coordinate_selection(key, shape)
    return orthogonal_selection(key, shape)


def _is_integral(item: Any) -> bool:
    if is_list_like(item):
        return np.asarray(item).dtype.kind in "iu"
    try:
        as_index(item)
    except TypeError:
        return False
    return not isinstance(item, bool | np.bool_)
