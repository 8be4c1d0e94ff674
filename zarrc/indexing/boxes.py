"""Selections cut by the chunk grid in Python: the twin of ``csrc/engine/selection.c`` for chains without C codecs."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Iterator, Sequence

import numpy as np

from zarrc.indexing.basic import Axis, ListAxis, PointSelection, Selection


class ChunkBox:
    """The part of a selection that lies in one chunk.

    Attributes
    ----------
    coords : tuple of int
        Chunk grid coordinates.
    inside : tuple
        numpy key of the items in the chunk, for every axis of the array.
    outside : tuple
        numpy key of the same items in the result; with all axes of ``inside`` that are kept.
    squeeze : tuple of int
        Axes of ``chunk[inside]`` (of length 1) that the result does not have.
    covers : bool
        Every item of the chunk that lies in the array is selected.
    """

    __slots__ = ("coords", "covers", "inside", "outside", "squeeze")

    def __init__(
        self, coords: tuple[int, ...], inside: tuple, outside: tuple, squeeze: tuple[int, ...], covers: bool
    ) -> None:
        self.coords, self.inside, self.outside, self.squeeze, self.covers = coords, inside, outside, squeeze, covers


class _Segment:
    __slots__ = ("chunk", "covers", "inside", "outside")

    def __init__(
        self, chunk: int, inside: slice | np.ndarray, outside: slice | np.ndarray | None, covers: bool
    ) -> None:
        self.chunk, self.inside, self.outside, self.covers = chunk, inside, outside, covers


def _chunk_of(offsets: Sequence[int], index: int) -> int:
    # of regular grids the offsets are a range, which may be too long for bisect
    return index // offsets.step if isinstance(offsets, range) else bisect_right(offsets, index) - 1


def _chunks_of(offsets: Sequence[int], indices: np.ndarray) -> np.ndarray:
    if isinstance(offsets, range):
        return indices // offsets.step
    return np.searchsorted(np.asarray(offsets, dtype=np.int64), indices, side="right") - 1


def _runs(axis: Axis, length: int, offsets: Sequence[int]) -> Iterator[_Segment]:
    done = 0
    while done < axis.count:
        index = axis.start + done * axis.step
        chunk = _chunk_of(offsets, index)
        first, end = int(offsets[chunk]), int(offsets[chunk + 1])
        count = min(axis.count - done, -(-(end - index) // axis.step))
        inside = slice(index - first, index - first + (count - 1) * axis.step + 1, axis.step)
        outside = slice(done, done + count) if axis.kept else None
        yield _Segment(chunk, inside, outside, count == min(end, length) - first)
        done += count


def _lists(axis: ListAxis, length: int, offsets: Sequence[int]) -> Iterator[_Segment]:
    chunks = _chunks_of(offsets, axis.indices)
    starts = np.flatnonzero(np.diff(chunks, prepend=-1))  # indices ascend, and so do their chunks
    for start, stop in itertools.pairwise([*starts.tolist(), len(chunks)]):
        chunk = int(chunks[start])
        inside = axis.indices[start:stop] - offsets[chunk]
        places = np.arange(start, stop) if axis.positions is None else axis.positions[start:stop]
        valid = min(offsets[chunk + 1], length) - offsets[chunk]
        distinct = 1 + np.count_nonzero(np.diff(inside))
        yield _Segment(chunk, inside, places if axis.kept else None, bool(distinct == valid))


def _key(parts: Sequence[slice | np.ndarray]) -> tuple:
    """A numpy key for the outer product of the parts: slices, and so a view (of 0-d too), where all of them are."""
    if any(isinstance(part, np.ndarray) for part in parts):
        return np.ix_(*(np.arange(p.start, p.stop, p.step) if isinstance(p, slice) else p for p in parts))
    return (*parts, ...)


def chunk_boxes(
    selection: Selection | PointSelection, shape: tuple[int, ...], offsets: Sequence[Sequence[int]]
) -> Iterator[ChunkBox]:
    """The touched chunks, in C order.

    Parameters
    ----------
    offsets
        Per axis the first index of every chunk, then the end (`ChunkGrid.edges`).
    """
    if isinstance(selection, PointSelection):
        return _point_boxes(selection, offsets)
    return _outer_boxes(selection, shape, offsets)


def _outer_boxes(selection: Selection, shape: tuple[int, ...], offsets: Sequence[Sequence[int]]) -> Iterator[ChunkBox]:
    squeeze = tuple(i for i, axis in enumerate(selection.axes) if not axis.kept)
    per_axis = [
        list(_runs(axis, length, starts) if isinstance(axis, Axis) else _lists(axis, length, starts))
        for axis, length, starts in zip(selection.axes, shape, offsets, strict=True)
    ]
    for segments in itertools.product(*per_axis):
        yield ChunkBox(
            tuple(s.chunk for s in segments),
            _key([s.inside for s in segments]),
            _key([s.outside for s in segments if s.outside is not None]),
            squeeze,
            all(s.covers for s in segments),
        )


def _point_boxes(selection: PointSelection, offsets: Sequence[Sequence[int]]) -> Iterator[ChunkBox]:
    chunks = [_chunks_of(starts, coords) for starts, coords in zip(offsets, selection.axes, strict=True)]
    grid = np.stack(chunks) if chunks else np.zeros((0, 0), dtype=np.int64)
    cells, cell_of, counts = np.unique(grid, axis=1, return_inverse=True, return_counts=True)
    # points of one chunk in the order that they were given in
    lists = np.split(np.argsort(cell_of.reshape(-1), kind="stable"), np.cumsum(counts)[:-1])
    for k, ids in enumerate(lists[: cells.shape[1]]):
        coords = tuple(int(c) for c in cells[:, k])
        inside = tuple(axis[ids] - starts[c] for axis, starts, c in zip(selection.axes, offsets, coords, strict=True))
        yield ChunkBox(coords, inside, (ids,), (), False)
