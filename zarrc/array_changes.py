"""What changes an array's shape, and writes that are gathered before they are stored."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from operator import index as as_index
from typing import Any, Self

import numpy as np

from zarrc.appender import Appender
from zarrc.array_config import ArrayConfig
from zarrc.chunkio import ArrayMetadata
from zarrc.indexing import getitem_selection
from zarrc.layout import Layout
from zarrc.masked import check_records
from zarrc.placed import Placed
from zarrc.stores.locks import HeldLock, shared_lock
from zarrc.write_buffer import WriteBuffer


class Changes(Layout, Placed):
    """Base of `Array`, which provides these attributes."""

    __slots__ = ()  # `Array` has the slots
    dtype: Any
    ndim: Any
    _buffer: WriteBuffer | None
    _config: ArrayConfig
    _root: bytes | None

    def _label(self) -> str:
        raise NotImplementedError

    def update_attributes(self, new_attributes: dict[str, Any]) -> Self:
        """Merges attributes, in one write; returns the array."""
        self.attrs.update(new_attributes)
        return self

    def resize(self, new_shape: int | tuple[int, ...]) -> None:
        """Changes the shape in place. Chunks that then lie wholly outside are removed; new elements read as the
        fill value, except that a chunk at a former edge keeps what was stored in it."""
        shape = (new_shape,) if isinstance(new_shape, int | np.integer) else tuple(new_shape)
        shape = tuple(as_index(n) for n in shape)
        if len(shape) != self.ndim:
            raise ValueError(f"the new shape {shape} must have the same number of dimensions as the array, {self.ndim}")
        if any(n < 0 for n in shape):
            raise ValueError(f"new shape {shape} has a negative edge")
        self._resize(shape, True)

    def _resize(self, shape: tuple[int, ...], delete_outside_chunks: bool) -> None:
        self._check_writable()
        self._flush()
        with self._change_lock() as lock:
            stored = self._stored_metadata()
            new = stored.with_shape(shape)
            self._replace_metadata(stored)
            if new.grid != stored.grid:
                _ = self._opened.changed(new).io  # raises where the codecs cannot have chunks of the new shape
            counts = new.grid.counts(shape)
            shrinks = any(n < o for n, o in zip(counts, stored.grid.counts(stored.shape), strict=True))
            chunks = list(self._stored_chunks()) if shrinks and delete_outside_chunks else []
            outside = [at for at in chunks if any(c >= n for c, n in zip(at, counts, strict=True))]
            if outside and not self._place.store.supports_deletes:
                raise NotImplementedError(
                    f"{self._label()}: chunks lie outside the new shape {shape}, and the store cannot delete them"
                )
            self._store_metadata(new, lock)
            for coords in outside:
                self._place.store.delete_sync(self._place.key(new.key_encoding.encode(coords)))

    def _remove_new(self, stored: ArrayMetadata, grown: ArrayMetadata) -> None:
        """Removes what an append that failed has left in chunks beyond the stored shape, as far as it can: when the
        shape grows later they would be seen."""
        if not self._place.store.supports_deletes:
            return
        for at in _beyond(stored.grid.counts(stored.shape), grown.grid.counts(grown.shape)):
            with suppress(Exception):
                self._place.store.delete_sync(self._place.key(grown.key_encoding.encode(at)))

    def append(self, data: Any, axis: int = 0) -> tuple[int, ...]:
        """Grows along ``axis`` by ``data``; returns the new shape.

        Others may append at the same time, through any object and from any process: each finds its place after what
        is stored then. The data are stored before the shape grows, so that readers, and who comes after a crash, see
        all of them or none.

        Raises ValueError when ``data`` does not have the array's shape along the other axes, or there is no such axis.
        """
        as_array = np.ma.asanyarray if self.metadata.data_type.nullable else np.asarray
        data = as_array(data) if hasattr(data, "dtype") else as_array(data, dtype=self.dtype)
        if data.dtype != self.dtype:
            data = self.metadata.data_type.converted(data)
        check_records(data)
        if not -self.ndim <= axis < self.ndim:
            raise ValueError(f"axis {axis} is out of bounds for an array of {self.ndim} dimensions")
        axis %= self.ndim
        self._check_writable()
        self._flush()
        with self._change_lock() as lock:
            stored = self._stored_metadata()
            _check_fits(data.shape, stored, axis)
            first = stored.shape[axis]
            shape = tuple(n if i != axis else n + data.shape[axis] for i, n in enumerate(stored.shape))
            grown = stored.with_shape(shape)
            key = tuple(slice(first, None) if i == axis else slice(None) for i in range(len(shape)))
            io = self._opened.changed(grown).io
            try:
                io.write(
                    self._place, self._root, self._label(), shape, getitem_selection(key, shape), data, self._config
                )
            except BaseException:
                if isinstance(lock, HeldLock):  # else others may have grown it meanwhile
                    self._remove_new(stored, grown)
                raise
            self._store_metadata(grown, lock)
            return shape

    def _flush(self) -> None:
        buffer = self._buffer
        if buffer is not None:
            buffer.flush()

    def appender(self, axis: int = 0) -> Appender:
        """Takes frames one by one or in blocks and appends them chunk by chunk (shard by shard); see `Appender`.

        Raises ValueError when there is no such axis.
        """
        return Appender(self, axis)

    @contextmanager
    def batch_writes(self, max_bytes: int = 1 << 28) -> Iterator[Self]:
        """Gathers the writes to this array object in memory, and stores each chunk (shard) once, merged under its lock
        with what is stored then.

        Everything is stored at the latest when the block ends, by an exception too. Reads of this object see what is
        gathered; others see it when it is stored. Threads may share the object.

        Parameters
        ----------
        max_bytes : int
            Most memory for what is gathered, in bytes; at least one chunk and its mask (a byte an item) are held. The
            chunks that were not written to for the longest time are stored first.

        Raises
        ------
        TypeError, ValueError
            ``max_bytes`` is no number, or negative.
        """
        if isinstance(max_bytes, bool) or not isinstance(max_bytes, int | np.integer):
            raise TypeError(f"max_bytes must be a number of bytes, not {max_bytes!r}")
        if max_bytes < 0:
            raise ValueError(f"max_bytes must be at least 0, not {max_bytes}")
        self._check_writable()
        buffer = WriteBuffer(self, max_bytes)
        with shared_lock(id(self)):
            if self._buffer is not None:
                raise RuntimeError(f"{self._place}: writes are being gathered already")
            self._buffer = buffer  # type: ignore[misc]
        try:
            yield self
        finally:
            try:
                buffer.close()
            finally:
                self._buffer = None  # type: ignore[misc]


def _beyond(before: tuple[int, ...], counts: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    """Coordinates within a grid of ``counts`` and not within one of ``before``."""
    for axis, (old, new) in enumerate(zip(before, counts, strict=True)):
        within = [range(min(pair)) for pair in zip(before[:axis], counts[:axis], strict=True)]
        ranges = [*within, range(old, new), *map(range, counts[axis + 1 :])]
        if all(ranges):  # product makes lists of them, also where one is empty and another is huge
            yield from itertools.product(*ranges)


def _check_fits(shape: tuple[int, ...], metadata: ArrayMetadata, axis: int) -> None:
    def others(edges: tuple[int, ...]) -> list[int]:
        return [n for i, n in enumerate(edges) if i != axis]

    if len(shape) != len(metadata.shape) or others(shape) != others(metadata.shape):
        raise ValueError(
            f"shape of data to append {shape} is not compatible with the array's {metadata.shape} "
            f"along axis {axis}: all other dimensions must match exactly"
        )
