"""Types without a fixed number of bytes: strings, bytes, and other v2 objects."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any, Self

import numpy as np

from zarrc.dtypes.base import JSON, DataType
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError
from zarrc.frozen import set_slot

_OBJECT = np.dtype(object)
_TEXT: np.dtype = np.dtypes.StringDType() if hasattr(np.dtypes, "StringDType") else _OBJECT


class Variable(DataType):
    """Base: v2 calls all of them ``|O`` and tells them apart by the first filter, the object codec."""

    __slots__ = ()
    fixed_size = False
    object_codec: str

    def to_v2(self) -> str:
        return "|O"

    @property
    def object_codec_id(self) -> str:
        """`object_codec`, as zarr-python calls it."""
        return self.object_codec

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        return cls()  # type: ignore[call-arg]

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        return object_from_v2(object_codec) if name == "|O" and object_codec else None

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        return variable_from_v3(name, configuration) if name in V3_NAMES else None


class VariableLengthUTF8(Variable):
    """UTF-8 text: ``string`` (zarr-extensions), in v2 ``|O`` with ``vlen-utf8``; numpy's StringDType."""

    __slots__ = ()
    object_codec = "vlen-utf8"
    dtype_cls = type(_TEXT)
    _zarr_v3_name = "string"

    def __init__(self) -> None:
        super().__init__(_TEXT)

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        if hasattr(dtype, "na_object"):
            raise UnknownDataTypeError(f"Zarr data type resolution from {dtype!r} failed: Zarr has no missing strings")
        return cls()

    def to_v3(self) -> str:
        return "string"

    def zero(self) -> str:
        return ""

    default_fill = zero

    def fill_from_json(self, value: JSON, zarr_format: int) -> str:
        if zarr_format == 2 and type(value) is int and value == 0:
            return ""
        if not isinstance(value, str):
            self.refuse(value)
        try:
            value.encode()
        except UnicodeEncodeError:  # half of a surrogate pair, which JSON can hold and UTF-8 cannot
            self.refuse(value)
        return value

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str:
        return str(scalar)

    def cast_fill(self, value: Any) -> str:
        if value is None:
            return ""
        return self.fill_from_json(str(value) if isinstance(value, np.str_) else value, 2)

    def _check_scalar(self, data: object) -> bool:
        return True  # everything can be written down

    def _cast(self, data: Any) -> str:
        return str(data)


class VariableLengthBytes(Variable):
    """Byte strings: ``bytes`` (zarr-extensions) or ``variable_length_bytes`` (zarr-python), in v2 ``|O`` with
    ``vlen-bytes``. Fill values are base64 or lists of bytes.

    Parameters
    ----------
    name : {"variable_length_bytes", "bytes"}
        The v3 name to write. Types that differ in it alone are equal.
    """

    __slots__ = ("name",)
    _fields = ("name",)
    name: str
    object_codec = "vlen-bytes"
    dtype_cls = type(_OBJECT)
    _zarr_v3_name = "variable_length_bytes"
    _unstable = True

    def __init__(self, *, name: str = "variable_length_bytes") -> None:
        super().__init__(_OBJECT)
        set_slot(self, "name", name)

    def _key(self) -> tuple:
        return ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}()"

    def to_v3(self) -> str:
        return self.name

    def zero(self) -> bytes:
        return b""

    default_fill = zero

    def fill_from_json(self, value: JSON, zarr_format: int) -> bytes:
        if isinstance(value, str):
            try:
                return a2b_base64(value, strict_mode=True) if value else b""
            except (Base64Error, ValueError):
                self.refuse(value)
        if isinstance(value, list) and all(type(byte) is int and 0 <= byte < 256 for byte in value):
            return bytes(value)
        if zarr_format == 2 and type(value) is int and value == 0:
            return b""
        self.refuse(value)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str:
        return b2a_base64(bytes(scalar), newline=False).decode("ascii")

    def cast_fill(self, value: Any) -> bytes:
        if value is None or (isinstance(value, int) and value == 0):
            return b""
        if isinstance(value, str):
            return value.encode()
        if not isinstance(value, (bytes, bytearray)):
            self.refuse(value)
        return bytes(value)

    def _check_scalar(self, data: object) -> bool:
        return isinstance(data, (bytes, str))


class Object(Variable):
    """Any Python object, v2 only: what an element is, the object codec says (``vlen-array``, ``json2``, ...)."""

    __slots__ = ("object_codec",)
    _fields = ("object_codec",)
    dtype_cls = type(_OBJECT)

    def __init__(self, *, object_codec: str) -> None:
        super().__init__(_OBJECT)
        set_slot(self, "object_codec", object_codec)

    def to_v3(self) -> str:
        raise DataTypeValidationError(f"objects of the codec {self.object_codec!r} have no data type in v3")

    def zero(self) -> None:
        return None

    default_fill = zero

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        return value

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        return scalar

    def cast_fill(self, value: Any) -> Any:
        return value.item() if isinstance(value, np.generic) else value


V3_NAMES = ("string", "bytes", "variable_length_bytes")
STRING, BYTES = VariableLengthUTF8(), VariableLengthBytes(name="bytes")


def object_from_v2(object_codec: str | None) -> DataType:
    """The type of ``|O`` with this object codec as its first filter."""
    if object_codec is None:
        raise DataTypeValidationError("data type '|O' needs an object codec as the first filter")
    return {"vlen-utf8": STRING, "vlen-bytes": BYTES}.get(object_codec) or Object(object_codec=object_codec)


def string_from_numpy(dtype: np.dtype) -> DataType:
    """From numpy's StringDType. Raises `UnknownDataTypeError` for one with missing values."""
    return VariableLengthUTF8._of_dtype(dtype)


def variable_from_v3(name: str, configuration: dict) -> DataType:
    if configuration:
        raise DataTypeValidationError(f"data type {name!r} has no configuration")
    return STRING if name == "string" else VariableLengthBytes(name=name)
