"""Types of a fixed number of bytes: NUL-padded bytes (S), UTF-32 text (U), raw bytes (V, r*)."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError
from zarrc.frozen import set_slot

_MOST_BYTES = (1 << 31) - 1  # numpy's limit for one element


class Fixed(DataType):
    """Base of these types: zarr-python 2 wrote 0 and "" for an empty fill value, which reads as all zero."""

    __slots__ = ()

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if value == "" or (zarr_format == 2 and type(value) in (int, float) and value == 0):
            return self.zero()
        return self._scalar_of(value)

    def _scalar_of(self, value: JSON) -> Any:
        raise NotImplementedError

    def default_fill(self) -> Any:
        return self.zero()


class FixedBytes(Fixed):
    """``|Sn``; in v3 ``null_terminated_bytes`` (zarr-python). Fill values are base64."""

    __slots__ = ()

    def to_v3(self) -> dict:
        return {"name": "null_terminated_bytes", "configuration": {"length_bytes": self.dtype.itemsize}}

    def zero(self) -> np.bytes_:
        return np.bytes_(b"")

    def _scalar_of(self, value: JSON) -> np.bytes_:
        if not isinstance(value, str):
            self.refuse(value)
        try:
            return self._checked(a2b_base64(value, strict_mode=True))
        except (Base64Error, ValueError):
            self.refuse(value)

    def _checked(self, raw: bytes) -> np.bytes_:
        raw = raw.rstrip(b"\0")
        if len(raw) > self.dtype.itemsize:
            self.refuse(raw)
        return np.bytes_(raw)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str:
        raw = bytes(scalar)
        if zarr_format == 2:
            raw = raw.ljust(self.dtype.itemsize, b"\0")
        return b2a_base64(raw, newline=False).decode("ascii")

    def cast_fill(self, value: Any) -> np.bytes_:
        if value is None or (isinstance(value, int) and value == 0):
            return self.zero()
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        if isinstance(value, str) and value.isascii():
            value = value.encode("ascii")
        if not isinstance(value, (bytes, bytearray)):
            self.refuse(value)
        return self._checked(bytes(value))


class FixedText(Fixed):
    """``<Un``; in v3 ``fixed_length_utf32`` (zarr-extensions). Fill values are JSON strings."""

    __slots__ = ()

    def __init__(self, dtype: np.dtype) -> None:
        super().__init__(dtype, 4)

    def to_v3(self) -> dict:
        return {"name": "fixed_length_utf32", "configuration": {"length_bytes": self.dtype.itemsize}}

    def zero(self) -> np.str_:
        return np.str_("")

    def _scalar_of(self, value: JSON) -> np.str_:
        if not isinstance(value, str):
            self.refuse(value)
        text = value.rstrip("\0")
        if 4 * len(text) > self.dtype.itemsize:
            self.refuse(value)
        return np.str_(text)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str:
        return str(scalar)

    def cast_fill(self, value: Any) -> np.str_:
        if value is None or (isinstance(value, int) and value == 0):
            return self.zero()
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        return self._scalar_of(value)


class Raw(Fixed):
    """``|Vn``; in v3 ``r<bits>`` (core) or ``raw_bytes`` (zarr-python), whichever was read.

    Fill values are base64; those of ``r<bits>`` are lists of bytes, though tensorstore writes base64 there too.
    """

    __slots__ = ("name",)
    name: str

    def __init__(self, dtype: np.dtype, name: str = "raw_bytes") -> None:
        super().__init__(dtype)
        set_slot(self, "name", name)

    def _key(self) -> tuple:
        return (self.dtype, self.name)

    def to_v3(self) -> str | dict:
        if self.name != "raw_bytes":
            return self.name
        return {"name": self.name, "configuration": {"length_bytes": self.dtype.itemsize}}

    def _scalar_of(self, value: JSON) -> np.void:
        if isinstance(value, str):
            return self.from_base64(value)
        if not isinstance(value, list) or len(value) != self.dtype.itemsize:
            self.refuse(value)
        if not all(type(byte) is int and 0 <= byte < 256 for byte in value):
            self.refuse(value)
        return self.from_bytes(bytes(value))

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str | list:
        if zarr_format == 3 and self.name != "raw_bytes":
            return list(bytes(scalar))
        return self.to_base64(scalar)

    def cast_fill(self, value: Any) -> np.void:
        if value is None or (isinstance(value, int) and value == 0):
            return self.zero()
        if isinstance(value, np.ndarray) and value.ndim == 0:
            value = value[()]
        raw = value.tobytes() if isinstance(value, np.void) else value
        if not isinstance(raw, (bytes, bytearray)) or len(raw) > self.dtype.itemsize:
            self.refuse(value)
        return self.from_bytes(bytes(raw).ljust(self.dtype.itemsize, b"\0"))


def fixed_from_v2(value: str, parse: ParseV2) -> DataType:
    """From ``|Sn``, ``<Un``, ``|Vn``."""
    digits = value[2:]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
        raise UnknownDataTypeError(f"unknown data type {shown(value)}")
    return _make(value[1], int(digits), value[0])


def fixed_from_numpy(dtype: np.dtype) -> DataType:
    units = dtype.itemsize // (4 if dtype.kind == "U" else 1)
    return _make(dtype.kind, max(units, 1), dtype.str[0])


def fixed_from_v3(name: str, configuration: dict) -> DataType:
    """From ``null_terminated_bytes``, ``fixed_length_utf32``, ``raw_bytes``, each ``{"length_bytes"}``."""
    length = configuration.get("length_bytes")
    if type(length) is not int or len(configuration) != 1 or length < 0:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    if name != "fixed_length_utf32":
        return _make("S" if name == "null_terminated_bytes" else "V", length, "|")
    if length % 4:
        raise DataTypeValidationError(f"data type {name!r}: length_bytes {shown(length)} is no multiple of 4")
    return _make("U", length // 4, "=")


def raw_from_v3(name: str) -> DataType | None:
    """From ``r<bits>``, None for other names."""
    digits = name[1:]
    if name[:1] != "r" or not (digits.isascii() and digits.isdigit()) or digits[0] == "0" or len(digits) > 12:
        return None
    bits = int(digits)
    if bits % 8:
        raise DataTypeValidationError(f"data type {name!r}: the number of bits must be a multiple of 8")
    return _make("V", bits // 8, "|", name)


def _make(kind: str, units: int, order: str, name: str = "raw_bytes") -> DataType:
    if units * (4 if kind == "U" else 1) > _MOST_BYTES or (kind == "V" and units == 0):
        raise DataTypeValidationError(f"data type {kind}{units}: impossible length")
    dtype = np.dtype(f"{order}{kind}{units}")
    if kind == "S":
        return FixedBytes(dtype)
    return FixedText(dtype) if kind == "U" else Raw(dtype, name)
