from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


def test_known_values(tier):
    """RFC 3720, appendix B.4."""
    assert kernels.crc32c(b"", tier=tier) == 0
    assert kernels.crc32c(b"123456789", tier=tier) == 0xE3069283
    assert kernels.crc32c(bytes(32), tier=tier) == 0x8A9136AA
    assert kernels.crc32c(b"\xff" * 32, tier=tier) == 0x62A8AB43
    assert kernels.crc32c(bytes(range(32)), tier=tier) == 0x46DD794E


@given(n=st.integers(0, 40_000), cut=st.floats(0, 1), offset=st.integers(0, 9))
def test_crc32c(tier, n, cut, offset):
    data = np.random.default_rng(n).integers(0, 256, n + offset, dtype=np.uint8)[offset:]
    want = kernels.crc32c(data, tier="scalar")
    assert kernels.crc32c(data, tier=tier) == want
    at = int(n * cut)
    assert kernels.crc32c(data[at:], kernels.crc32c(data[:at], tier=tier), tier=tier) == want


def test_against_numcodecs(tier):
    numcodecs = pytest.importorskip("numcodecs")
    codec = getattr(numcodecs, "CRC32C", None) or pytest.importorskip("numcodecs.checksum32").CRC32C
    data = bytes(range(256)) * 50
    try:
        stored = bytes(codec(location="end").encode(data))[-4:]
    except ImportError:
        pytest.skip("numcodecs has no CRC-32C here")
    assert kernels.crc32c(data, tier=tier) == int.from_bytes(stored, "little")


@pytest.mark.parametrize("value", [-1, 2**32])
def test_value_out_of_range(value):
    with pytest.raises(ValueError, match="value"):
        kernels.crc32c(b"", value)
