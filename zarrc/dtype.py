"""Data types, under the names of ``zarr.dtype``.

A data type is a `zarrc.dtypes.DataType`; the names here make one, with zarr-python's parameters.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

import numpy as np

from zarrc.dtypes import DataType, from_numpy, parse_v2, parse_v3

ZDType = DataType
_ORDERS = {"little": "<", "big": ">"}
Endianness = Literal["little", "big"]


class _Family(type):
    """A class whose call makes a `DataType`, and whose instances are the data types of its kind."""

    _make: Callable[..., DataType]
    _code: str

    def __call__(cls, *args: Any, **kwargs: Any) -> DataType:
        return cls._make(*args, **kwargs)

    def __instancecheck__(cls, instance: object) -> bool:
        if not isinstance(instance, DataType):
            return False
        dtype = instance.dtype
        code = dtype.kind if cls._code in ("M", "m", "U", "S", "V", "T", "O") else f"{dtype.kind}{dtype.itemsize}"
        return code == cls._code and (dtype.names is not None) == (cls.__name__ in ("Struct", "Structured"))


def _family(name: str, code: str, make: Callable[..., DataType], doc: str) -> Any:
    return _Family(name, (), {"__doc__": doc, "__module__": __name__, "_code": code, "_make": staticmethod(make)})


def _number(name: str, code: str) -> Any:
    def make(*, endianness: Endianness = "little") -> DataType:
        return from_numpy(np.dtype(_ORDERS[endianness] + code))

    return _family(name, code, make, f"The data type of numpy's {np.dtype(code).name}.")


def _byte(name: str, code: str) -> Any:
    return _family(name, code, lambda: from_numpy(np.dtype(code)), f"The data type of numpy's {np.dtype(code).name}.")


def _time(kind: str) -> Callable[..., DataType]:
    def make(*, endianness: Endianness = "little", scale_factor: int = 1, unit: str = "generic") -> DataType:
        unit = "us" if unit == "μs" else unit
        step = "" if unit == "generic" else f"[{scale_factor}{unit}]"
        return from_numpy(np.dtype(f"{_ORDERS[endianness]}{kind}8{step}"))

    return make


def _text(*, length: int, endianness: Endianness = "little") -> DataType:
    return from_numpy(np.dtype(f"{_ORDERS[endianness]}U{length}"))


def _struct(*, fields: Any) -> DataType:
    return from_numpy(np.dtype([(name, parse_dtype(field, zarr_format=3).dtype) for name, field in fields]))


Bool = _byte("Bool", "b1")
Int8, Int16 = _byte("Int8", "i1"), _number("Int16", "i2")
Int32, Int64 = _number("Int32", "i4"), _number("Int64", "i8")
UInt8, UInt16 = _byte("UInt8", "u1"), _number("UInt16", "u2")
UInt32, UInt64 = _number("UInt32", "u4"), _number("UInt64", "u8")
Float16, Float32, Float64 = _number("Float16", "f2"), _number("Float32", "f4"), _number("Float64", "f8")
Complex64, Complex128 = _number("Complex64", "c8"), _number("Complex128", "c16")
DateTime64 = _family("DateTime64", "M", _time("M"), "Points in time, in steps of ``scale_factor`` units.")
TimeDelta64 = _family("TimeDelta64", "m", _time("m"), "Durations, in steps of ``scale_factor`` units.")
FixedLengthUTF32 = _family("FixedLengthUTF32", "U", _text, "Text of at most ``length`` characters.")
NullTerminatedBytes = _family(
    "NullTerminatedBytes",
    "S",
    lambda *, length: from_numpy(np.dtype(f"S{length}")),
    "Byte strings of at most ``length`` bytes, without trailing zeros.",
)
RawBytes = _family(
    "RawBytes", "V", lambda *, length: from_numpy(np.dtype(f"V{length}")), "``length`` bytes as they are."
)
VariableLengthUTF8 = _family("VariableLengthUTF8", "T", lambda: parse_v3("string"), "Text of any length.")
VariableLengthBytes = _family("VariableLengthBytes", "O", lambda: parse_v3("bytes"), "Byte strings of any length.")
Struct = _family("Struct", "V", _struct, "Records; ``fields`` are ``(name, data type)`` pairs.")
Structured = Struct


def parse_dtype(dtype_spec: Any, *, zarr_format: Literal[2, 3]) -> DataType:
    """The data type of a numpy dtype or what makes one, of an entry of metadata, or of a data type.

    Raises
    ------
    DataTypeValidationError
        It is none of those, or the format does not have it.
    """
    if isinstance(dtype_spec, DataType):
        return dtype_spec
    if callable(getattr(dtype_spec, "to_native_dtype", None)):
        return from_numpy(dtype_spec.to_native_dtype())
    if isinstance(dtype_spec, dict):
        if zarr_format == 2 and "name" in dtype_spec:
            return parse_v2(dtype_spec["name"], dtype_spec.get("object_codec_id"))
        return parse_v3(dtype_spec)
    if zarr_format == 3 and isinstance(dtype_spec, str) and dtype_spec in ("string", "bytes"):
        return parse_v3(dtype_spec)
    return from_numpy(dtype_spec)


parse_data_type = parse_dtype

__all__ = [
    "Bool",
    "Complex64",
    "Complex128",
    "DateTime64",
    "FixedLengthUTF32",
    "Float16",
    "Float32",
    "Float64",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "NullTerminatedBytes",
    "RawBytes",
    "Struct",
    "Structured",
    "TimeDelta64",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "VariableLengthBytes",
    "VariableLengthUTF8",
    "ZDType",
    "parse_data_type",
    "parse_dtype",
]
