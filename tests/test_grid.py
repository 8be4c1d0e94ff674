"""Chunk grids and what users may give for chunks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc.errors import MetadataValidationError
from zarrc.grid import RegularGrid, guess_chunk_shape, normalize_chunks

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
        ((5,), (5, 50, 1)),
        ((5, None), (5, 50, 1)),
        ([-1, 10, 7], (100, 10, 7)),
        ((), (100, 50, 1)),
        (np.array([1, 2, 3]), (1, 2, 3)),
    ],
)
def test_normalize(chunks: object, expected: tuple[int, ...]) -> None:
    assert normalize_chunks(chunks, (100, 50, 0), 4) == expected


@pytest.mark.parametrize("chunks", [(1, 2, 3), 0, (0, 1), -2, (5, -3)])
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
