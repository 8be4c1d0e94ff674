"""Data types, under the names of ``zarr.dtype``."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import numpy as np

import zarrc.errors
from zarrc.dtypes import DataType, from_numpy, parse_v2, parse_v3
from zarrc.dtypes.custom import ZDType
from zarrc.dtypes.fixed import FixedLengthUTF32, NullTerminatedBytes, RawBytes
from zarrc.dtypes.json_types import (
    DateTime64JSON_V2,
    DateTime64JSON_V3,
    DTypeSpec_V2,
    FixedLengthUTF32JSON_V2,
    FixedLengthUTF32JSON_V3,
    NullterminatedBytesJSON_V2,
    NullTerminatedBytesJSON_V3,
    RawBytesJSON_V2,
    RawBytesJSON_V3,
    StructJSON_V3,
    StructuredJSON_V2,
    StructuredJSON_V3,
    TimeDelta64JSON_V2,
    TimeDelta64JSON_V3,
    VariableLengthBytesJSON_V2,
    VariableLengthUTF8JSON_V2,
    check_dtype_spec_no_object_codec_v2,
    check_dtype_spec_v2,
)
from zarrc.dtypes.known import data_type_registry
from zarrc.dtypes.number_types import (
    Complex64,
    Complex128,
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
)
from zarrc.dtypes.numbers import Bool
from zarrc.dtypes.struct import Struct, Structured
from zarrc.dtypes.times import DateTime64, TimeDelta64
from zarrc.dtypes.variable import VariableLengthBytes, VariableLengthUTF8
from zarrc.errors import ZarrDeprecationWarning


def parse_dtype(dtype_spec: Any, *, zarr_format: Literal[2, 3]) -> DataType:
    """The data type of a numpy dtype or what makes one, of an entry of metadata, or of a data type.

    Raises
    ------
    DataTypeValidationError
        It is none of those, or the format does not have it.
    """
    if isinstance(dtype_spec, DataType):
        return dtype_spec
    if isinstance(dtype_spec, Mapping):
        if zarr_format == 2 and "object_codec_id" in dtype_spec:
            return data_type_registry.match_json(dict(dtype_spec), zarr_format=2)
        return parse_v3(dict(dtype_spec))
    if zarr_format == 2 and isinstance(dtype_spec, Sequence) and not isinstance(dtype_spec, str):
        try:
            return parse_v2([list(field) for field in dtype_spec])
        except (zarrc.errors.DataTypeValidationError, TypeError):
            pass
        dtype_spec = [tuple(field) for field in dtype_spec]
    if (isinstance(dtype_spec, str) and dtype_spec == "|O") or _is_object(dtype_spec):
        return data_type_registry.match_dtype(np.dtype(object))
    return from_numpy(dtype_spec)


def _is_object(dtype_spec: Any) -> bool:
    return dtype_spec is object or (isinstance(dtype_spec, np.dtype) and dtype_spec.kind == "O")


parse_data_type = parse_dtype


def get_data_type_from_native_dtype(dtype: Any) -> DataType:
    """The data type of what numpy takes for a dtype. Raises `UnknownDataTypeError`, also for objects."""
    if isinstance(dtype, list):
        dtype = [tuple(field) for field in dtype]
    return data_type_registry.match_dtype(np.dtype(dtype))


def get_data_type_from_json(dtype_spec: Any, *, zarr_format: Literal[2, 3]) -> DataType:
    """The data type of what `DataType.to_json` gives. Raises `UnknownDataTypeError`."""
    return data_type_registry.match_json(dtype_spec, zarr_format=zarr_format)


def moved(module: str) -> Callable[[str], Any]:
    """A module's ``__getattr__`` that still has `DataTypeValidationError`, with a warning: it is in ``zarr.errors``."""
    module = module.replace("zarrc.", "zarr.", 1)

    def find(name: str) -> Any:
        if name != "DataTypeValidationError":
            raise AttributeError(f"module {module!r} has no attribute {name!r}")
        warnings.warn(f"{module}.{name} will go; it lies in zarr.errors", ZarrDeprecationWarning, stacklevel=2)
        return zarrc.errors.DataTypeValidationError

    return find


__getattr__ = moved(__name__)

__all__ = [
    "Bool",
    "Complex64",
    "Complex128",
    "DTypeSpec_V2",
    "DateTime64",
    "DateTime64JSON_V2",
    "DateTime64JSON_V3",
    "FixedLengthUTF32",
    "FixedLengthUTF32JSON_V2",
    "FixedLengthUTF32JSON_V3",
    "Float16",
    "Float32",
    "Float64",
    "Int8",
    "Int16",
    "Int32",
    "Int64",
    "NullTerminatedBytes",
    "NullTerminatedBytesJSON_V3",
    "NullterminatedBytesJSON_V2",
    "RawBytes",
    "RawBytesJSON_V2",
    "RawBytesJSON_V3",
    "Struct",
    "StructJSON_V3",
    "Structured",
    "StructuredJSON_V2",
    "StructuredJSON_V3",
    "TimeDelta64",
    "TimeDelta64JSON_V2",
    "TimeDelta64JSON_V3",
    "UInt8",
    "UInt16",
    "UInt32",
    "UInt64",
    "VariableLengthBytes",
    "VariableLengthBytesJSON_V2",
    "VariableLengthUTF8",
    "VariableLengthUTF8JSON_V2",
    "ZDType",
    "check_dtype_spec_no_object_codec_v2",
    "check_dtype_spec_v2",
    "data_type_registry",
    "parse_dtype",
]
