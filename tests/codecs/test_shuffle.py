from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import ChunkSpec, ShuffleCodec
from zarrc.errors import CodecError, CodecValidationError

SPEC = ChunkSpec((4,), np.dtype("<i2"))


@given(st.integers(1, 20), st.integers(0, 50), st.integers(0, 2**32))
@settings(max_examples=60, deadline=None)
def test_bytes_are_gathered_by_their_place(elementsize, n, seed):
    data = np.random.default_rng(seed).integers(0, 256, elementsize * n, np.uint8).tobytes()
    codec = ShuffleCodec(elementsize)
    encoded = codec.encode(data)
    assert encoded == b"".join(data[place::elementsize] for place in range(elementsize))
    assert codec.decode(encoded, nbytes=len(data)) == data
    assert codec.encoded_size(len(data)) == len(encoded)


@pytest.mark.parametrize("elementsize", [1, 2, 3, 4, 8, 16])
def test_against_numcodecs(elementsize):
    numcodecs = pytest.importorskip("numcodecs")
    data = np.arange(48 * elementsize, dtype=np.uint8).tobytes()
    peer = numcodecs.Shuffle(elementsize)
    assert ShuffleCodec(elementsize).encode(data) == bytes(peer.encode(data))
    assert ShuffleCodec(elementsize).get_config() == peer.get_config()


def test_sizes():
    for call in (ShuffleCodec(4).encode, ShuffleCodec(4).decode):
        with pytest.raises(CodecError, match="multiple"):
            call(bytes(7))
    with pytest.raises(CodecError):
        ShuffleCodec(4).decode(bytes(8), nbytes=4)


def test_configuration(battery):
    battery.configs(ShuffleCodec())
    battery.configs(ShuffleCodec(8))
    unset = ShuffleCodec.from_dict({"name": "numcodecs.shuffle"})
    assert unset.elementsize is None
    assert unset.resolve(SPEC).to_dict() == {"name": "numcodecs.shuffle", "configuration": {"elementsize": 2}}
    assert unset.native(SPEC) == ("shuffle", (2,))
    assert ShuffleCodec.from_config({"id": "shuffle"}).elementsize == 4
    with pytest.raises(CodecValidationError, match="elementsize"):
        ShuffleCodec(0)
