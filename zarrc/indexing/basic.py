"""Basic keys of ``[...]``: integers, slices with positive steps and Ellipsis; and what all selections are made of."""

from __future__ import annotations

from operator import index as as_index
from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError, BoundsCheckError, NegativeStepError, ZeroStepError
from zarrc.frozen import Record


class Axis(Record):
    """Indices ``start + k * step`` for ``k < count`` along one axis.

    ``kept`` is False where an integer was given: the axis is then missing from the result.
    """

    start: int
    step: int
    count: int  # type: ignore[assignment]
    kept: bool


class ListAxis(Record):
    """A list of indices along one axis.

    ``indices`` is ascending int64; ``positions`` says where in the result each goes, None for 0, 1, 2 ...
    """

    indices: np.ndarray
    positions: np.ndarray | None
    count: int  # type: ignore[assignment]
    kept: bool


class Selection(Record):
    """A box of items: the outer product of one selection per axis.

    Attributes
    ----------
    axes : tuple of Axis or ListAxis
        For every axis of the array.
    shape : tuple of int
        Shape of the result.
    """

    axes: tuple[Axis | ListAxis, ...]
    shape: tuple[int, ...]


class PointSelection(Record):
    """Single items.

    Attributes
    ----------
    axes : list of ndarray
        For every axis of the array the int64 coordinates of the points, flat.
    shape : tuple of int
        Shape of the result.
    """

    axes: list[np.ndarray]
    shape: tuple[int, ...]


def basic_selection(key: Any, shape: tuple[int, ...]) -> Selection:
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
    if key is Ellipsis:
        return Selection(tuple([Axis(0, 1, n, True) for n in shape]), shape)
    items = expand_ellipsis(key if isinstance(key, tuple) else (key,), len(shape))
    axes: list[Axis] = []
    kept = []
    for item, length in zip(items, shape, strict=True):
        axis = parse_axis(item, length, len(axes))
        axes.append(axis)
        if axis.kept:
            kept.append(axis.count)
    return Selection(tuple(axes), tuple(kept))


def parse_axis(item: Any, length: int, axis: int, wanted: str = "basic indexing; expected integer or slice") -> Axis:
    """An integer or a slice along an axis of this length; ``wanted`` is what messages say of other items."""
    if isinstance(item, slice):
        start, stop, step = _slice_indices(item, length)
        count = 0 if stop <= start else (stop - start + step - 1) // step
        return Axis(start if count else 0, step, count, True)
    return Axis(_integer(item, length, axis, wanted), 1, 1, False)


def expand_ellipsis(key: tuple, ndim: int) -> tuple:
    """One item per axis: full slices where Ellipsis stands, or at the end."""
    dots = None
    for i, item in enumerate(key):
        if item is Ellipsis:
            if dots is not None:
                raise ArrayIndexError("an index can only have a single ellipsis ('...')")
            dots = i
    given = len(key) if dots is None else len(key) - 1
    if given > ndim:
        raise ArrayIndexError(f"too many indices for array; expected {ndim}, got {given}")
    if dots is None:
        return key if given == ndim else key + (slice(None),) * (ndim - given)
    return key[:dots] + (slice(None),) * (ndim - given) + key[dots + 1 :]


def _slice_indices(item: slice, length: int) -> tuple[int, int, int]:
    try:
        start, stop, step = item.indices(length)
    except ValueError:
        raise ZeroStepError("slice step cannot be zero") from None
    except TypeError as e:
        raise ArrayIndexError(f"slice {item!r}: {e}") from None
    if step < 1:
        raise NegativeStepError(f"only slices with step >= 1 are supported, not {step}")
    return start, stop, step


def _integer(item: Any, length: int, axis: int, wanted: str) -> int:
    try:
        i = as_index(item)
    except TypeError:
        i = None
    if i is None or isinstance(item, bool | np.bool_):
        hint = ": add the axis to the result instead" if item is None else ""
        raise ArrayIndexError(f"unsupported selection item for {wanted}, got {type(item)!r}{hint}")
    if i < -length or i >= length:
        raise out_of_bounds(i, axis, length)
    return i + length if i < 0 else i


def out_of_bounds(index: int, axis: int, length: int) -> BoundsCheckError:
    """The error for an index beyond an axis."""
    return BoundsCheckError(f"index out of bounds for dimension with length {length}: index {index} of axis {axis}")
