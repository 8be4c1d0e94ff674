from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import Adler32Codec, Crc32Codec, Fletcher32Codec, JenkinsLookup3Codec
from zarrc.codecs.fletcher32 import fletcher32
from zarrc.codecs.jenkins_lookup3 import lookup3
from zarrc.errors import CodecError, CodecValidationError

CODECS = [
    Crc32Codec(),
    Crc32Codec("end"),
    Adler32Codec(),
    Adler32Codec("end"),
    Fletcher32Codec(),
    JenkinsLookup3Codec(),
    JenkinsLookup3Codec(7, b"zarr"),
]


@pytest.mark.parametrize("codec", CODECS)
def test_round_trips_and_damage(codec, battery):
    for data in battery.samples.values():
        if len(data) < 5000:
            battery.round_trip(codec, data)
    encoded = codec.encode(b"some bytes, 19 long")
    battery.truncations(codec, encoded, 19)
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        with pytest.raises(CodecError, match="checksum"):
            codec.decode(bytes(damaged))


@pytest.mark.parametrize("codec", CODECS)
def test_against_numcodecs(codec):
    numcodecs = pytest.importorskip("numcodecs")
    peer = numcodecs.get_codec(codec.get_config() | ({"prefix": b"zarr"} if getattr(codec, "prefix", None) else {}))

    @given(st.binary(min_size=1, max_size=100))
    @settings(max_examples=60, deadline=None)
    def check(data):
        encoded = codec.encode(data)
        assert bytes(peer.encode(np.frombuffer(data, np.uint8))) == encoded
        assert bytes(peer.decode(encoded)) == data

    check()


@pytest.mark.parametrize("fill", [0, 0xFF, 0x80])
@pytest.mark.parametrize("n", [1, 2, 719, 720, 721, 722, 100_001])
def test_fletcher_on_long_and_extreme_content(fill, n):
    numcodecs = pytest.importorskip("numcodecs")
    data = np.full(n, fill, np.uint8)
    assert Fletcher32Codec().encode(data) == bytes(numcodecs.Fletcher32().encode(data))


def test_known_values():
    assert fletcher32(memoryview(b"")) == 0
    # from Jenkins' own test driver (lookup3.c, "driver5")
    assert lookup3(b"") == 0xDEADBEEF
    assert lookup3(b"Four score and seven years ago") == 0x17770551
    assert lookup3(b"Four score and seven years ago", 1) == 0xCD628161


def test_configuration(battery):
    for codec in CODECS:
        battery.configs(codec)
    assert Crc32Codec().get_config() == {"id": "crc32"}
    assert Adler32Codec.from_dict({"name": "numcodecs.adler32"}) == Adler32Codec()
    assert Crc32Codec("end").to_dict() == {"name": "numcodecs.crc32", "configuration": {"location": "end"}}
    assert JenkinsLookup3Codec(0, b"ab").get_config()["prefix"] == [97, 98]
    for bad in ({"location": "middle"}, {"place": "end"}):
        with pytest.raises(CodecValidationError, match="crc32"):
            Crc32Codec.from_config({"id": "crc32", **bad})
    for prefix in ([256], "text", 5, [1.5]):
        with pytest.raises(CodecValidationError, match="prefix"):
            JenkinsLookup3Codec(0, prefix)
