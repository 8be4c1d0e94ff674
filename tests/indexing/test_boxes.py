"""Selections cut by the chunk grid in Python."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from array_strategies import python_engine

import zarrc
from zarrc.grid import RectilinearGrid, RegularGrid
from zarrc.indexing.basic import PointSelection
from zarrc.indexing.boxes import chunk_boxes

LONGEST = 2**63 - 1


@pytest.mark.parametrize("grid", [RegularGrid((3, 4)), RectilinearGrid((((2, 1), (4, 1), (1, 1)), ((3, 2), (2, 1))))])
def test_points_by_chunk_in_their_order(grid):
    rng = np.random.default_rng(0)
    shape = (7, 8)
    axes = tuple(rng.integers(0, n, 200) for n in shape)
    offsets = grid.edges(shape)
    found = list(chunk_boxes(PointSelection(list(axes), (200,)), shape, offsets))
    assert [box.coords for box in found] == sorted({box.coords for box in found})
    for box in found:
        (ids,) = box.outside
        assert (np.diff(ids) > 0).all()
        for axis, c, starts, inside in zip(axes, box.coords, offsets, box.inside, strict=True):
            assert (inside >= 0).all() and (inside < starts[c + 1] - starts[c]).all()
            assert (starts[c] + inside == axis[ids]).all()
    assert sorted(itertools.chain.from_iterable(box.outside[0].tolist() for box in found)) == list(range(200))


def test_no_points():
    none = np.zeros(0, dtype=np.int64)
    assert list(chunk_boxes(PointSelection([none], (0,)), (7,), RegularGrid((2,)).edges((7,)))) == []


def test_more_chunks_than_there_is_memory_for():
    array = python_engine(zarrc.create_array({}, shape=LONGEST, chunks=1, dtype="i2", fill_value=7, compressors=None))
    array[LONGEST - 1] = 5
    assert array[LONGEST - 1] == 5 and array[0] == 7
    assert array[LONGEST - 3 :].tolist() == [7, 7, 5]
    assert array.oindex[[0, LONGEST - 1]].tolist() == [7, 5]
    assert array.vindex[[LONGEST - 1, 3]].tolist() == [5, 7]
