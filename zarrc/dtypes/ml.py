"""Types that numpy has through the package ``ml_dtypes``: bfloat16, floats of 4 to 8 bits, integers of 2 and 4 bits,
complex numbers of two 16-bit floats (zarr-extensions, "data-types"; ``float8_e4m3fn`` is tensorstore's).

A type of fewer than 8 bits takes one byte per element; its upper bits are arbitrary in storage and zero in memory.
v2 has the same names without a byte order: always little-endian, as tensorstore writes them.
"""

from __future__ import annotations

import importlib
import math
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType
from zarrc.dtypes.exact import side_of
from zarrc.dtypes.number_types import Float16
from zarrc.dtypes.numbers import SPECIAL, Int, int_range, item_of, little_bytes
from zarrc.errors import DataTypeValidationError, MissingDependencyError, UnknownDataTypeError
from zarrc.frozen import set_slot

# bits that count, and the pattern that "NaN" stands for
_FLOATS: dict[str, tuple[int, int | None]] = {
    "bfloat16": (16, 0x7FC0),
    "float8_e3m4": (8, 0x78),
    "float8_e4m3": (8, 0x7C),
    "float8_e4m3b11fnuz": (8, 0x80),
    "float8_e4m3fn": (8, 0x7F),
    "float8_e4m3fnuz": (8, 0x80),
    "float8_e5m2": (8, 0x7E),
    "float8_e5m2fnuz": (8, 0x80),
    "float8_e8m0fnu": (8, 0xFF),
    "float6_e2m3fn": (6, None),
    "float6_e3m2fn": (6, None),
    "float4_e2m1fn": (4, None),
}
_INTS = {"int2": 2, "int4": 4, "uint2": 2, "uint4": 4}
# v3 name: name in ml_dtypes, name of the parts
_COMPLEX = {"complex_float16": ("complex32", "float16"), "complex_bfloat16": ("bcomplex32", "bfloat16")}
_BY_NUMPY_NAME = {name: name for name in (*_FLOATS, *_INTS)} | {name: zarr for zarr, (name, _) in _COMPLEX.items()}


class SmallFloat(DataType):
    """A float of ml_dtypes. Fill values are numbers, "NaN", "Infinity", "-Infinity" as far as the type has them, and
    hexadecimal bits; decimals are rounded once, half to even. What lies beyond the largest number of a type without
    infinity, and zero and negative numbers for the unsigned one, are refused.
    """

    __slots__ = ("name",)
    _fields = ("dtype",)
    name: str

    def __init__(self, dtype: np.dtype) -> None:
        super().__init__(dtype, 0 if dtype.itemsize == 1 else dtype.itemsize)
        set_slot(self, "name", dtype.name)

    @property
    def bits(self) -> int | None:  # type: ignore[override]
        width = _FLOATS[self.name][0]
        return None if width >= 8 else width

    @property
    def carrier(self) -> np.dtype:
        return self.dtype if self.bits is None else np.dtype("u1")

    def stored_table(self) -> bytes | None:
        width = self.bits
        return None if width is None else bytes(byte & (1 << width) - 1 for byte in range(256))

    def to_v2(self) -> str:
        return self.name

    to_v3 = to_v2  # type: ignore[assignment]

    # patterns ------------------------------------------------------------------------------------------------
    def _scalar(self, pattern: int) -> Any:
        little = self.dtype.newbyteorder("<")
        return np.frombuffer(pattern.to_bytes(self.dtype.itemsize, "little"), little)[0]

    def _number(self, pattern: int) -> float:
        return float(self._scalar(pattern))

    def _pattern_of(self, scalar: Any) -> int:
        return int.from_bytes(little_bytes(scalar, self.dtype.newbyteorder("<")), "little")

    def _largest(self) -> int:
        """Pattern of the largest finite number. Patterns below it count upwards from the smallest number."""
        top = (1 << _FLOATS[self.name][0] - (self.name != "float8_e8m0fnu")) - 1
        while not math.isfinite(self._number(top)):
            top -= 1
        return top

    def _nearest(self, value: float | int) -> int:
        """Pattern of the number nearest to a finite value, half to even; -1 where the type has none."""
        try:
            number = float(value)
        except OverflowError:
            number = math.inf if value > 0 else -math.inf
        if number != number:
            return self._special("NaN")
        if math.isinf(number):
            return self._overflow(number)
        unsigned = self.name == "float8_e8m0fnu"
        if unsigned and number <= 0:
            return -1
        goal, low, high = abs(number), 0, self._largest()
        if goal > self._number(high):
            # the half-way point to the number that would come next
            last = self._number(high)
            step = last if unsigned else last - self._number(high - 1)
            if goal >= last + step / 2:
                return self._overflow(number)
            return self._signed(high, number)
        while low < high:  # the last number that is not above the goal
            middle = (low + high + 1) // 2
            if self._number(middle) <= goal:
                low = middle
            else:
                high = middle - 1
        below = self._number(low)
        if below < goal:
            above = self._number(low + 1)
            side = (goal - below) - (above - goal)
            if side == 0:
                side = side_of(value, number) * (1 if number > 0 else -1)
            if side > 0 or (side == 0 and low & 1):
                low += 1
        return self._signed(low, number)

    def _signed(self, pattern: int, number: float) -> int:
        sign = 1 << _FLOATS[self.name][0] - 1
        if math.copysign(1, number) > 0 or (pattern == 0 and self.name.endswith("fnuz")):
            return pattern
        return pattern | sign

    def _overflow(self, number: float) -> int:
        return self._special("Infinity" if number > 0 else "-Infinity")

    def _special(self, name: str) -> int:
        """Pattern of "NaN", "Infinity" or "-Infinity", -1 where the type has none."""
        if name == "NaN":
            nan = _FLOATS[self.name][1]
            return -1 if nan is None else nan
        pattern = self._largest() + 1
        if self.name == "float8_e8m0fnu" or pattern >= 1 << _FLOATS[self.name][0] - 1:
            return -1
        if not math.isinf(self._number(pattern)):
            return -1
        return self._signed(pattern, -1.0 if name[0] == "-" else 1.0)

    # fill values ---------------------------------------------------------------------------------------------
    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        return self._scalar(self._pattern_from_json(value))

    def _pattern_from_json(self, value: JSON) -> int:
        pattern = -1
        if isinstance(value, float) or type(value) is int:
            pattern = self._nearest(value)
        elif isinstance(value, str):
            if value in SPECIAL:
                pattern = self._special(value)
            elif value[:2] == "0x" and len(value) == 2 + 2 * self.dtype.itemsize:
                digits = value[2:]
                if all(c in "0123456789abcdefABCDEF" for c in digits):
                    pattern = int(digits, 16)
                    if pattern >> _FLOATS[self.name][0]:
                        pattern = -1
        if pattern < 0:
            self.refuse(value)
        return pattern

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        pattern = self._pattern_of(scalar)
        number = self._number(pattern)
        if math.isfinite(number):
            return number
        if math.isinf(number):
            return "Infinity" if number > 0 else "-Infinity"
        if pattern == _FLOATS[self.name][1]:
            return "NaN"
        return f"0x{pattern:0{2 * self.dtype.itemsize}x}"

    def default_fill(self) -> Any:
        return self._scalar(0)

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.ndarray, np.generic)):
            if value.dtype == self.dtype and value.ndim == 0:
                return self._scalar(self._pattern_of(value))
            value = item_of(self, value)
        return self.fill_from_json(int(value) if isinstance(value, bool) else value, 3)

    def wants_text(self, value: JSON) -> bool:
        if type(value) is not float or not math.isfinite(value):
            return False
        # rounding differs only where the value lies half-way: its two neighbours in float64 go apart
        return self._nearest(math.nextafter(value, -math.inf)) != self._nearest(math.nextafter(value, math.inf))


class SmallInt(Int):
    """int2, int4, uint2, uint4."""

    __slots__ = ("high", "low", "name")
    _fields = ("dtype",)
    name: str  # type: ignore[assignment]

    def __init__(self, dtype: np.dtype) -> None:
        DataType.__init__(self, dtype)
        low, high = int_range(_INTS[dtype.name], dtype.name[0] == "i")
        for slot, value in (("name", dtype.name), ("low", low), ("high", high)):
            set_slot(self, slot, value)

    @property
    def bits(self) -> int:  # type: ignore[override]
        return _INTS[self.name]

    @property
    def carrier(self) -> np.dtype:
        return np.dtype("i1" if self.low else "u1")

    def stored_table(self) -> bytes:
        mask = (1 << self.bits) - 1
        values = [(byte & mask) - (mask + 1 if (byte & mask) > self.high else 0) for byte in range(256)]
        return np.array(values, self.carrier).astype(self.dtype).tobytes()

    def to_v2(self) -> str:
        return self.name

    def to_v3(self) -> str:
        return self.name


class SmallComplex(DataType):
    """complex_float16, complex_bfloat16: a list of real and imaginary part, each as a float of the part type."""

    __slots__ = ("name", "part")
    _fields = ("dtype", "name", "part")
    name: str
    part: DataType

    def __init__(self, dtype: np.dtype, name: str, part: DataType) -> None:
        super().__init__(dtype, 2)
        set_slot(self, "name", name)
        set_slot(self, "part", part)

    def to_v2(self) -> str:
        raise DataTypeValidationError(f"data type {self.name!r} does not exist in v2")

    def to_v3(self) -> str:
        return self.name

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if not isinstance(value, (list, tuple)) or len(value) != 2:
            self.refuse(value)
        little = self.part.dtype.newbyteorder("<")
        raw = b"".join(little_bytes(self.part.fill_from_json(one, zarr_format), little) for one in value)
        return np.frombuffer(raw, self.dtype.newbyteorder("<"))[0]

    def fill_to_json(self, scalar: Any, zarr_format: int) -> list:
        raw = np.asarray(scalar, self.dtype).tobytes()
        parts = np.frombuffer(raw, self.part.dtype)
        return [self.part.fill_to_json(parts[0], zarr_format), self.part.fill_to_json(parts[1], zarr_format)]

    def default_fill(self) -> Any:
        return self.zero()

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.ndarray, np.generic)):
            if value.dtype == self.dtype and value.ndim == 0:
                return self.from_bytes(np.asarray(value).tobytes())
            value = item_of(self, value)
        if isinstance(value, complex):
            value = [value.real, value.imag]
        elif isinstance(value, (int, float, str)):
            value = [int(value) if isinstance(value, bool) else value, 0]
        return self.fill_from_json(value, 3)

    def wants_text(self, value: JSON) -> bool:
        return isinstance(value, list) and any(self.part.wants_text(part) for part in value)


def _ml_dtype(name: str, zarr_name: str) -> np.dtype:
    """The numpy dtype of a type of ml_dtypes, imported now if it was not yet."""
    needed = f"data type {zarr_name!r} needs the package ml_dtypes"
    try:
        module = importlib.import_module("ml_dtypes")
    except ImportError as e:
        raise MissingDependencyError(f"{needed}: pip install ml_dtypes ({e})") from e
    found = getattr(module, name, None)
    if found is None:
        raise MissingDependencyError(f"{needed} in a newer version than {module.__version__}: pip install -U ml_dtypes")
    return np.dtype(found)


_MADE: dict[str, DataType] = {}


def ml_from_v3(name: str) -> DataType:
    """The data type of this v3 name.

    Raises
    ------
    MissingDependencyError
        ml_dtypes is absent or too old.
    DataTypeValidationError
        A complex type whose parts have no complex counterpart in numpy.
    """
    made = _MADE.get(name)
    if made is not None:
        return made
    if name in _COMPLEX:
        numpy_name, part = _COMPLEX[name]
        parts = ml_from_v3(part) if part == "bfloat16" else Float16()
        made = SmallComplex(_ml_dtype(numpy_name, name), name, parts)
    elif name in _FLOATS:
        made = SmallFloat(_ml_dtype(name, name))
    elif name in _INTS:
        made = SmallInt(_ml_dtype(name, name))
    else:
        raise UnknownDataTypeError(f"data type {name!r}: numpy and ml_dtypes have no such complex numbers")
    _MADE[name] = made
    return made


def ml_from_v2(name: str) -> DataType:
    """As `ml_from_v3`, little-endian."""
    found = ml_from_v3(name)
    if isinstance(found, SmallFloat) and found.item_swap:
        return SmallFloat(found.dtype.newbyteorder("<"))
    return found


def ml_from_numpy(dtype: np.dtype) -> DataType | None:
    """From a dtype of ml_dtypes in any byte order; None for those that Zarr has no name for."""
    name = _BY_NUMPY_NAME.get(dtype.name)
    if name is None:
        return None
    if name in _COMPLEX and not dtype.isnative:
        return SmallComplex(dtype, name, ml_from_v3(name).part)  # type: ignore[attr-defined]
    return ml_from_v3(name) if dtype.isnative else type(ml_from_v3(name))(dtype)
