from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc import kernels


def rows_of_bits(data: np.ndarray, itemsize: int) -> np.ndarray:
    bits = np.unpackbits(data.reshape(-1, itemsize), axis=1, bitorder="little")
    return np.packbits(bits.T, axis=1, bitorder="little").ravel()


@given(itemsize=st.integers(1, 40), groups=st.integers(0, 90), seed=st.integers(0, 9))
def test_bitshuffle_is_a_transpose_of_bits(tier, itemsize, groups, seed):
    data = np.random.default_rng(seed).integers(0, 256, groups * 8 * itemsize, dtype=np.uint8)
    shuffled = kernels.bitshuffle(data, itemsize, tier=tier)
    assert np.array_equal(shuffled, rows_of_bits(data, itemsize))
    assert np.array_equal(shuffled, kernels.bitshuffle(data, itemsize, tier="scalar"))
    assert np.array_equal(kernels.bitunshuffle(shuffled, itemsize, tier=tier), data)


@pytest.mark.parametrize("itemsize", [1, 2, 4, 8, 16])
def test_bitshuffle_of_a_blosc_frame(tier, itemsize):
    """A frame that did not compress is one block stored as it left the filter: find our bytes in it."""
    numcodecs = pytest.importorskip("numcodecs")
    data = np.random.default_rng(1).integers(0, 256, 4096, dtype=np.uint8)
    data[:3500] = 7  # compressible, so that the filter is kept
    codec = numcodecs.Blosc(cname="zlib", clevel=1, shuffle=2, blocksize=4096)
    frame = codec.encode(data.view(f"V{itemsize}"))
    assert frame[2] & 0x04, "the frame is bit-shuffled"
    nbytes, blocksize, start = (int.from_bytes(frame[i : i + 4], "little") for i in (4, 8, 16))
    assert nbytes == blocksize == 4096
    streams = itemsize if not frame[2] & 0x10 and itemsize <= 16 and 4096 // itemsize >= 128 else 1
    content = b""
    for _ in range(streams):
        size = int.from_bytes(frame[start : start + 4], "little")
        part = frame[start + 4 : start + 4 + size]
        content += part if size == 4096 // streams else numcodecs.Zlib().decode(part)
        start += 4 + size
    assert kernels.bitshuffle(data, itemsize, tier=tier).tobytes() == content


def test_errors():
    with pytest.raises(ValueError, match="multiple of 8"):
        kernels.bitshuffle(bytes(12), 1)
    with pytest.raises(ValueError, match="whole number"):
        kernels.bitunshuffle(bytes(17), 2)
