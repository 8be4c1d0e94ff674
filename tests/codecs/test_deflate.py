"""zlib and gzip share their inflating, and these tests."""

from __future__ import annotations

import gzip
import zlib

import numpy as np
import pytest
from hypothesis import given, settings

from zarrc.codecs import ChunkSpec, GzipCodec, ZlibCodec
from zarrc.codecs.numcodecs import GZip
from zarrc.errors import CodecError, CodecValidationError

SPEC = ChunkSpec((4,), np.dtype("<i4"))
BOTH = pytest.mark.parametrize("cls", [GzipCodec, ZlibCodec])


@BOTH
@pytest.mark.parametrize("level", [-1, 0, 1, 9])
def test_round_trip(battery, cls, level):
    for data in battery.samples.values():
        battery.round_trip(cls(level), data)


@BOTH
def test_round_trip_of_anything(battery, cls):
    @given(battery.contents)
    @settings(max_examples=50, deadline=None)
    def check(data):
        battery.round_trip(cls(), data)

    check()


@BOTH
def test_against_numcodecs(battery, cls):
    numcodecs = pytest.importorskip("numcodecs")
    peer = {GzipCodec: numcodecs.GZip, ZlibCodec: numcodecs.Zlib}[cls](level=4)
    for data in battery.samples.values():
        assert bytes(peer.decode(cls().encode(data))) == data
        assert cls().decode(bytes(peer.encode(data)), nbytes=len(data)) == data
    assert cls(4).get_config() == peer.get_config()


@BOTH
def test_damage(battery, cls):
    data = np.arange(40, dtype="<i4").tobytes()
    encoded = cls().encode(data)
    battery.truncations(cls(), encoded, len(data))
    battery.bit_flips(cls(), encoded, len(data))


@BOTH
def test_bomb(battery, cls):
    battery.bomb(cls(), cls(9).encode(bytes(32 << 20)), 1000)


def test_gzip_members_padding_and_header():
    encoded = GzipCodec().encode(b"abc")
    assert encoded[4:8] == bytes(4), "MTIME"
    assert encoded == GzipCodec().encode(b"abc")
    members = encoded + gzip.compress(b"", mtime=1) + gzip.compress(b"def")
    assert GzipCodec().decode(members + bytes(9), nbytes=6) == b"abcdef"
    assert GzipCodec().decode(members + bytes(3) + members, nbytes=12) == b"abcdefabcdef"
    with pytest.raises(CodecError):
        GzipCodec().decode(members, nbytes=5)
    for junk in (b"x", b"\0\0x", encoded[:7]):
        with pytest.raises(CodecError, match="gzip"):
            GzipCodec().decode(members + junk)


def test_zlib_takes_only_padding_after_the_stream():
    assert ZlibCodec().decode(zlib.compress(b"abc") + bytes(9), nbytes=3) == b"abc"
    for junk in (b"x", b"\0x", zlib.compress(b"")):
        with pytest.raises(CodecError, match="after the end"):
            ZlibCodec().decode(zlib.compress(b"abc") + junk)


def test_configuration(battery):
    for codec in (GzipCodec(), GzipCodec(0), ZlibCodec(9), GZip()):
        battery.configs(codec)
    assert GzipCodec().to_dict() == {"name": "gzip", "configuration": {"level": 5}}
    assert GzipCodec.from_config({"id": "gzip"}).level == 1
    assert GZip().to_dict() == {"name": "numcodecs.gzip", "configuration": {"level": 1}}
    assert ZlibCodec().to_dict() == {"name": "numcodecs.zlib", "configuration": {"level": 1}}
    assert GzipCodec(-1).native(SPEC) == ("gzip", (6,))
    assert ZlibCodec(2).native(SPEC) == ("zlib", (2,))
    for cls in (GzipCodec, ZlibCodec):
        for bad in (10, -2, None, "1"):
            with pytest.raises(CodecValidationError, match="level"):
                cls(bad)
