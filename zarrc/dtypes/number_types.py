"""The numbers that numpy has: one class for each Zarr data type."""

from __future__ import annotations

import sys
from typing import Any

from zarrc.dtypes.base import DataType
from zarrc.dtypes.numbers import Bool, Complex, Float, Int


class Int8(Int, code="i1"):
    """Integers of 8 bits with a sign."""

    __slots__ = ()


class Int16(Int, code="i2"):
    """Integers of 16 bits with a sign."""

    __slots__ = ()


class Int32(Int, code="i4"):
    """Integers of 32 bits with a sign."""

    __slots__ = ()


class Int64(Int, code="i8"):
    """Integers of 64 bits with a sign."""

    __slots__ = ()


class UInt8(Int, code="u1"):
    """Integers of 8 bits without a sign."""

    __slots__ = ()


class UInt16(Int, code="u2"):
    """Integers of 16 bits without a sign."""

    __slots__ = ()


class UInt32(Int, code="u4"):
    """Integers of 32 bits without a sign."""

    __slots__ = ()


class UInt64(Int, code="u8"):
    """Integers of 64 bits without a sign."""

    __slots__ = ()


class Float16(Float, code="f2"):
    """IEEE 754 floats of 16 bits."""

    __slots__ = ()


class Float32(Float, code="f4"):
    """IEEE 754 floats of 32 bits."""

    __slots__ = ()


class Float64(Float, code="f8"):
    """IEEE 754 floats of 64 bits."""

    __slots__ = ()


class Complex64(Complex, code="c8"):
    """Complex numbers of two 32-bit floats."""

    __slots__ = ()


class Complex128(Complex, code="c16"):
    """Complex numbers of two 64-bit floats."""

    __slots__ = ()


NUMBERS = (
    *(Bool, Int8, UInt8, Int16, UInt16, Int32, UInt32, Int64, UInt64),
    *(Float16, Float32, Float64, Complex64, Complex128),
)


def number_types() -> list[DataType]:
    """Every numeric data type in every byte order, the machine's first."""
    other: Any = "big" if sys.byteorder == "little" else "little"
    kinds: Any = NUMBERS
    return [cls() for cls in kinds] + [cls(endianness=other) for cls in kinds if cls._fields]
