"""Types without a fixed number of bytes: strings, bytes, and other v2 objects."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType
from zarrc.errors import DataTypeValidationError
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


class String(Variable):
    """UTF-8 text: ``string`` (zarr-extensions), in v2 ``|O`` with ``vlen-utf8``; numpy's StringDType."""

    __slots__ = ()
    object_codec = "vlen-utf8"

    def __init__(self) -> None:
        super().__init__(_TEXT)

    def _key(self) -> tuple:
        return ()

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
        return value

    def fill_to_json(self, scalar: Any, zarr_format: int) -> str:
        return str(scalar)

    def cast_fill(self, value: Any) -> str:
        if value is None:
            return ""
        return self.fill_from_json(str(value) if isinstance(value, np.str_) else value, 2)


class Bytes(Variable):
    """Byte strings: ``bytes`` (zarr-extensions) or ``variable_length_bytes`` (zarr-python), in v2 ``|O`` with
    ``vlen-bytes``. Fill values are base64 or lists of bytes."""

    __slots__ = ("name",)
    name: str
    object_codec = "vlen-bytes"

    def __init__(self, name: str = "bytes") -> None:
        super().__init__(_OBJECT)
        set_slot(self, "name", name)

    def _key(self) -> tuple:
        return (self.name,)

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


class Object(Variable):
    """Any Python object, v2 only: what an element is, the object codec says (``vlen-array``, ``json2``, ...)."""

    __slots__ = ("object_codec",)

    def __init__(self, object_codec: str) -> None:
        super().__init__(_OBJECT)
        set_slot(self, "object_codec", object_codec)

    def _key(self) -> tuple:
        return (self.object_codec,)

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


STRING, BYTES = String(), Bytes()


def object_from_v2(object_codec: str | None) -> DataType:
    """The type of ``|O`` with this object codec as its first filter."""
    if object_codec is None:
        raise DataTypeValidationError("data type '|O' needs an object codec as the first filter")
    return {"vlen-utf8": STRING, "vlen-bytes": BYTES}.get(object_codec) or Object(object_codec)


def string_from_numpy(dtype: np.dtype) -> DataType:
    """From numpy's StringDType."""
    return STRING


def variable_from_v3(name: str, configuration: dict) -> DataType:
    if configuration:
        raise DataTypeValidationError(f"data type {name!r} has no configuration")
    return STRING if name == "string" else Bytes(name)
