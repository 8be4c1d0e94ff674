"""Batches of chunks that no indexer cuts: refused, not run."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import pytest

from zarrc._core import Plan, read_chunks


def plan(ndim: int) -> Plan:
    return Plan((8,) * ndim, 8, tuple(range(ndim)), 0, [], bytes(8), True, "/")


def chunk(shape: tuple[int, ...], inside: tuple, outside) -> tuple:
    return (None, SimpleNamespace(shape=shape), inside, outside, False)


def test_another_axis_dropped_in_each_chunk():
    shape, every = (8, 1000, 1000), slice(0, 1000)
    memory, stored = np.zeros((3, 1000)), bytes(8 * 8 * 1000 * 1000)
    parts = [
        chunk(shape, (0, slice(0, 3), every), (slice(0, 3), every)),
        chunk(shape, (slice(0, 3), every, 0), (slice(0, 3), every)),
    ]
    with pytest.raises(NotImplementedError, match="dropped"):
        read_chunks(plan(3), parts, memory, (), "x", [b"a", b"b"], buffers=[stored, stored])


def test_points_of_two_chunks_with_one_place():
    places, far = np.array([0, 1]), 9 * 10**8
    parts = [
        chunk((10,), (np.array([1, 2]),), places),
        chunk((far,), (np.array([far - 2, far - 1]),), places),
    ]
    with pytest.raises(NotImplementedError, match="one place"):
        read_chunks(plan(1), parts, np.zeros(4), (), "x", [b"a", b"b"], buffers=[bytes(80), None])


def test_steps_that_overflow():
    stored = np.arange(10, dtype="f8").tobytes()
    part = chunk((10,), (slice(2, 10, 2**63 - 1),), (slice(0, 1),))
    memory = np.zeros(1)
    read_chunks(plan(1), [part], memory, (), "x", [b"a"], buffers=[stored])
    assert memory[0] == 2
    part = chunk((10,), (slice(2, 10, 2**63 - 1),), (slice(1, 0),))
    with pytest.raises(NotImplementedError):
        read_chunks(plan(1), [part], memory, (), "x", [b"a"], buffers=[stored])
