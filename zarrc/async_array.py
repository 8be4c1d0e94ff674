"""Arrays with coroutines: the same core, called in worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from types import GenericAlias
from typing import Any

from zarrc.array import Array, open_at
from zarrc.array_config import parse_array_config
from zarrc.metadata import ArrayV2Metadata, array_metadata
from zarrc.node import Opened
from zarrc.prototypes import item, through
from zarrc.stores import StoreLike, StorePath, make_store_path


def _forwarded(name: str) -> property:
    return property(lambda self: getattr(self._array, name), doc=getattr(Array, name).__doc__)


class AsyncOIndex:
    """``oindex`` of an asynchronous array."""

    def __init__(self, array: AsyncArray) -> None:
        self.array = array

    async def getitem(self, selection: Any) -> Any:
        """Reads an orthogonal selection."""
        return await self.array.get_orthogonal_selection(selection)


class AsyncVIndex:
    """``vindex`` of an asynchronous array."""

    def __init__(self, array: AsyncArray) -> None:
        self.array = array

    async def getitem(self, selection: Any) -> Any:
        """Reads points, or where a mask is True."""
        return await asyncio.to_thread(self.array._array.vindex.__getitem__, selection)


class AsyncArray:
    """An `Array` whose reads and writes are coroutines.

    Parameters
    ----------
    metadata : metadata object or dict
    store_path : StorePath
    config : ArrayConfig or mapping, optional
    """

    __hash__ = None  # type: ignore[assignment]
    __class_getitem__: Any = classmethod(GenericAlias)  # zarr-python's is generic in its metadata

    def __init__(self, metadata: Any, store_path: StorePath, config: Any = None) -> None:
        meta = array_metadata(metadata)
        order = meta.order if isinstance(meta, ArrayV2Metadata) else None
        self._array = Array(make_store_path(store_path), Opened(meta), parse_array_config(config, order))

    @classmethod
    def of(cls, array: Array) -> AsyncArray:
        """The asynchronous face of an array; changes of one are seen through the other."""
        made = cls.__new__(cls)
        made._array = array
        return made

    @classmethod
    def from_dict(cls, store_path: StorePath, data: Mapping[str, Any]) -> AsyncArray:
        """From a metadata document; nothing is written."""
        return cls(data, store_path)

    @classmethod
    async def open(cls, store: StoreLike, zarr_format: Any = None, *, config: Any = None) -> AsyncArray:
        """Opens an existing array. Raises `ArrayNotFoundError`, `NodeTypeValidationError`."""
        return cls.of(await asyncio.to_thread(open_at, make_store_path(store), zarr_format, config))

    metadata = _forwarded("metadata")
    store_path = _forwarded("store_path")
    config = _forwarded("config")
    store = _forwarded("store")
    shape = _forwarded("shape")
    chunks = _forwarded("chunks")
    shards = _forwarded("shards")
    read_chunk_sizes = _forwarded("read_chunk_sizes")
    write_chunk_sizes = _forwarded("write_chunk_sizes")
    dtype = _forwarded("dtype")
    ndim = _forwarded("ndim")
    size = _forwarded("size")
    nbytes = _forwarded("nbytes")
    order = _forwarded("order")
    fill_value = _forwarded("fill_value")
    filters = _forwarded("filters")
    serializer = _forwarded("serializer")
    compressors = _forwarded("compressors")
    compressor = _forwarded("compressor")
    path = _forwarded("path")
    name = _forwarded("name")
    basename = _forwarded("basename")
    read_only = _forwarded("read_only")
    cdata_shape = _forwarded("cdata_shape")
    nchunks = _forwarded("nchunks")
    info = _forwarded("info")

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes, a copy."""
        return self._array.attrs.asdict()

    @property
    def oindex(self) -> AsyncOIndex:
        return AsyncOIndex(self)

    @property
    def vindex(self) -> AsyncVIndex:
        return AsyncVIndex(self)

    async def getitem(self, selection: Any, *, prototype: Any = None) -> Any:
        """Reads a selection, as ``array[...]`` does, into memory of the prototype (`zarrc.prototypes`)."""
        return await asyncio.to_thread(item, self._array, selection, prototype)

    async def setitem(self, selection: Any, value: Any, prototype: Any = None) -> None:
        """Writes to a selection, as ``array[...] = value`` does."""
        await asyncio.to_thread(through(self._array, prototype).__setitem__, selection, value)

    async def get_orthogonal_selection(self, selection: Any, **kwargs: Any) -> Any:
        """As of `Array`."""
        return await asyncio.to_thread(self._array.get_orthogonal_selection, selection, **kwargs)

    async def get_mask_selection(self, mask: Any, **kwargs: Any) -> Any:
        """As of `Array`."""
        return await asyncio.to_thread(self._array.get_mask_selection, mask, **kwargs)

    async def get_coordinate_selection(self, selection: Any, **kwargs: Any) -> Any:
        """As of `Array`."""
        return await asyncio.to_thread(self._array.get_coordinate_selection, selection, **kwargs)

    async def nchunks_initialized(self) -> int:
        """Number of chunks that are stored."""
        return await asyncio.to_thread(lambda: self._array.nchunks_initialized)

    async def nbytes_stored(self) -> int:
        """Bytes of everything stored below the array's path."""
        return await asyncio.to_thread(self._array.nbytes_stored)

    async def info_complete(self) -> Any:
        """`info` with the stored size and the number of stored chunks."""
        return await asyncio.to_thread(self._array.info_complete)

    async def resize(self, new_shape: Any, delete_outside_chunks: bool = True) -> None:
        """Changes the shape in place. ``delete_outside_chunks`` False keeps the chunks that are outside then."""
        if delete_outside_chunks:
            await asyncio.to_thread(self._array.resize, new_shape)
        else:
            shape = (new_shape,) if isinstance(new_shape, int) else tuple(new_shape)
            await asyncio.to_thread(self._array._resize, shape, False)

    async def append(self, data: Any, axis: int = 0) -> tuple[int, ...]:
        """Grows along ``axis`` and writes ``data`` there; returns the new shape."""
        return await asyncio.to_thread(self._array.append, data, axis)

    async def update_attributes(self, new_attributes: dict[str, Any]) -> AsyncArray:
        """Merges attributes, in one write; returns the array."""
        await asyncio.to_thread(self._array.update_attributes, new_attributes)
        return self

    def with_config(self, config: Any) -> AsyncArray:
        """The same array with another run-time configuration."""
        return self.of(self._array.with_config(config))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncArray) and self._array == other._array

    def __repr__(self) -> str:
        return repr(self._array).replace("<Array", "<AsyncArray", 1)

    def __reduce__(self) -> tuple:
        return (AsyncArray.of, (self._array,))
