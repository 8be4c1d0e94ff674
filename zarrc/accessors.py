"""The ways of indexing an array besides ``[...]``: ``oindex``, ``vindex``, ``blocks``, and each as two methods."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError
from zarrc.indexing import (
    Fields,
    PointSelection,
    Selection,
    basic_selection,
    block_selection,
    coordinate_selection,
    field_dtype,
    mask_selection,
    orthogonal_selection,
    pop_fields,
    take_fields,
    vindex_selection,
)
from zarrc.lazy import LazyModule
from zarrc.masked import is_masked
from zarrc.prototypes import memory, through

unfit = LazyModule("zarrc.unfit")


class _Accessor:
    __slots__ = ("array",)

    def __init__(self, array: Selections) -> None:
        self.array = array


class OIndex(_Accessor):
    """Orthogonal indexing: the outer product of one integer, slice, integer list or mask per axis."""

    def __getitem__(self, key: Any) -> Any:
        fields, key = pop_fields(key)
        return self.array.get_orthogonal_selection(key, fields=fields)

    def __setitem__(self, key: Any, value: Any) -> None:
        fields, key = pop_fields(key)
        self.array.set_orthogonal_selection(key, value, fields=fields)


class VIndex(_Accessor):
    """Coordinate indexing: integer arrays, one per axis, or a mask of the array's shape."""

    def __getitem__(self, key: Any) -> Any:
        fields, key = pop_fields(key)
        return self.array._get_fields(self.array._parsed(vindex_selection, key), fields)

    def __setitem__(self, key: Any, value: Any) -> None:
        fields, key = pop_fields(key)
        self.array._set_fields(self.array._parsed(vindex_selection, key), value, fields)


class BlockIndex(_Accessor):
    """Indexing by chunk: integers and slices that count chunks (shards of a sharded array)."""

    def __getitem__(self, key: Any) -> Any:
        fields, key = pop_fields(key)
        return self.array.get_block_selection(key, fields=fields)

    def __setitem__(self, key: Any, value: Any) -> None:
        fields, key = pop_fields(key)
        self.array.set_block_selection(key, value, fields=fields)


def checked_out(out: Any, shape: tuple[int, ...], dtype: np.dtype, masked: bool = False) -> np.ndarray:
    """What was given as ``out=`` for a result of this shape and dtype; ``masked`` where items may be missing. Raises
    TypeError, ValueError."""
    if not isinstance(out, np.ndarray):
        if not hasattr(out, "as_ndarray_like"):  # zarr-python's NDBuffer has it
            raise TypeError(f"out must be a numpy array, not {type(out).__name__}")
        out = out.as_ndarray_like()
    if masked and not is_masked(out):
        raise TypeError(f"items may be missing: out must be a numpy masked array, not {type(out).__name__}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    if out.shape != shape:
        raise ValueError(f"out has shape {out.shape}, the selection has shape {shape}")
    if out.dtype != dtype:
        raise ValueError(f"out has dtype {out.dtype}, the array has {dtype}")
    return out


class Selections:
    """Base of `Array`, which provides ``shape``, ``metadata``, ``_place``, and ``_get``, ``_set`` of parsed selections.

    The methods take zarr-python's ``fields`` and ``prototype``. ``fields`` are names of fields of a structured array:
    one reads or writes the items of that field, a list reads the records of these fields. Whole records are read
    and written all the same: writers of fields wait for each other, but a write of the whole records at the same time
    may be lost. A buffer prototype gives the memory of the result (`zarrc.prototypes`).
    """

    __slots__ = ()
    shape: Any
    metadata: Any
    with_config: Any
    _buffer: Any
    _config: Any
    _place: Any

    def _get(self, selection: Selection | PointSelection, out: np.ndarray | None = None) -> Any:
        raise NotImplementedError

    def _set(self, selection: Selection | PointSelection, value: Any) -> None:
        raise NotImplementedError

    def _get_fields(
        self,
        selection: Selection | PointSelection,
        fields: Fields | tuple[str, ...],
        out: np.ndarray | None = None,
        prototype: Any = None,
    ) -> Any:
        if not fields and (fields is None or isinstance(fields, str | list | tuple)):
            if prototype is None:
                return self._get(selection, out)
            made = memory(self, selection.shape, self.metadata.dtype, prototype) if out is None else out
            return through(self, prototype)._get(selection, made)
        dtype = field_dtype(fields, self.metadata.dtype)
        part = take_fields(self._get(selection), fields if isinstance(fields, str) else list(fields), dtype)
        if out is None:
            return part
        masked = self.metadata.data_type.nullable or self._config.missing == "mask"
        out = checked_out(out, selection.shape, dtype, masked)
        out[...] = part
        return out

    def _set_fields(
        self,
        selection: Selection | PointSelection,
        value: Any,
        fields: Fields | tuple[str, ...],
        prototype: Any = None,
    ) -> None:
        if not fields and (fields is None or isinstance(fields, str | list | tuple)):
            through(self, prototype)._set(selection, value)
            return
        field_dtype(fields, self.metadata.dtype)
        if not isinstance(fields, str):
            if len(fields) > 1:
                raise ArrayIndexError("multiple fields are not supported for this operation: write one after another")
            fields = fields[0]
        with self._place.store.fields_lock(self._place.path, self._config.concurrency):
            copied = np.ma.array if self.metadata.data_type.nullable else np.array
            whole = self.with_config({"missing": "fill"})  # of a chunk that is missing the other fields are that
            whole._buffer = self._buffer
            records = copied(whole._get(selection), dtype=self.metadata.dtype)
            try:
                records[fields] = value
            except (TypeError, ValueError, OverflowError) as e:
                unfit.refuse_value(e, self, value)
                raise
            self._set(selection, records)

    def _parsed(self, parse: Callable[..., Any], selection: Any, *more: Any) -> Any:
        """What a function of `zarrc.indexing` makes of a selection; its errors name the array."""
        try:
            return parse(selection, self.shape, *more)
        except IndexError as e:
            unfit.refuse_index(e, self)
            raise

    @property
    def oindex(self) -> OIndex:
        """``oindex[i, j]``: the outer product of one integer, slice, list of integers or mask per axis."""
        return OIndex(self)

    @property
    def vindex(self) -> VIndex:
        """``vindex[i, j]``: points, by lists of integers that are broadcast against each other, or by a mask."""
        return VIndex(self)

    @property
    def blocks(self) -> BlockIndex:
        """``blocks[i, j]``: whole chunks (shards), by integers and slices that count them."""
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
            Writable, of the selection's shape and the array's dtype; any strides. A masked array where items may be
            missing (``missing="mask"``, data type ``optional``). Returned. Its contents are undefined after an error.
        """
        return self._get_fields(self._parsed(basic_selection, selection), fields, out, prototype)

    def set_basic_selection(self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to integers, slices and Ellipsis."""
        self._set_fields(self._parsed(basic_selection, selection), value, fields, prototype)

    def get_orthogonal_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads the outer product of one integer, slice, integer list or mask per axis; see `oindex`."""
        return self._get_fields(self._parsed(orthogonal_selection, selection), fields, out, prototype)

    def set_orthogonal_selection(
        self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None
    ) -> None:
        """Writes to the outer product of one integer, slice, integer list or mask per axis."""
        self._set_fields(self._parsed(orthogonal_selection, selection), value, fields, prototype)

    def get_coordinate_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads points: one integer or integer array per axis, broadcast against each other; see `vindex`."""
        return self._get_fields(self._parsed(coordinate_selection, selection), fields, out, prototype)

    def set_coordinate_selection(
        self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None
    ) -> None:
        """Writes to points; where one occurs twice the later value stays."""
        self._set_fields(self._parsed(coordinate_selection, selection), value, fields, prototype)

    def get_mask_selection(
        self, mask: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads the items where a mask of the array's shape is True, in C order, as a 1-d array."""
        return self._get_fields(self._parsed(mask_selection, mask), fields, out, prototype)

    def set_mask_selection(self, mask: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to the items where a mask of the array's shape is True."""
        self._set_fields(self._parsed(mask_selection, mask), value, fields, prototype)

    def get_block_selection(
        self, selection: Any, *, out: np.ndarray | None = None, fields: Any = None, prototype: Any = None
    ) -> Any:
        """Reads whole chunks (shards), chosen by integers and slices that count them; see `blocks`."""
        return self._get_fields(self._parsed(block_selection, selection, self.metadata.grid), fields, out, prototype)

    def set_block_selection(self, selection: Any, value: Any, *, fields: Any = None, prototype: Any = None) -> None:
        """Writes to whole chunks (shards)."""
        self._set_fields(self._parsed(block_selection, selection, self.metadata.grid), value, fields, prototype)
