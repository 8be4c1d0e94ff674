from __future__ import annotations

import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc.codecs import ChunkSpec, get_codec
from zarrc.errors import CodecError, CodecValidationError

CONFIG = {
    "name": "zarrs.optional",
    "configuration": {
        "mask_codecs": [{"name": "packbits", "configuration": {}}],
        "data_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
    },
}


def codec(shape, dtype):
    return get_codec(CONFIG, 3).resolve(ChunkSpec(shape, np.dtype(dtype)))


@given(st.data())
def test_round_trip(data):
    shape = data.draw(hnp.array_shapes(max_dims=3, max_side=6))
    dtype = data.draw(st.sampled_from(["i4", "f8", "u1"]))
    values = data.draw(hnp.arrays(dtype, shape))
    mask = data.draw(hnp.arrays(bool, shape))
    given_array = np.ma.masked_array(values, mask)
    found = codec(shape, dtype).decode(codec(shape, dtype).encode(given_array))
    assert np.array_equal(np.ma.getmaskarray(found), mask)
    assert found.data[~mask].tobytes() == values[~mask].tobytes()


def test_layout():
    """Sizes, mask (True is there, least significant bit first), then only what is there."""
    stored = codec((4,), "i4").encode(np.ma.masked_array([1, 2, 3, 4], [0, 1, 0, 1], dtype="i4"))
    assert struct.unpack("<QQ", stored[:16]) == (1, 12)
    assert stored[16] == 0b0101
    assert stored[17:25] == np.array([1, 3], "<i4").tobytes()


def test_configuration():
    assert get_codec(CONFIG, 3).to_dict() == CONFIG
    with pytest.raises(CodecValidationError):
        get_codec({"name": "optional", "configuration": {"codecs": []}}, 3)


@pytest.mark.parametrize("cut", range(29))
def test_truncated(cut):
    stored = codec((4,), "i4").encode(np.ma.masked_array([1, 2, 3, 4], [0, 1, 0, 1], dtype="i4"))
    with pytest.raises(CodecError):
        codec((4,), "i4").decode(stored[:cut])
