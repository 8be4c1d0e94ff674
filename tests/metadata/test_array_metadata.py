"""Array metadata: what parses, what is refused and with which words, and that it is written back as read."""

from __future__ import annotations

import contextlib
import json
import pickle
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from zarrc.dtypes import from_numpy
from zarrc.errors import (
    DataTypeValidationError,
    FillValueError,
    MetadataValidationError,
    NodeTypeValidationError,
    UnknownDataTypeError,
)
from zarrc.grid import RegularGrid
from zarrc.metadata import (
    ArrayV2Metadata,
    ArrayV3Metadata,
    KeyEncoding,
    parse_array_json,
    parse_array_v2,
    parse_array_v3,
)

REMOVED = object()
X = {"name": "x", "configuration": {}}
BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


def v3(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [10, 20],
        "data_type": "float32",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [5, 5]}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0.0,
        "codecs": [BYTES],
        "attributes": {"a": [1, {"b": None}]},
    }
    document |= changes
    return {key: value for key, value in document.items() if value is not REMOVED}


def v2(**changes: Any) -> dict[str, Any]:
    document: dict[str, Any] = {
        "zarr_format": 2,
        "shape": [10, 20],
        "chunks": [5, 5],
        "dtype": ">f4",
        "compressor": {"id": "zlib", "level": 1},
        "fill_value": 0,
        "order": "F",
        "filters": [{"id": "delta", "dtype": ">f4"}],
    }
    document |= changes
    return {key: value for key, value in document.items() if value is not REMOVED}


def dumped(document: Any) -> bytes:
    return json.dumps(document).encode()


def parse(document: dict[str, Any], path: str = "") -> Any:
    return parse_array_json(dumped(document), document["zarr_format"], path)


def test_v3_normal_form() -> None:
    m = parse(v3(dimension_names=["x", None]))
    assert isinstance(m, ArrayV3Metadata)
    assert (m.shape, m.ndim, m.chunks) == ((10, 20), 2, (5, 5))
    assert m.grid == m.chunk_grid == RegularGrid((5, 5))
    assert m.dtype == np.dtype("f4")
    assert m.data_type == from_numpy("f4")
    assert m.fill_value == m.fill_scalar == np.float32(0)
    assert m.key_encoding == KeyEncoding("default", "/")
    assert m.codec_configs == m.named_codecs == (BYTES,)
    assert m.attributes == {"a": [1, {"b": None}]}
    assert m.dimension_names == ("x", None)
    assert (m.order, m.zarr_format, m.node_type) == ("C", 3, "array")
    assert (m.extra_fields, m.storage_transformers) == ({}, ())


def test_v2_normal_form() -> None:
    m = parse_array_v2(dumped(v2()), b'{"u": 1}', "p")
    assert isinstance(m, ArrayV2Metadata)
    assert (m.shape, m.ndim, m.chunks, m.grid) == ((10, 20), 2, (5, 5), RegularGrid((5, 5)))
    assert m.chunk_grid == m.grid
    assert m.dtype == np.dtype(">f4")
    assert m.fill_value == m.fill_scalar == np.float32(0)
    assert m.key_encoding == KeyEncoding("v2", ".")
    assert m.codec_configs == ({"id": "delta", "dtype": ">f4"}, {"id": "zlib", "level": 1})
    assert m.filters == m.codec_configs[:1]
    assert m.compressor == m.codec_configs[1]
    assert m.attributes == {"u": 1}
    assert not hasattr(m, "dimension_names")  # clients tell the formats apart by it
    assert (m.order, m.dimension_separator, m.zarr_format) == ("F", ".", 2)


def test_v2_null_fill_reads_as_zero_or_no_time() -> None:
    for dtype in (">f4", "<i8", "|b1", "<M8[s]", "|S3", "<U2", "|V3", [["a", "<i4"], ["b", ">f8", [2]]]):
        m = parse(v2(dtype=dtype, fill_value=None))
        assert m.fill_value is None
        if dtype == "<M8[s]":
            assert np.isnat(m.fill_scalar)
        else:
            assert np.array(m.fill_scalar, m.dtype).tobytes() == bytes(m.dtype.itemsize)


@pytest.mark.parametrize(
    ("changes", "attribute", "expected"),
    [
        ({"order": REMOVED}, "order", "C"),
        ({"filters": REMOVED}, "filters", None),
        ({"filters": []}, "filters", None),
        ({"filters": None, "compressor": None}, "codec_configs", ()),
        ({"fill_value": REMOVED}, "fill_value", None),
        ({"dimension_separator": "/"}, "key_encoding", KeyEncoding("v2", "/")),
        ({"dimension_separator": None}, "key_encoding", KeyEncoding("v2", ".")),
        ({"_nc": 5}, "extra_fields", {"_nc": 5}),
        ({"shape": [], "chunks": []}, "shape", ()),
    ],
)
def test_v2_tolerance(changes: dict[str, Any], attribute: str, expected: Any) -> None:
    document = v2(**changes)
    m = parse(document)
    assert getattr(m, attribute) == expected
    assert json.loads(m.documents()[".zarray"]) == document


@pytest.mark.parametrize(
    ("changes", "attribute", "expected"),
    [
        ({"attributes": REMOVED}, "attributes", {}),
        ({"storage_transformers": []}, "storage_transformers", ()),
        ({"dimension_names": None}, "dimension_names", None),
        ({"dimension_names": ["x", "x"]}, "dimension_names", ("x", "x")),
        ({"codecs": [{"name": "bytes"}, "x"]}, "named_codecs", ({"name": "bytes", "configuration": {}}, X)),
        ({"codecs": [{**BYTES, "must_understand": True}]}, "named_codecs", (BYTES,)),
        ({"chunk_key_encoding": "default"}, "key_encoding", KeyEncoding("default", "/")),
        ({"chunk_key_encoding": {"name": "v2"}}, "key_encoding", KeyEncoding("v2", ".")),
        ({"chunk_key_encoding": KeyEncoding("v2", "/").to_dict()}, "key_encoding", KeyEncoding("v2", "/")),
        ({"data_type": {"name": "float32"}}, "dtype", np.dtype("f4")),
        ({"foo": {"must_understand": False}}, "extra_fields", {"foo": {"must_understand": False}}),
    ],
)  # fmt: skip
def test_v3_tolerance(changes: dict[str, Any], attribute: str, expected: Any) -> None:
    document = v3(**changes)
    m = parse(document)
    assert getattr(m, attribute) == expected
    assert json.loads(m.documents()["zarr.json"]) == document


BIG = 1 << 63
REFUSED_V3: list[tuple[str, Any, type[Exception]]] = [
    *((key, REMOVED, MetadataValidationError) for key in v3() if key not in ("attributes", "zarr_format")),
    ("zarr_format", 3.0, MetadataValidationError),
    ("zarr_format", 4, MetadataValidationError),
    ("node_type", "group", NodeTypeValidationError),
    ("shape", [10, -1], MetadataValidationError),
    ("shape", [10, 2.0], MetadataValidationError),
    ("shape", [10, True], MetadataValidationError),
    ("shape", [10, BIG], MetadataValidationError),
    ("shape", [1 << 32, 1 << 31], MetadataValidationError),
    ("shape", "10", MetadataValidationError),
    ("shape", [10], MetadataValidationError),
    ("data_type", "no_such", UnknownDataTypeError),
    ("data_type", {"name": "int32", "must_understand": False}, DataTypeValidationError),
    ("chunk_grid", {"name": "no_such"}, MetadataValidationError),
    ("chunk_grid", "regular", MetadataValidationError),
    ("chunk_grid", {"name": "regular", "configuration": {"chunk_shape": [-1, 5]}}, MetadataValidationError),
    ("chunk_grid", {"name": "regular", "configuration": {"chunk_shape": [5]}}, MetadataValidationError),
    ("chunk_grid", {"name": "regular", "configuration": {"chunk_shape": [1 << 40, 1 << 40]}}, MetadataValidationError),
    ("chunk_grid", {"name": "regular", "configuration": []}, MetadataValidationError),
    ("chunk_grid", {"configuration": {"chunk_shape": [5, 5]}}, MetadataValidationError),
    ("chunk_key_encoding", "no_such", MetadataValidationError),
    ("chunk_key_encoding", {"name": "v2", "configuration": {"separator": "-"}}, MetadataValidationError),
    ("chunk_key_encoding", {"name": "v2", "configuration": {"separator": ["."]}}, MetadataValidationError),
    ("chunk_key_encoding", {"name": "v2", "configuration": {"sep": "."}}, MetadataValidationError),
    ("chunk_key_encoding", {"name": "v2", "must_understand": False}, MetadataValidationError),
    ("fill_value", None, FillValueError),
    ("fill_value", "zero", FillValueError),
    ("codecs", [], MetadataValidationError),
    ("codecs", {}, MetadataValidationError),
    ("codecs", [5], MetadataValidationError),
    ("codecs", [{"name": ""}], MetadataValidationError),
    ("codecs", [{"name": "bytes", "configuration": None}], MetadataValidationError),
    ("codecs", [{"name": "x", "must_understand": False}], MetadataValidationError),
    ("codecs", [{"name": "x", "level": 1}], MetadataValidationError),
    ("attributes", [], MetadataValidationError),
    ("dimension_names", ["x"], MetadataValidationError),
    ("dimension_names", ["x", 5], MetadataValidationError),
    ("dimension_names", "xy", MetadataValidationError),
    ("storage_transformers", [{"name": "x"}], MetadataValidationError),
    ("foo", 5, MetadataValidationError),
    ("foo", {"must_understand": True}, MetadataValidationError),
    ("foo", {"must_understand": 0}, MetadataValidationError),
]


@pytest.mark.parametrize(("key", "value", "error"), REFUSED_V3)
def test_refused_v3(key: str, value: Any, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        parse_array_v3(dumped(v3(**{key: value})), "some/array")
    message = str(caught.value)
    assert message.startswith("some/array/zarr.json: key ")
    assert len(message) < 400
    if value not in ([10], {"name": "regular", "configuration": {"chunk_shape": [5]}}):
        assert repr(key) in message


REFUSED_V2: list[tuple[str, Any, type[Exception]]] = [
    *((key, REMOVED, MetadataValidationError) for key in ("shape", "chunks", "dtype", "compressor")),
    ("zarr_format", 2.0, MetadataValidationError),
    ("shape", None, MetadataValidationError),
    ("shape", [10, -1], MetadataValidationError),
    ("shape", [1 << 32, 1 << 31], MetadataValidationError),
    ("chunks", [5], MetadataValidationError),
    ("chunks", [5, -5], MetadataValidationError),
    ("chunks", True, MetadataValidationError),
    ("dtype", "<f16", UnknownDataTypeError),
    ("dtype", "|O", UnknownDataTypeError),
    ("compressor", "zlib", MetadataValidationError),
    ("compressor", {"level": 1}, MetadataValidationError),
    ("filters", {"id": "x"}, MetadataValidationError),
    ("filters", [None], MetadataValidationError),
    ("filters", [{"id": 5}], MetadataValidationError),
    ("order", "A", MetadataValidationError),
    ("order", None, MetadataValidationError),
    ("order", [], MetadataValidationError),
    ("dimension_separator", "-", MetadataValidationError),
    ("dimension_separator", ["."], MetadataValidationError),
    ("fill_value", [], FillValueError),
]


@pytest.mark.parametrize(("key", "value", "error"), REFUSED_V2)
def test_refused_v2(key: str, value: Any, error: type[Exception]) -> None:
    changes = {key: value}
    if value == "|O":
        changes["filters"], error = None, DataTypeValidationError
    with pytest.raises(error, match=f"^some/array/.zarray: key '{key}'"):
        parse_array_v2(dumped(v2(**changes)), None, "some/array")


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b"[]",
        b"5",
        b"null",
        b'"x"',
        b"\xff\xfe{\x00}\x00",
        b"\xe9",
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b'{"shape": [' + b"9" * 10_000 + b"]}",
        b"{}",
    ],
)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_hostile_documents(raw: bytes, zarr_format: Any) -> None:
    with pytest.raises(MetadataValidationError, match=r"^a/\.?zarr"):
        parse_array_json(raw, zarr_format, "a")


@pytest.mark.parametrize("key", ["data_type", "fill_value", "codecs", "attributes", "shape", "foo"])
def test_deep_values(key: str) -> None:
    deep: Any = 0
    for _ in range(900):
        deep = [deep]
    with pytest.raises(MetadataValidationError):
        parse_array_v3(dumped(v3(**{key: deep})))


def test_deep_dtype_v2() -> None:
    text = '[["a",' * 300 + '"<i4"' + "]]" * 300
    raw = dumped(v2(dtype="@", fill_value=None, filters=None)).replace(b'"@"', text.encode())
    with contextlib.suppress(MetadataValidationError):
        assert parse_array_v2(raw).dtype.itemsize == 4


MEMBERS = st.sampled_from(["name", "configuration", "id", "must_understand", "fields"])
ANY_JSON: st.SearchStrategy[Any] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(MEMBERS, inner, max_size=3),
    max_leaves=8,
)


@given(ANY_JSON, st.sampled_from(sorted(v3())), st.sampled_from(sorted(v2())))
def test_any_json_is_read_or_refused(value: Any, key3: str, key2: str) -> None:
    for read, document in (
        (parse_array_v3, v3(**{key3: value})),
        (parse_array_v2, v2(**{key2: value})),
    ):
        try:
            m = read(dumped(document))
        except MetadataValidationError:
            continue
        name = "zarr.json" if m.zarr_format == 3 else ".zarray"
        assert m.documents()[name] == json.dumps(json.loads(dumped(document)), indent=2).encode()


def test_byte_order_mark_and_literals() -> None:
    raw = b"\xef\xbb\xbf" + dumped(v3(attributes={"missing": float("nan")}, fill_value=float("nan")))
    m = parse_array_v3(raw)
    assert m.attributes["missing"] != m.attributes["missing"]
    assert m.fill_value.tobytes().hex() == "0000c07f"


def test_fill_text_is_rounded_once() -> None:
    for read, document, key in ((parse_array_v3, v3(), "zarr.json"), (parse_array_v2, v2(dtype="<f4"), ".zarray")):
        raw = dumped({**document, "fill_value": "@"}).replace(b'"@"', b"1.00000005960464477539062500001")
        assert read(raw).fill_value == np.float32(1 + 2**-23), key
        raw = raw.replace(b"500001", b"500000")
        assert read(raw).fill_value == 1


def test_zero_length_axes_and_large_shapes() -> None:
    grid = {"name": "regular", "configuration": {"chunk_shape": [1, 1]}}
    assert parse(v3(shape=[0, BIG - 1], chunk_grid=grid)).shape == (0, BIG - 1)
    assert parse(v3(shape=[1, BIG - 1], chunk_grid=grid)).shape == (1, BIG - 1)


@pytest.mark.parametrize("document", [v3(), v2()])
def test_changes(document: dict[str, Any]) -> None:
    m = parse(document)
    wider = m.with_shape((11, 7))
    assert wider.shape == (11, 7)
    assert m.shape == (10, 20)
    assert wider.to_dict()["shape"] == (11, 7)
    for bad in ((1,), (1, -1), (BIG, 1), (1 << 62, 4)):
        with pytest.raises(MetadataValidationError):
            m.with_shape(bad)
    other = wider.with_attributes({"n": 1})
    assert other.attributes == {"n": 1}
    assert other.to_dict() == {**m.to_dict(), "shape": (11, 7), "attributes": {"n": 1}}
    attributes = {"attributes": {"n": 1}} if m.zarr_format == 2 else {}
    assert type(m).from_dict(dict(other.document), **attributes) == other


@pytest.mark.parametrize("document", [v3(fill_value="NaN"), v2(fill_value="NaN")])
def test_value_semantics(document: dict[str, Any]) -> None:
    m = parse(document)
    assert parse(document) == m
    assert pickle.loads(pickle.dumps(m)) == m
    assert m != m.with_shape((1, 1))
    assert m != m.with_attributes({"z": 1})
    assert m != "m"
    copy = m.to_dict()
    copy["attributes"]["x"] = 1
    assert m == parse(document)
    assert copy["shape"] == (10, 20)
    with pytest.raises(AttributeError):
        m.shape = (1,)


@pytest.mark.parametrize(
    ("encoding", "coords", "key"),
    [
        (KeyEncoding("default", "/"), (0, 1), "c/0/1"),
        (KeyEncoding("default", "."), (0, 1), "c.0.1"),
        (KeyEncoding("default", "/"), (), "c"),
        (KeyEncoding("default", "."), (), "c"),
        (KeyEncoding("v2", "."), (10, 1), "10.1"),
        (KeyEncoding("v2", "/"), (10, 1), "10/1"),
        (KeyEncoding("v2", "."), (), "0"),
        (KeyEncoding("v2", "."), (3,), "3"),
    ],
)
def test_keys(encoding: KeyEncoding, coords: tuple[int, ...], key: str) -> None:
    assert encoding.encode(coords) == key


def test_unknown_key_encoding() -> None:
    with pytest.raises(MetadataValidationError):
        KeyEncoding("default", "-")
    with pytest.raises(MetadataValidationError):
        KeyEncoding("suffix", "/")
