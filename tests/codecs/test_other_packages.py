"""Codecs of other packages: numcodecs' registry, entry points of zarrc and of zarr-python."""

from __future__ import annotations

import asyncio
from importlib import metadata

import numpy as np
import pytest

from zarrc.codecs import Chain, ChunkSpec, Codec, NumcodecsCodec, codec_names, get_codec
from zarrc.codecs.entry_points import entry_point_class
from zarrc.errors import CodecError, CodecValidationError, UnknownCodecError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}


class XorCodec(Codec):
    """The documented example of an own codec: bytes xor a key."""

    name = "example.xor"
    codec_id = "xor"

    def __init__(self, key: int = 255) -> None:
        if not 0 <= key <= 255:
            raise CodecValidationError(f"codec {self.name!r}: key must be from 0 to 255, got {key!r}")
        self.key = key

    def to_dict(self):
        return {"name": self.name, "configuration": {"key": self.key}}

    def get_config(self):
        return {"id": self.codec_id, "key": self.key}

    def encoded_size(self, nbytes):
        return nbytes

    def encode(self, data):
        return bytes(byte ^ self.key for byte in bytes(data))

    def decode(self, data, *, nbytes=None):
        return self.encode(data)


@pytest.fixture
def points(monkeypatch):
    """Entry points to offer: {group: {name: object}}."""
    offered: dict[str, dict[str, object]] = {}

    class Point:
        def __init__(self, value):
            self.value = value

        def load(self):
            if isinstance(self.value, Exception):
                raise self.value
            return self.value

    def entry_points(*, group, name=None):
        return [Point(value) for key, value in offered.get(group, {}).items() if name in (None, key)]

    monkeypatch.setattr(metadata, "entry_points", entry_points)
    entry_point_class.cache_clear()
    yield offered
    entry_point_class.cache_clear()


def test_own_group(points):
    points["zarrc.codecs"] = {"example.xor": XorCodec, "xor": XorCodec}
    values = np.arange(6, dtype="<i2")
    spec = ChunkSpec((6,), values.dtype)
    v3 = Chain.from_v3([LITTLE, {"name": "example.xor", "configuration": {"key": 3}}], spec)
    v2 = Chain.from_v2([{"id": "xor", "key": 3}], {"id": "zlib"}, "C", spec)
    for chain in (v3, v2):
        assert chain.native_plan() is None
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
    assert v3.encode_chunk(values) == bytes(b ^ 3 for b in values.tobytes())
    with pytest.raises(CodecValidationError, match="key"):
        get_codec({"name": "example.xor", "configuration": {"key": 300}}, 3)


def test_entry_points_that_cannot_be_used(points):
    points["zarrc.codecs"] = {"not.a.codec": int, "broken": RuntimeError("no such luck"), "other": XorCodec}
    with pytest.raises(CodecValidationError, match="no subclass"):
        get_codec("not.a.codec", 3)
    with pytest.raises(CodecValidationError, match="no such luck"):
        get_codec("broken", 3)
    with pytest.raises(UnknownCodecError):
        get_codec("other", 3)
    points["zarr.codecs"] = {"some.pipeline": int}
    with pytest.raises(CodecValidationError, match="three kinds"):
        get_codec("some.pipeline", 3)


def theirs():
    abc = pytest.importorskip("zarr.abc.codec")

    class Reverse(abc.BytesBytesCodec):
        is_fixed_size = True

        @classmethod
        def from_dict(cls, data):
            if data["configuration"]:
                raise ValueError("takes no configuration")
            return cls()

        def to_dict(self):
            return {"name": "reverse"}

        async def _encode_single(self, data, spec):
            await asyncio.sleep(0)
            return spec.prototype.buffer.from_bytes(data.to_bytes()[::-1])

        _decode_single = _encode_single

    class Negate(abc.ArrayArrayCodec):
        is_fixed_size = True

        @classmethod
        def from_dict(cls, data):
            return cls()

        def to_dict(self):
            return {"name": "negate"}

        def _encode_sync(self, data, spec):
            return spec.prototype.nd_buffer.from_numpy_array(-data.as_numpy_array())

        _decode_sync = _encode_sync

    class Text(abc.ArrayBytesCodec):
        is_fixed_size = False

        @classmethod
        def from_dict(cls, data):
            return cls()

        def to_dict(self):
            return {"name": "text"}

        async def _encode_single(self, data, spec):
            return spec.prototype.buffer.from_bytes(" ".join(map(str, data.as_numpy_array().ravel())).encode())

        async def _decode_single(self, data, spec):
            items = np.array(data.to_bytes().decode().split(), spec.dtype.to_native_dtype())
            return spec.prototype.nd_buffer.from_numpy_array(items)

    return {"reverse": Reverse, "negate": Negate, "text": Text}


def test_zarr_python_group(points):
    points["zarr.codecs"] = theirs()
    values = np.arange(6, dtype="<i4").reshape(2, 3)
    spec = ChunkSpec((2, 3), values.dtype, np.int32(0))
    chain = Chain.from_v3(["negate", "text", "reverse"], spec)
    encoded = chain.encode_chunk(values)
    assert encoded == b"0 -1 -2 -3 -4 -5"[::-1]
    assert chain.decode_chunk(encoded).tolist() == values.tolist()
    assert chain.native_plan() is None
    assert [codec.to_dict()["name"] for codec in chain.codecs] == ["negate", "text", "reverse"]

    async def inside_a_loop():
        return chain.decode_chunk(encoded)

    assert asyncio.run(inside_a_loop()).tolist() == values.tolist()
    with pytest.raises(CodecError, match="text"):
        chain.decode_chunk(b"1 2"[::-1])
    with pytest.raises(CodecError, match="text"):
        chain.decode_chunk(b"a b c d e f"[::-1])
    with pytest.raises(CodecValidationError, match="takes no configuration"):
        get_codec({"name": "reverse", "configuration": {"a": 1}}, 3)
    with pytest.raises(UnknownCodecError):
        get_codec({"id": "reverse"}, 2)


class TestNumcodecs:
    @pytest.fixture
    def flip(self):
        """A codec that some package registered with numcodecs."""
        numcodecs = pytest.importorskip("numcodecs")

        class Flip(numcodecs.abc.Codec):
            codec_id = "example-flip"

            def __init__(self, axis=0):
                self.axis = int(axis)

            def encode(self, buf):
                return np.flip(buf, self.axis).copy()

            def decode(self, buf, out=None):
                items = np.frombuffer(buf, "<i2")
                if items.size == 13:
                    raise RuntimeError("bad luck")
                return items.reshape(2, -1)[:, ::-1].copy() if self.axis else items[::-1].copy()

        numcodecs.register_codec(Flip)
        yield {"id": "example-flip", "axis": 0}
        del numcodecs.registry.codec_registry["example-flip"]

    def test_first_it_gets_the_array(self, flip):
        values = np.arange(6, dtype="<i2").reshape(2, 3)
        chain = Chain.from_v2([{**flip, "axis": 1}], {"id": "zlib"}, "C", ChunkSpec((2, 3), values.dtype))
        plain = Chain.from_v2([{**flip, "axis": 1}], None, "C", ChunkSpec((2, 3), values.dtype))
        assert plain.encode_chunk(values) == values[:, ::-1].tobytes()
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
        assert chain.codecs[0].get_config() == {**flip, "axis": 1}
        assert "example-flip" in chain.describe()
        with pytest.raises(CodecError, match="elements"):
            plain.decode_chunk(bytes(16))
        with pytest.raises(CodecError, match="RuntimeError: bad luck"):
            plain.decode_chunk(bytes(26))

    def test_later_it_gets_flat_elements(self, flip):
        values = np.arange(6, dtype="<i2").reshape(2, 3)
        entry = {"id": "delta", "dtype": "<i2"}
        chain = Chain.from_v2([entry, flip], None, "C", ChunkSpec((2, 3), values.dtype))
        assert np.frombuffer(chain.encode_chunk(values), "<i2").tolist() == [1, 1, 1, 1, 1, 0]
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
        with pytest.raises(CodecError):
            get_codec(flip, 2).resolve(ChunkSpec((6,), values.dtype)).decode(bytes(12), nbytes=11)

    def test_in_v3(self, flip):
        values = np.arange(6, dtype="<i2")
        chain = Chain.from_v3([LITTLE, {"name": "numcodecs.example-flip"}], ChunkSpec((6,), values.dtype))
        assert chain.encode_chunk(values) == values[::-1].tobytes()
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()

    def test_configuration(self, flip, battery):
        codec = get_codec({**flip, "axis": 1}, 2)
        assert isinstance(codec, NumcodecsCodec)
        battery.configs(codec)
        with pytest.raises(CodecValidationError, match="example-flip"):
            get_codec({**flip, "axis": "x"}, 2).resolve(ChunkSpec((2,), np.dtype("<i2")))
        with pytest.raises(UnknownCodecError):
            get_codec({"id": "example-flop"}, 2)
        with pytest.raises(UnknownCodecError):
            get_codec("example-flip", 3)

    def test_every_codec_of_numcodecs_is_known(self):
        numcodecs = pytest.importorskip("numcodecs")
        known = {*codec_names(2), "json", "msgpack", "crc32c", "blosc2"}
        registered = {name for name in numcodecs.registry.codec_registry if not name.startswith("example")}
        assert registered <= known
