"""Keys to selections, and selections cut into chunk boxes, against numpy's own indexing."""

from __future__ import annotations

import numpy as np
import pytest
from array_strategies import keys
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.errors import ArrayIndexError, BoundsCheckError, NegativeStepError
from zarrc.grid import RegularGrid
from zarrc.indexing import Axis, basic_selection, chunk_boxes

shapes = st.lists(st.integers(0, 12), max_size=4).map(tuple)


@settings(deadline=None)
@given(st.data(), shapes)
def test_selection_is_numpys(data, shape):
    model = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    key = data.draw(keys(shape))
    selection = basic_selection(key, shape)
    assert selection.shape == model[key].shape
    assert len(selection.axes) == len(shape)
    indices = [range(ax.start, ax.start + ax.count * ax.step, ax.step) for ax in selection.axes]
    picked = model[np.ix_(*indices)] if shape else model
    assert np.array_equal(picked.reshape(selection.shape), model[key])
    for ax, n in zip(selection.axes, shape, strict=True):
        assert ax.count == 0 or 0 <= ax.start <= ax.start + (ax.count - 1) * ax.step < n


@settings(deadline=None)
@given(st.data(), shapes)
def test_boxes_cover_the_selection_once(data, shape):
    chunks = tuple(data.draw(st.integers(1, 9)) for _ in shape)
    model = np.arange(int(np.prod(shape, dtype=int))).reshape(shape)
    key = data.draw(keys(shape))
    selection = basic_selection(key, shape)
    out = np.full(selection.shape, -1)
    seen = []
    for box in chunk_boxes(selection, shape, RegularGrid(chunks).edges(shape)):
        origin = [c * n for c, n in zip(box.coords, chunks, strict=True)]
        chunk = model[tuple(slice(o, o + n) for o, n in zip(origin, chunks, strict=True))]
        part = chunk[box.inside]
        assert part.size
        assert (out[box.outside] == -1).all()
        out[box.outside] = part.reshape(out[box.outside].shape)
        assert box.covers == (part.size == chunk.size)
        seen.append(box.coords)
    assert np.array_equal(out, model[key])
    assert seen == sorted(set(seen))


def test_axes():
    selection = basic_selection((2, slice(1, 9, 3)), (4, 6, 5))
    assert selection.axes == (Axis(2, 1, 1, False), Axis(1, 3, 2, True), Axis(0, 1, 5, True))
    assert selection.shape == (2, 5)


@pytest.mark.parametrize(
    ("key", "shape", "error", "words"),
    [
        (5, (5,), BoundsCheckError, "index out of bounds for dimension with length 5: index 5 of axis 0"),
        ((0, -4), (5, 3), BoundsCheckError, "axis 1"),
        (0, (0,), BoundsCheckError, "length 0"),
        (0, (), ArrayIndexError, "too many"),
        ((0, 0), (5,), ArrayIndexError, "too many"),
        ((0, ..., 0), (5,), ArrayIndexError, "too many"),
        ((..., ...), (5, 5), ArrayIndexError, "ellipsis"),
        (None, (5,), ArrayIndexError, "NoneType"),
        (slice(None, None, -1), (5,), NegativeStepError, "step"),
        (slice(None, None, 0), (5,), NegativeStepError, "zero"),
        (True, (5,), ArrayIndexError, "bool"),
        (np.True_, (5,), ArrayIndexError, "bool"),
        (np.array(True), (5,), ArrayIndexError, "ndarray"),
        (1.5, (5,), ArrayIndexError, "float"),
        ("f", (5,), ArrayIndexError, "str"),
        ([1], (5,), ArrayIndexError, "list"),
        (slice("a", None), (5,), ArrayIndexError, "slice"),
    ],
)
def test_errors(key, shape, error, words):
    with pytest.raises(error, match=words) as caught:
        basic_selection(key, shape)
    assert isinstance(caught.value, IndexError)


def test_huge_numbers():
    shape = (1 << 62,)
    assert basic_selection(slice(-(10**30), 10**30, 1 << 61), shape).shape == (2,)
    assert basic_selection(-1, shape).axes[0].start == (1 << 62) - 1
    with pytest.raises(BoundsCheckError):
        basic_selection(1 << 63, shape)
