"""Selections of every kind, read and written by the native engine: as numpy has it, in directories and buffers."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import plan_models as models
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.errors import ChunkNotFoundError, CodecValidationError


@given(st.data())
@settings(deadline=None, max_examples=250)
def test_as_numpy(data):
    models.compare_with_numpy(data, models.PLAIN)


@given(st.data())
@settings(deadline=None, max_examples=100)
def test_jobs(data):
    """Touched chunks come once each; those that are covered hold nothing that is not selected."""
    grid = data.draw(models.grids(min_ndim=1))
    sel = data.draw(models.selections(grid.shape))
    origins = [
        np.arange(0, n, c) if isinstance(c, int) else np.cumsum((0, *c))
        for n, c in zip(grid.shape, grid.chunks, strict=True)
    ]
    touched = np.zeros(grid.shape, bool)
    touched[sel.index] = True
    expected = {}
    for at in np.ndindex(tuple(len(o) for o in origins)):
        box = tuple(slice(o[k], o[k + 1] if k + 1 < len(o) else None) for k, o in zip(at, origins, strict=True))
        if touched[box].any():
            expected["c/" + "/".join(map(str, at))] = bool(touched[box].all())
    jobs = grid.plan.jobs(grid.shape, sel.axes)
    assert [key for key, _ in jobs] == sorted(expected, key=lambda k: [int(part) for part in k[2:].split("/")])
    for key, covers in jobs:
        assert not covers or expected[key]
        assert covers == expected[key] or isinstance(sel.axes, list)


GRID = models.Grid((10, 6), (4, (1, 2, 3)), np.dtype("i4"), 0, models.plan_of((4, (1, 2, 3)), "i4", 0))
ALL = (0, 1, 6, True)


def refused(axes, out_shape=(3, 6), error=(ValueError, TypeError, OverflowError), dtype="i4", shape=(10, 6)):
    store, out = models.Buffers(), np.zeros(out_shape, dtype)
    for action in (
        lambda: GRID.plan.read(shape, axes, out, "x", b"/nowhere"),
        lambda: GRID.plan.write(shape, axes, out, "x", b"/nowhere"),
        lambda: store.read(GRID._replace(shape=shape), axes, out, 1),
        lambda: store.write(GRID._replace(shape=shape), axes, out, False, 1),
    ):
        with pytest.raises(error):
            action()


def i8(*numbers) -> np.ndarray:
    return np.array(numbers, np.int64)


@pytest.mark.parametrize(
    "axis",
    [
        (i8(3, 2, 5), None, 3, True),
        (i8(2, 3, 10), None, 3, True),
        (i8(-1, 2, 3), None, 3, True),
        (i8(1, 2, 2**62), None, 3, True),
        (i8(1, 2, 3), i8(0, 1, 3), 3, True),
        (i8(1, 2, 3), i8(0, -1, 2), 3, True),
        (i8(1, 2, 3), i8(0, 1), 3, True),
        (i8(1, 2, 3), i8(0, 1, 2, 3)[::2], 2, True),
        (i8(1, 2, 3), np.arange(3, dtype="i4"), 3, True),
        (i8(1, 2, 3), np.arange(3.0), 3, True),
        (i8(1, 2, 3), [0, 1, 2], 3, True),
        (i8(1, 2, 3), None, 4, True),
        (i8(1, 2, 3), None, 2, True),
        (i8(1, 2, 3), None, -1, True),
        (i8(1, 2, 3).reshape(1, 3), None, 3, True),
        (i8(1, 0, 2, 0, 3)[::2], None, 3, True),
        (np.arange(3, dtype="i4"), None, 3, True),
        (np.arange(3, dtype="u8"), None, 3, True),
        (np.arange(3, dtype=">i8"), None, 3, True),
        (np.array([True, False, True]), None, 3, True),
        ([1, 2, 3], None, 3, True),
        (0, 0, 3, True),
        (0, -1, 3, True),
        (8, 1, 3, True),
        (0, 5, 3, True),
        (-1, 1, 3, True),
        (10, 1, 1, True),
        (0, 2**63, 3, True),
        (2**64, 1, 3, True),
        (0, 1, 2**64, True),
        (1, 2**64 - 1, 3, True),
        (None, 1, 3, True),
        (0, 1, 3),
        (0, 1, 3, True, True),
        (),
        [0, 1, 3, True],
        slice(0, 3),
        None,
    ],
    ids=str,
)
def test_bad_axis(axis):
    refused((axis, ALL))
    refused(((0, 1, 10, True), axis), (10, 3))


def test_named_tuples():
    class Axis(NamedTuple):
        start: int
        step: int
        count: int
        kept: bool

    assert GRID.plan.jobs((10, 6), (Axis(0, 1, 4, True), Axis(*ALL)))[0] == ("c/0/0", True)


def test_bad_number_of_axes():
    for axes in ((), (ALL,), (ALL, ALL, ALL), [], [i8(1)], [i8(1)] * 3, None, 5):
        refused(axes)
    refused(((0, 1, 3, True), ALL), shape=(10,))
    refused(((0, 1, 3, True), (0, 1, 7, True)), (3, 7), shape=(10, 7))  # beyond the irregular chunks


@pytest.mark.parametrize(
    "coords",
    [
        [i8(1, 2, 10), i8(1, 2, 3)],
        [i8(1, 2, 3), i8(1, 2, 6)],
        [i8(1, -2, 3), i8(1, 2, 3)],
        [i8(1, 2, 3), i8(1, 2)],
        [i8(1, 2, 3), np.arange(3, dtype="i4")],
        [i8(1, 2, 3), i8(0, 1, 2, 3, 4, 5)[::2]],
        [i8(1, 2, 3), [0, 1, 2]],
        [i8(1, 2, 3), None],
        [[0, 1, 2], i8(1, 2, 3)],
        [5, i8(1, 2, 3)],
    ],
    ids=str,
)
def test_bad_points(coords):
    refused(coords, (3,))


def test_bad_memory():
    three = ((0, 1, 3, True), ALL)
    for shape in ((3,), (2, 6), (3, 5), (6, 3), (1, 3, 6)):
        refused(three, shape)
    refused(three, dtype="i8")
    with pytest.raises(ValueError, match="dtype"):
        GRID.plan.read((10, 6), three, np.empty((3, 6), object), "x", b"/nowhere")
    frozen = np.zeros((3, 6), "i4")
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        GRID.plan.read((10, 6), three, frozen, "x", b"/nowhere")
    for points in (np.zeros(2, "i4"), np.zeros((3, 1), "i4")):
        with pytest.raises(ValueError):
            GRID.plan.write((10, 6), [i8(1, 2, 3), i8(1, 2, 3)], points, "x", b"/nowhere")
    with pytest.raises(ValueError):
        GRID.plan.read((10, 6), [i8(1, 2, 3), i8(1, 2, 3)], np.zeros((), "i4"), "x", b"/nowhere")


def test_bad_buffers():
    axes, out = ((0, 1, 5, True), ALL), np.zeros((5, 6), "i4")
    n = len(GRID.plan.jobs((10, 6), axes))
    for buffers in (None, [], [None] * (n - 1), [None] * (n + 1)):
        with pytest.raises(ValueError):
            GRID.plan.read((10, 6), axes, out, "x", None, buffers)
        with pytest.raises(ValueError):
            GRID.plan.write((10, 6), axes, out, "x", None, buffers)
    for wrong in (bytearray(4), "text", 1):
        with pytest.raises(TypeError):
            GRID.plan.read((10, 6), axes, out, "x", None, [None] * (n - 1) + [wrong])
    with pytest.raises(ChunkNotFoundError):
        GRID.plan.read((10, 6), axes, out, "x", None, [None] * n, True)
    with pytest.raises(ValueError, match="null"):
        GRID.plan.read((10, 6), axes, out, "x", b"/tmp\0/x")


@pytest.mark.parametrize("chunks", [(0,), (-1,), (2**63,), ((1, 0),), ((),), ((1, -2),), ((2**62, 2**62),), ("ab",)])
def test_bad_chunks(chunks):
    with pytest.raises((CodecValidationError, TypeError, ValueError)):
        models.plan_of(chunks, "i4", 0)


def test_huge_selections():
    """Numbers near the limits are counted, not walked; chunks past 64 bits are refused."""
    plan = models.plan_of((10,), "i4", 0)
    top = 2**63 - 1
    assert plan.jobs((top,), ((top - 1, 1, 1, True),)) == [(f"c/{(top - 1) // 10}", False)]
    assert plan.jobs((top,), ((5, 2**62, 2, True),)) == [("c/0", False), (f"c/{(5 + 2**62) // 10}", False)]
    assert [key for key, _ in plan.jobs((top,), ((i8(3, top - 1), None, 2, True),))] == ["c/0", f"c/{(top - 1) // 10}"]
    both = models.plan_of((1, 1), "i4", 0)
    with pytest.raises(ValueError, match="more chunks"):
        both.jobs((top, top), ((0, 1, top, True), (0, 1, top, True)))
    with pytest.raises(ValueError, match="buffers"):
        plan.write((top,), ((0, 1, top, True),), np.array(1, "i4"), "x", None, [])
