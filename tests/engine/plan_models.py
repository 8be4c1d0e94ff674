"""Random plans of the native engine, arrays beside them as numpy sees them, and selections of both."""

from __future__ import annotations

import tempfile
from typing import NamedTuple

import numpy as np
from hypothesis import strategies as st

from zarrc import _core

DTYPES = {"u1": 0, "u2": 2, "i4": 4, "f8": 8, "c16": 8}  # and the width of their components
CHAINS = {
    "plain": [],
    "zstd": [("zstd", (1, 0))],
    "checked": [("crc32c", (0,))],
    "long": [("zlib", (1,)), ("crc32c", (0,))],
    "blosc": [("blosc", (1, 5, 1, 4, 0))],
}
PLAIN = st.just(0)
chains = st.sampled_from(sorted(CHAINS)).map(CHAINS.__getitem__)


class Grid(NamedTuple):
    """An array's shape, its chunk edges (an int, or a tuple of all of an axis), dtype, fill value and plan."""

    shape: tuple[int, ...]
    chunks: tuple
    dtype: np.dtype
    fill: object
    plan: _core.Plan

    def empty(self) -> np.ndarray:
        return np.full(self.shape, self.fill, self.dtype)


def plan_of(chunks, dtype, fill, *, order=None, swap=0, steps=(), shard=None) -> _core.Plan:
    order = tuple(range(len(chunks))) if order is None else tuple(order)
    filled = np.array(fill, dtype).tobytes()
    return _core.Plan(tuple(chunks), np.dtype(dtype).itemsize, order, swap, list(steps), filled, True, "/", shard)


def index_plan(ndim: int, *, swap=0, steps=(("crc32c", (0,)),)) -> _core.Plan:
    """Plan of an index; the numbers of inner chunks are not in it."""
    return plan_of((1,) * ndim + (2,), "u8", 0, swap=swap, steps=steps)


@st.composite
def _shards(draw, dtype, fill, swap, inner, depth):
    """A plan of shards of inner chunks of this shape, and the shards' shape; with depth 2, shards in shards."""
    ndim = len(inner)
    orders = st.permutations(range(ndim))
    plan = plan_of(inner, dtype, fill, order=draw(orders), swap=swap, steps=draw(chains))
    for _ in range(depth):
        outer = tuple(edge * draw(st.integers(1, 3)) for edge in inner)
        index = index_plan(
            ndim, swap=draw(st.sampled_from([0, 8])), steps=draw(st.sampled_from([[], CHAINS["checked"]]))
        )
        around = draw(chains) if draw(st.integers(0, 3)) == 0 else []
        shard = (inner, plan, index, draw(st.booleans()))
        plan = plan_of(outer, dtype, fill, order=draw(orders), steps=around, shard=shard)
        inner = outer
    return inner, plan


@st.composite
def grids(draw, depths=PLAIN, min_ndim=0) -> Grid:
    """Any small grid; ``depths`` says how deep its chunks are shards."""
    shape = tuple(draw(st.lists(st.integers(1, 11), min_size=min_ndim, max_size=3)))
    name = draw(st.sampled_from(sorted(DTYPES)))
    swap = DTYPES[name] if draw(st.booleans()) else 0
    fill = draw(st.sampled_from([0, 1, 200]))
    depth = draw(depths)
    if depth:
        inner = tuple(draw(st.integers(1, 4)) for _ in shape)
        chunks, plan = draw(_shards(np.dtype(name), fill, swap, inner, depth))
        return Grid(shape, chunks, np.dtype(name), fill, plan)
    chunks = []
    for n in shape:
        if draw(st.booleans()):
            chunks.append(draw(st.integers(1, 6)))
        else:
            edges = draw(st.lists(st.integers(1, 5), min_size=1, max_size=n))
            chunks.append((*edges, *[3] * (-(-(n - sum(edges)) // 3))))
    order = draw(st.permutations(range(len(shape))))
    plan = plan_of(chunks, name, fill, order=order, swap=swap, steps=draw(chains))
    return Grid(shape, tuple(chunks), np.dtype(name), fill, plan)


class Selection(NamedTuple):
    """What the plan is given, and what numpy: indices of every axis (or of points), and the result's shape."""

    axes: tuple | list
    index: tuple[np.ndarray, ...]
    shape: tuple[int, ...]

    def of(self, array: np.ndarray) -> np.ndarray:
        return array[self.index].reshape(self.shape)

    def put(self, array: np.ndarray, value: np.ndarray) -> None:
        """One by one: of equal indices the last counts."""
        places = np.broadcast_arrays(*self.index) if self.index else [np.zeros((), int)]
        value = np.broadcast_to(value, self.shape).reshape(places[0].shape)
        for k in np.ndindex(places[0].shape):
            array[tuple(p[k] for p in places) if self.index else ()] = value[k]


def listed(indices: np.ndarray, places: bool = True) -> tuple:
    """An axis of the selection from indices in any order."""
    if not places:
        return np.sort(indices), None, len(indices), True
    order = np.argsort(indices, kind="stable").astype(np.int64)
    return np.ascontiguousarray(indices[order]), order, len(indices), True


@st.composite
def selections(draw, shape: tuple[int, ...]) -> Selection:
    """Slices with any step, integers, lists with repeats in any order, or points."""
    if shape and draw(st.integers(0, 3)) == 0:
        points = draw(st.lists(st.tuples(*[st.integers(0, n - 1) for n in shape]), max_size=30))
        coords = [np.array([p[i] for p in points], np.int64) for i in range(len(shape))]
        return Selection(coords, tuple(coords), (len(points),))
    axes, keys, result = [], [], []
    for n in shape:
        kind = draw(st.sampled_from(["slice", "slice", "all", "int", "list", "ascending"]))
        if kind == "all":
            axes.append((0, 1, n, True))
            keys.append(np.arange(n))
        elif kind == "int":
            at = draw(st.integers(0, n - 1))
            axes.append((at, 1, 1, False))
            keys.append(np.array([at]))
            continue
        elif kind == "slice":
            start, step = draw(st.integers(0, n - 1)), draw(st.integers(1, n + 2))
            count = draw(st.integers(0, (n - 1 - start) // step + 1))
            axes.append((start, step, count, True))
            keys.append(start + step * np.arange(count))
        else:
            indices = np.array(draw(st.lists(st.integers(0, n - 1), max_size=8)), np.int64)
            keys.append(np.sort(indices) if kind == "ascending" else indices)
            axes.append(listed(indices, kind == "list"))
        result.append(len(keys[-1]))
    return Selection(tuple(axes), np.ix_(*keys) if keys else (), tuple(result))


@st.composite
def values(draw, grid: Grid, shape: tuple[int, ...]) -> np.ndarray:
    """What may be written to a selection of that shape: an array, one of its axes of length 1, or a scalar."""
    kind = draw(st.sampled_from(["full", "full", "full", "thin", "scalar", "fill", "reversed"]))
    if kind == "fill":
        return np.array(grid.fill, grid.dtype)
    if kind == "scalar":
        return np.array(draw(st.integers(0, 255)), grid.dtype)
    seed = draw(st.integers(0, 2**16))
    if kind == "thin":
        shape = tuple(1 if draw(st.booleans()) else n for n in shape)
    out = np.random.default_rng(seed).integers(0, 256, shape).astype(grid.dtype)
    return out[::-1] if kind == "reversed" and out.ndim else out


def everything(shape: tuple[int, ...]) -> tuple:
    return tuple((0, 1, n, True) for n in shape)


THREADS = st.sampled_from([1, 2, 5])


class Buffers(dict):
    """A store of chunks as a mapping: the engine's other half."""

    def read(self, grid, axes, out, threads):
        jobs = grid.plan.jobs(grid.shape, axes)
        grid.plan.read(grid.shape, axes, out, "x", None, [self.get(key) for key, _ in jobs], False, threads)

    def write(self, grid, axes, value, write_empty, threads):
        jobs = grid.plan.jobs(grid.shape, axes)
        old = [None if covers else self.get(key) for key, covers in jobs]
        made = grid.plan.write(grid.shape, axes, value, "x", None, old, write_empty, threads)
        for (key, _), data in zip(jobs, made, strict=True):
            if data is None:
                self.pop(key, None)
            else:
                self[key] = data


def compare_with_numpy(data: st.DataObject, depths, rounds: int = 4) -> None:
    """Writes and reads of random selections; both engines and numpy agree after each."""
    grid = data.draw(grids(depths))
    model, buffers = grid.empty(), Buffers()
    with tempfile.TemporaryDirectory() as folder:
        root = folder.encode()
        for _ in range(rounds):
            sel, threads = data.draw(selections(grid.shape)), data.draw(THREADS)
            value, keep = data.draw(values(grid, sel.shape)), data.draw(st.booleans())
            grid.plan.write(grid.shape, sel.axes, value, "x", root, None, keep, threads)
            buffers.write(grid, sel.axes, value, keep, threads)
            sel.put(model, value)
            some = data.draw(selections(grid.shape))
            for axes, expected in ((everything(grid.shape), model), (some.axes, some.of(model))):
                # bits, not values: and the memory around is not touched
                room = np.full((*expected.shape, 2), 99, grid.dtype)
                grid.plan.read(grid.shape, axes, room[..., 0], "x", root, threads=threads)
                np.testing.assert_array_equal(room[..., 0], expected)
                assert (room[..., 1] == 99).all()
                out = np.full_like(expected, 98)
                buffers.read(grid, axes, out, threads)
                assert out.tobytes() == np.ascontiguousarray(expected).tobytes()
        for key, _ in grid.plan.jobs(grid.shape, everything(grid.shape)):
            try:
                with open(f"{folder}/{key}", "rb") as f:
                    assert f.read() == buffers.get(key)
            except FileNotFoundError:
                assert key not in buffers
