from __future__ import annotations

import hashlib
import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import BytesCodec, Chain, ChunkSpec, Codec, register_codec, unregister_codec
from zarrc.errors import BaseZarrError, CodecError, CodecValidationError, UnknownCodecError

LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
DELTA = {"name": "numcodecs.delta", "configuration": {"dtype": "<i4", "astype": "<i2"}}
COMPRESSORS = ["zstd", "gzip", "blosc", "crc32c", "numcodecs.zlib", "numcodecs.lz4", "numcodecs.shuffle"]


def spec(shape=(2, 3), dtype="<i4") -> ChunkSpec:
    return ChunkSpec(shape, np.dtype(dtype))


def transpose(*order: int) -> dict:
    return {"name": "transpose", "configuration": {"order": list(order)}}


@given(
    st.lists(st.permutations(range(3)), max_size=2),
    st.sampled_from([LITTLE, BIG]),
    st.lists(st.sampled_from(COMPRESSORS), max_size=3),
    st.sampled_from(["<i4", ">i4", "|u1", "<f8", "<c8", "<M8[s]", "<U3"]),
    st.integers(0, 2**32),
)
@settings(max_examples=80, deadline=None)
def test_v3_round_trip(orders, to_bytes, compressors, dtype, seed):
    shape = (3, 2, 4)
    compressors.sort(key=lambda name: name != "numcodecs.shuffle")  # whole elements only
    chain = Chain.from_v3([*(transpose(*o) for o in orders), to_bytes, *compressors], spec(shape, dtype))
    items = np.random.default_rng(seed).integers(0, 100, 24, np.uint8)
    array = items.astype(np.dtype(dtype)).reshape(shape)
    back = chain.decode_chunk(chain.encode_chunk(array))
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)
    plan = chain.native_plan()
    if not compressors:
        stored = array.transpose(plan.order).tobytes()
        if plan.swap:
            stored = np.frombuffer(stored, f"<u{plan.swap}").byteswap().tobytes()
        assert chain.encode_chunk(array) == stored


@given(
    st.sampled_from(["C", "F"]),
    st.sampled_from(["<i4", ">i4"]),
    st.sampled_from([None, {"id": "zstd"}, {"id": "blosc"}, {"id": "zlib"}, {"id": "gzip"}, {"id": "lz4"}]),
    st.lists(st.sampled_from(["delta", "shuffle", "crc32c", "zlib"]), max_size=3),
)
@settings(max_examples=80, deadline=None)
def test_v2_round_trip_as_numcodecs_does_it(order, dtype, compressor, filters):
    numcodecs = pytest.importorskip("numcodecs")
    pytest.importorskip("google_crc32c")
    configs = [{"id": f, "dtype": dtype} if f == "delta" else {"id": f} for f in filters]
    if any(f in ("crc32c", "zlib") for f in filters[:-1]):
        configs = configs[-1:]  # elements after a checksum or a compressor are no whole number
    array = np.arange(60, 120, dtype=dtype).reshape(5, 12)
    chain = Chain.from_v2(configs, compressor, order, spec((5, 12), dtype))
    encoded = array.ravel(order)
    for config in [*configs, *([compressor] if compressor else [])]:
        encoded = numcodecs.get_codec(dict(config)).encode(encoded)
    back = chain.decode_chunk(bytes(encoded) if not isinstance(encoded, np.ndarray) else encoded.tobytes())
    assert back.dtype == array.dtype
    assert np.array_equal(back, array)
    ours = chain.encode_chunk(array)
    for config in reversed([*configs, *([compressor] if compressor else [])]):
        ours = numcodecs.get_codec(dict(config)).decode(ours)
    assert np.frombuffer(ours, dtype).tolist() == array.ravel(order).tolist()


def test_v3_against_zarr_python():
    zarr = pytest.importorskip("zarr")
    array = np.arange(24, dtype="<f4").reshape(2, 3, 4)
    for codecs in ([transpose(2, 0, 1), BIG, "zstd", "crc32c"], [LITTLE, "blosc"], [LITTLE, "gzip"]):
        chain = Chain.from_v3(codecs, spec(array.shape, "<f4"))
        dicts = [codec.to_dict() for codec in chain.codecs]
        theirs = zarr.create_array(
            store=(store := zarr.storage.MemoryStore()),
            shape=array.shape,
            chunks=array.shape,
            dtype="<f4",
            filters=[d for d in dicts if d["name"] == "transpose"],
            serializer=next(d for d in dicts if d["name"] == "bytes"),
            compressors=[d for d in dicts if d["name"] not in ("transpose", "bytes")],
        )
        theirs[...] = array
        stored = store._store_dict["c/0/0/0"].to_bytes()
        assert np.array_equal(chain.decode_chunk(stored), array)
        store._store_dict["c/0/0/0"] = zarr.core.buffer.default_buffer_prototype().buffer.from_bytes(
            chain.encode_chunk(-array)
        )
        assert np.array_equal(theirs[...], -array)


@pytest.mark.filterwarnings("ignore:Numcodecs codecs")
def test_v3_delta_against_zarr_python():
    zarr = pytest.importorskip("zarr")
    wrapped = pytest.importorskip("zarr.codecs.numcodecs")
    array = np.arange(0, 72, 3, dtype="<i4").reshape(4, 6)
    theirs = zarr.create_array(
        store=(store := zarr.storage.MemoryStore()),
        shape=(4, 6),
        chunks=(4, 6),
        dtype="<i4",
        filters=[wrapped.Delta(dtype="<i4", astype="<i2")],
        compressors=None,
    )
    theirs[...] = array
    chain = Chain.from_v3([DELTA, LITTLE], spec((4, 6)))
    stored = store._store_dict["c/0/0"].to_bytes()
    assert chain.encode_chunk(array) == stored
    assert np.array_equal(chain.decode_chunk(stored), array)


@pytest.mark.parametrize(
    ("codecs", "message"),
    [
        ([], "codecs: no array -> bytes"),
        ([transpose(1, 0)], "codecs: no array -> bytes"),
        (["zstd", LITTLE], r"codecs\[0\].*bytes -> bytes"),
        ([LITTLE, BIG], r"codecs\[1\].*after"),
        ([LITTLE, "zstd", transpose(1, 0)], r"codecs\[2\].*'transpose' is array -> array"),
        ([transpose(0, 1, 2), LITTLE], r"codecs\[0\].*dimensions"),
        (["bytes"], r"codecs\[0\].*endian is required"),
        ([LITTLE, {"name": "gzip", "configuration": {"level": 11}}], r"codecs\[1\].*level"),
        ([LITTLE, {"id": "gzip", "level": 11}], r"codecs\[1\].*level"),
    ],
)
def test_v3_validation(codecs, message):
    with pytest.raises(CodecValidationError, match=message):
        Chain.from_v3(codecs, spec())


def test_unknown_codecs_name_their_key():
    with pytest.raises(UnknownCodecError, match=r"codecs\[1\].*lzo"):
        Chain.from_v3([LITTLE, "lzo"], spec())
    with pytest.raises(UnknownCodecError, match=r"filters\[0\].*lzo"):
        Chain.from_v2([{"id": "lzo"}], None, "C", spec())
    with pytest.raises(UnknownCodecError, match=r"compressor.*lzo"):
        Chain.from_v2(None, {"id": "lzo"}, "C", spec())
    with pytest.raises(CodecValidationError, match="order"):
        Chain.from_v2(None, None, "A", spec())


@pytest.mark.parametrize("codecs", [[LITTLE], [LITTLE, "zstd"], [LITTLE, "crc32c"], [DELTA, LITTLE]])
@pytest.mark.parametrize("shape", [(2, 2), (2, 4), (0, 3)])
def test_other_sizes_are_refused(codecs, shape):
    stored = Chain.from_v3(codecs, spec(shape)).encode_chunk(np.zeros(shape, "<i4"))
    with pytest.raises(CodecError):
        Chain.from_v3(codecs, spec()).decode_chunk(stored)


@given(st.binary(max_size=200), st.lists(st.sampled_from(COMPRESSORS), max_size=3))
@settings(max_examples=80, deadline=None)
def test_arbitrary_bytes_are_refused_or_a_chunk(data, compressors):
    try:
        array = Chain.from_v3([LITTLE, *compressors], spec()).decode_chunk(data)
    except CodecError:
        return
    assert (array.shape, array.dtype) == ((2, 3), "<i4")


def test_what_is_not_a_chunk_is_not_encoded():
    chain = Chain.from_v3([LITTLE], spec())
    with pytest.raises(ValueError, match="shape"):
        chain.encode_chunk(np.zeros((3, 2), "<i4"))
    with pytest.raises(TypeError):
        chain.encode_chunk(np.zeros((2, 3), "<f4"))
    assert chain.encode_chunk(np.ones((2, 3), ">i4")) == np.ones((2, 3), "<i4").tobytes()


@pytest.mark.parametrize("shape", [(), (0,), (2, 0)])
def test_without_dimensions_or_elements(shape):
    array = np.full(shape, 7, "<i4")
    for chain in (
        Chain.from_v3([LITTLE, "zstd", "crc32c"], spec(shape)),
        Chain.from_v2([{"id": "delta", "dtype": "<i4"}], {"id": "zlib"}, "F", spec(shape)),
    ):
        assert np.array_equal(chain.decode_chunk(chain.encode_chunk(array)), array)


class TestNativePlan:
    def test_orders_compose(self):
        plan = Chain.from_v3([transpose(2, 0, 1), transpose(1, 0, 2), LITTLE], spec((2, 3, 4))).native_plan()
        assert plan.order == (0, 2, 1)
        assert np.zeros((2, 3, 4)).transpose(2, 0, 1).transpose(1, 0, 2).shape == tuple(
            (2, 3, 4)[a] for a in plan.order
        )

    @pytest.mark.parametrize(
        ("dtype", "codec", "swap"),
        [("<i4", LITTLE, 0), ("<i4", BIG, 4), (">i4", BIG, 0), ("<c16", BIG, 8), ("|u1", BIG, 0), ("<U2", BIG, 4)],
    )
    def test_swap(self, dtype, codec, swap):
        assert Chain.from_v3([codec], spec(dtype=dtype)).native_plan().swap == swap

    def test_v2_memory_is_storage(self):
        for dtype in ("<i4", ">i4", [("a", ">i4"), ("b", "<f8")]):
            plan = Chain.from_v2(None, {"id": "zstd"}, "F", spec((2, 3), dtype)).native_plan()
            assert (plan.swap, plan.order, plan.steps) == (0, (1, 0), (("zstd", (0, 0)),))

    def test_structs(self):
        mixed = np.dtype([("a", "<i4"), ("b", "<f8")])
        assert Chain.from_v3([LITTLE], spec(dtype=mixed)).native_plan().swap == 0
        assert Chain.from_v3([BIG], spec(dtype=mixed)).native_plan() is None

    def test_sizes(self):
        plan = Chain.from_v3([LITTLE, "crc32c", "numcodecs.shuffle", "zstd", "gzip"], spec((4, 4))).native_plan()
        assert plan.itemsize == 4
        assert [step.name for step in plan.steps] == ["crc32c", "shuffle", "zstd", "gzip"]
        assert plan.decoded_sizes == (64, 68, 68, -1)

    def test_elementwise_steps_come_before_the_swap(self):
        plan = Chain.from_v3([transpose(1, 0), DELTA, BIG, "zstd"], spec()).native_plan()
        assert plan.swap == 0
        assert plan.order == (1, 0)
        assert plan.steps == (("delta", (2, 0, 1, 0)), ("swap", (2,)), ("zstd", (0, 0)))
        assert plan.decoded_sizes == (24, 12, 12)
        assert Chain.from_v3([DELTA, transpose(1, 0), LITTLE], spec()).native_plan() is None
        assert Chain.from_v3([DELTA, transpose(0, 1), LITTLE], spec()).native_plan() is not None

    def test_typesize_of_what_a_filter_makes(self):
        chain = Chain.from_v2([{"id": "delta", "dtype": "<i4", "astype": "|i1"}], {"id": "blosc"}, "C", spec())
        assert chain.native_plan().steps[1].params == (1, 5, 1, 1, 0)

    def test_none_where_a_codec_has_no_step(self):
        assert (
            Chain.from_v3([LITTLE, {"name": "blosc", "configuration": {"cname": "snappy"}}], spec()).native_plan()
            is None
        )
        assert Chain.from_v2([{"id": "delta", "dtype": "<f2"}], None, "C", spec(dtype="<f2")).native_plan() is None


def test_codecs_of_others():
    class Brittle(Codec):
        name = codec_id = "example.brittle"

        def encode(self, data):
            return bytes(data)

        def decode(self, data, *, nbytes=None):
            raise RuntimeError("no such luck")

    class Whole(BytesCodec):
        """An array -> bytes codec, as object codecs of v2 are: the first filter."""

        name = codec_id = "example.whole"

        @classmethod
        def from_config(cls, config):
            return cls()

    register_codec(Brittle)
    register_codec(Whole)
    try:
        chain = Chain.from_v3([LITTLE, "example.brittle"], spec())
        assert chain.native_plan() is None
        with pytest.raises(CodecError, match=r"example.brittle.*RuntimeError: no such luck"):
            chain.decode_chunk(bytes(24))
        chain = Chain.from_v2([{"id": "example.whole"}, {"id": "zlib"}], None, "F", spec())
        assert chain.describe() == "transpose > example.whole > numcodecs.zlib"
        array = np.arange(6, dtype="<i4").reshape(2, 3)
        assert np.array_equal(chain.decode_chunk(chain.encode_chunk(array)), array)
        with pytest.raises(CodecValidationError, match=r"filters\[1\].*array -> bytes"):
            Chain.from_v2([{"id": "zlib"}, {"id": "example.whole"}], None, "C", spec())
    finally:
        unregister_codec(Brittle)
        unregister_codec(Whole)


def test_describe():
    chain = Chain.from_v3([transpose(1, 0), LITTLE, "zstd"], spec())
    assert chain.describe() == "transpose > bytes > zstd"
    assert "transpose > bytes > zstd" in repr(chain)


GOLDEN_V3 = [
    *(f"v3_zstd_{c}" for c in ("no_content_size", "multi_frame", "skippable_frame", "checksum", "checksum_key_absent")),
    *(f"v3_gzip_{c}" for c in ("multi_member", "header_flags", "trailing_zeros")),
    *(
        f"v3_blosc_{cname}_{shuffle}"
        for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
        for shuffle in ("noshuffle", "shuffle", "bitshuffle")
    ),
    *(f"v3_blosc_{c}" for c in ("clevel0_memcpy", "config_disagrees_with_header", "no_typesize_noshuffle")),
    *("v3_blosc2_chunk", "v3_crc32c", "v3_crc32c_string_shorthand", "v3_crc32c_bad", "v3_codec_must_understand_false"),
    *("v3_endian_legacy_name", "v3_transpose_F_legacy", "v3_transpose_201", "v3_transpose_twice"),
    *("v3_bytes_big", "v3_bytes_no_endian_i4", "v3_bytes_shorthand_u8", "v3_u8_with_endian"),
]
GOLDEN_V2 = [
    *("v2_zstd_no_content_size", "v2_zstd_checksum_key", "v2_gzip_multi_member", "v2_zlib", "v2_lz4"),
    *("v2_lz4_headerless_z5", "v2_blosc_autoshuffle_u1", "v2_blosc_autoshuffle_i4", "v2_crc32c_filter_end"),
    *("v2_delta_astype", "v2_delta_be", "v2_delta_F_order", "v2_shuffle", "v2_two_filters", "v2_order_F"),
    *("v2_big_endian", "v2_c16", "v2_f2", "v2_m8_25s", "v2_filters_empty_list"),
]
NUMPY_NAMES = {"int32": "<i4", "uint8": "|u1", "float32": "<f4", "float64": "<f8"}


@pytest.mark.parametrize("name", [*GOLDEN_V3, *GOLDEN_V2])
def test_golden(golden, name):
    expect = json.loads((golden / "cases.json").read_text())[name]["expect"]
    folder = golden / name

    def decode() -> np.ndarray:
        if name.startswith("v2"):
            meta = json.loads((folder / ".zarray").read_text())
            chain = Chain.from_v2(
                meta["filters"], meta["compressor"], meta["order"], spec(tuple(meta["chunks"]), meta["dtype"])
            )
            return chain.decode_chunk((folder / ".".join("0" for _ in meta["shape"])).read_bytes())
        meta = json.loads((folder / "zarr.json").read_text())
        shape = tuple(meta["chunk_grid"]["configuration"]["chunk_shape"])
        chain = Chain.from_v3(meta["codecs"], spec(shape, NUMPY_NAMES[meta["data_type"]]))
        return chain.decode_chunk(folder.joinpath("c", *("0" for _ in shape)).read_bytes())

    if expect is None or name == "v3_codec_must_understand_false":
        with pytest.raises(BaseZarrError):
            decode()
        return
    array = decode()
    content = array.astype(expect["dtype"]).tobytes()
    assert array.shape == tuple(expect["shape"])
    if "hex" in expect:
        assert content.hex() == expect["hex"]
    else:
        assert hashlib.sha256(content).hexdigest() == expect["sha256"]
