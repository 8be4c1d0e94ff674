from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import ChunkSpec, Crc32cCodec
from zarrc.codecs.crc32c_table import crc32c
from zarrc.codecs.numcodecs import CRC32C
from zarrc.errors import CodecError, CodecValidationError

SPEC = ChunkSpec((4,), np.dtype("<i4"))
PLACES = pytest.mark.parametrize("location", [None, "start", "end"])


@pytest.mark.parametrize(
    ("data", "expected"),
    [  # RFC 3720, appendix B.4, and the check value of the catalogue of CRCs
        (bytes(32), 0x8A9136AA),
        (b"\xff" * 32, 0x62A8AB43),
        (bytes(range(32)), 0x46DD794E),
        (b"123456789", 0xE3069283),
        (b"", 0),
    ],
)
def test_known_values(data, expected):
    assert crc32c(memoryview(data)) == expected


@given(st.integers(0, 5000), st.integers(0, 2**32))
@settings(max_examples=40, deadline=None)
def test_lanes_agree_with_one_byte_after_the_other(nbytes, seed):
    data = np.random.default_rng(seed).integers(0, 256, nbytes, np.uint8).tobytes()
    register = 0xFFFFFFFF
    for byte in data:
        register ^= byte
        for _ in range(8):
            register = register >> 1 ^ (0x82F63B78 if register & 1 else 0)
    assert crc32c(memoryview(data)) == register ^ 0xFFFFFFFF


@PLACES
def test_round_trip(battery, location):
    for data in battery.samples.values():
        battery.round_trip(Crc32cCodec(location), data)


@PLACES
def test_against_numcodecs(battery, location):
    numcodecs = pytest.importorskip("numcodecs")
    pytest.importorskip("google_crc32c")
    peer = numcodecs.CRC32C(location=location)
    for data in battery.samples.values():
        assert Crc32cCodec(location).encode(data) == bytes(peer.encode(data))
    assert Crc32cCodec.from_config(Crc32cCodec(location).get_config()).location == location


@PLACES
def test_all_damage_is_found(battery, location):
    codec = Crc32cCodec(location)
    encoded = codec.encode(b"some bytes")
    battery.truncations(codec, encoded, 10)
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CodecError, match="crc32c"):
            codec.decode(damaged)


def test_configuration(battery):
    for codec in (Crc32cCodec(), CRC32C("start"), CRC32C()):
        battery.configs(codec)
    assert Crc32cCodec().to_dict() == {"name": "crc32c"}
    assert Crc32cCodec().get_config() == {"id": "crc32c"}
    assert Crc32cCodec("start").get_config() == {"id": "crc32c", "location": "start"}
    assert Crc32cCodec("start").to_dict() == CRC32C("start").to_dict()
    assert [Crc32cCodec(p).native(SPEC).params for p in (None, "end", "start")] == [(0,), (0,), (1,)]
    with pytest.raises(CodecValidationError):
        Crc32cCodec("middle")
    with pytest.raises(CodecValidationError):
        Crc32cCodec.from_dict({"name": "crc32c", "configuration": {"location": "start"}})
