"""The ways of indexing an array besides ``[...]``: ``oindex``, ``vindex``, ``blocks``, and each as two methods."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError
from zarrc.indexing import (
    PointSelection,
    Selection,
    basic_selection,
    block_selection,
    coordinate_selection,
    mask_selection,
    orthogonal_selection,
    vindex_selection,
)


class _Accessor:
    __slots__ = ("array",)

    def __init__(self, array: Selections) -> None:
        self.array = array


class OIndex(_Accessor):
    """Orthogonal indexing: the outer product of one integer, slice, integer list or mask per axis."""

    def __getitem__(self, key: Any) -> Any:
        return self.array.get_orthogonal_selection(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array.set_orthogonal_selection(key, value)


class VIndex(_Accessor):
    """Coordinate indexing: integer arrays, one per axis, or a mask of the array's shape."""

    def __getitem__(self, key: Any) -> Any:
        return self.array._get(vindex_selection(key, self.array.shape))

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array._set(vindex_selection(key, self.array.shape), value)


class BlockIndex(_Accessor):
    """Indexing by chunk: integers and slices that count chunks (shards of a sharded array)."""

    def __getitem__(self, key: Any) -> Any:
        return self.array.get_block_selection(key)

    def __setitem__(self, key: Any, value: Any) -> None:
        self.array.set_block_selection(key, value)


def _no_fields(fields: Any) -> None:
    if fields:
        raise ArrayIndexError("field names are not supported: read the elements, then take the field of the result")


class Selections:
    """Base of `Array`, which provides ``shape``, ``metadata``, and ``_get`` and ``_set`` of a parsed selection.

    The methods take zarr-python's ``fields`` and ``prototype``: names of fields are refused, and a buffer prototype
    changes nothing, since results are numpy arrays.
    """

    __slots__ = ()
    shape: Any
    metadata: Any

    def _get(self, selection: Selection | PointSelection, out: np.ndarray | None = None) -> Any:
        raise NotImplementedError

    def _set(self, selection: Selection | PointSelection, value: Any) -> None:
        raise NotImplementedError

    @property
    def oindex(self) -> OIndex:
        return OIndex(self)

    @property
    def vindex(self) -> VIndex:
        return VIndex(self)

    @property
    def blocks(self) -> BlockIndex:
        return BlockIndex(self)

    def get_basic_selection(
        self, selection: Any = Ellipsis, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads integers, slices and Ellipsis, into ``out`` when it is given.

        Parameters
        ----------
        selection
            Integers, slices, Ellipsis.
        out : ndarray, optional
            Writable, of the selection's shape and the array's dtype; any strides. Returned. Its contents are
            undefined after an error.
        """
        _no_fields(fields)
        return self._get(basic_selection(selection, self.shape), out)

    def set_basic_selection(self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to integers, slices and Ellipsis."""
        _no_fields(fields)
        self._set(basic_selection(selection, self.shape), value)

    def get_orthogonal_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads the outer product of one integer, slice, integer list or mask per axis; see `oindex`."""
        _no_fields(fields)
        return self._get(orthogonal_selection(selection, self.shape), out)

    def set_orthogonal_selection(
        self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None
    ) -> None:
        """Writes to the outer product of one integer, slice, integer list or mask per axis."""
        _no_fields(fields)
        self._set(orthogonal_selection(selection, self.shape), value)

    def get_coordinate_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads points: one integer or integer array per axis, broadcast against each other; see `vindex`."""
        _no_fields(fields)
        return self._get(coordinate_selection(selection, self.shape), out)

    def set_coordinate_selection(
        self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None
    ) -> None:
        """Writes to points; where one occurs twice the later value stays."""
        _no_fields(fields)
        self._set(coordinate_selection(selection, self.shape), value)

    def get_mask_selection(
        self, mask: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads the items where a mask of the array's shape is True, in C order, as a 1-d array."""
        _no_fields(fields)
        return self._get(mask_selection(mask, self.shape), out)

    def set_mask_selection(self, mask: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to the items where a mask of the array's shape is True."""
        _no_fields(fields)
        self._set(mask_selection(mask, self.shape), value)

    def get_block_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads whole chunks (shards), chosen by integers and slices that count them; see `blocks`."""
        _no_fields(fields)
        return self._get(block_selection(selection, self.shape, self.metadata.grid), out)

    def set_block_selection(self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to whole chunks (shards)."""
        _no_fields(fields)
        self._set(block_selection(selection, self.shape, self.metadata.grid), value)
