"""fixedscaleoffset, quantize, astype, bitround, packbits: numcodecs' element-wise filters, in v2 and in v3."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import (
    AsTypeCodec,
    BitRoundFilter,
    Chain,
    ChunkSpec,
    FixedScaleOffsetCodec,
    PackBitsFilter,
    QuantizeCodec,
    get_codec,
    parse_codec,
)
from zarrc.codecs import numcodecs as named
from zarrc.errors import CodecError, CodecValidationError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
CONFIGS = [
    ("<f8", {"id": "fixedscaleoffset", "scale": 10, "offset": 100, "dtype": "<f8", "astype": "<i4"}),
    ("<f4", {"id": "fixedscaleoffset", "scale": 2.5, "offset": 1, "dtype": "<f4", "astype": "|i1"}),
    (">f4", {"id": "fixedscaleoffset", "scale": 10.0, "offset": 3.5, "dtype": ">f4", "astype": ">u2"}),
    ("<i4", {"id": "fixedscaleoffset", "scale": 3, "offset": 2, "dtype": "<i4", "astype": "<i4"}),
    ("<f2", {"id": "fixedscaleoffset", "scale": 2, "offset": 0, "dtype": "<f2", "astype": "<f4"}),
    ("<f8", {"id": "quantize", "digits": 2, "dtype": "<f8", "astype": "<f8"}),
    (">f8", {"id": "quantize", "digits": 0, "dtype": ">f8", "astype": "<f4"}),
    ("<f4", {"id": "quantize", "digits": -1, "dtype": "<f4", "astype": "<f2"}),
    ("<i4", {"id": "astype", "encode_dtype": "|i1", "decode_dtype": "<i4"}),
    (">f8", {"id": "astype", "encode_dtype": "<f4", "decode_dtype": ">f8"}),
    ("<f4", {"id": "bitround", "keepbits": 5}),
    (">f8", {"id": "bitround", "keepbits": 0}),
    ("<f2", {"id": "bitround", "keepbits": 10}),
    ("|b1", {"id": "packbits"}),
]
IDS = [f"{config['id']}-{dtype}-{i}" for i, (dtype, config) in enumerate(CONFIGS)]


def values_for(dtype: str, seed: int, shape: tuple[int, ...]) -> np.ndarray:
    rng = np.random.default_rng(seed)
    if dtype == "|b1":
        return rng.integers(0, 2, shape).astype(bool)
    return rng.normal(60, 20, shape).astype(dtype)


@pytest.mark.parametrize(("dtype", "config"), CONFIGS, ids=IDS)
@pytest.mark.parametrize("shape", [(0,), (7,), (3, 5), (2, 3, 4)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_v2_against_numcodecs(dtype, config, shape, order):
    numcodecs = pytest.importorskip("numcodecs")
    values = values_for(dtype, len(shape), shape)
    chain = Chain.from_v2([config], None, order, ChunkSpec(shape, np.dtype(dtype)))
    peer = numcodecs.get_codec(config)
    if config["id"] == "bitround" and dtype[0] == ">":
        pytest.skip("numcodecs rounds native floats only")
    # Flat, because numcodecs' bitround copies arrays of order F to order C.
    expected = np.asarray(peer.encode(values.reshape(-1, order=order)))
    encoded = chain.encode_chunk(values)
    assert encoded == expected.tobytes(order="A")
    assert chain.codecs[-1].encoded_size(values.nbytes) == len(encoded)
    decoded = np.asarray(peer.decode(expected.reshape(-1, order="A"))).view(dtype).reshape(shape, order=order)
    assert chain.decode_chunk(encoded).tobytes() == decoded.tobytes()


@pytest.mark.filterwarnings("ignore:Numcodecs codecs")
@pytest.mark.parametrize(("dtype", "config"), CONFIGS, ids=IDS)
def test_v3_is_v2_on_arrays(dtype, config):
    if not np.dtype(dtype).isnative:
        pytest.skip("filters of v3 get native elements")
    shape = (3, 4)
    values = values_for(dtype, 5, shape)
    v2 = Chain.from_v2([config], None, "C", ChunkSpec(shape, np.dtype(dtype), values[0, 0]))
    configuration = {key: value for key, value in config.items() if key != "id"}
    entry = {"name": f"numcodecs.{config['id']}", "configuration": configuration}
    last = v2.codecs[-1].output_spec(v2.spec).dtype
    to_bytes = {"name": "bytes", "configuration": {"endian": "big" if last.str[0] == ">" else "little"}}
    v3 = Chain.from_v3([entry, to_bytes], ChunkSpec(shape, np.dtype(dtype), values[0, 0]))
    encoded = v3.encode_chunk(values)
    assert encoded == v2.encode_chunk(values)
    assert v3.decode_chunk(encoded).tobytes() == v2.decode_chunk(encoded).tobytes()
    assert v3.codecs[0].to_dict() == entry
    assert parse_codec(v3.codecs[0], 2).get_config() == v2.codecs[-1].get_config() == config


@pytest.mark.parametrize(("dtype", "config"), CONFIGS, ids=IDS)
def test_sizes(dtype, config):
    codec = get_codec(config, 2).resolve(ChunkSpec((4,), np.dtype(dtype)))
    encoded = codec.encode(values_for(dtype, 1, (8,)))
    assert len(codec.decode(encoded)) == 8 * np.dtype(dtype).itemsize
    with pytest.raises(CodecError):
        codec.decode(encoded, nbytes=8 * np.dtype(dtype).itemsize - 1)
    if len(encoded) > 8 and config["id"] not in ("packbits", "bitround"):
        with pytest.raises(CodecError, match="whole number"):
            codec.decode(encoded[:-1])


def test_the_fill_value_goes_along():
    fill = np.float32(3.5)
    chain = Chain.from_v3(
        [
            {
                "name": "numcodecs.fixedscaleoffset",
                "configuration": {"scale": 2, "offset": 1, "dtype": "<f4", "astype": "<i2"},
            },
            {"name": "sharding_indexed", "configuration": {"chunk_shape": [2]}},
        ],
        ChunkSpec((4,), np.dtype("<f4"), fill),
    )
    assert len(chain.encode_chunk(np.full(4, fill))) == 16 * 2 + 4, "an index and nothing else"
    assert chain.decode_chunk(chain.encode_chunk(np.full(4, fill))).tolist() == [3.5] * 4


def test_types_left_open():
    for name, cls, configuration in (
        ("fixedscaleoffset", named.FixedScaleOffset, {"scale": 2, "offset": 1}),
        ("quantize", named.Quantize, {"digits": 1}),
        ("astype", named.AsType, {"encode_dtype": "<f4"}),
    ):
        codec = get_codec({"name": f"numcodecs.{name}", "configuration": configuration}, 3)
        assert type(codec) is cls
        with pytest.raises(CodecValidationError, match="resolve"):
            codec.decoded_type()
        assert codec.resolve(ChunkSpec((2,), np.dtype("<f8"))).decoded_type() == "<f8"


@given(st.lists(st.booleans(), max_size=40))
@settings(max_examples=60, deadline=None)
def test_packbits(flags):
    values = np.array(flags, bool)
    encoded = PackBitsFilter().encode(values)
    assert encoded[0] == -len(flags) % 8
    text = "".join(f"{byte:08b}" for byte in encoded[1:])
    assert text[: len(flags)] == "".join(str(int(flag)) for flag in flags), "most significant bit first"
    assert PackBitsFilter().decode(encoded, nbytes=len(flags)) == values.tobytes()


@pytest.mark.parametrize("bad", [b"", b"\x08\x00", b"\xff\x00", b"\x01"])
def test_packbits_damage(bad):
    with pytest.raises(CodecError):
        PackBitsFilter().decode(bad)
    chain = Chain.from_v3(["numcodecs.packbits", "bytes"], ChunkSpec((3, 3), np.dtype(bool)))
    for content in (b"\x00\x01\x02", b"\x06\xff\xff", b"\x07\xff"):
        with pytest.raises(CodecError):
            chain.decode_chunk(content)
    assert chain.decode_chunk(b"\x07\xff\x80").all()


def test_configuration(battery):
    codecs = [get_codec(config, 2) for _, config in CONFIGS]
    codecs += [named.FixedScaleOffset(1, 2.5), named.Quantize(3), named.AsType("<i2"), named.BitRound(3)]
    for codec in codecs:
        battery.configs(codec)
    assert FixedScaleOffsetCodec(np.float64(1), np.int8(2), "f4").get_config() == {
        **{"id": "fixedscaleoffset", "scale": 2, "offset": 1.0},
        **{"dtype": "<f4", "astype": "<f4"},
    }
    bad = [
        (FixedScaleOffsetCodec, {"scale": 1, "offset": 0, "dtype": "|O"}),
        (FixedScaleOffsetCodec, {"scale": "1", "offset": 0, "dtype": "<f4"}),
        (FixedScaleOffsetCodec, {"scale": 1, "dtype": "<f4"}),
        (QuantizeCodec, {"digits": 1, "dtype": "<i4"}),
        (QuantizeCodec, {"digits": 1.5, "dtype": "<f4"}),
        (AsTypeCodec, {"encode_dtype": "nonsense"}),
        (AsTypeCodec, {"encode_dtype": None}),
        (AsTypeCodec, {"encode_dtype": "<U0"}),
        (BitRoundFilter, {"keepbits": -1}),
    ]
    for cls, configuration in bad:
        with pytest.raises(CodecValidationError, match=cls.codec_id):
            cls.from_config({"id": cls.codec_id, **configuration})
    for codec, dtype in ((BitRoundFilter(11), "<f2"), (BitRoundFilter(1), "<i4"), (PackBitsFilter(), "<i2")):
        with pytest.raises(CodecValidationError):
            codec.resolve(ChunkSpec((2,), np.dtype(dtype)))
    with pytest.raises(CodecValidationError, match="quantize"):
        named.Quantize(1, "<f8").resolve(ChunkSpec((2,), np.dtype("<f4")))


def test_numbers_that_do_not_fit():
    with pytest.raises(CodecError, match="fixedscaleoffset"):
        FixedScaleOffsetCodec(1000, 1, "|u1").encode(bytes(3))
    with pytest.raises(CodecError, match="astype"):
        AsTypeCodec("<i4", "<U3").encode(np.array(["abc"]))
