"""Codec classes written against ``zarr.abc.codec``, without zarr-python, in arrays."""

from __future__ import annotations

import asyncio
import subprocess
import sys
from dataclasses import dataclass

import numpy as np
import pytest

import zarrc
from zarrc import codecs
from zarrc.abc.codec import (
    ArrayArrayCodec,
    ArrayBytesCodec,
    BaseCodec,
    BytesBytesCodec,
    SupportsSyncCodec,
)
from zarrc.codecs import implementations
from zarrc.core.array_spec import ArrayConfig, ArraySpec
from zarrc.core.common import parse_named_configuration
from zarrc.core.dtype import get_data_type_from_native_dtype
from zarrc.errors import CodecError
from zarrc.registry import register_codec


@dataclass(frozen=True)
class Negated(ArrayArrayCodec):
    """Works in a coroutine."""

    is_fixed_size = True

    def to_dict(self):
        return {"name": "test.negated"}

    @classmethod
    def from_dict(cls, data):
        parse_named_configuration(data, "test.negated", require_configuration=False)
        return cls()

    async def _encode_single(self, chunk_data, chunk_spec):
        return chunk_spec.prototype.nd_buffer.from_numpy_array(-chunk_data.as_numpy_array())

    _decode_single = _encode_single

    def compute_encoded_size(self, input_byte_length, chunk_spec):
        return input_byte_length


@dataclass(frozen=True)
class Text(ArrayBytesCodec):
    """Elements as decimal text; works at once."""

    separator: str = ","

    def to_dict(self):
        return {"name": "test.text", "configuration": {"separator": self.separator}}

    @classmethod
    def from_dict(cls, data):
        return cls(**data["configuration"])

    def _encode_sync(self, chunk_data, chunk_spec):
        text = self.separator.join(map(str, chunk_data.as_numpy_array().ravel().tolist()))
        return chunk_spec.prototype.buffer.from_bytes(text.encode())

    def _decode_sync(self, chunk_data, chunk_spec):
        items = [float(part) for part in chunk_data.to_bytes().decode().split(self.separator)]
        array = np.array(items, chunk_spec.dtype.to_native_dtype()).reshape(chunk_spec.shape)
        return chunk_spec.prototype.nd_buffer.from_numpy_array(array)

    def compute_encoded_size(self, input_byte_length, chunk_spec):
        raise NotImplementedError


@dataclass(frozen=True)
class Reversed(BytesBytesCodec):
    """Overrides the batch coroutines."""

    def to_dict(self):
        return {"name": "test.reversed"}

    @classmethod
    def from_dict(cls, data):
        return cls()

    async def encode(self, chunks_and_specs):
        return [spec.prototype.buffer.from_bytes(data.to_bytes()[::-1]) for data, spec in chunks_and_specs]

    decode = encode

    def compute_encoded_size(self, input_byte_length, chunk_spec):
        return input_byte_length


@pytest.fixture
def registered():
    names = {"test.negated": Negated, "test.text": Text, "test.reversed": Reversed}
    for name, cls in names.items():
        register_codec(name, cls)
    yield
    for name in names:
        implementations.CODECS.pop(name)


@pytest.mark.usefixtures("registered")
@pytest.mark.parametrize("dtype", ["<i4", ">f8", "i1"])
@pytest.mark.parametrize("shards", [None, (4, 6)])
def test_in_arrays(tmp_path, dtype, shards):
    data = np.arange(-10, 25).astype(dtype).reshape(5, 7)
    z = zarrc.create_array(
        tmp_path / "a.zarr",
        shape=data.shape,
        chunks=(2, 3),
        shards=shards,
        dtype=dtype,
        filters=[Negated()],
        serializer=Text(separator=";"),
        compressors=[Reversed(), codecs.GzipCodec()],
    )
    z[...] = data
    z[1:3, 2:] = data[1:3, 2:] + 1
    data[1:3, 2:] += 1
    again = zarrc.open_array(tmp_path / "a.zarr")
    assert np.array_equal(again[...], data)
    assert np.array_equal(again.oindex[[0, 4], [6, 1]], data[np.ix_([0, 4], [6, 1])])


@pytest.mark.usefixtures("registered")
def test_what_they_raise_names_them(tmp_path):
    z = zarrc.create_array({}, shape=(2,), dtype="i4", serializer=Text(), compressors=None)
    z[:] = 5
    z.store.put_sync("c/0", b"no number", None)
    with pytest.raises(CodecError, match=r"test\.text.*ValueError"):
        z[:]


def array_spec(dtype: str = "<i2", shape: tuple = (4,)) -> ArraySpec:
    data_type = get_data_type_from_native_dtype(dtype)
    prototype = zarrc.buffer.default_buffer_prototype()
    return ArraySpec(shape, data_type, data_type.default_scalar(), ArrayConfig(), prototype)


def test_own_codecs_count_as_their_kinds():
    kinds = {
        ArrayArrayCodec: codecs.TransposeCodec(order=(0,)),
        ArrayBytesCodec: codecs.BytesCodec(),
        BytesBytesCodec: codecs.GzipCodec(),
    }
    for kind, codec in kinds.items():
        assert isinstance(codec, kind)
        assert isinstance(codec, BaseCodec)
        assert isinstance(codec, SupportsSyncCodec)
        assert [issubclass(type(codec), other) for other in kinds].count(True) == 1
    assert not isinstance(Text(), BytesBytesCodec)
    assert not isinstance(3, BaseCodec)


@pytest.mark.parametrize(
    "codec",
    [
        codecs.TransposeCodec(order=(1, 0)),
        codecs.ScaleOffsetCodec(offset=1),
        codecs.BytesCodec(endian="big"),
        codecs.ShardingCodec(chunk_shape=(1, 2)),
        codecs.GzipCodec(),
        codecs.BloscCodec(),
        codecs.Crc32cCodec(),
    ],
    ids=lambda codec: codec.name,
)
def test_zarr_pythons_methods_on_own_codecs(codec):
    spec = array_spec(shape=(3, 4))
    evolved = codec.evolve_from_array_spec(spec)
    values = np.arange(12, dtype="<i2").reshape(3, 4)
    if codec.kind == "bytes_bytes":
        given = spec.prototype.buffer.from_bytes(values.tobytes())
    else:
        given = spec.prototype.nd_buffer.from_numpy_array(values)
    made = evolved._encode_sync(given, spec)
    back = asyncio.run(evolved._decode_single(made, spec))
    if codec.kind == "bytes_bytes":
        assert back.to_bytes() == values.tobytes()
    else:
        assert np.array_equal(back.as_numpy_array(), values)
    if evolved.is_fixed_size:
        size = made.as_numpy_array().nbytes if codec.kind == "array_array" else len(made)
        assert codec.compute_encoded_size(values.nbytes, spec) == size
    else:
        with pytest.raises(NotImplementedError):
            codec.compute_encoded_size(values.nbytes, spec)
    after = codec.resolve_metadata(spec)
    assert after.shape == ((4, 3) if codec.name == "transpose" else (3, 4))
    assert after == spec or codec.kind == "array_array"
    codec.validate(shape=(3, 4), dtype=spec.dtype, chunk_grid=None)


def test_batches():
    """The coroutines of the base class, which zarr-python's code calls."""
    spec = array_spec()
    array = spec.prototype.nd_buffer.from_numpy_array(np.arange(4, dtype="i2"))
    made = list(asyncio.run(Text().encode([(array, spec), (None, spec)])))
    assert made[0].to_bytes() == b"0,1,2,3"
    assert made[1] is None
    (back,) = asyncio.run(Text().decode([(made[0], spec)]))
    assert back.as_numpy_array().tolist() == [0, 1, 2, 3]


def test_under_the_name_of_zarr():
    code = """
import zarrc
zarrc.install_as_zarr()
import numpy as np, zarr
from zarr.abc.codec import BytesBytesCodec
from zarr.abc.metadata import Metadata
from zarr.abc.numcodec import Numcodec
from zarr.core.array_spec import ArraySpec
from zarr.core.buffer import Buffer
from zarr.core.common import JSON, parse_named_configuration
from zarr.core.dtype.npy.int import Int8
from zarr.dtype import data_type_registry
from zarr.registry import get_codec_class, register_codec
from zarr.types import AnyArray
class Flipped(BytesBytesCodec):
    def to_dict(self): return {"name": "flipped"}
    @classmethod
    def from_dict(cls, data): return cls()
    async def _encode_single(self, data, spec):
        return spec.prototype.buffer.from_bytes(bytes(255 - byte for byte in data.to_bytes()))
    _decode_single = _encode_single
    def compute_encoded_size(self, n, spec): return n
register_codec("flipped", Flipped)
assert get_codec_class("flipped") is Flipped and get_codec_class("gzip") is zarr.codecs.GzipCodec
z = zarr.create_array({}, data=np.arange(5), compressors=[Flipped()])
assert z[:].tolist() == [0, 1, 2, 3, 4]
print(z[2])
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "2"
