from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import BloscCodec, BloscShuffle, ChunkSpec
from zarrc.codecs.blosc import BLOSC_CNAME, BLOSC_SHUFFLE
from zarrc.codecs.blosc_blocks import decompress
from zarrc.codecs.numcodecs import Blosc
from zarrc.errors import CodecError, CodecValidationError

I4 = ChunkSpec((4,), np.dtype("<i4"))
SIZES = (0, 1, 7, 127, 128, 1000, 1004, 4096, 70_001)
TYPESIZES = (1, 3, 4, 16, 17, 255, 300)


def content(nbytes: int) -> bytes:
    return np.repeat(np.arange(nbytes // 4 + 1) % 200, 4)[:nbytes].astype(np.uint8).tobytes()


@pytest.mark.parametrize("cname", BLOSC_CNAME)
@pytest.mark.parametrize("shuffle", BLOSC_SHUFFLE)
def test_round_trip(battery, cname, shuffle):
    for clevel in (0, 1, 9):
        for data in battery.samples.values():
            battery.round_trip(BloscCodec(4, cname, clevel, shuffle), data)
    for nbytes, typesize, blocksize in itertools.product(SIZES, TYPESIZES, (0, 1000)):
        battery.round_trip(BloscCodec(typesize, cname, 5, shuffle, blocksize), content(nbytes))


@pytest.mark.parametrize("cname", [c for c in BLOSC_CNAME if c != "snappy"])
@pytest.mark.parametrize("shuffle", BLOSC_SHUFFLE)
def test_against_numcodecs(cname, shuffle):
    numcodecs = pytest.importorskip("numcodecs")
    for nbytes, typesize, blocksize in itertools.product(SIZES, TYPESIZES[:-1], (0, 1000)):
        data = content(nbytes)
        peer = numcodecs.Blosc(cname, 5, BLOSC_SHUFFLE.index(shuffle), blocksize, typesize=typesize)
        assert BloscCodec().decode(bytes(peer.encode(data)), nbytes=nbytes) == data
        if nbytes:
            assert bytes(peer.decode(BloscCodec(typesize, cname, 5, shuffle, blocksize).encode(data))) == data
    assert BloscCodec(None, cname, 5, shuffle).get_config() == peer.get_config() | {"blocksize": 0}


@given(st.binary(max_size=2000), st.sampled_from(BLOSC_CNAME), st.sampled_from(BLOSC_SHUFFLE), st.integers(1, 20))
@settings(max_examples=60, deadline=None)
def test_round_trip_of_anything(data, cname, shuffle, typesize):
    codec = BloscCodec(typesize, cname, 3, shuffle)
    assert codec.decode(codec.encode(data * 3), nbytes=3 * len(data)) == data * 3


@pytest.mark.parametrize("cname", ["lz4", "zstd", "zlib", "snappy"])
def test_damage(battery, cname):
    data = content(200)
    encoded = BloscCodec(4, cname, shuffle="shuffle").encode(data)
    assert len(encoded) < len(data)
    battery.truncations(BloscCodec(), encoded, len(data))
    battery.bit_flips(BloscCodec(), encoded, len(data))


def test_damage_to_stored_frames(battery):
    encoded = BloscCodec(clevel=0).encode(content(60))
    battery.truncations(BloscCodec(), encoded, 60)
    battery.bit_flips(BloscCodec(), encoded, 60)


def test_damage_to_blosclz(battery):
    numcodecs = pytest.importorskip("numcodecs")
    data = bytes(2000)
    encoded = bytes(numcodecs.Blosc("blosclz", 9, 1, typesize=4).encode(data))
    assert not encoded[2] & 0x02, "compressed, not stored"
    battery.truncations(BloscCodec(), encoded, len(data))
    battery.bit_flips(BloscCodec(), encoded, len(data))


@pytest.mark.parametrize("cname", ["lz4", "zstd", "zlib"])
def test_bomb(battery, cname):
    encoded = bytearray(BloscCodec(1, cname, 9).encode(bytes(8 << 20)))
    battery.bomb(BloscCodec(), encoded, 1000)
    encoded[4:12] = struct.pack("<II", 1000, 1000)  # a header that promises little does not help
    battery.bomb(BloscCodec(), encoded, 1000)


def test_a_declared_size_is_not_trusted():
    encoded = bytearray(BloscCodec(1, "lz4").encode(bytes(1000)))
    encoded[4:12] = struct.pack("<II", 2**31 - 17, 2**31 - 17)
    with pytest.raises(CodecError, match="blosc"):
        BloscCodec().decode(encoded)


def test_unknown_compressor_format():
    with pytest.raises(CodecError, match="format 7"):
        decompress(memoryview(b"abc"), 7, 10)


def test_blosc2_frames_are_refused():
    blosc2 = pytest.importorskip("blosc2")
    with pytest.raises(CodecError, match="Blosc2"):
        BloscCodec().decode(blosc2.compress2(bytes(1000)))


def test_blocks_are_whole_and_start_where_the_header_says():
    encoded = BloscCodec(4, "lz4", shuffle="shuffle", blocksize=1024).encode(content(4000))
    nbytes, blocksize, cbytes = struct.unpack("<III", encoded[4:16])
    starts = struct.unpack("<4I", encoded[16:32])
    assert (nbytes, blocksize, cbytes) == (4000, 1024, len(encoded))
    assert starts[0] == 32
    assert sorted(starts) == list(starts)


@pytest.mark.parametrize(
    ("dtype", "typesize", "shuffle"), [("<f8", 8, "shuffle"), ("|u1", 1, "bitshuffle"), ("|S300", 300, "shuffle")]
)
def test_what_the_chunk_decides(dtype, typesize, shuffle):
    codec = BloscCodec().resolve(ChunkSpec((4,), np.dtype(dtype)))
    assert (codec.typesize, codec.shuffle) == (typesize, shuffle)
    zarr_codecs = pytest.importorskip("zarr.codecs")
    peer = zarr_codecs.BloscCodec(typesize=typesize, shuffle=shuffle)
    assert codec.to_dict() == peer.to_dict()


def test_native_step():
    assert BloscCodec(cname="lz4hc", clevel=9).native(I4) == ("blosc", (2, 9, 1, 4, 0))
    assert BloscCodec(shuffle="noshuffle", blocksize=512).native(I4) == ("blosc", (4, 5, 0, 4, 512))
    assert BloscCodec(300).native(I4).params[3] == 1
    assert BloscCodec(cname="snappy").native(I4) is None


def test_configuration(battery):
    for codec in (BloscCodec(), BloscCodec(8, "lz4", 9, "noshuffle", 1024), Blosc(), Blosc(shuffle=-1)):
        battery.configs(codec)
    assert BloscCodec().get_config()["shuffle"] == -1
    assert BloscCodec.from_config({"id": "blosc"}).get_config() == {
        "id": "blosc",
        "cname": "lz4",
        "clevel": 5,
        "shuffle": 1,
        "blocksize": 0,
    }
    assert BloscCodec(shuffle=2) == BloscCodec(shuffle="bitshuffle") == BloscCodec(shuffle=BloscShuffle.from_int(2))
    assert Blosc().to_dict()["configuration"]["shuffle"] == 1
    for bad in ({"cname": "lzo"}, {"clevel": 10}, {"shuffle": 3}, {"shuffle": "both"}, {"typesize": 0}, {"x": 1}):
        with pytest.raises(CodecValidationError, match="blosc"):
            BloscCodec.from_dict({"name": "blosc", "configuration": bad})
