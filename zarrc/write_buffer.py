"""Writes gathered in memory, chunk by chunk, until each chunk is stored once."""

from __future__ import annotations

import itertools
import math
import os
from _thread import RLock  # what threading.RLock is, without the rest of that module
from collections import OrderedDict
from collections.abc import Iterator
from typing import Any

import numpy as np

from zarrc.array_config import ArrayConfig
from zarrc.chunkio import broadcast, unset
from zarrc.grid import RegularGrid
from zarrc.indexing import Axis, ChunkBox, PointSelection, Selection, chunk_boxes


class _Gathered:
    """The part of one chunk that lies in the array, and which items of it were written.

    Attributes
    ----------
    origin : tuple of int
        First index along each axis.
    values, written : ndarray
        Of one shape; items of ``values`` where ``written`` is False are unset.
    """

    __slots__ = ("origin", "values", "written")

    def __init__(self, origin: tuple[int, ...], shape: tuple[int, ...], metadata: Any) -> None:
        self.origin = origin
        self.values = unset(shape, metadata)
        self.written = np.zeros(shape, bool)


class WriteBuffer:
    """What `zarrc.Array.batch_writes` gathers. Safe to share between threads; a forked child has an empty one.

    Parameters
    ----------
    array : Array
    max_bytes : int
    """

    def __init__(self, array: Any, max_bytes: int) -> None:
        self._array = array
        self._max_bytes = max_bytes
        self._nbytes = 0
        self._chunks: OrderedDict[tuple[int, ...], _Gathered] = OrderedDict()
        self._closed = False
        self._process = os.getpid()
        self._locks = {self._process: RLock()}
        self._shape = array.metadata.shape

    @property
    def _lock(self) -> RLock:
        """Of this process: a thread that held it at a fork does not exist in the child."""
        process = os.getpid()
        return self._locks.get(process) or self._locks.setdefault(process, RLock())

    def _own(self) -> None:
        """What was gathered before a fork is the parent's to store. What was gathered for another shape of the array
        (`zarrc.Array.refresh`) is stored; of what then lies outside of it nothing."""
        if self._process != os.getpid():
            self._process = os.getpid()
            self._chunks = OrderedDict()
            self._nbytes = 0
        shape = self._array.metadata.shape
        if shape != self._shape:
            self._shape = shape
            self.flush()

    def write(self, selection: Selection | PointSelection, data: np.ndarray) -> bool:
        """Takes ``data`` (of the array's dtype, broadcastable to the selection). False, and nothing is taken, when the
        buffer is closed."""
        points = isinstance(selection, PointSelection)
        data = broadcast(data, (len(selection.axes[0]),) if points else selection.shape)
        with self._lock:
            if self._closed:
                return False
            self._own()
            for box in self._boxes(selection):
                chunk = self._chunk(box.coords)
                part = data[box.outside]
                chunk.values[box.inside] = np.expand_dims(part, box.squeeze) if box.squeeze else part
                chunk.written[box.inside] = True
        return True

    def close(self) -> None:
        """`flush`, and takes no more: a thread that writes meanwhile does so before, or to the store."""
        with self._lock:
            try:
                self.flush()
            finally:
                self._closed = True

    def read(
        self,
        selection: Selection | PointSelection,
        out: np.ndarray,
        config: ArrayConfig,
        absent: np.ndarray | None = None,
    ) -> None:
        """As `ChunkIO.read`, and over that what is gathered."""
        array = self._array
        with self._lock:
            self._own()
            shape = array.metadata.shape
            place, root, label = array._place, array._root, array._label()
            if config.missing == "raise":  # what is gathered is not missing
                self.flush()
            array._opened.io.read(place, root, label, shape, selection, out, config, absent)
            for box in self._boxes(selection) if self._chunks else ():
                chunk = self._chunks.get(box.coords)
                if chunk is not None:
                    written = np.squeeze(chunk.written[box.inside], axis=box.squeeze)
                    values = np.squeeze(chunk.values[box.inside], axis=box.squeeze)
                    stored = out[box.outside].copy()
                    stored[written] = values[written]
                    out[box.outside] = stored
                    if absent is not None:
                        absent[box.outside] &= ~written

    def flush(self) -> None:
        """Stores everything. A chunk that cannot be stored does not keep the others from it; the first error is
        raised, and its chunk's writes are lost. An interrupt is raised when all is stored; a second one at once."""
        failed: BaseException | None = None
        interrupted: BaseException | None = None
        with self._lock:
            self._own()
            while self._chunks:
                try:
                    self._store_oldest()
                except Exception as e:
                    failed = failed or e
                except BaseException as e:
                    if interrupted is not None:
                        raise
                    interrupted = e
        if interrupted is not None or failed is not None:
            raise interrupted or failed  # type: ignore[misc]

    def _store_oldest(self) -> None:
        coords, chunk = next(iter(self._chunks.items()))
        try:
            self._store(chunk)
        except Exception:
            self._forget(coords, chunk)
            raise
        self._forget(coords, chunk)  # but not when it was interrupted

    def _forget(self, coords: tuple[int, ...], chunk: _Gathered) -> None:
        del self._chunks[coords]
        self._nbytes -= _nbytes(chunk.values.shape, self._array.dtype)

    def _store(self, chunk: _Gathered) -> None:
        array = self._array
        shape = tuple(
            max(min(n, end - first), 0)
            for n, end, first in zip(chunk.values.shape, array.metadata.shape, chunk.origin, strict=True)
        )
        if 0 in shape:
            return
        values, mask = chunk.values, chunk.written
        if shape != values.shape:  # the engines take contiguous memory
            inside = tuple(slice(0, n) for n in shape)
            values, mask = values[inside].copy(), mask[inside].copy()
        selection = Selection(tuple(Axis(o, 1, n, True) for o, n in zip(chunk.origin, shape, strict=True)), shape)
        written = None if mask.all() else mask
        array._opened.io.write(
            array._place, array._root, array._label(), array.metadata.shape, selection, values, array._config, written
        )

    def _chunk(self, coords: tuple[int, ...]) -> _Gathered:
        chunk = self._chunks.get(coords)
        if chunk is not None:
            self._chunks.move_to_end(coords)
            return chunk
        metadata = self._array.metadata
        origin, shape = _extent(metadata, coords)
        size = _nbytes(shape, metadata.dtype)
        while self._chunks and self._nbytes + size > self._max_bytes:
            self._store_oldest()
        self._nbytes += size
        chunk = self._chunks[coords] = _Gathered(origin, shape, metadata)
        return chunk

    def _boxes(self, selection: Selection | PointSelection) -> Iterator[ChunkBox]:
        metadata = self._array.metadata
        if isinstance(metadata.grid, RegularGrid) and all(isinstance(axis, Axis) for axis in selection.axes):
            return _regular_boxes(selection.axes, metadata.grid.chunk_shape)  # type: ignore[arg-type]
        return chunk_boxes(selection, metadata.shape, metadata.grid.edges(metadata.shape))


def _nbytes(shape: tuple[int, ...], dtype: np.dtype) -> int:
    return math.prod(shape) * (dtype.itemsize + 1)


def _extent(metadata: Any, coords: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """First index and shape of the part of a chunk that lies in the array."""
    grid = metadata.grid
    if isinstance(grid, RegularGrid):
        origin = tuple(c * edge for c, edge in zip(coords, grid.chunk_shape, strict=True))
    else:
        origin = tuple(starts[c] for c, starts in zip(coords, grid.edges(metadata.shape), strict=True))
    edges = grid.chunk_shape_at(coords)
    return origin, tuple(min(e, n - o) for e, n, o in zip(edges, metadata.shape, origin, strict=True))


def _regular_boxes(axes: tuple[Axis, ...], edges: tuple[int, ...]) -> Iterator[ChunkBox]:
    """As `chunk_boxes`, for slices on a regular grid: looks at the touched chunks only, and gives slices and Ellipsis,
    with which also the one item of no axes is an array."""
    per_axis = [list(_pieces(axis, edge)) for axis, edge in zip(axes, edges, strict=True)]
    squeeze = tuple(i for i, axis in enumerate(axes) if not axis.kept)
    for pieces in itertools.product(*per_axis):
        outside = tuple(piece[2] for piece, axis in zip(pieces, axes, strict=True) if axis.kept)
        inside = tuple(p[1] for p in pieces)
        yield ChunkBox(tuple(p[0] for p in pieces), (*inside, ...), (*outside, ...), squeeze, False)


def _pieces(axis: Axis, edge: int) -> Iterator[tuple[int, slice, slice]]:
    """Chunk, items in the chunk, items in the result."""
    done = 0
    while done < axis.count:
        index = axis.start + done * axis.step
        chunk, first = divmod(index, edge)
        count = min((edge - first + axis.step - 1) // axis.step, axis.count - done)
        yield chunk, slice(first, first + (count - 1) * axis.step + 1, axis.step), slice(done, done + count)
        done += count
