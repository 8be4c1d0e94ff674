"""bool, integers, floats and complex numbers."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, shown
from zarrc.dtypes.exact import CANONICAL_NAN, ExactFloat, float_bytes, is_half_way
from zarrc.errors import FillValueError
from zarrc.frozen import set_slot

SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_NUMBER_CHARACTERS = frozenset("0123456789+-.eE")


class Number(DataType):
    """Base of the numeric types: the v3 name is numpy's name of the native type."""

    __slots__ = ("name",)
    name: str

    def __init__(self, dtype: np.dtype, item_swap: int = 0) -> None:
        super().__init__(dtype, item_swap)
        set_slot(self, "name", dtype.name)

    def _key(self) -> tuple:
        return (self.dtype, self.item_swap)

    def to_v3(self) -> str:
        return self.name

    def default_fill(self) -> Any:
        return self.dtype.type(0)


class Bool(Number):
    """One byte, 0 or 1. v2 data of old writers has 0 and 1 for fill values, v3 data of ExZarr has 0."""

    __slots__ = ()

    def fill_from_json(self, value: JSON, zarr_format: int) -> np.bool_:
        if value is True or value is False:
            return np.bool_(value)
        if zarr_format == 2 and type(value) in (int, float) and value in (0, 1):
            return np.bool_(bool(value))
        if type(value) is int and value == 0:
            return np.bool_(False)
        self.refuse(value)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> bool:
        return bool(scalar)

    def cast_fill(self, value: Any) -> np.bool_:
        if value is None:
            return np.bool_(False)
        if isinstance(value, (np.ndarray, np.generic)):
            value = item_of(self, value)
        if isinstance(value, (bool, int, float)) and value in (0, 1):
            return np.bool_(bool(value))
        self.refuse(value)


class Int(Number):
    """int8 ... uint64, exact over the whole range."""

    __slots__ = ("high", "low")
    low: int
    high: int

    def __init__(self, dtype: np.dtype, item_swap: int = 0) -> None:
        super().__init__(dtype, item_swap)
        bits = 8 * dtype.itemsize
        set_slot(self, "low", -(1 << bits - 1) if dtype.kind == "i" else 0)
        set_slot(self, "high", (1 << bits - (dtype.kind == "i")) - 1)

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if type(value) is not int:
            # 1.0 is in the wild in v2; the v3 specification forbids fraction and exponent
            if zarr_format != 2 or not isinstance(value, float) or not value.is_integer():
                self.refuse(value)
            value = int(value)
        if not self.low <= value <= self.high:
            raise FillValueError(f"{shown(value)} is out of the range of data type {self.name}")
        return self.dtype.type(value)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> int:
        return int(scalar)

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.ndarray, np.generic)):
            value = item_of(self, value)
        if isinstance(value, bool):
            value = int(value)
        return self.fill_from_json(value, 2)


class Float(Number):
    """float16, float32, float64. Fill values keep every bit, signalling NaNs included."""

    __slots__ = ("little",)
    little: np.dtype

    def __init__(self, dtype: np.dtype, item_swap: int = 0) -> None:
        super().__init__(dtype, item_swap)
        set_slot(self, "little", dtype.newbyteorder("<"))

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        return np.frombuffer(_part_bytes(self, value, zarr_format, self.dtype.itemsize), self.little)[0]

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        return _part_json(little_bytes(scalar, self.little), self.dtype.itemsize, zarr_format)

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.ndarray, np.generic)):
            if value.dtype.newbyteorder("=") == self.dtype.newbyteorder("=") and value.ndim == 0:
                return np.frombuffer(little_bytes(value, self.little), self.little)[0]
            value = item_of(self, value)
        return self.fill_from_json(int(value) if isinstance(value, bool) else value, 3)

    def wants_text(self, value: JSON) -> bool:
        return type(value) is float and is_half_way(value, self.dtype.itemsize)


class Complex(Number):
    """complex64, complex128: a list of real and imaginary part, each as a float. v2 also takes base64."""

    __slots__ = ("little",)
    little: np.dtype

    def __init__(self, dtype: np.dtype, item_swap: int = 0) -> None:
        super().__init__(dtype, item_swap)
        set_slot(self, "little", dtype.newbyteorder("<"))

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if isinstance(value, (list, tuple)) and len(value) == 2:
            raw = b"".join(_part_bytes(self, part, zarr_format, self.item_swap) for part in value)
            return np.frombuffer(raw, self.little)[0]
        if zarr_format == 2 and isinstance(value, str):
            return self.from_base64(value)
        if zarr_format == 2 and isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.fill_from_json([value, 0], zarr_format)
        self.refuse(value)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> list:
        raw, half = little_bytes(scalar, self.little), self.item_swap
        return [_part_json(raw[:half], half, zarr_format), _part_json(raw[half:], half, zarr_format)]

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.ndarray, np.generic)):
            if value.dtype.newbyteorder("=") == self.dtype.newbyteorder("=") and value.ndim == 0:
                return np.frombuffer(little_bytes(value, self.little), self.little)[0]
            value = item_of(self, value)
        if isinstance(value, complex):
            value = [value.real, value.imag]
        elif isinstance(value, (int, float, str)):
            value = [int(value) if isinstance(value, bool) else value, 0]
        return self.fill_from_json(value, 3)

    def wants_text(self, value: JSON) -> bool:
        parts = value if isinstance(value, list) else [value]
        return any(type(part) is float and is_half_way(part, self.item_swap) for part in parts)


def item_of(data_type: DataType, value: Any) -> Any:
    """The Python number in a numpy scalar or 0-d array."""
    if value.ndim:
        data_type.refuse(value)
    return value.item()


def little_bytes(scalar: Any, little: np.dtype) -> bytes:
    """Bytes of a scalar in little-endian order, moved, never converted through float arithmetic."""
    cell = np.asarray(scalar)
    if cell.dtype.newbyteorder("=") != little.newbyteorder("="):
        cell = cell.astype(little)
    big = cell.dtype.byteorder == ">" or (cell.dtype.byteorder == "=" and sys.byteorder == "big")
    raw = cell.tobytes()
    if not big:
        return raw
    width = little.itemsize // (2 if little.kind == "c" else 1)
    return b"".join(raw[i : i + width][::-1] for i in range(0, len(raw), width))


def _part_bytes(data_type: DataType, value: JSON, zarr_format: int, width: int) -> bytes:
    """Little-endian bytes of one real JSON number, special name or, beyond the v2 specification, text of a number."""
    if isinstance(value, float) or type(value) is int:
        return float_bytes(value, width)
    if not isinstance(value, str):
        data_type.refuse(value)
    if value in SPECIAL:
        return float_bytes(SPECIAL[value], width)
    if value[:2] == "0x":
        digits = value[2:]
        if len(digits) == 2 * width and all(c in "0123456789abcdefABCDEF" for c in digits):
            return bytes.fromhex(digits)[::-1]
    elif zarr_format == 2 and value and _NUMBER_CHARACTERS.issuperset(value):
        try:
            return float_bytes(ExactFloat(value), width)
        except ValueError:
            pass
    data_type.refuse(value)


def _part_json(raw: bytes, width: int, zarr_format: int) -> JSON:
    """Number, special name, or in v3 hexadecimal bits for NaNs other than the canonical one."""
    number = float(np.frombuffer(raw, f"<f{width}")[0])
    if number == number:
        return number if abs(number) != float("inf") else ("Infinity" if number > 0 else "-Infinity")
    if zarr_format == 2 or raw == CANONICAL_NAN[width]:
        return "NaN"
    return "0x" + raw[::-1].hex()


def number_types() -> list[DataType]:
    """Every numeric data type, native byte order first."""
    found: list[DataType] = [Bool(np.dtype("bool"))]
    for order in ("=", ">" if sys.byteorder == "little" else "<"):
        for code in ("i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16"):
            dtype = np.dtype(order + code)
            if dtype.itemsize == 1 and order != "=":
                continue
            cls: type[Number] = {"f": Float, "c": Complex}.get(code[0], Int)
            width = dtype.itemsize // (2 if cls is Complex else 1)
            found.append(cls(dtype, 0 if width == 1 else width))
    return found
