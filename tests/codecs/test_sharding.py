from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import zarrc
from zarrc.codecs import Chain, ChunkSpec, Crc32cCodec, ShardingCodec
from zarrc.errors import CodecError, CodecValidationError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
MISSING = 2**64 - 1


def transpose(*order: int) -> dict:
    return {"name": "transpose", "configuration": {"order": list(order)}}


def sharding(chunk_shape, codecs=(LITTLE,), index_codecs=(LITTLE, "crc32c"), location="end") -> dict:
    configuration = {"chunk_shape": list(chunk_shape), "codecs": list(codecs), "index_codecs": list(index_codecs)}
    return {"name": "sharding_indexed", "configuration": {**configuration, "index_location": location}}


def spec(shape, dtype="<i4", fill=0) -> ChunkSpec:
    dtype = np.dtype(dtype)
    return ChunkSpec(tuple(shape), dtype, None if fill is None else dtype.type(fill))


def shard(entries, body: bytes) -> bytes:
    return body + Crc32cCodec().encode(np.array(entries, "<u8").tobytes())


INDEX_CODECS = [
    [LITTLE, "crc32c"],
    [BIG],
    [LITTLE],
    [transpose(1, 2, 0), BIG, "crc32c", "numcodecs.fletcher32"],
    [LITTLE, "crc32c", {"name": "numcodecs.shuffle", "configuration": {"elementsize": 4}}],
    ["packbits", {"name": "numcodecs.crc32", "configuration": {"location": "start"}}],
]


@given(
    st.sampled_from([(1, 1), (2, 3), (4, 6), (2, 6)]),
    st.permutations(range(2)),
    st.permutations(range(2)),
    st.sampled_from([[LITTLE], [BIG, "zstd"], ["bytes", "gzip", "crc32c"], [sharding((1, 1)), "zstd"]]),
    st.sampled_from(INDEX_CODECS),
    st.sampled_from(["start", "end"]),
    st.sampled_from([[], ["gzip"], ["crc32c"]]),
    st.sampled_from(["|u1", "<i4", ">f8", "<c8"]),
    st.integers(0, 2**32),
)
@settings(max_examples=120, deadline=None)
def test_round_trip(inner, outer_order, inner_order, codecs, index_codecs, location, after, dtype, seed):
    shape = (4, 6) if outer_order == [0, 1] else (6, 4)
    if codecs[0] == "bytes":
        codecs = [LITTLE, *codecs[1:]]
    chain = Chain.from_v3(
        [
            transpose(*outer_order),
            sharding(inner, [transpose(*inner_order), *codecs], index_codecs, location),
            *after,
        ],
        spec(shape, dtype, 3),
    )
    rng = np.random.default_rng(seed)
    values = np.where(rng.random(shape) < 0.7, 3, rng.integers(0, 9, shape)).astype(dtype)
    for write_empty in (False, True):
        encoded = chain.encode_chunk(values, write_empty=write_empty)
        decoded = chain.decode_chunk(encoded)
        assert decoded.dtype == dtype
        assert decoded.tolist() == values.tolist()


def test_layout_by_hand():
    chain = Chain.from_v3([sharding((1, 2))], spec((2, 4), "|u1", 7))
    values = np.array([[1, 2, 7, 7], [5, 7, 3, 4]], "u1")
    entries = [[[0, 2], [MISSING, MISSING]], [[2, 2], [4, 2]]]
    assert chain.encode_chunk(values) == shard(entries, bytes([1, 2, 5, 7, 3, 4]))
    at_start = Chain.from_v3([sharding((1, 2), location="start")], spec((2, 4), "|u1", 7))
    index = Crc32cCodec().encode(np.where(np.array(entries) == MISSING, MISSING, np.array(entries, "u8")).tobytes())
    encoded = at_start.encode_chunk(values)
    assert len(encoded) == len(index) + 6
    assert encoded[len(index) :] == bytes([1, 2, 5, 7, 3, 4])
    offsets = np.frombuffer(encoded[:64], "<u8").reshape(2, 2, 2)[..., 0]
    assert offsets.tolist() == [[len(index), MISSING], [len(index) + 2, len(index) + 4]]


def test_empty():
    codec = ShardingCodec((2,)).resolve(spec((6,), "<f4", np.nan))
    fill = np.full(6, np.nan, "<f4")
    assert codec.is_empty(fill)
    assert len(codec.encode(fill)) == codec.index_size() == 3 * 16 + 4
    assert np.isnan(codec.decode(codec.encode(fill))).all()
    assert len(codec.encode(fill, write_empty=True)) == 3 * 16 + 4 + 24
    other = fill.view("<u4") ^ 1
    assert not codec.is_empty(other.view("<f4")), "another NaN"
    zero = ShardingCodec((2,)).resolve(spec((2,), "<f4", 0))
    assert not zero.is_empty(np.array([0.0, -0.0], "<f4"))
    unknown = ShardingCodec((2,)).resolve(spec((4,), "<f4", None))
    assert not unknown.is_empty(np.zeros(4, "<f4"))
    index = shard([[MISSING, MISSING]] * 2, b"")
    assert unknown.decode(index).tolist() == [0, 0, 0, 0]


@pytest.mark.parametrize(
    ("entries", "body", "expected"),
    [
        ([[2, 2], [0, 2]], b"\x01\x02\x03\x04", [3, 4, 1, 2]),
        ([[1, 2], [5, 2]], b"x\x01\x02yz\x03\x04zz", [1, 2, 3, 4]),
        ([[0, 2], [0, 2]], b"\x01\x02", [1, 2, 1, 2]),
        ([[0, 2], [1, 2]], b"\x01\x02\x03", [1, 2, 2, 3]),
        ([[0, 2], [MISSING, MISSING]], b"\x01\x02", [1, 2, 9, 9]),
        ([[0, 2], [MISSING, 2]], b"\x01\x02", None),
        ([[0, 2], [0, MISSING]], b"\x01\x02", None),
        ([[0, 2], [0, MISSING - 1]], b"\x01\x02", None),
        ([[0, 2], [MISSING - 1, 2]], b"\x01\x02", None),
        ([[0, 2], [1, 38]], b"\x01\x02", None),
        ([[0, 2], [38, 1]], b"\x01\x02", None),
        ([[0, 2], [0, 0]], b"\x01\x02", None),
        ([[0, 2], [0, 3]], b"\x01\x02\x03", None),
    ],
)
def test_index_entries(entries, body, expected):
    chain = Chain.from_v3([sharding((2,))], spec((4,), "|u1", 9))
    data = shard(entries, body)
    if expected is None:
        with pytest.raises(CodecError):
            chain.decode_chunk(data)
    else:
        assert chain.decode_chunk(data).tolist() == expected


def test_damage():
    chain = Chain.from_v3([sharding((2,), [LITTLE, "zstd"])], spec((6,), "<i2", 1))
    values = np.array([1, 1, 2, 3, 4, 5], "<i2")
    encoded = chain.encode_chunk(values)
    for stop in range(len(encoded)):
        with pytest.raises(CodecError):
            chain.decode_chunk(encoded[:stop])
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert chain.decode_chunk(bytes(damaged)).shape == (6,)
        except CodecError as e:
            assert "codec" in str(e)
    unchecked = Chain.from_v3([sharding((2,), [LITTLE, "zstd"], [BIG])], spec((6,), "<i2", 1))
    encoded = unchecked.encode_chunk(values)
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        try:
            assert unchecked.decode_chunk(bytes(damaged)).shape == (6,)
        except CodecError as e:
            assert "codec" in str(e)


def test_shapes_without_elements():
    for shape, inner in (((), ()), ((0,), (2,)), ((4, 0), (2, 3))):
        chain = Chain.from_v3([sharding(inner)], spec(shape, "<i4", 9))
        values = np.full(shape, 7, "<i4")
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()


def test_variable_length_content():
    text = np.dtypes.StringDType()
    chain = Chain.from_v3([sharding((2,), ["vlen-utf8", "zstd"]), "gzip"], ChunkSpec((4,), text, ""))
    values = np.array(["", "", "long " * 900_000, "é"], text)
    encoded = chain.encode_chunk(values)
    assert chain.decode_chunk(encoded).tolist() == values.tolist()
    assert chain.native_plan() is None


def test_many_tiny_chunks_behind_a_compressor():
    """Shards of chunks much smaller than their frames are larger than twice their content."""
    chain = Chain.from_v3([sharding((1,), [LITTLE, "zstd"]), "zstd"], spec((300_000,), "|u1", 9))
    codec = chain.codecs[0]
    assert codec.encoded_limit(300_000) > 300_000 * (16 + 13)
    nested = Chain.from_v3([sharding((8,), [sharding((1,))])], spec((64,), "|u1", 9)).codecs[0]
    assert nested.encoded_limit(64) > 64 * 16 + 64


class TestConfiguration:
    def test_round_trip(self, battery):
        codec = ShardingCodec((2, 3), (LITTLE, "zstd"), (LITTLE, "crc32c"), "start")
        battery.configs(codec)
        assert codec.to_dict()["configuration"]["codecs"][1]["name"] == "zstd"
        assert ShardingCodec(4).chunk_shape == (4,)
        resolved = ShardingCodec((4,), ("bytes", "blosc")).resolve(spec((8,), "|u1"))
        assert resolved.to_dict()["configuration"]["codecs"][1]["configuration"]["typesize"] == 1

    @pytest.mark.parametrize(
        ("codec", "shape", "match"),
        [
            (sharding((3,)), (8,), "divisible|has not the axes"),
            (sharding((2,)), (8, 8), "divisible|has not the axes"),
            (sharding((16,)), (8,), "divisible|has not the axes"),
            (sharding((2,), ["zstd"]), (8,), "codecs"),
            (sharding((2,), index_codecs=[LITTLE, "zstd"]), (8,), "index_codecs.*fixed-size encoding"),
            (sharding((2,), index_codecs=["bytes"]), (8,), "index_codecs"),
            (sharding((2,), index_codecs=[]), (8,), "index_codecs"),
            (sharding((0,)), (8,), "chunk_shape"),
            (sharding((2,), location="middle"), (8,), "index_location"),
        ],
    )
    def test_refused(self, codec, shape, match):
        with pytest.raises(CodecValidationError, match=match):
            Chain.from_v3([codec], spec(shape))

    @pytest.mark.parametrize("codec", ["gzip", "blosc", "zstd"])
    def test_index_codecs_without_fixed_size(self, codec):
        with pytest.raises(CodecValidationError, match="must produce a fixed-size encoding"):
            ShardingCodec((2,), index_codecs=("bytes", codec))

    def test_as_a_dict_like_in_zarr_python(self):
        configuration = ShardingCodec((1, 2)).to_dict()["configuration"]
        assert configuration["chunk_shape"] == (1, 2)
        assert configuration["codecs"] == (LITTLE,)
        assert configuration["index_codecs"] == (LITTLE, {"name": "crc32c"})

    def test_malformed(self):
        for bad in ({}, {"chunk_shape": "2"}, {"chunk_shape": [2], "codecs": {}}, {"chunk_shape": [2], "size": 3}):
            with pytest.raises(CodecValidationError, match="sharding_indexed"):
                ShardingCodec.from_dict({"name": "sharding_indexed", "configuration": bad})
        with pytest.raises(CodecValidationError, match="resolve"):
            ShardingCodec((2,)).decode(b"")


class TestNativePlan:
    def test_axes(self):
        shape = (4, 6, 10)
        chain = Chain.from_v3(
            [
                transpose(2, 0, 1),
                sharding((5, 2, 3), [transpose(1, 2, 0), BIG, "zstd"], [BIG, "crc32c"], "start"),
                "crc32c",
            ],
            spec(shape),
        )
        plan = chain.native_plan()
        assert (plan.itemsize, plan.order, plan.swap) == (4, (2, 0, 1), 0)
        assert plan.steps == (("crc32c", (0,)),)
        assert plan.decoded_sizes == (-1,)
        assert plan.shard.inner_shape == (2, 3, 5)
        assert plan.shard.index_at_start
        assert plan.shard.chunk.order == (0, 1, 2), "of the array: transposes compose"
        assert plan.shard.chunk.swap == 4
        assert plan.shard.chunk.steps == (("zstd", (0, 0)),)
        assert plan.shard.chunk.decoded_sizes == (5 * 2 * 3 * 4,)
        index = plan.shard.index
        assert (index.itemsize, index.order, index.swap) == (8, (0, 1, 2, 3), 8)
        assert index.steps == (("crc32c", (0,)),)
        assert index.decoded_sizes == (2 * 2 * 2 * 16,)

    def test_nested(self):
        inner = sharding((1, 2), [transpose(1, 0), LITTLE])
        plan = Chain.from_v3([transpose(1, 0), sharding((2, 4), [inner])], spec((8, 6))).native_plan()
        assert plan.order == plan.shard.chunk.order == (1, 0)
        assert plan.shard.inner_shape == (4, 2)
        assert plan.shard.chunk.shard.inner_shape == (2, 1)
        assert plan.shard.chunk.shard.chunk.order == (0, 1)

    @pytest.mark.parametrize(
        "codecs",
        [
            [sharding((2,), [LITTLE, "numcodecs.bz2"])],
            [sharding((2,), index_codecs=[LITTLE, "numcodecs.base64"])],
            [sharding((2,)), "numcodecs.bz2"],
            [{"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}, sharding((2,))],
        ],
    )
    def test_none(self, codecs):
        chain = Chain.from_v3(codecs, spec((4,)))
        assert chain.native_plan() is None
        values = np.arange(4, dtype="<i4")
        assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == [0, 1, 2, 3]


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("location", ["start", "end"])
@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_against_zarr_python(location, order):
    zarr = pytest.importorskip("zarr")
    codecs = [
        transpose(*order),
        sharding((2, 3), [transpose(1, 0), LITTLE, "zstd"], [LITTLE, "crc32c"], location),
    ]
    full = [ShardingCodec.from_dict(codecs[1]).to_dict()]
    store = {}
    # Square: zarr-python compares the inner shape with the shard's before the transpose.
    values = np.where(np.arange(36) % 7 < 4, np.arange(36), 5).astype("<i4").reshape(6, 6)
    values[:3, :3] = 5
    array = zarr.create(
        store=store,
        shape=values.shape,
        chunks=values.shape,
        dtype="<i4",
        fill_value=5,
        zarr_format=3,
        codecs=[codecs[0], *full],
        config={"write_empty_chunks": False},
    )
    chain = Chain.from_v3(codecs, spec(values.shape, "<i4", 5))
    array[:] = values
    (key,) = (key for key in store if key.startswith("c/"))
    assert chain.decode_chunk(store[key].to_bytes()).tolist() == values.tolist()
    store[key] = type(store[key]).from_bytes(chain.encode_chunk(values))
    assert array[:].tolist() == values.tolist()


@pytest.mark.parametrize("location", ["end", "start"])
def test_without_axes(location):
    """A 0-d shard is one inner chunk; the array has no axis, and must not become a scalar on the way."""
    chain = Chain.from_v3([sharding((), location=location)], spec(()))
    for value in (5, 0):
        stored = chain.encode_chunk(np.array(value, "<i4"), write_empty=True)
        decoded = chain.decode_chunk(stored)
        assert decoded.shape == ()
        assert decoded == value
    assert len(chain.encode_chunk(np.array(0, "<i4"))) == 16 + 4


def test_the_index_has_one_axis_more():
    for ndim in (63, 64):
        options = {"shape": (1,) * ndim, "chunks": (1,) * ndim, "shards": (1,) * ndim, "dtype": "u1"}
        if ndim == 64:
            with pytest.raises(CodecValidationError, match="at most 63 axes"):
                zarrc.create_array({}, **options)
        else:
            array = zarrc.create_array({}, **options)
            array[...] = 7
            assert zarrc.open_array(array.store)[...].item() == 7
