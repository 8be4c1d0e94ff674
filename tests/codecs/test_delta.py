from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc.codecs import ChunkSpec, DeltaCodec
from zarrc.codecs.numcodecs import Delta
from zarrc.errors import CodecError, CodecValidationError

INTEGERS = [order + kind + width for order in "<>" for kind in "iu" for width in "1248"]
SPEC = ChunkSpec((4,), np.dtype("<i4"))


@pytest.mark.parametrize("dtype", INTEGERS)
def test_integers_wrap_and_come_back(dtype):
    @given(hnp.arrays(np.dtype(dtype), st.integers(0, 60)))
    @settings(max_examples=15, deadline=None)
    def check(values):
        codec = DeltaCodec(dtype)
        encoded = codec.encode(values)
        assert codec.decode(encoded, nbytes=values.nbytes) == values.tobytes()
        assert codec.encoded_size(values.nbytes) == len(encoded)

    check()


@pytest.mark.parametrize("dtype", ["<i2", ">i4", "<u8", "<f4", ">f8", "<f2"])
@pytest.mark.parametrize("astype", [None, "<i2", ">i8", "<f8", "<u1"])
def test_against_numcodecs(dtype, astype):
    numcodecs = pytest.importorskip("numcodecs")
    mixed = astype is not None and (np.dtype(dtype).kind == "f") != (np.dtype(astype).kind == "f")
    values = np.array([3, 5, 4, 4, 100, 99, 90, 7], dtype)
    if mixed:  # differences that every type can hold: other conversions are undefined
        values.sort()
    peer = numcodecs.Delta(dtype, astype) if astype else numcodecs.Delta(dtype)
    codec = DeltaCodec(dtype, astype)
    expected = peer.encode(values).tobytes()
    assert codec.encode(values.tobytes()) == expected
    assert codec.decode(expected) == peer.decode(expected).tobytes()
    assert codec.get_config() == peer.get_config()


def test_sizes():
    with pytest.raises(CodecError, match="whole number"):
        DeltaCodec("<i4").decode(bytes(6))
    with pytest.raises(CodecError):
        DeltaCodec("<i8", "|i1").decode(bytes(3), nbytes=16)


def test_native_step():
    assert DeltaCodec("<i2", ">i8").native(SPEC) == ("delta", (1, 0, 3, 1))
    assert DeltaCodec("<f4", ">f8").native(SPEC) == ("delta", (8, 0, 9, 1))
    assert DeltaCodec("<i4", "<f8").native(SPEC) is None
    assert DeltaCodec(">u8").native(SPEC) == ("delta", (7, 1, 7, 1))
    assert DeltaCodec("<f2").native(SPEC) is None
    assert DeltaCodec("<c8").native(SPEC) is None


def test_v3_works_on_arrays():
    values = np.array([[3, 5], [4, 9]], "<i4")
    codec = Delta("<i4", "<i2")
    encoded = codec.encode(values)
    assert encoded.dtype == "<i2"
    assert encoded.tolist() == [[3, 2], [-1, 5]]
    assert codec.encode(values.T.copy().T).tolist() == encoded.tolist(), "C order, whatever the memory's"
    assert codec.decode(encoded).tolist() == values.tolist()
    assert codec.output_spec(SPEC).dtype == "<i2"
    with pytest.raises(CodecValidationError, match="does not fit"):
        codec.resolve(ChunkSpec((4,), np.dtype("<f8")))


def test_configuration(battery):
    for codec in (DeltaCodec("<i4"), DeltaCodec("i2", "i1"), Delta(">f4")):
        battery.configs(codec)
    assert DeltaCodec("i4").get_config() == {"id": "delta", "dtype": "<i4", "astype": "<i4"}
    for bad in (
        {"dtype": "nonsense"},
        {"dtype": "<M8[s]"},
        {"dtype": "|b1"},
        {"dtype": "<i4", "astype": "|S3"},
        {"dtype": ",i4"},
        {},
    ):
        with pytest.raises(CodecValidationError, match="delta"):
            DeltaCodec.from_config({"id": "delta", **bad})
