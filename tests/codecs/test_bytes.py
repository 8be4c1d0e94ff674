from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc.codecs import BytesCodec, ChunkSpec, get_codec
from zarrc.codecs.components import component_widths, swap_width
from zarrc.errors import CodecError, CodecValidationError

DTYPES = ["|b1", "|u1", "<i2", ">i4", "<f2", ">f8", "<c8", ">c16", "<M8[ns]", ">m8[s]", "|S3", "|V5", "<U2", ">U2"]
MIXED = np.dtype([("a", ">i4"), ("b", "|u1"), ("c", "<f8"), ("d", "<i2", (2,)), ("e", [("f", ">c8")])])


@pytest.mark.parametrize("dtype", [*DTYPES, MIXED])
@pytest.mark.parametrize("endian", ["little", "big"])
def test_round_trip(dtype, endian):
    dtype = np.dtype(dtype)

    @given(st.integers(0, 2**32), hnp.array_shapes(min_dims=0, max_dims=3, min_side=0, max_side=4))
    @settings(max_examples=15, deadline=None)
    def check(seed, shape):
        raw = np.random.default_rng(seed).integers(0, 2, int(np.prod(shape)) * dtype.itemsize, np.uint8)
        array = np.frombuffer(raw.tobytes(), dtype).reshape(shape) if raw.size else np.zeros(shape, dtype)
        codec = BytesCodec(endian).resolve(ChunkSpec(shape, dtype))
        stored = codec.encode(array)
        assert stored == array.astype(dtype.newbyteorder({"little": "<", "big": ">"}[endian])).tobytes()
        back = codec.decode(stored)
        assert (back.dtype, back.shape, back.tobytes()) == (dtype, shape, array.tobytes())

    check()


def test_strided_input_is_stored_in_c_order():
    array = np.arange(12, dtype="<i4").reshape(3, 4).T
    assert BytesCodec().encode(array) == array.tobytes()
    assert BytesCodec("big").encode(array) == array.astype(">i4").tobytes()


@pytest.mark.parametrize("nbytes", [0, 15, 17, 32])
def test_the_size_must_be_that_of_the_chunk(nbytes):
    with pytest.raises(CodecError, match="bytes where the chunk has 16"):
        BytesCodec().resolve(ChunkSpec((4,), np.dtype("<i4"))).decode(bytes(nbytes))


def test_resolve():
    assert BytesCodec().resolve(ChunkSpec((4,), np.dtype("|u1"))).endian is None
    assert BytesCodec(None).resolve(ChunkSpec((4,), MIXED)).storage_order() == "little"
    with pytest.raises(CodecValidationError, match="endian is required"):
        BytesCodec(None).resolve(ChunkSpec((4,), np.dtype("<i4")))
    with pytest.raises(CodecValidationError, match="variable-length"):
        BytesCodec().resolve(ChunkSpec((4,), np.dtype("O")))
    with pytest.raises(CodecValidationError, match="resolve"):
        BytesCodec().decode(bytes(4))


def test_a_configuration_without_endian_means_little():
    """ExZarr writes it; what was read is written back."""
    data = {"name": "bytes", "configuration": {}}
    codec = BytesCodec.from_dict(data)
    assert codec.to_dict() == data
    resolved = codec.resolve(ChunkSpec((4,), np.dtype("<i4")))
    assert resolved.to_dict() == BytesCodec("little").to_dict()
    assert resolved.decode(b"\1\0\0\0" * 4).tolist() == [1] * 4
    assert codec.resolve(ChunkSpec((4,), np.dtype("|u1"))).endian is None
    for bare in ({"name": "bytes"}, "bytes"):
        with pytest.raises(CodecValidationError, match="endian is required"):
            get_codec(bare, 3).resolve(ChunkSpec((4,), np.dtype("<i4")))


def test_components():
    assert component_widths(MIXED) == {2, 4, 8}
    assert component_widths(np.dtype("|S9")) == component_widths(np.dtype("|V2")) == set()
    little = np.dtype([("a", "<i4"), ("b", "<f4")])
    widths = [swap_width(d, "big") for d in (np.dtype("<c8"), np.dtype("<U3"), np.dtype(">i2"), little, MIXED)]
    assert widths == [4, 4, 0, 4, None]
    assert swap_width(np.dtype([("a", "<i4"), ("b", "|V4")]), "big") is None


def test_configuration(battery):
    battery.configs(BytesCodec())
    battery.configs(BytesCodec(None))
    assert BytesCodec().to_dict() == {"name": "bytes", "configuration": {"endian": "little"}}
    assert BytesCodec(None).to_dict() == {"name": "bytes"}
    assert BytesCodec.from_dict({"name": "bytes"}).endian is None
    for bad in ({"endian": "middle"}, {"endian": 1}, {"spec": None}, {"in_memory_order": True}):
        with pytest.raises(CodecValidationError, match="bytes"):
            BytesCodec.from_dict({"name": "bytes", "configuration": bad})
