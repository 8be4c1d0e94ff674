"""`zarrc.dtype`, under its name of ``zarr.core.dtype``."""

from typing import Any

import numpy as np

from zarrc.dtype import *  # noqa: F403
from zarrc.dtype import (
    Bool,
    Complex64,
    Complex128,
    DateTime64,
    FixedLengthUTF32,
    Float16,
    Float32,
    Float64,
    Int8,
    Int16,
    Int32,
    Int64,
    NullTerminatedBytes,
    RawBytes,
    Struct,
    TimeDelta64,
    UInt8,
    UInt16,
    UInt32,
    UInt64,
    VariableLengthBytes,
    VariableLengthUTF8,
    moved,
)
from zarrc.dtype import __all__ as _names
from zarrc.dtype import (
    get_data_type_from_json as get_data_type_from_json,
)
from zarrc.dtype import (
    get_data_type_from_native_dtype as get_data_type_from_native_dtype,
)
from zarrc.dtype import parse_data_type as parse_data_type
from zarrc.dtypes.custom import DataTypeRegistry as DataTypeRegistry

TBaseDType = np.dtype[Any]
TBaseScalar = np.generic | str | bytes
ZDTypeLike = Any
IntegerDType = Int8 | Int16 | Int32 | Int64 | UInt8 | UInt16 | UInt32 | UInt64
FloatDType = Float16 | Float32 | Float64
ComplexFloatDType = Complex64 | Complex128
StringDType = FixedLengthUTF32 | VariableLengthUTF8
BytesDType = RawBytes | NullTerminatedBytes | VariableLengthBytes
TimeDType = DateTime64 | TimeDelta64
AnyDType = Bool | IntegerDType | FloatDType | ComplexFloatDType | StringDType | BytesDType | Struct | TimeDType

__getattr__ = moved(__name__)

__all__ = [*_names, "DataTypeRegistry", "TBaseDType", "TBaseScalar", "parse_data_type"]
