"""Types of ml_dtypes: names, fill values to the bit, bits that do not count, and what happens without the package."""

from __future__ import annotations

import bisect
import functools
import pickle
import sys
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from zarrc.dtypes import DataType, ExactFloat, from_numpy, ml, parse_v2, parse_v3
from zarrc.errors import DataTypeValidationError, FillValueError, MissingDependencyError, UnknownDataTypeError
from zarrc.metadata import build_array_metadata, parse_array_json

ml_dtypes = pytest.importorskip("ml_dtypes")

# bits, pattern of "NaN", pattern of "Infinity", number beyond which there is only infinity or nothing
FLOATS = {
    "bfloat16": (16, 0x7FC0, 0x7F80),
    "float8_e3m4": (8, 0x78, 0x70),
    "float8_e4m3": (8, 0x7C, 0x78),
    "float8_e4m3b11fnuz": (8, 0x80, None),
    "float8_e4m3fn": (8, 0x7F, None),
    "float8_e4m3fnuz": (8, 0x80, None),
    "float8_e5m2": (8, 0x7E, 0x7C),
    "float8_e5m2fnuz": (8, 0x80, None),
    "float8_e8m0fnu": (8, 0xFF, None),
    "float6_e2m3fn": (6, None, None),
    "float6_e3m2fn": (6, None, None),
    "float4_e2m1fn": (4, None, None),
}
INTS = {"int2": (-2, 1), "int4": (-8, 7), "uint2": (0, 3), "uint4": (0, 15)}
COMPLEX = {"complex_float16": "float16", "complex_bfloat16": "bfloat16"}


def known(name: str) -> DataType:
    try:
        return parse_v3(name)
    except MissingDependencyError as e:  # an older ml_dtypes
        pytest.skip(str(e))


def pattern(scalar: object, data_type: DataType) -> int:
    raw = np.asarray(scalar, data_type.dtype).tobytes()
    return int.from_bytes(raw, sys.byteorder)


@functools.cache
def values_of(data_type: DataType, bits: int) -> list[Fraction]:
    """All finite numbers, ascending, of ml_dtypes itself."""
    unsigned = np.arange(1 << bits, dtype=f"u{data_type.dtype.itemsize}")
    with np.errstate(invalid="ignore"):
        numbers = unsigned.view(data_type.dtype).astype(np.float64)
    return sorted({Fraction(float(n)) for n in numbers if np.isfinite(n)})


@pytest.mark.parametrize("name", [*FLOATS, *INTS, *COMPLEX])
def test_names(name: str) -> None:
    data_type = known(name)
    assert data_type.to_v3() == name
    assert parse_v3({"name": name}) is data_type
    assert from_numpy(name) is data_type
    assert from_numpy(data_type.dtype) is data_type
    assert data_type.dtype.isnative
    assert pickle.loads(pickle.dumps(data_type)) == data_type
    assert hash(pickle.loads(pickle.dumps(data_type))) == hash(data_type)
    with pytest.raises(DataTypeValidationError):
        parse_v3({"name": name, "configuration": {"a": 1}})
    if name in COMPLEX:
        assert data_type.item_swap == 2
        with pytest.raises(DataTypeValidationError):
            data_type.to_v2()
        with pytest.raises(UnknownDataTypeError):
            parse_v2(name)
    else:
        assert data_type.item_swap == (2 if name == "bfloat16" else 0)
        assert data_type.to_v2() == name
        assert parse_v2(name).to_v2() == name
        assert parse_v2(name).dtype == data_type.dtype.newbyteorder("<")


def test_names_that_stay_unknown() -> None:
    for name in ("complex_float8_e4m3", "complex_float6_e2m3fn", "complex_float4_e2m1fn", "int1", "float8"):
        with pytest.raises(UnknownDataTypeError, match=name):
            parse_v3(name)
    with pytest.raises(UnknownDataTypeError):
        from_numpy(np.dtype(ml_dtypes.bfloat16).str.replace("V2", "q2"))


def test_complex_aliases() -> None:
    assert parse_v3("complex_float32") is parse_v3("complex64")
    assert parse_v3("complex_float64") is parse_v3("complex128")


@pytest.mark.parametrize("name", FLOATS)
def test_special_values(name: str) -> None:
    data_type = known(name)
    bits, nan, infinity = FLOATS[name]
    sign = 1 << bits - 1
    for text, expected in (
        ("NaN", nan),
        ("Infinity", infinity),
        ("-Infinity", None if infinity is None else infinity | sign),
    ):
        if expected is None:
            with pytest.raises(FillValueError):
                data_type.fill_from_json(text, 3)
        else:
            scalar = data_type.fill_from_json(text, 3)
            assert pattern(scalar, data_type) == expected
            assert data_type.fill_to_json(scalar, 3) == text
    for value in ("nan", "0x", "0x1", "1.5", None, [], True, {}, "0x" + "1" * 5):
        with pytest.raises(FillValueError):
            data_type.fill_from_json(value, 3)


@pytest.mark.parametrize("name", FLOATS)
def test_every_pattern_keeps_its_bits(name: str) -> None:
    data_type = known(name)
    bits, _, _ = FLOATS[name]
    width = 2 * data_type.dtype.itemsize
    for p in range(0, 1 << bits, 1 if bits <= 8 else 37):
        scalar = data_type.fill_from_json(f"0x{p:0{width}x}", 3)
        assert pattern(scalar, data_type) == p
        assert pattern(data_type.fill_from_json(data_type.fill_to_json(scalar, 3), 3), data_type) == p
        assert pattern(data_type.cast_fill(scalar), data_type) == p
        assert pattern(data_type.cast_fill(np.asarray(scalar)), data_type) == p
    if bits < 8:
        with pytest.raises(FillValueError):
            data_type.fill_from_json(f"0x{1 << bits:02x}", 3)


@pytest.mark.parametrize("name", FLOATS)
@settings(deadline=None)  # the table of the first example takes its time
@given(value=st.one_of(st.floats(-70000, 70000), st.floats(-8, 8), st.floats(allow_nan=False), st.integers(-500, 500)))
def test_numbers_are_rounded_to_the_nearest(name: str, value: float) -> None:
    data_type = known(name)
    bits, _, infinity = FLOATS[name]
    table = values_of(data_type, bits)
    try:
        found = data_type.fill_from_json(value, 3)
    except FillValueError:
        # beyond the range of a type without infinity
        top, low = table[-1], table[0]
        assert infinity is None
        assert value > top or value < low or (name == "float8_e8m0fnu" and value <= 0) or np.isinf(value)
        return
    p = pattern(found, data_type)
    number = float(found)
    if np.isinf(value) or np.isinf(number):
        assert np.isinf(number)
        assert (number > 0) == (value > 0)
        last, before = table[-1], table[-2]
        assert abs(Fraction(value)) >= last + (last - before) / 2 if np.isfinite(value) else True
        return
    exact = Fraction(value)
    distance = abs(Fraction(number) - exact)
    place = bisect.bisect(table, exact)
    near = table[max(place - 2, 0) : place + 2]
    assert Fraction(number) in near
    assert all(abs(n - exact) >= distance for n in near)
    tied = any(abs(n - exact) == distance and n != Fraction(number) for n in near)
    assert not tied or p & 1 == 0
    if isinstance(value, float) and number == 0 and not name.endswith(("fnuz", "fnu")):
        assert np.signbit(number) == np.signbit(value)


def test_decimals_are_rounded_once() -> None:
    data_type = parse_v3("bfloat16")
    half_way = 1 + 2**-8
    below = ExactFloat("1.00390624999999999999999")
    above = ExactFloat("1.00390625000000000000001")
    assert float(below) == float(above) == half_way
    assert data_type.wants_text(half_way)
    assert not data_type.wants_text(1.5)
    assert not data_type.wants_text(float("nan"))
    assert float(data_type.fill_from_json(below, 3)) == 1
    assert float(data_type.fill_from_json(half_way, 3)) == 1
    assert float(data_type.fill_from_json(above, 3)) == 1 + 2**-7
    assert float(data_type.fill_from_json(ExactFloat("-1.00390625000000000000001"), 3)) == -1 - 2**-7
    assert np.isposinf(float(data_type.fill_from_json(10**400, 3)))
    m = build_array_metadata(3, (1,), data_type, (1,), codecs=["bytes"])
    document = m.documents()["zarr.json"].replace(b'"fill_value": 0.0', b'"fill_value": 1.00390625000000000000001')
    assert float(parse_array_json(document, 3).fill_value) == 1 + 2**-7


@pytest.mark.parametrize("name", INTS)
def test_ints(name: str) -> None:
    data_type = known(name)
    low, high = INTS[name]
    for value in range(low, high + 1):
        scalar = data_type.fill_from_json(value, 3)
        assert int(scalar) == value
        assert data_type.fill_to_json(scalar, 3) == value
        assert int(data_type.cast_fill(scalar)) == value
    for value in (low - 1, high + 1, 0.5, "0", None, True):
        with pytest.raises(FillValueError):
            data_type.fill_from_json(value, 3)
    assert int(data_type.default_fill()) == 0


@pytest.mark.parametrize("name", [*INTS, "float6_e2m3fn", "float6_e3m2fn", "float4_e2m1fn"])
def test_upper_bits_do_not_count(name: str) -> None:
    data_type = known(name)
    table = data_type.stored_table()
    assert table is not None
    assert data_type.bits is not None
    assert data_type.carrier.itemsize == 1
    span = 1 << data_type.bits
    stored = bytes(range(256))
    found = np.frombuffer(stored.translate(table), data_type.dtype)
    clean = np.frombuffer(stored[:span].translate(table), data_type.dtype)
    assert found.tobytes() == clean.tobytes() * (256 // span)
    if name in INTS:
        low, high = INTS[name]
        expected = [v for v in range(span)] if low == 0 else [*range(high + 1), *range(low, 0)]
        assert clean.astype(int).tolist() == expected


def test_only_narrow_types_have_bits() -> None:
    for name in ("bfloat16", "float8_e5m2", "int8", "string"):
        data_type = parse_v3(name)
        assert data_type.bits is None
        assert data_type.stored_table() is None
        assert data_type.carrier == data_type.dtype


@pytest.mark.parametrize("name", COMPLEX)
def test_complex(name: str) -> None:
    data_type = known(name)
    scalar = data_type.fill_from_json([1.5, "-Infinity"], 3)
    assert complex(scalar) == complex(1.5, float("-inf"))
    assert data_type.fill_to_json(scalar, 3) == [1.5, "-Infinity"]
    odd = data_type.fill_from_json(["0x7fc1" if "bf" in name else "0x7e01", "NaN"], 3)
    assert data_type.fill_to_json(odd, 3) == ["0x7fc1" if "bf" in name else "0x7e01", "NaN"]
    assert data_type.fill_to_json(data_type.cast_fill(odd), 3)[1] == "NaN"
    assert complex(data_type.cast_fill(2 + 1j)) == 2 + 1j
    assert complex(data_type.cast_fill(3)) == 3
    assert complex(data_type.default_fill()) == 0
    for value in (1, [1], [1, None], "NaN"):
        with pytest.raises(FillValueError):
            data_type.fill_from_json(value, 3)


def test_in_structures() -> None:
    json = [["a", "bfloat16"], ["b", "<i4"]]
    data_type = parse_v2(json)
    assert data_type.to_v2() == json
    assert data_type.dtype["a"] == np.dtype(ml_dtypes.bfloat16)
    assert from_numpy(data_type.dtype).to_v2() == json


def test_without_the_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ml, "_MADE", {})
    monkeypatch.setitem(sys.modules, "ml_dtypes", None)
    with pytest.raises(MissingDependencyError, match="pip install ml_dtypes"):
        parse_v3("bfloat16")
    with pytest.raises(MissingDependencyError, match="int4"):
        parse_v2("int4")


def test_with_an_old_package(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ml, "_MADE", {})
    monkeypatch.delattr(ml_dtypes, "float4_e2m1fn")
    with pytest.raises(MissingDependencyError, match="newer"):
        parse_v3("float4_e2m1fn")
