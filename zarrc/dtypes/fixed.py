"""Types of a fixed number of bytes: NUL-padded bytes (S), UTF-32 text (U), raw bytes (V, r*)."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.dtypes.public import NATIVE, Endianness, endianness_of, order_character
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


class Sized(Fixed):
    """Base of those that are made of a length alone. Stored ones may have no length, made ones may not."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ("length",)
    _kind: ClassVar[str]

    @property
    def length(self) -> int:
        """Elements of an element: bytes, or characters of text."""
        return self.dtype.itemsize

    @classmethod
    def _of_length(cls, length: int, order: str = "|") -> Self:
        if length * (4 if cls._kind == "U" else 1) > _MOST_BYTES or (cls._kind == "V" and length == 0):
            raise DataTypeValidationError(f"data type {cls._kind}{length}: impossible length")
        new = cls.__new__(cls)
        DataType.__init__(new, np.dtype(f"{order}{cls._kind}{length}"), 4 if cls._kind == "U" else 0)
        return new

    def _checked_length(self, length: int) -> int:
        if length < 1:
            raise ValueError(f"length must be >= 1, got {length}.")
        return length

    def __reduce__(self) -> tuple:
        return (_again, (type(self), self.length, self.dtype.str[0]))

    # zarr-python's names -------------------------------------------------------------------------------------
    @classmethod
    def _check_native_dtype(cls, dtype: Any) -> bool:
        return isinstance(dtype, np.dtype) and dtype.kind == cls._kind and dtype.names is None and not dtype.subdtype

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        units = dtype.itemsize // (4 if cls._kind == "U" else 1)
        return cls._of_length(max(units, 1), dtype.str[0])

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        wanted = "<>" if cls._kind == "U" else "|"
        if not isinstance(name, str) or name[1:2] != cls._kind or name[0] not in wanted or object_codec is not None:
            return None
        return fixed_from_v2(name, None)

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        return fixed_from_v3(name, configuration) if name == cls._zarr_v3_name else None


class NullTerminatedBytes(Sized):
    """``|Sn``; in v3 ``null_terminated_bytes`` (zarr-python). Fill values are base64.

    Parameters
    ----------
    length : int
        Bytes of an element; shorter strings are padded with zeros, which are no part of them.
    """

    __slots__ = ()
    dtype_cls = np.dtypes.BytesDType
    _zarr_v3_name = "null_terminated_bytes"
    _unstable = True
    _kind = "S"

    def __init__(self, *, length: int) -> None:
        super().__init__(np.dtype(f"S{self._checked_length(length)}"))

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

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (bytes, str))

    def _cast(self, data: Any) -> np.bytes_:
        raw = data.encode("ascii") if isinstance(data, str) else bytes(data)
        return np.bytes_(raw[: self.length])


class FixedLengthUTF32(Sized):
    """``<Un``; in v3 ``fixed_length_utf32`` (zarr-extensions). Fill values are JSON strings.

    Parameters
    ----------
    length : int
        Characters of an element, 4 bytes each.
    endianness : {"little", "big"}, optional
        Byte order in memory, by default the machine's.
    """

    __slots__ = ()
    _fields = ("length", "endianness")
    dtype_cls = np.dtypes.StrDType
    _zarr_v3_name = "fixed_length_utf32"
    _kind = "U"
    code_point_bytes: ClassVar[int] = 4

    def __init__(self, *, length: int, endianness: Endianness = NATIVE) -> None:
        dtype = np.dtype(f"{order_character(endianness)}U{self._checked_length(length)}")
        super().__init__(dtype, 4)

    @property
    def length(self) -> int:
        return self.dtype.itemsize // 4

    @property
    def endianness(self) -> Endianness:
        return endianness_of(self.dtype)

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

    def _check_scalar(self, data: object) -> bool:
        return True  # everything can be written down

    def _cast(self, data: Any) -> np.str_:
        text = data.decode() if isinstance(data, bytes) else str(data)
        return np.str_(text[: self.length])


class RawBytes(Sized):
    """``|Vn``; in v3 ``r<bits>`` (core) or ``raw_bytes`` (zarr-python), whichever was read.

    Fill values are base64; those of ``r<bits>`` are lists of bytes, though tensorstore writes base64 there too.

    Parameters
    ----------
    length : int
        Bytes of an element.
    name : str
        The v3 name to write.
    """

    __slots__ = ("name",)
    _fields = ("length", "name")
    dtype_cls = np.dtypes.VoidDType
    _zarr_v3_name = "raw_bytes"
    _unstable = True
    _kind = "V"
    name: str

    def __init__(self, *, length: int, name: str = "raw_bytes") -> None:
        super().__init__(np.dtype(f"V{self._checked_length(length)}"))
        set_slot(self, "name", name)

    @classmethod
    def _of_length(cls, length: int, order: str = "|", name: str = "raw_bytes") -> Self:
        new = super()._of_length(length)
        set_slot(new, "name", name)
        return new

    def __reduce__(self) -> tuple:
        return (_again, (type(self), self.length, "|", self.name))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(length={self.length})" if self.name == "raw_bytes" else super().__repr__()

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

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (bytes, str, np.void))

    def _cast(self, data: Any) -> np.void:
        raw = data.encode("ascii") if isinstance(data, str) else bytes(data)
        return self._inner("cast_fill", raw[: self.length])


def _again(cls: type[Sized], length: int, order: str, *more: str) -> Sized:
    return cls._of_length(length, order, *more)


def fixed_from_v2(value: str, parse: ParseV2 | None) -> DataType:
    """From ``|Sn``, ``<Un``, ``|Vn``."""
    digits = value[2:]
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 10:
        raise UnknownDataTypeError(f"unknown data type {shown(value)}")
    return _OF_KIND[value[1]]._of_length(int(digits), value[0])


def fixed_from_numpy(dtype: np.dtype) -> DataType:
    return _OF_KIND[dtype.kind]._of_dtype(dtype)


def fixed_from_v3(name: str, configuration: dict) -> DataType:
    """From ``null_terminated_bytes``, ``fixed_length_utf32``, ``raw_bytes``, each ``{"length_bytes"}``."""
    length = configuration.get("length_bytes")
    if type(length) is not int or len(configuration) != 1 or length < 0:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    if name != "fixed_length_utf32":
        return _OF_KIND["S" if name == "null_terminated_bytes" else "V"]._of_length(length)
    if length % 4:
        raise DataTypeValidationError(f"data type {name!r}: length_bytes {shown(length)} is no multiple of 4")
    return FixedLengthUTF32._of_length(length // 4, "=")


def raw_from_v3(name: str) -> DataType | None:
    """From ``r<bits>``, None for other names."""
    digits = name[1:]
    if name[:1] != "r" or not (digits.isascii() and digits.isdigit()) or digits[0] == "0" or len(digits) > 12:
        return None
    bits = int(digits)
    if bits % 8:
        raise DataTypeValidationError(f"data type {name!r}: the number of bits must be a multiple of 8")
    return RawBytes._of_length(bits // 8, "|", name)


_OF_KIND: dict[str, type[Sized]] = {"S": NullTerminatedBytes, "U": FixedLengthUTF32, "V": RawBytes}
