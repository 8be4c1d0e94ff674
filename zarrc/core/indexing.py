"""Accessors of asynchronous arrays, under their names of ``zarr.core.indexing``."""

from zarrc.async_array import AsyncOIndex, AsyncVIndex

__all__ = ["AsyncOIndex", "AsyncVIndex"]
