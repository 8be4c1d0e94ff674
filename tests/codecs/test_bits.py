"""bitround and packbits of v3, and elements of fewer bits than their bytes have."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from zarrc.codecs import BitRoundCodec, BytesCodec, Chain, ChunkSpec, PackBitsCodec
from zarrc.codecs.bitround import rounded
from zarrc.errors import CodecError, CodecValidationError


def slow_pack(values: np.ndarray, first: int, last: int) -> bytes:
    bits = [int(v) >> b & 1 for v in values.reshape(-1) for b in range(first, last + 1)]
    return bytes(sum(bit << i for i, bit in enumerate(bits[at : at + 8])) for at in range(0, len(bits), 8))


@given(
    st.sampled_from(["|i1", "|u1", "<i2", ">u2", "<i4", ">i4", "<u8", ">i8"]),
    st.integers(0, 63),
    st.integers(0, 63),
    st.sampled_from(["none", "first_byte", "last_byte"]),
    st.integers(0, 20),
    st.integers(0, 2**32),
)
@settings(max_examples=150, deadline=None)
def test_packbits(dtype, first, length, padding, n, seed):
    dtype = np.dtype(dtype)
    width = 8 * dtype.itemsize
    first %= width
    last = min(first + length % width, width - 1)
    values = np.random.default_rng(seed).integers(0, 256, n * dtype.itemsize, np.uint8).view(dtype)
    codec = PackBitsCodec(padding, first, last).resolve(ChunkSpec((n,), dtype))
    encoded = codec.encode(values)
    assert len(encoded) == codec.encoded_size(values.nbytes)
    packed = slow_pack(values, first, last)
    count = bytes([-n * (last - first + 1) % 8])
    assert encoded == {"none": packed, "first_byte": count + packed, "last_byte": packed + count}[padding]
    expected = []
    for value in values.tolist():
        kept = (value & (1 << last + 1) - 1) >> first << first
        if dtype.kind == "i" and kept >> last & 1:
            kept -= 1 << last + 1
        expected.append(kept)
    decoded = codec.decode(encoded)
    assert decoded.dtype == dtype
    assert decoded.tolist() == expected
    if first == 0 and last == width - 1:
        assert decoded.tolist() == values.tolist()
    for bad in (encoded + b"\0", encoded[:-1]):
        if bad != encoded:
            with pytest.raises(CodecError, match="bytes"):
                codec.decode(bad)


@pytest.mark.parametrize(("dtype", "bits"), [("|u1", 2), ("|i1", 2), ("|u1", 4), ("|i1", 4), ("|u1", 6)])
def test_narrow_types(dtype, bits):
    low = -(1 << bits - 1) if dtype == "|i1" else 0
    values = np.arange(low, low + (1 << bits)).astype(dtype)
    spec = ChunkSpec(values.shape, values.dtype, None, bits)
    chain = Chain.from_v3(["packbits"], spec)
    assert len(chain.encode_chunk(values)) == -(-values.size * bits // 8)
    assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
    plain = Chain.from_v3(["bytes"], spec)
    garbage = (values.view(np.uint8) ^ np.uint8(0xFF << bits & 0xFF)).tobytes()
    assert plain.decode_chunk(garbage).tolist() == values.tolist(), "upper bits are arbitrary in storage"
    assert plain.native_plan() is None
    with pytest.raises(CodecValidationError):
        PackBitsCodec("none", 0, bits).resolve(spec)


@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8", "<c8", ">c16", "<M8[s]", "|b1"])
def test_packbits_types(dtype):
    values = np.arange(11).astype(dtype)
    chain = Chain.from_v3(["packbits", "zstd"], ChunkSpec((11,), np.dtype(dtype)))
    decoded = chain.decode_chunk(chain.encode_chunk(values))
    assert decoded.dtype == dtype
    assert decoded.tobytes() == values.tobytes()


def test_packbits_damage():
    codec = PackBitsCodec("first_byte").resolve(ChunkSpec((3,), np.dtype(bool)))
    assert codec.decode(b"\x05\x05").tolist() == [True, False, True]
    with pytest.raises(CodecError, match="padding"):
        codec.decode(b"\x06\x05")


def test_packbits_configuration(battery):
    for codec in (PackBitsCodec(), PackBitsCodec("last_byte", 1, 5)):
        battery.configs(codec)
    assert PackBitsCodec.from_dict({"name": "packbits", "configuration": {"first_bit": None}}) == PackBitsCodec()
    for bad in ({"padding_encoding": "both"}, {"first_bit": -1}, {"last_bit": 64}, {"bits": 3}):
        with pytest.raises(CodecValidationError, match="packbits"):
            PackBitsCodec.from_dict({"name": "packbits", "configuration": bad})
    spec = ChunkSpec((3,), np.dtype("u1"))
    for bad in (PackBitsCodec("none", 5, 3), PackBitsCodec("none", 0, 8)):
        with pytest.raises(CodecValidationError, match="range"):
            bad.resolve(spec)
    with pytest.raises(CodecValidationError):
        PackBitsCodec().resolve(ChunkSpec((3,), np.dtype("<U3")))
    with pytest.raises(CodecValidationError, match="resolve"):
        PackBitsCodec().decode(b"")


def slow_round(value: int, keepbits: int, width: int) -> int:
    """An unsigned integer rounded to ``keepbits`` bits from its most significant one, ties to even, saturating."""
    drop = value.bit_length() - keepbits
    if drop <= 0:
        return value
    half, rest = 1 << drop - 1, value & (1 << drop) - 1
    up = rest > half or (rest == half and value >> drop & 1)
    total = (value >> drop << drop) + ((1 << drop) if up else 0)
    return min(total, (1 << width) - 1 >> drop << drop)


@given(
    st.sampled_from(["u1", "i1", ">u2", "<i4", "<u8", ">i8"]).flatmap(lambda t: hnp.arrays(np.dtype(t), 12)),
    st.integers(1, 70),
)
@settings(max_examples=120, deadline=None)
def test_bitround_of_integers(values, keepbits):
    width = 8 * values.dtype.itemsize
    found = BitRoundCodec(keepbits).encode(values)
    assert found.dtype == values.dtype
    expected = [slow_round(v & (1 << width) - 1, keepbits, width) for v in values.tolist()]
    assert [v & (1 << width) - 1 for v in found.tolist()] == expected


def test_bitround_as_zarrs_does():
    assert BitRoundCodec(3).encode(np.array([0, 3, 7, 15, 17, 54, 89, 128, 255], "u1")).tolist() == [
        *(0, 3, 7, 16, 16, 56, 96, 128, 224)
    ]
    found = BitRoundCodec(3).encode(np.array([0.0, 1.23456789, -8.3587192834, 98765.4321], "f4"))
    assert found.tolist() == [0.0, 1.25, -8.0, 98304.0]


@given(hnp.arrays(np.dtype("<f4"), 8), st.integers(1, 30))
@settings(max_examples=80, deadline=None)
def test_bitround_of_complex_numbers_rounds_their_parts(parts, keepbits):
    found = rounded(parts.view("<c8"), keepbits)
    assert found.dtype == "<c8"
    assert found.tobytes() == rounded(parts, keepbits).tobytes()


def test_bitround_configuration(battery):
    battery.configs(BitRoundCodec(3))
    with pytest.raises(CodecValidationError, match="keepbits"):
        BitRoundCodec(0)
    with pytest.raises(CodecValidationError, match="bitround"):
        BitRoundCodec(3).resolve(ChunkSpec((2,), np.dtype(bool)))
    values = np.arange(3)
    assert BitRoundCodec(3).decode(values) is values


def test_bytes_of_narrow_types_come_from_any_chain():
    codec = BytesCodec(None).resolve(ChunkSpec((2,), np.dtype("i1"), None, 4))
    assert codec.decode(b"\x0f\xf1").tolist() == [-1, 1]
