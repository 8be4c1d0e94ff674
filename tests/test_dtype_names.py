from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc import dtype as names
from zarrc.errors import DataTypeValidationError

CASES = [
    (names.Bool(), "?"),
    (names.Int8(), "i1"),
    (names.UInt16(endianness="big"), ">u2"),
    (names.Float64(), "<f8"),
    (names.Complex64(), "<c8"),
    (names.DateTime64(unit="s", scale_factor=10), "<M8[10s]"),
    (names.TimeDelta64(unit="us"), "<m8[us]"),
    (names.FixedLengthUTF32(length=3), "<U3"),
    (names.NullTerminatedBytes(length=4), "S4"),
    (names.RawBytes(length=5), "V5"),
    (names.Struct(fields=(("a", names.Int8()), ("b", "f4"))), [("a", "i1"), ("b", "<f4")]),
]


@pytest.mark.parametrize(("made", "numpy_name"), CASES, ids=str)
def test_names_make_data_types(made, numpy_name):
    assert made.to_native_dtype() == np.dtype(numpy_name)
    assert names.parse_dtype(np.dtype(numpy_name), zarr_format=3) == made
    stored = zarrc.create_array({}, shape=(2,), dtype=made).dtype
    assert stored.newbyteorder("=") == np.dtype(numpy_name).newbyteorder("=")


def test_names_are_classes():
    assert isinstance(names.Int16(), names.Int16) and isinstance(names.Int16(), names.ZDType)
    assert not isinstance(names.Int16(), names.Int32) and not isinstance(3, names.Int16)
    assert isinstance(names.Struct(fields=(("a", "i1"),)), names.Struct)
    assert not isinstance(names.RawBytes(length=1), names.Struct)


def test_parsing():
    assert names.parse_dtype("int8", zarr_format=3) == names.Int8()
    assert names.parse_dtype({"name": "|S4", "object_codec_id": None}, zarr_format=2).dtype == "S4"
    assert names.parse_dtype("string", zarr_format=3) == names.VariableLengthUTF8()
    with pytest.raises(DataTypeValidationError):
        names.parse_dtype("nonsense", zarr_format=3)


@pytest.mark.parametrize("dtype", [np.dtype(str), "U", np.str_, "<U0", str])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_text_without_a_length_has_any(dtype, zarr_format):
    array = zarrc.create_array({}, shape=2, dtype=dtype, zarr_format=zarr_format)
    array[0] = "hello"
    assert array[0] == "hello"


@pytest.mark.parametrize("dtype", ["S", np.bytes_, "V", [("a", "S"), ("b", "i4")], [("a", "U")]])
def test_other_types_need_a_length(dtype):
    with pytest.raises(DataTypeValidationError, match=r"length must be >= 1|no fixed size"):
        zarrc.create_array({}, shape=2, dtype=dtype)


def test_text_of_pandas():
    class StringDtype:
        name = "str"

    assert names.parse_dtype(StringDtype(), zarr_format=3) == names.VariableLengthUTF8()
