from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


@given(width=st.sampled_from([2, 4, 8, 16]), count=st.integers(0, 600), offset=st.integers(0, 17))
def test_byteswap(tier, width, count, offset):
    data = np.random.default_rng(count).integers(0, 256, width * count + offset, dtype=np.uint8)[offset:]
    want = data.reshape(-1, width)[:, ::-1].ravel()
    assert np.array_equal(kernels.byteswap(data, width, tier=tier), want)
    assert kernels.byteswap(data, width, data, tier=tier) is data
    assert np.array_equal(data, want)


def test_errors():
    with pytest.raises(ValueError, match="2, 4, 8 or 16"):
        kernels.byteswap(bytes(6), 3)
    with pytest.raises(ValueError, match="whole number"):
        kernels.byteswap(bytes(6), 4)
    data = np.zeros(64, np.uint8)
    with pytest.raises(ValueError, match="overlap"):
        kernels.byteswap(data[:32], 4, data[4:36])
