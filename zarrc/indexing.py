"""Keys of ``[...]`` to selections: per axis a start, a step and a count."""

from __future__ import annotations

from collections.abc import Iterator
from operator import index as as_index
from typing import Any, NamedTuple

import numpy as np

from zarrc.errors import ArrayIndexError, BoundsCheckError, NegativeStepError


class Axis(NamedTuple):
    """The selection along one axis: indices ``start + k * step`` for ``k < count``.

    ``kept`` is False where an integer was given: the axis is then missing from the result.
    """

    start: int
    step: int
    count: int
    kept: bool


class BasicSelection(NamedTuple):
    """Integers and slices with positive steps, one per axis.

    Attributes
    ----------
    axes : tuple of Axis
        For every axis of the array.
    shape : tuple of int
        Shape of the result.
    """

    axes: tuple[Axis, ...]
    shape: tuple[int, ...]


class ChunkBox(NamedTuple):
    """The part of a selection that lies in one chunk.

    Attributes
    ----------
    coords : tuple of int
        Chunk grid coordinates.
    inside : tuple of slice
        The box in the chunk, for every axis of the array.
    outside : tuple of slice or int
        The same box in the result; an axis that is not kept is absent.
    covers : bool
        The box has every item of the chunk that lies in the array.
    """

    coords: tuple[int, ...]
    inside: tuple[slice, ...]
    outside: tuple[slice, ...]
    covers: bool


def basic_selection(key: Any, shape: tuple[int, ...]) -> BasicSelection:
    """Parses a basic key (numpy "Basic indexing") for an array of this shape.

    Raises
    ------
    BoundsCheckError
        An integer outside the array.
    NegativeStepError
        A slice whose step is below 1.
    ArrayIndexError
        Too many indices, more than one Ellipsis, newaxis, or an index of another kind.
    """
    ndim = len(shape)
    if key is Ellipsis:
        return BasicSelection(tuple([Axis(0, 1, n, True) for n in shape]), shape)
    if not isinstance(key, tuple):
        key = (key,)
    if len(key) != ndim or Ellipsis in _identities(key):
        key = _expand(key, ndim)
    axes = []
    kept = []
    for item, length in zip(key, shape, strict=True):
        if isinstance(item, slice):
            start, stop, step = _slice_indices(item, length)
            count = 0 if stop <= start else (stop - start + step - 1) // step
            axes.append(Axis(start if count else 0, step, count, True))
            kept.append(count)
        else:
            axes.append(Axis(_integer(item, length, len(axes)), 1, 1, False))
    return BasicSelection(tuple(axes), tuple(kept))


def _identities(key: tuple) -> list:
    # `Ellipsis in key` would compare arrays elementwise
    return [item if item is Ellipsis else None for item in key]


def _expand(key: tuple, ndim: int) -> tuple:
    """Puts full slices where Ellipsis stands, or at the end."""
    dots = [i for i, item in enumerate(key) if item is Ellipsis]
    if len(dots) > 1:
        raise ArrayIndexError("an index can only have a single ellipsis ('...')")
    for item in key:
        if item is None:
            raise ArrayIndexError("numpy.newaxis (None) is not supported: add the axis to the result instead")
    missing = ndim - (len(key) - len(dots))
    if missing < 0:
        raise ArrayIndexError(
            f"too many indices for array: array is {ndim}-dimensional, but {len(key) - len(dots)} were indexed"
        )
    full = (slice(None),) * missing
    if dots:
        return key[: dots[0]] + full + key[dots[0] + 1 :]
    return key + full


def _slice_indices(item: slice, length: int) -> tuple[int, int, int]:
    try:
        start, stop, step = item.indices(length)
    except ValueError:
        raise NegativeStepError("slice step cannot be zero") from None
    except TypeError as e:
        raise ArrayIndexError(f"slice {item!r}: {e}") from None
    if step < 1:
        raise NegativeStepError(f"only slices with step >= 1 are supported, not {step}")
    return start, stop, step


def _integer(item: Any, length: int, axis: int) -> int:
    if item is None:
        raise ArrayIndexError("numpy.newaxis (None) is not supported: add the axis to the result instead")
    if isinstance(item, bool | np.bool_):
        raise ArrayIndexError("a bool is not a basic index")
    try:
        i = as_index(item)
    except TypeError:
        raise ArrayIndexError(
            f"unsupported selection item for basic indexing: expected integer, slice or Ellipsis, "
            f"got {type(item).__name__}"
        ) from None
    if i < -length or i >= length:
        raise BoundsCheckError(f"index {i} is out of bounds for axis {axis} with length {length}")
    return i + length if i < 0 else i


def chunk_boxes(selection: BasicSelection, shape: tuple[int, ...], chunks: tuple[int, ...]) -> Iterator[ChunkBox]:
    """Cuts a selection by a regular chunk grid, in C order of the chunks: the Python twin of
    ``csrc/engine/selection.c``."""
    per_axis: list[list[tuple[int, slice, slice | None, bool]]] = []
    for ax, length, edge in zip(selection.axes, shape, chunks, strict=True):
        segments: list[tuple[int, slice, slice | None, bool]] = []
        done = 0
        while done < ax.count:
            first = ax.start + done * ax.step
            chunk = first // edge
            origin = chunk * edge
            valid = min(edge, length - origin)
            count = min(ax.count - done, (valid - (first - origin) + ax.step - 1) // ax.step)
            inside = slice(first - origin, first - origin + (count - 1) * ax.step + 1, ax.step)
            outside = slice(done, done + count) if ax.kept else None
            segments.append((chunk, inside, outside, count == valid))
            done += count
        per_axis.append(segments)

    def walk(axis: int, parts: tuple) -> Iterator[ChunkBox]:
        if axis == len(per_axis):
            yield ChunkBox(
                tuple(p[0] for p in parts),
                tuple(p[1] for p in parts),
                tuple(p[2] for p in parts if p[2] is not None),
                all(p[3] for p in parts),
            )
            return
        for segment in per_axis[axis]:
            yield from walk(axis + 1, (*parts, segment))

    return walk(0, ())
