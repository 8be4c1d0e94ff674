"""Selections cut by the chunk grid in Python: the twin of ``csrc/engine/selection.c`` for chains without C codecs."""

from __future__ import annotations

import itertools
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

    def __init__(self, chunk: int, inside: np.ndarray, outside: np.ndarray | None, covers: bool) -> None:
        self.chunk, self.inside, self.outside, self.covers = chunk, inside, outside, covers


def _segments(axis: Axis | ListAxis, length: int, offsets: Sequence[int]) -> list[_Segment]:
    if isinstance(axis, Axis):
        indices = axis.start + axis.step * np.arange(axis.count, dtype=np.int64)
        places = np.arange(axis.count, dtype=np.int64)
    else:
        indices = axis.indices
        places = np.arange(axis.count, dtype=np.int64) if axis.positions is None else axis.positions
    chunks = np.searchsorted(np.asarray(offsets, dtype=np.int64), indices, side="right") - 1
    found = []
    for chunk in np.unique(chunks):
        chosen = chunks == chunk
        inside = indices[chosen] - offsets[chunk]
        valid = min(offsets[chunk + 1], length) - offsets[chunk]
        found.append(
            _Segment(int(chunk), inside, places[chosen] if axis.kept else None, len(np.unique(inside)) == valid)
        )
    return found


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
    per_axis = [_segments(*each) for each in zip(selection.axes, shape, offsets, strict=True)]
    for segments in itertools.product(*per_axis):
        outside = [s.outside for s in segments if s.outside is not None]
        yield ChunkBox(
            tuple(s.chunk for s in segments),
            np.ix_(*(s.inside for s in segments)),
            np.ix_(*outside) if outside else (),
            squeeze,
            all(s.covers for s in segments),
        )


def _point_boxes(selection: PointSelection, offsets: Sequence[Sequence[int]]) -> Iterator[ChunkBox]:
    chunks = [
        np.searchsorted(np.asarray(starts, dtype=np.int64), coords, side="right") - 1
        for starts, coords in zip(offsets, selection.axes, strict=True)
    ]
    grid = np.stack(chunks) if chunks else np.zeros((0, 0), dtype=np.int64)
    cells, cell_of = np.unique(grid, axis=1, return_inverse=True)
    for k in range(cells.shape[1]):
        ids = np.flatnonzero(cell_of.reshape(-1) == k)
        coords = tuple(int(c) for c in cells[:, k])
        inside = tuple(axis[ids] - starts[c] for axis, starts, c in zip(selection.axes, offsets, coords, strict=True))
        yield ChunkBox(coords, inside, (ids,), (), False)
