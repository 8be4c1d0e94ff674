from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


def noise(n: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).integers(0, 256, n, dtype=np.uint8)


def planes(data: np.ndarray, itemsize: int) -> np.ndarray:
    whole = len(data) // itemsize * itemsize
    return np.concatenate([data[:whole].reshape(-1, itemsize).T.ravel(), data[whole:]])


@given(itemsize=st.integers(1, 40), nbytes=st.integers(0, 5000), offset=st.integers(0, 33))
def test_shuffle_is_a_transpose(tier, itemsize, nbytes, offset):
    data = noise(nbytes + offset)[offset:]
    shuffled = kernels.shuffle(data, itemsize, tier=tier)
    assert np.array_equal(shuffled, planes(data, itemsize))
    assert np.array_equal(shuffled, kernels.shuffle(data, itemsize, tier="scalar"))
    assert np.array_equal(kernels.unshuffle(shuffled, itemsize, tier=tier), data)


@pytest.mark.parametrize("items", [18_750, 6144], ids=["any", "planes that alias"])
@pytest.mark.parametrize("itemsize", [2, 4, 8, 16, 3, 7, 12, 24])
def test_shuffle_of_a_large_buffer(tier, itemsize, items):
    data = noise(items * itemsize + 1)
    shuffled = kernels.shuffle(data, itemsize, tier=tier)
    assert np.array_equal(shuffled, planes(data, itemsize))
    assert np.array_equal(kernels.unshuffle(shuffled, itemsize, tier=tier), data)


def test_out_is_filled_and_returned():
    data, out = noise(64), bytearray(64)
    assert kernels.shuffle(data, 4, out) is out
    assert bytes(out) == kernels.shuffle(bytes(data), 4).tobytes()


def test_fortran_arrays_are_taken_in_the_order_of_memory():
    a = np.asfortranarray(np.arange(12, dtype="u4").reshape(3, 4))
    assert np.array_equal(kernels.shuffle(a, 4), kernels.shuffle(a.T.copy(), 4))


def test_dtypes_without_a_buffer_format():
    a = np.arange(10).astype("M8[s]")
    assert np.array_equal(kernels.shuffle(a, 8), kernels.shuffle(a.view("i8"), 8))


@pytest.mark.parametrize("function", [kernels.shuffle, kernels.unshuffle, kernels.bitshuffle, kernels.bitunshuffle])
def test_errors(function):
    data = noise(64)
    with pytest.raises(ValueError, match="contiguous"):
        function(data[::2], 2)
    with pytest.raises(ValueError, match="contiguous"):
        function(memoryview(data)[::2], 2)
    with pytest.raises(ValueError, match="itemsize"):
        function(data, 0)
    with pytest.raises(TypeError, match="itemsize"):
        function(data, 2.0)
    with pytest.raises(ValueError, match="64 are needed"):
        function(data, 2, np.empty(63, np.uint8))
    with pytest.raises(ValueError, match="out is read-only"):
        function(data, 2, bytes(64))
    with pytest.raises(ValueError, match="overlap"):
        function(data, 2, data)
    with pytest.raises(TypeError):
        function("text", 2)
    with pytest.raises(TypeError, match="objects"):
        function(np.array([None]), 2)
