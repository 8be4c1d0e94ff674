from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


@given(itemsize=st.integers(1, 40), count=st.integers(0, 900), seed=st.integers(0, 5))
def test_fill_and_all_equal(tier, itemsize, count, seed):
    rng = np.random.default_rng(seed)
    value = np.frombuffer(rng.bytes(itemsize), f"V{itemsize}")[0]
    a = np.empty(count, f"V{itemsize}")
    kernels.fill(a, value, tier=tier)
    assert a.tobytes() == value.tobytes() * count
    assert kernels.all_equal(a, value, tier=tier)
    if count:
        a.view(np.uint8)[rng.integers(a.nbytes)] ^= 1 << rng.integers(8)
        assert not kernels.all_equal(a, value, tier=tier)


def test_bits_decide():
    assert not kernels.all_equal(np.zeros(3), -0.0)
    assert kernels.all_equal(np.full(3, np.nan), np.nan)
    assert kernels.all_equal(np.zeros((0, 4)), 1.0)
    assert kernels.all_equal(np.full((2, 3), "ab"), "ab")


def test_orders_and_dtypes():
    a = np.zeros((3, 4), ">i2", order="F")
    kernels.fill(a, -2)
    assert (a == -2).all()
    when = np.zeros(3, "M8[D]")
    kernels.fill(when, np.datetime64("2020-01-01"))
    assert (when == np.datetime64("2020-01-01")).all()


def test_errors():
    with pytest.raises(ValueError, match="contiguous"):
        kernels.fill(np.zeros(6)[::2], 1)
    locked = np.zeros(3)
    locked.flags.writeable = False
    with pytest.raises(ValueError, match="arr is read-only"):
        kernels.fill(locked, 1)
    with pytest.raises(TypeError, match="objects"):
        kernels.fill(np.array([None]), 1)
    with pytest.raises(ValueError, match="contiguous"):
        kernels.all_equal(np.zeros(6)[::2], 1)
    with pytest.raises((OverflowError, ValueError)):
        kernels.fill(np.zeros(3, "u1"), 300)
    with pytest.raises(ValueError, match="no bytes"):
        kernels.fill(np.zeros(3, "V0"), b"")
