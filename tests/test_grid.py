"""Chunk grids and what users may give for chunks."""

from __future__ import annotations

import pickle
from itertools import accumulate, groupby

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zarrc
from zarrc.errors import MetadataValidationError
from zarrc.grid import MOST_EDGES, RectilinearGrid, RegularGrid, guess_chunk_shape, normalize_chunks

axes = st.lists(st.tuples(st.integers(0, 50), st.integers(1, 20)), max_size=4)


@given(axes)
def test_regular_grid_covers_the_shape(pairs: list[tuple[int, int]]) -> None:
    shape, chunk_shape = tuple(s for s, _ in pairs), tuple(c for _, c in pairs)
    grid = RegularGrid(chunk_shape)
    counts, edges = grid.counts(shape), grid.edges(shape)
    assert grid.ndim == len(pairs)
    for size, edge, count, offsets in zip(shape, chunk_shape, counts, edges, strict=True):
        assert len(offsets) == count + 1
        assert offsets[0] == 0
        assert offsets[-1] >= size > offsets[-1] - edge if size else count == 0
        assert all(np.diff(offsets) == edge)
    assert grid.chunk_shape_at((0,) * grid.ndim) == chunk_shape


def test_huge_shapes_cost_nothing() -> None:
    grid = RegularGrid((1,))
    assert grid.counts(((1 << 63) - 1,)) == ((1 << 63) - 1,)
    assert grid.edges(((1 << 63) - 1,))[0][-1] == (1 << 63) - 1


def test_rank_must_agree() -> None:
    with pytest.raises(ValueError):
        RegularGrid((1, 2)).counts((1,))


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        (None, (100, 50, 1)),
        (False, (100, 50, 1)),
        (5, (5, 5, 5)),
        (np.int64(5), (5, 5, 5)),
        (-1, (100, 50, 1)),
        ((5, None, -1), (5, 50, 1)),
        ([-1, 10, 7], (100, 10, 7)),
        (np.array([1, 2, 3]), (1, 2, 3)),
    ],
)
def test_normalize(chunks: object, expected: tuple[int, ...]) -> None:
    assert normalize_chunks(chunks, (100, 50, 0), 4) == expected


@pytest.mark.parametrize("chunks", [(1, 2, 3), (1,), (), 0, (0, 1), -2, (5, -3)])
def test_refused_sizes(chunks: object) -> None:
    with pytest.raises(MetadataValidationError):
        normalize_chunks(chunks, (10, 10), 4)


@pytest.mark.parametrize("chunks", ["big", 2.5, (1.5, 2), (True, 2), b"ab", object(), ((1, 2.5), 4), (("ab",), 4)])
def test_refused_kinds(chunks: object) -> None:
    with pytest.raises(TypeError):
        normalize_chunks(chunks, (10, 10), 4)


def test_auto() -> None:
    assert normalize_chunks("auto", (10000, 10000), 4) == (625, 625)
    assert normalize_chunks(True, (10000, 10000), 4) == (625, 625)
    assert normalize_chunks("auto", (), 4) == ()
    assert normalize_chunks("auto", (0, 5), 8) == (1, 5)
    assert guess_chunk_shape((5, 5), 1 << 27) == (1, 1)
    assert guess_chunk_shape((5,), 0) == (5,)


@given(st.lists(st.integers(0, 1 << 40), min_size=1, max_size=4), st.sampled_from([1, 2, 4, 8, 16, 1000, 1 << 20]))
def test_auto_as_zarr_python(shape: list[int], itemsize: int) -> None:
    grids = pytest.importorskip("zarr.core.chunk_grids")
    theirs = getattr(grids, "_guess_chunks", None) or grids.guess_chunks
    with np.errstate(all="ignore"):
        assert guess_chunk_shape(tuple(shape), itemsize) == tuple(theirs(tuple(shape), itemsize))


# irregular grids -----------------------------------------------------------------------------------------------------
lengths = st.lists(st.integers(1, 9), min_size=1, max_size=12)


def runs_of(sizes: list[int]) -> tuple[tuple[int, int], ...]:
    return tuple((length, len(list(group))) for length, group in groupby(sizes))


@given(lengths, st.data())
def test_rectilinear_grid_is_what_its_lengths_say(sizes: list[int], data: st.DataObject) -> None:
    size = data.draw(st.integers(0, sum(sizes)))
    grid = RectilinearGrid((tuple((n, 1) for n in sizes), 4))
    assert grid == RectilinearGrid((runs_of(sizes), 4))
    assert hash(grid) == hash(RectilinearGrid((runs_of(sizes), 4)))
    assert pickle.loads(pickle.dumps(grid)) == grid
    assert grid.chunk_shapes == (tuple(sizes), 4)
    assert grid.ndim == 2
    grid.check((size, 5))
    starts = [0, *accumulate(sizes)]
    count = sum(start < size for start in starts)
    assert grid.counts((size, 5)) == (count, 2)
    edges = grid.edges((size, 5))
    assert list(edges[0]) == starts[: count + 1]
    assert list(edges[1]) == [0, 4, 8]
    assert [grid.chunk_shape_at((i, 1)) for i in range(len(sizes))] == [(n, 4) for n in sizes]
    with pytest.raises(IndexError):
        grid.chunk_shape_at((len(sizes), 0))
    with pytest.raises(IndexError):
        grid.chunk_shape_at((-1, 0))
    assert grid.largest_chunk() == (max(sizes), 4)
    bounds = grid.axis_bounds((size, 5))
    assert bounds[1] == 4
    if isinstance(bounds[0], int):
        assert set(sizes[:count]) <= {bounds[0]}
    else:
        assert list(bounds[0]) == starts[: count + 1]
        assert len(set(sizes[:count])) > 1


def test_regular_bounds() -> None:
    assert RegularGrid((3, 4)).axis_bounds((10, 10)) == (3, 4)
    assert RegularGrid((3, 4)).largest_chunk() == (3, 4)
    assert RegularGrid((3, 4)).resized((50, 50)) == RegularGrid((3, 4))


def test_long_runs_cost_nothing() -> None:
    most = (1 << 63) - 1
    grid = RectilinearGrid((((1, most),), ((5, 1 << 40), (2, 1))))
    shape = (most, 5 << 40)
    grid.check(shape)
    assert grid.axis_bounds(shape) == (1, 5)
    assert grid.counts(shape) == (most, 1 << 40)
    assert grid.chunk_shape_at((1 << 62, 1 << 40)) == (1, 2)
    with pytest.raises(MetadataValidationError, match="differing"):
        grid.check((most, (5 << 40) + 1))
    RectilinearGrid((((1, MOST_EDGES - 1), (2, 1)),)).check((MOST_EDGES + 1,))


def test_chunks_must_cover_the_shape() -> None:
    grid = RectilinearGrid((((4, 2),),))
    grid.check((8,))
    with pytest.raises(MetadataValidationError, match="8 of 9"):
        grid.check((9,))
    with pytest.raises(MetadataValidationError):
        grid.check((1, 1))


def test_resized() -> None:
    grid = RectilinearGrid((((4, 2), (3, 1)), 5))
    assert grid.resized((11, 99)) == grid
    assert grid.resized((2, 1)) == grid
    assert grid.resized((20, 1)).chunk_shapes == ((4, 4, 3, 9), 5)
    assert grid.resized((14, 1)).chunk_shapes == ((4, 4, 3, 3), 5)


@given(lengths, st.integers(0, 200), st.integers(1, 7))
def test_resized_in_units(sizes: list[int], size: int, unit: int) -> None:
    """What is added covers the shape, is a multiple of the unit, and no longer than it must be."""
    grid = RectilinearGrid((tuple((n * unit, 1) for n in sizes), 5))
    made = grid.resized((size, 99), (unit, 5))
    assert made.chunk_shapes[1] == 5
    axis = made.chunk_shapes[0]
    assert isinstance(axis, tuple)
    assert axis[: len(sizes)] == tuple(n * unit for n in sizes)
    assert len(axis) <= len(sizes) + 1 and all(n % unit == 0 for n in axis)
    assert sum(axis) == max(sum(sizes) * unit, -(-size // unit) * unit)
    assert RegularGrid((4, 5)).resized((size, 9), (unit, 5)) == RegularGrid((4, 5))


def test_rectilinear_json() -> None:
    grid = RectilinearGrid((((4, 2), (3, 1)), 5, ((2, 1),)))
    shapes = [[[4, 2], 3], 5, [2]]
    assert grid.to_dict() == {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": shapes}}
    other = RectilinearGrid(grid.axes, "rectangular")
    assert other.to_dict() == {"name": "rectangular", "configuration": {"chunk_shape": [[4, 4, 3], 5, [2]]}}
    assert other != grid


@pytest.mark.parametrize(
    ("chunks", "expected"),
    [
        ([[4, 2], [3, 3]], ((4, 2), 3)),
        ([(1, 2, 3), 5], ((1, 2, 3), 5)),
        ([[1, 2, 3], -1], ((1, 2, 3), 6)),
        ([None, [1, 5]], (6, (1, 5))),
        ([[[2, 2], 3], -1], ((2, 2, 3), 6)),
        (np.array([[4, 2], [1, 5]]), ((4, 2), (1, 5))),
        ([np.array([4, 9]), 1], ((4, 9), 1)),
    ],
)
def test_nested_chunks(chunks: object, expected: tuple) -> None:
    grid = normalize_chunks(chunks, (6, 6), 4)
    assert isinstance(grid, RectilinearGrid)
    assert grid.chunk_shapes == expected
    assert normalize_chunks(grid, (6, 6), 4) is grid


def test_whole_axes_in_units() -> None:
    assert normalize_chunks(-1, (0, 6), 4, (5, 4)) == (5, 8)
    assert normalize_chunks((None, 3), (6, 6), 4, (5, 4)) == (10, 3)


def test_nested_chunks_keep_their_kind_where_rectilinear_grids_are_on() -> None:
    with zarrc.config.set({"array.rectilinear_chunks": True}):
        assert normalize_chunks([[3, 3], 2], (6, 6), 4) == RectilinearGrid((((3, 2),), 2))


def test_nested_chunks_of_one_length_are_regular() -> None:
    assert normalize_chunks([[3, 3], [2, 2, 2]], (6, 6), 4) == (3, 2)
    assert normalize_chunks([[4, 4], [[6, 1]]], (6, 6), 4) == (4, 6)
    assert normalize_chunks(RegularGrid((3, 2)), (6, 6), 4) == (3, 2)


@pytest.mark.parametrize("chunks", [[[4, 1], 6], [[], 6], [[0, 6], 6], [[-1], 6], [[[2, 0], 4], 6], [[2, 2], [6, 1]]])
def test_nested_chunks_refused(chunks: object) -> None:
    with pytest.raises(MetadataValidationError):
        normalize_chunks(chunks, (6, 6), 4)
