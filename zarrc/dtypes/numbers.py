"""bool, integers, floats and complex numbers."""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any, ClassVar, Self, SupportsFloat, SupportsIndex, SupportsInt

import numpy as np

from zarrc.dtypes.base import JSON, DataType, shown
from zarrc.dtypes.exact import CANONICAL_NAN, ExactFloat, float_bytes, is_half_way
from zarrc.dtypes.public import NATIVE, Endianness, endianness_of, order_character
from zarrc.errors import FillValueError
from zarrc.frozen import set_slot

SPECIAL = {"NaN": float("nan"), "Infinity": float("inf"), "-Infinity": float("-inf")}
_NUMBER_CHARACTERS = frozenset("0123456789+-.eE")


class Number(DataType):
    """Base of numpy's own numbers. A concrete class names its numpy type: ``class Int16(Int, code="i2")``.

    Parameters
    ----------
    endianness : {"little", "big"}, optional
        Byte order in memory, by default the machine's. Types of one byte have none.
    """

    __slots__ = ()
    _zarr_v2_names: ClassVar[tuple[str, ...]] = ()
    _native: ClassVar[np.dtype]

    def __init_subclass__(cls, code: str = "", **options: Any) -> None:
        super().__init_subclass__(**options)
        if code:
            cls._native = native = np.dtype(code)
            cls.dtype_cls = type(native)
            cls._zarr_v3_name = native.name
            cls._zarr_v2_names = (f"|{code}",) if native.itemsize == 1 else (f">{code}", f"<{code}")
            cls._fields = () if native.itemsize == 1 else ("endianness",)

    def __init__(self, *, endianness: Endianness = NATIVE) -> None:
        native = self._native
        width = native.itemsize // (2 if native.kind == "c" else 1)
        dtype = native if width == 1 else native.newbyteorder(order_character(endianness))
        super().__init__(dtype, 0 if width == 1 else width)

    @property
    def name(self) -> str:
        return self._zarr_v3_name

    @property
    def endianness(self) -> Endianness:
        if not self._fields:
            raise AttributeError(f"elements of {self!r} have no byte order")
        return endianness_of(self.dtype)

    def to_v2(self) -> str:
        return self._zarr_v2_names[0] if len(self._zarr_v2_names) == 1 else self.dtype.str

    def to_v3(self) -> str:
        return self._zarr_v3_name

    def default_fill(self) -> Any:
        return self.dtype.type(0)

    # zarr-python's names -------------------------------------------------------------------------------------
    @classmethod
    def _check_native_dtype(cls, dtype: Any) -> bool:
        return isinstance(dtype, np.dtype) and dtype.kind in "biufc" and dtype.newbyteorder("=") == cls._native

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        return cls(endianness=endianness_of(dtype)) if cls._fields else cls()

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        if not isinstance(name, str) or name not in cls._zarr_v2_names or object_codec is not None:
            return None
        return cls(endianness="big" if name[0] == ">" else "little") if cls._fields else cls()

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        return cls() if name == cls._zarr_v3_name and not configuration else None

    def _cast(self, data: Any) -> Any:
        if isinstance(data, np.generic) and data.dtype.newbyteorder("=") == self._native:
            return self._inner("cast_fill", data)  # every bit of it, payloads of NaN too
        return self.dtype.type(data)

    def _from_text(self, data: Any, zarr_format: int, kind: Callable[[str], Any]) -> Any:
        """`fill_from_json`, which also takes the number as text."""
        try:
            return self._inner("fill_from_json", data, zarr_format)
        except FillValueError:
            if not isinstance(data, str) or not _NUMBER_CHARACTERS.issuperset(data):
                raise
        try:
            return self._inner("fill_from_json", kind(data), zarr_format)
        except ValueError:
            self.refuse(data)


class Bool(Number, code="b1"):
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

    def _check_scalar(self, data: object) -> bool:
        return True  # everything is true or false

    def _cast(self, data: Any) -> np.bool_:
        return np.bool_(data)


class Int(Number):
    """int8 ... uint64, exact over the whole range."""

    __slots__ = ()
    low: int
    high: int

    def __init_subclass__(cls, code: str = "", **options: Any) -> None:
        super().__init_subclass__(code, **options)
        if code:
            cls.low, cls.high = int_range(8 * cls._native.itemsize, cls._native.kind == "i")

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

    def from_json_scalar(self, data: Any, *, zarr_format: int) -> Any:
        """As in the base; also whole numbers written as text or with a fraction of zero, as zarr-python takes them."""
        if isinstance(data, float) and data.is_integer():
            data = int(data)
        return self._from_text(data, zarr_format, int)

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (SupportsInt, SupportsIndex, bytes, str))


class Float(Number):
    """float16, float32, float64. Fill values keep every bit, signalling NaNs included."""

    __slots__ = ("little",)
    little: np.dtype

    def __init__(self, *, endianness: Endianness = NATIVE) -> None:
        super().__init__(endianness=endianness)
        set_slot(self, "little", self.dtype.newbyteorder("<"))

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

    def from_json_scalar(self, data: Any, *, zarr_format: int) -> Any:
        """As in the base; also numbers written as text, as zarr-python takes them."""
        return self._from_text(data, zarr_format, ExactFloat)

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (SupportsFloat, SupportsIndex, bytes, str))


class Complex(Number):
    """complex64, complex128: a list of real and imaginary part, each as a float. v2 also takes base64."""

    __slots__ = ("little",)
    little: np.dtype

    def __init__(self, *, endianness: Endianness = NATIVE) -> None:
        super().__init__(endianness=endianness)
        set_slot(self, "little", self.dtype.newbyteorder("<"))

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

    def to_json_scalar(self, data: object, *, zarr_format: int) -> tuple:
        """As in the base; a pair."""
        return tuple(super().to_json_scalar(data, zarr_format=zarr_format))

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (SupportsFloat, SupportsIndex, complex, bytes, str))


def int_range(bits: int, signed: bool) -> tuple[int, int]:
    """Least and greatest integer of so many bits."""
    return (-(1 << bits - 1) if signed else 0, (1 << bits - signed) - 1)


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
