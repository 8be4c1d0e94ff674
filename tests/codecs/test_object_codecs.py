"""vlen-*, json2, msgpack2, categorize, pickle: codecs of strings and objects."""

from __future__ import annotations

import json
import pickle
import struct
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.codecs import (
    CategorizeCodec,
    Chain,
    ChunkSpec,
    JSON2Codec,
    MsgPack2Codec,
    PickleCodec,
    TrustedPickleCodec,
    VLenArrayCodec,
    VLenBytesCodec,
    VLenUTF8Codec,
    get_codec,
    register_codec,
    unregister_codec,
)
from zarrc.codecs.object_codec import objects
from zarrc.config import config
from zarrc.errors import CodecError, CodecValidationError

TEXT = np.dtypes.StringDType()
STRINGS = st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=12), max_size=12)


def chunk(codec, n, dtype=object):
    return codec.resolve(ChunkSpec((n,), np.dtype(dtype) if not isinstance(dtype, np.dtype) else dtype))


@given(STRINGS)
@settings(max_examples=60, deadline=None)
def test_text(strings):
    for values in (np.array(strings, TEXT), objects(strings)):
        codec = chunk(VLenUTF8Codec(), len(strings), values.dtype)
        encoded = codec.encode(values)
        expected = struct.pack("<I", len(strings))
        for string in strings:
            expected += struct.pack("<I", len(string.encode())) + string.encode()
        assert encoded == expected
        decoded = codec.decode(encoded)
        assert decoded.dtype == values.dtype
        assert decoded.tolist() == strings


@given(st.lists(st.binary(max_size=12), max_size=12))
@settings(max_examples=40, deadline=None)
def test_bytes(items):
    codec = chunk(VLenBytesCodec(), len(items))
    assert codec.decode(codec.encode(objects(items))).tolist() == items


@pytest.mark.parametrize(
    ("codec", "items"),
    [
        (VLenUTF8Codec(), ["a", "", "é🎉", None, 0]),
        (VLenBytesCodec(), [b"a", b"", b"\xff\x00", None, 0]),
        (VLenArrayCodec("<i2"), [np.array([1, 2], "<i2"), np.array([], "<i2"), None, np.array([7], "<i2")]),
        (JSON2Codec(), ["a", 1, None, [1, 2], {"k": 1.5}]),
        (JSON2Codec(indent=2, sort_keys=False, ensure_ascii=False, encoding="utf-16"), ["é", [1]]),
        (MsgPack2Codec(), ["a", 1, None, [1, 2], b"x", {"k": 1.5}]),
        (CategorizeCodec(["aa", "é"], "|O"), ["é", "aa", "other", ""]),
    ],
    ids=lambda value: getattr(value, "codec_id", ""),
)
def test_against_numcodecs(codec, items):
    numcodecs = pytest.importorskip("numcodecs")
    values = objects(items)
    peer = numcodecs.get_codec(codec.get_config())
    ours = chunk(codec, len(items))
    expected = bytes(
        np.asarray(peer.encode(values)).tobytes() if codec.codec_id == "categorize" else peer.encode(values)
    )
    assert ours.encode(values) == expected
    theirs = peer.decode(expected)
    for found, wanted in zip(ours.decode(expected), theirs, strict=True):
        assert type(found) is type(wanted)
        assert np.array_equal(found, wanted)
    config = peer.get_config()
    if isinstance(config.get("separators"), tuple):
        config["separators"] = list(config["separators"])
    assert ours.get_config() == config


def u32(*numbers: int) -> bytes:
    return struct.pack(f"<{len(numbers)}I", *numbers)


@pytest.mark.parametrize("codec", [VLenUTF8Codec(), VLenBytesCodec(), VLenArrayCodec("|u1")])
@pytest.mark.parametrize(
    "bad",
    [
        b"",
        b"\x02\x00",
        u32(2),
        u32(1, 0),
        u32(3, 0, 0, 0),
        u32(2**32 - 1),
        u32(2, 0, 2**32 - 1),
        u32(2, 1, 0),
        u32(2, 0, 5) + b"1234",
        u32(2, 0, 0) + b"x",
        u32(2, 4, 0),
    ],
)
def test_hostile_counts_and_lengths(codec, bad):
    with pytest.raises(CodecError, match=codec.codec_id):
        chunk(codec, 2, TEXT if codec.codec_id == "vlen-utf8" else object).decode(bad)


def test_a_huge_chunk_is_not_made_before_the_bytes_are_seen():
    for codec in (VLenUTF8Codec(), VLenBytesCodec(), VLenArrayCodec("|u1")):
        with pytest.raises(CodecError, match="truncated"):
            chunk(codec, 2**32 - 1).decode(u32(2**32 - 1, 0, 0))


@pytest.mark.parametrize(
    ("codec", "items"),
    [
        (VLenUTF8Codec(), [b"bytes"]),
        (VLenUTF8Codec(), [5]),
        (VLenUTF8Codec(), ["\ud800"]),
        (VLenBytesCodec(), ["text"]),
        (VLenArrayCodec("<i2"), [np.zeros((2, 2))]),
        (VLenArrayCodec("<i2"), ["text"]),
        (JSON2Codec(), [b"bytes"]),
        (JSON2Codec(allow_nan=False), [float("nan")]),
        (MsgPack2Codec(), [{1, 2}]),
        (MsgPack2Codec(), [2**70]),
        (PickleCodec(), [lambda: 0]),
    ],
    ids=lambda value: getattr(value, "codec_id", ""),
)
def test_objects_that_do_not_fit(codec, items):
    with pytest.raises(CodecError, match=codec.codec_id):
        chunk(codec, 1).encode(objects(items))


def test_text_that_is_no_utf8():
    with pytest.raises(CodecError, match="UTF-8"):
        chunk(VLenUTF8Codec(), 1, TEXT).decode(u32(1, 2) + b"\xff\xfe")


def test_arrays_are_whole_elements():
    with pytest.raises(CodecError, match="whole number"):
        chunk(VLenArrayCodec("<i4"), 1).decode(u32(1, 5) + b"12345")


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("codec_id", ["vlen-utf8", "json2", "msgpack2", "vlen-bytes"])
def test_several_dimensions_as_numcodecs_stores_them(order, codec_id):
    numcodecs = pytest.importorskip("numcodecs")
    pytest.importorskip("msgpack")
    items = [b"b%d" % i if codec_id == "vlen-bytes" else f"s{i}" for i in range(6)]
    values = objects(items).reshape(2, 3)
    chain = Chain.from_v2([{"id": codec_id}], {"id": "zlib"}, order, ChunkSpec((2, 3), np.dtype(object)))
    plain = Chain.from_v2([{"id": codec_id}], None, order, ChunkSpec((2, 3), np.dtype(object)))
    expected = bytes(numcodecs.get_codec({"id": codec_id}).encode(np.asarray(values, order=order)))
    assert plain.encode_chunk(values) == expected
    assert plain.decode_chunk(expected).tolist() == values.tolist()
    assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()
    assert chain.native_plan() is None


def test_long_strings_are_no_bomb():
    chain = Chain.from_v3(["vlen-utf8", "zstd", "gzip"], ChunkSpec((1,), TEXT, ""))
    values = np.array(["x" * 9_000_000], TEXT)
    assert chain.decode_chunk(chain.encode_chunk(values)).tolist() == values.tolist()


@pytest.mark.parametrize("cls", [JSON2Codec, MsgPack2Codec])
@pytest.mark.parametrize(
    "items",
    [[], ["a"], ["a", "b", "|O", [3]], ["a", "|O", [2]], ["a", "b", "|O", 2], {"a": 1}, 5, ["a", "b", "|O", [1, 2]]],
)
def test_lists_of_another_shape(cls, items):
    msgpack = pytest.importorskip("msgpack")
    data = json.dumps(items).encode() if cls is JSON2Codec else msgpack.packb(items)
    with pytest.raises(CodecError, match=cls.codec_id):
        chunk(cls(), 2).decode(data)


def test_json_damage():
    for bad in (b"", b"[", b"\xff", b"[" * 100_000, b'["a", "|O", [1]] x', b'["\x01", "|O", [1]]'):
        with pytest.raises(CodecError, match="json2"):
            chunk(JSON2Codec(), 1).decode(bad)
    assert chunk(JSON2Codec(strict=False), 1).decode(b'["\x01", "|O", [1]]').tolist() == ["\x01"]


def test_msgpack_damage():
    pytest.importorskip("msgpack")
    encoded = chunk(MsgPack2Codec(), 2).encode(objects(["ab", {"k": [1]}]))
    for stop in range(len(encoded)):
        with pytest.raises(CodecError, match="msgpack2"):
            chunk(MsgPack2Codec(), 2).decode(encoded[:stop])
    for bit in range(8 * len(encoded)):
        damaged = bytearray(encoded)
        damaged[bit // 8] ^= 1 << bit % 8
        with suppress(CodecError):
            assert chunk(MsgPack2Codec(), 2).decode(bytes(damaged)).shape == (2,)
    assert chunk(MsgPack2Codec(raw=True), 1).decode(b"\x93\xa1a\xa2|O\x91\x01").tolist() == [b"a"]


def test_one_element_without_dimensions():
    pytest.importorskip("msgpack")
    for codec in (JSON2Codec(), MsgPack2Codec(), VLenUTF8Codec(), PickleCodec()):
        ready = codec.resolve(ChunkSpec((), np.dtype(object)))
        encoded = ready.encode(np.array("text", object))
        if codec.codec_id != "pickle":
            assert ready.decode(encoded)[()] == "text"


class TestPickle:
    VALUES = objects(["a", 1, None])

    def test_reading_is_refused(self):
        codec = chunk(PickleCodec(), 3)
        encoded = codec.encode(self.VALUES)
        with pytest.raises(CodecError, match=r"refused.*allow_unsafe_pickle_decode.*TrustedPickleCodec"):
            codec.decode(encoded)
        with config.set({"array.allow_unsafe_pickle_decode": True}):
            assert codec.decode(encoded).tolist() == ["a", 1, None]
        with pytest.raises(CodecError, match="refused"):
            codec.decode(encoded)

    def test_register(self):
        register_codec(TrustedPickleCodec)
        try:
            codec = chunk(get_codec({"id": "pickle", "protocol": 4}, 2), 3)
            assert codec.decode(codec.encode(self.VALUES)).tolist() == ["a", 1, None]
            for bad in (b"", b"\x80", pickle.dumps(np.zeros(2)), pickle.dumps(5)):
                with pytest.raises(CodecError, match="pickle"):
                    codec.decode(bad)
        finally:
            unregister_codec(TrustedPickleCodec)
        assert type(get_codec({"id": "pickle"}, 2)) is PickleCodec


class TestCategorize:
    @pytest.mark.parametrize("dtype", ["<U4", ">U4"])
    def test_fixed_length_text(self, dtype):
        entry = {"id": "categorize", "labels": ["aa", "bb"], "dtype": dtype, "astype": "<u2"}
        values = np.array([["bb", "aa"], ["no", ""]], dtype)
        for order, codes in (("C", [2, 1, 0, 0]), ("F", [2, 0, 1, 0])):
            chain = Chain.from_v2([entry, {"id": "zlib"}], None, order, ChunkSpec((2, 2), np.dtype(dtype)))
            plain = Chain.from_v2([entry], None, order, ChunkSpec((2, 2), np.dtype(dtype)))
            assert plain.encode_chunk(values) == np.array(codes, "<u2").tobytes()
            decoded = chain.decode_chunk(chain.encode_chunk(values))
            assert decoded.dtype == dtype
            assert decoded.tolist() == [["bb", "aa"], ["", ""]]

    def test_numbers_without_label(self):
        codec = chunk(CategorizeCodec(["a"], "|O", "|i1"), 4)
        assert codec.decode(bytes([1, 0, 2, 255])).tolist() == ["a", "", "", ""]
        with pytest.raises(CodecError, match="items"):
            codec.decode(b"\x01")


def test_configuration(battery):
    for codec in (
        VLenUTF8Codec(),
        VLenBytesCodec(),
        VLenArrayCodec(">f4"),
        JSON2Codec(),
        MsgPack2Codec(raw=True),
        PickleCodec(4),
        CategorizeCodec(["a"], "<U4"),
        get_codec("numcodecs.vlen-utf8", 3),
        get_codec("numcodecs.vlen-bytes", 3),
    ):
        battery.configs(codec)
        if codec.codec_id not in ("pickle", "json2", "msgpack2", "categorize"):
            with pytest.raises(CodecValidationError, match="resolve"):
                codec.decode(u32(0))
    bad = [
        (VLenUTF8Codec, {"encoding": "utf-16"}),
        (VLenArrayCodec, {}),
        (VLenArrayCodec, {"dtype": "|O"}),
        (VLenArrayCodec, {"dtype": "<U0"}),
        (JSON2Codec, {"encoding": "utf-8\0"}),
        (JSON2Codec, {"encoding": "nonsense"}),
        (JSON2Codec, {"strict": 1}),
        (JSON2Codec, {"indent": 1.5}),
        (JSON2Codec, {"separators": ","}),
        (MsgPack2Codec, {"raw": "yes"}),
        (PickleCodec, {"protocol": 99}),
        (CategorizeCodec, {"labels": "ab", "dtype": "<U1"}),
        (CategorizeCodec, {"labels": [1], "dtype": "<U1"}),
        (CategorizeCodec, {"labels": ["a"], "dtype": "<i4"}),
        (CategorizeCodec, {"labels": ["a"], "dtype": "<U1", "astype": "<f4"}),
        (CategorizeCodec, {"labels": ["a"] * 256, "dtype": "<U1"}),
    ]
    for cls, configuration in bad:
        with pytest.raises(CodecValidationError, match=cls.codec_id):
            cls.from_config({"id": cls.codec_id, **configuration})
