"""An array of a store as xarray indexes it: nothing is read before the values are needed."""

from __future__ import annotations

from typing import Any

import numpy as np
from xarray.backends.zarr import ZarrArrayWrapper
from xarray.coding.strings import create_vlen_dtype

from zarrc.array import Array

# xarray before 2026.9 knows strings of variable length as Python objects only
_KNOWS_STRING_DTYPE = hasattr(ZarrArrayWrapper, "_preserve_string_dtype")


class ZarrcArrayWrapper(ZarrArrayWrapper):
    """Basic, outer and vectorized indexers go to ``[...]``, ``oindex`` and ``vindex`` of the array, a native call each.

    Pickles as the array does: the place and the metadata, no values.
    """

    __slots__ = ()
    _array: Array
    shape: tuple[int, ...]
    dtype: np.dtype

    def __init__(self, array: Array) -> None:
        self._array = array  # type: ignore[misc]  # the slots are the base class's
        self.shape = array.shape  # type: ignore[misc]
        text = array.dtype.kind == "T" and not _KNOWS_STRING_DTYPE
        self.dtype = create_vlen_dtype(str) if text else array.dtype  # type: ignore[misc]

    def _as_declared(self, value: Any) -> Any:
        return np.asarray(value, dtype=self.dtype) if self.dtype.kind == "O" else value

    def _getitem(self, key: Any) -> Any:
        return self._as_declared(self._array[key])

    def _oindex(self, key: Any) -> Any:
        return self._as_declared(self._array.oindex[key])

    def _vindex(self, key: Any) -> Any:
        return self._as_declared(self._array.vindex[key])

    # those of xarray look whether zarr-python can do it
    async def _async_getitem(self, key: Any) -> Any:
        return self._as_declared(await self._array._async_array.getitem(key))

    async def _async_oindex(self, key: Any) -> Any:
        return self._as_declared(await self._array._async_array.oindex.getitem(key))

    async def _async_vindex(self, key: Any) -> Any:
        return self._as_declared(await self._array._async_array.vindex.getitem(key))
