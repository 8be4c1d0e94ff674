"""bz2, lzma, snappy and base64: the codecs that only hand over to a library."""

from __future__ import annotations

import bz2
import lzma

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import Base64Codec, BZ2Codec, LZMACodec, SnappyCodec
from zarrc.errors import CodecError, CodecValidationError

DELTA_LZMA = [{"id": lzma.FILTER_DELTA, "dist": 4}, {"id": lzma.FILTER_LZMA2, "preset": 1}]
CODECS = [
    BZ2Codec(),
    BZ2Codec(9),
    LZMACodec(),
    LZMACodec(1, lzma.CHECK_SHA256, 0),
    LZMACodec(1, -1, None, DELTA_LZMA),
    LZMACodec(2),
    LZMACodec(3, -1, None, DELTA_LZMA),
    SnappyCodec(),
    Base64Codec(),
]
IDS = [f"{codec.codec_id}-{i}" for i, codec in enumerate(CODECS)]


@pytest.mark.parametrize("codec", CODECS, ids=IDS)
def test_round_trips(codec, battery):
    for data in battery.samples.values():
        battery.round_trip(codec, data)

    @given(battery.contents)
    @settings(max_examples=25, deadline=None)
    def check(data):
        assert codec.decode(codec.encode(data), nbytes=len(data)) == data

    check()


@pytest.mark.parametrize("codec", CODECS, ids=IDS)
def test_damage(codec, battery):
    data = b"abcabcabd" * 9
    encoded = codec.encode(data)
    # raw LZMA and base64 have no end mark
    battery.truncations(codec, encoded, len(data), may_pass=codec.codec_id in ("lzma", "base64"))
    battery.bit_flips(codec, encoded, len(data))


@pytest.mark.parametrize("codec", CODECS[:-1], ids=IDS[:-1])
def test_bombs(codec, battery):
    # Decoders have a dictionary or block of their own besides what they make.
    battery.bomb(codec, codec.encode(bytes(40_000_000)), 1000, slack=20_000_000)


@pytest.mark.parametrize("codec", [c for c in CODECS if c.codec_id != "snappy"])
def test_against_numcodecs(codec):
    numcodecs = pytest.importorskip("numcodecs")
    peer = numcodecs.get_codec(codec.get_config())
    data = bytes(range(256)) * 20
    assert bytes(peer.encode(data)) == codec.encode(data)
    assert codec.decode(bytes(peer.encode(data))) == data
    if codec.get_config().get("format") != 1 or codec.get_config()["filters"] is None:  # refused by Python's lzma
        assert bytes(peer.decode(codec.encode(data))) == data
    config = peer.get_config()
    assert config == codec.get_config()


def test_several_streams():
    assert BZ2Codec().decode(bz2.compress(b"ab") + bz2.compress(b"") + bz2.compress(b"c"), nbytes=3) == b"abc"
    assert LZMACodec().decode(lzma.compress(b"ab") + lzma.compress(b"c") + bytes(4), nbytes=3) == b"abc"
    with pytest.raises(CodecError):
        BZ2Codec().decode(bz2.compress(b"ab") + bz2.compress(b"cd"), nbytes=3)
    for codec, encoded in ((BZ2Codec(), bz2.compress(b"ab")), (LZMACodec(), lzma.compress(b"ab"))):
        for rest in (b"x", b"xxxx", encoded[:9]):
            with pytest.raises(CodecError):
                codec.decode(encoded + rest)


def test_configuration(battery):
    for codec in CODECS:
        battery.configs(codec)
    assert list(LZMACodec().get_config()) == ["id", "format", "check", "preset", "filters"]
    bad = [
        (BZ2Codec, {"level": 0}),
        (BZ2Codec, {"level": 10}),
        (LZMACodec, {"format": 4}),
        (LZMACodec, {"format": 3}),
        (LZMACodec, {"format": 2, "check": 4}),
        (LZMACodec, {"filters": DELTA_LZMA, "preset": 3}),
        (LZMACodec, {"filters": [{"dist": 3}]}),
        (LZMACodec, {"filters": []}),
        (SnappyCodec, {"level": 1}),
    ]
    for cls, configuration in bad:
        with pytest.raises(CodecValidationError, match=cls.codec_id):
            cls.from_config({"id": cls.codec_id, **configuration})
    with pytest.raises(CodecError, match="liblzma"):
        LZMACodec(3, -1, None, [{"id": 99}]).encode(b"x")
    with pytest.raises(CodecError):
        LZMACodec(3, -1, None, [{"id": 99}]).decode(b"x")


def test_snappy_sizes():
    with pytest.raises(CodecError, match="cannot hold"):
        SnappyCodec().decode(b"\xff\xff\xff\xff\x0f\x00")
    for header in (b"", b"\xff\xff\xff\xff\xff", b"\xff\xff\xff\xff\x7f"):
        with pytest.raises(CodecError, match="size"):
            SnappyCodec().decode(header)


@pytest.mark.parametrize("text", [b"AAA", b"AA==A", b"A A=", b"AA=", b"====", b"A\nAA=", b"-_=="])
def test_base64_is_strict(text):
    with pytest.raises(CodecError):
        Base64Codec().decode(text)


@given(st.binary(max_size=50))
@settings(max_examples=40, deadline=None)
def test_base64_size(data):
    assert len(Base64Codec().encode(data)) == Base64Codec().encoded_size(len(data))
