from __future__ import annotations

import numpy as np
import pytest
import zstandard
from hypothesis import given, settings

from zarrc.codecs import ChunkSpec, ZstdCodec
from zarrc.codecs.numcodecs import Zstd
from zarrc.errors import CodecError, CodecValidationError

SPEC = ChunkSpec((4,), np.dtype("<i4"))


@pytest.mark.parametrize("level", [-5, 0, 1, 3, 22])
@pytest.mark.parametrize("checksum", [False, True])
def test_round_trip(battery, level, checksum):
    for data in battery.samples.values():
        battery.round_trip(ZstdCodec(level, checksum), data)


def test_round_trip_of_anything(battery):
    @given(battery.contents)
    @settings(max_examples=50, deadline=None)
    def check(data):
        battery.round_trip(ZstdCodec(checksum=True), data)

    check()


def test_against_numcodecs(battery):
    numcodecs = pytest.importorskip("numcodecs")
    for data in battery.samples.values():
        if data:  # numcodecs refuses a frame without content
            assert bytes(numcodecs.Zstd().decode(ZstdCodec(3, True).encode(data))) == data
        assert ZstdCodec().decode(bytes(numcodecs.Zstd(5, True).encode(data)), nbytes=len(data)) == data
    assert ZstdCodec(4, True).get_config() == numcodecs.Zstd(4, True).get_config()


def test_frames_of_every_kind():
    sized = zstandard.ZstdCompressor(write_checksum=True).compress(b"abc" * 100)
    unsized = zstandard.ZstdCompressor(write_content_size=False).compress(b"xyz" * 100_000)
    skippable = (0x184D2A53).to_bytes(4, "little") + (3).to_bytes(4, "little") + b"any"
    empty = zstandard.ZstdCompressor().compress(b"")
    encoded = skippable + sized + unsized + empty + skippable + sized
    expected = b"abc" * 100 + b"xyz" * 100_000 + b"abc" * 100
    assert ZstdCodec().decode(encoded, nbytes=len(expected)) == expected
    assert ZstdCodec().decode(skippable) == b""
    for junk in (b"\0", b"junk", sized[:5], skippable[:9]):
        with pytest.raises(CodecError):
            ZstdCodec().decode(encoded + junk)


@pytest.mark.parametrize("content_size", [True, False])
def test_damage(battery, content_size):
    data = np.arange(40, dtype="<i4").tobytes()
    encoded = zstandard.ZstdCompressor(write_content_size=content_size, write_checksum=True).compress(data)
    battery.truncations(ZstdCodec(), encoded, len(data))
    battery.bit_flips(ZstdCodec(), encoded, len(data))


@pytest.mark.parametrize("content_size", [True, False])
def test_bomb(battery, content_size):
    encoded = zstandard.ZstdCompressor(write_content_size=content_size).compress(bytes(64 << 20))
    battery.bomb(ZstdCodec(), encoded, 1000)


def test_a_declared_size_is_not_trusted():
    encoded = bytearray(zstandard.ZstdCompressor().compress(bytes(2**20)))
    assert encoded[4] >> 6 == 2  # four bytes of content size, after the window's one or in a single segment
    at = 5 if encoded[4] & 0x20 else 6
    encoded[at : at + 4] = (2**31).to_bytes(4, "little")
    with pytest.raises(CodecError, match="cannot hold"):
        ZstdCodec().decode(encoded)


def test_configuration(battery):
    battery.configs(ZstdCodec())
    battery.configs(Zstd(7, True))
    assert ZstdCodec().to_dict() == {"name": "zstd", "configuration": {"level": 0, "checksum": False}}
    assert ZstdCodec.from_config({"id": "zstd", "level": 99}).level == 22
    assert ZstdCodec(3, True).native(SPEC) == ("zstd", (3, 1))
    for bad in ({"level": 23}, {"level": "3"}, {"level": True}, {"checksum": 1}, {"quality": 1}):
        with pytest.raises(CodecValidationError, match="zstd"):
            ZstdCodec.from_dict({"name": "zstd", "configuration": bad})
