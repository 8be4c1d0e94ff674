"""Names of data types: what parses, what it is called, what is refused."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

from zarrc.dtypes import from_numpy, parse_v2, parse_v3
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError, ZarrUserWarning

V3_NAMES = [
    *("bool", "int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128", "string", "bytes", "r24"),
]
V2_NAMES = [
    "|b1",
    "|i1",
    "|u1",
    "<i2",
    ">i2",
    "<i4",
    ">i4",
    "<u8",
    ">u8",
    "<f2",
    ">f2",
    "<f4",
    ">f8",
    "<c8",
    ">c16",
    "<M8[ns]",
    ">M8[25s]",
    "<m8[D]",
    ">m8[us]",
    "|S1",
    "|S12",
    "<U3",
    ">U3",
    "|V3",
]


@pytest.mark.parametrize("name", V3_NAMES)
def test_v3_names(name: str) -> None:
    data_type = parse_v3(name)
    assert data_type.to_v3() == name
    assert parse_v3({"name": name}) == data_type
    assert parse_v3({"name": name, "configuration": {}}) == data_type
    assert data_type.dtype.isnative
    assert from_numpy(name) == data_type


@pytest.mark.parametrize("name", V2_NAMES)
def test_v2_names(name: str) -> None:
    data_type = parse_v2(name)
    assert data_type.to_v2() == name
    assert data_type.dtype == np.dtype(name)
    assert from_numpy(np.dtype(name)) == data_type
    native = parse_v3(data_type.to_v3())
    assert native.dtype == data_type.dtype.newbyteorder("=")


@pytest.mark.parametrize("name", ["<i1", ">u1", "<b1", ">i1"])
def test_superfluous_byte_order(name: str) -> None:
    assert parse_v2(name).to_v2() == "|" + name[1:]


@pytest.mark.parametrize(
    ("name", "swap"),
    [("|i1", 0), ("|b1", 0), ("<i4", 4), (">c8", 4), ("<c16", 8), ("<U7", 4), ("<M8[s]", 8), ("|S9", 0), ("|V9", 0)],
)
def test_item_swap(name: str, swap: int) -> None:
    assert parse_v2(name).item_swap == swap


def test_times() -> None:
    json = {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 10}}
    data_type = parse_v3(json)
    assert data_type.dtype == np.dtype("M8[10s]")
    assert data_type.to_v3() == json
    assert from_numpy("timedelta64[ns]").to_v3()["name"] == "numpy.timedelta64"
    for broken in ({"unit": "s"}, {"unit": "x", "scale_factor": 1}, {"unit": "s", "scale_factor": 0}, {}):
        with pytest.raises(DataTypeValidationError):
            parse_v3({"name": "numpy.datetime64", "configuration": broken})


@pytest.mark.parametrize("name", ["<M8[x]", "<M8[", "M8[s]", "<M8[-1s]", "<M8[99999999999s]"])
def test_refused_times(name: str) -> None:
    with pytest.raises(DataTypeValidationError):
        parse_v2(name)


@pytest.mark.parametrize(
    "value",
    [
        "<f16",
        "int32",
        "<i3",
        "",
        "<",
        "|S",
        "|Sx",
        "|S-1",
        "|S99999999999",
        "|V0",
        None,
        5,
        {},
        True,
        "<O",
        "i4",
        "|U²",
    ],
)
def test_refused_in_v2(value: object) -> None:
    with pytest.raises(DataTypeValidationError):
        parse_v2(value)


@pytest.mark.parametrize(
    "value",
    [
        "<i4",
        "int3",
        "r0",
        "r7",
        "r012",
        "r",
        "r٣",
        "",
        None,
        5,
        [],
        {},
        {"name": 5},
        {"name": "int32", "configuration": {"a": 1}},
        {"name": "int32", "configuration": None},
        {"name": "int32", "must_understand": False},
        {"name": "int32", "foo": 1},
        {"name": "fixed_length_utf32", "configuration": {"length_bytes": 3}},
        {"name": "fixed_length_utf32", "configuration": {"length_bytes": 1 << 40}},
        {"name": "raw_bytes", "configuration": {}},
        {"name": "string", "configuration": {"x": 1}},
        {"name": "struct", "configuration": {"fields": []}},
        {"name": "struct", "configuration": {"fields": [{"name": "a", "data_type": "string"}]}},
        {"name": "struct", "configuration": {"fields": [{"name": "a"}]}},
        {"name": "struct", "configuration": {"fields": [["a", "int8"], ["a", "int8"]]}},
    ],
)
def test_refused_in_v3(value: object) -> None:
    with pytest.raises(DataTypeValidationError):
        parse_v3(value)


def test_message_names_the_value() -> None:
    with pytest.raises(UnknownDataTypeError, match="no_such_type"):
        parse_v3("no_such_type")
    with pytest.raises(UnknownDataTypeError, match="<q9"):
        parse_v2("<q9")


def test_structured() -> None:
    json = [["a", "<f4"], ["z", "<f4", [2, 2]], ["s", [["x", ">i2"], ["t", "<M8[s]"]]]]
    data_type = parse_v2(json)
    expected = [("a", "<f4"), ("z", "<f4", (2, 2)), ("s", [("x", ">i2"), ("t", "<M8[s]")])]
    assert data_type.dtype == np.dtype(expected)
    assert data_type.to_v2() == json
    assert from_numpy(data_type.dtype) == data_type
    assert parse_v2([["z", "<f4", 3]]).dtype == np.dtype([("z", "<f4", (3,))])
    with pytest.raises(DataTypeValidationError, match="sub-array"):
        data_type.to_v3()
    padded = np.dtype({"names": ["a", "b"], "formats": ["i1", "i8"]}, align=True)
    with pytest.warns(ZarrUserWarning, match="packed"):
        assert from_numpy(padded).dtype == np.dtype([("a", "i1"), ("b", "i8")])
    with pytest.raises(DataTypeValidationError, match="title"):
        from_numpy(np.dtype([(("title", "a"), "i4")]))
    for broken in ([], [["a"]], [["", "<i4"]], [["a", "<i4", [-1]]], [["a", "<i4", [1 << 40]]], [["a", "|O"]], ["a"]):
        with pytest.raises(DataTypeValidationError):
            parse_v2(broken)


@pytest.mark.parametrize("name", ["struct", "structured"])
def test_structured_v3(name: str) -> None:
    fields = [["a", "int32"], ["b", {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}}]]
    if name == "struct":
        fields = [{"name": label, "data_type": json} for label, json in fields]
    json = {"name": name, "configuration": {"fields": fields}}
    data_type = parse_v3(json)
    assert data_type.to_v3() == json
    assert data_type.dtype == np.dtype([("a", "i4"), ("b", "M8[s]")])


def test_objects() -> None:
    assert parse_v2("|O", "vlen-utf8") == parse_v3("string")
    assert parse_v2("|O", "vlen-bytes") == parse_v3("bytes")
    other = parse_v2("|O", "json2")
    assert other.to_v2() == "|O"
    assert other.dtype == np.dtype(object)
    assert not other.fixed_size
    with pytest.raises(DataTypeValidationError):
        other.to_v3()
    with pytest.raises(DataTypeValidationError):
        parse_v2("|O")


@pytest.mark.parametrize(
    ("given", "v2"),
    [
        ("float32", np.dtype("f4").str),
        (">f4", ">f4"),
        (float, np.dtype("f8").str),
        (np.uint8, "|u1"),
        (bool, "|b1"),
        (str, "|O"),
        (bytes, "|O"),
        ("datetime64[ns]", np.dtype("M8[ns]").str),
        ("U5", np.dtype("U5").str),
    ],
)
def test_from_what_users_give(given: object, v2: str) -> None:
    data_type = from_numpy(given)
    assert data_type.to_v2() == v2
    assert from_numpy(data_type) is data_type


@pytest.mark.parametrize("given", ["longdouble", object, "no_such_type", 5.5, np.dtype(("i4", (2,)))])
def test_refused_from_users(given: object) -> None:
    with pytest.raises(UnknownDataTypeError):
        from_numpy(given)


@pytest.mark.parametrize("name", V2_NAMES)
def test_value_semantics(name: str) -> None:
    data_type = parse_v2(name)
    again = pickle.loads(pickle.dumps(data_type))
    assert again == data_type
    assert hash(again) == hash(data_type)
    assert data_type != parse_v2("|b1" if name != "|b1" else "|i1")
    assert repr(data_type)
    with pytest.raises(AttributeError):
        data_type.dtype = np.dtype("i4")
