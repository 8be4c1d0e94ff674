"""Checks and warnings about data types, under their names of ``zarr.core.dtype.common``."""

from __future__ import annotations

from typing import Any

from zarrc.dtype import moved
from zarrc.dtypes.base import DataType
from zarrc.dtypes.json_types import (
    DTypeConfig_V2,
    DTypeJSON,
    DTypeName_V2,
    DTypeSpec_V2,
    check_dtype_spec_no_object_codec_v2,
    check_dtype_spec_v2,
)
from zarrc.errors import UnstableSpecificationWarning


class _Has(type):
    """A class that stands for the data types which have an attribute."""

    attribute: str

    def __subclasscheck__(cls, other: type) -> bool:
        if not issubclass(other, DataType) or not hasattr(other, cls.attribute):
            return False
        if cls.attribute == "item_size":
            return bool(other.fixed_size)
        return (
            cls.attribute != "endianness" or not other.__module__.startswith("zarrc.") or "endianness" in other._fields
        )

    def __instancecheck__(cls, instance: object) -> bool:
        return isinstance(instance, DataType) and hasattr(instance, cls.attribute)


class HasLength(metaclass=_Has):
    """Data types of so many bytes or characters."""

    attribute = "length"


class HasItemSize(metaclass=_Has):
    """Data types whose elements have a fixed number of bytes."""

    attribute = "item_size"


class HasEndianness(metaclass=_Has):
    """Data types with a byte order in memory."""

    attribute = "endianness"


class HasObjectCodec(metaclass=_Has):
    """Data types that v2 stores by an object codec."""

    attribute = "object_codec_id"


def unpack_dtype_json(data: Any) -> Any:
    """The ``dtype`` value of ``.zarray`` in what ``to_json(zarr_format=2)`` gives; other JSON as it is."""
    return data["name"] if check_dtype_spec_v2(data) else data


__getattr__ = moved(__name__)

__all__ = [
    "DTypeConfig_V2",
    "DTypeJSON",
    "DTypeName_V2",
    "DTypeSpec_V2",
    "HasEndianness",
    "HasItemSize",
    "HasLength",
    "HasObjectCodec",
    "UnstableSpecificationWarning",
    "check_dtype_spec_no_object_codec_v2",
    "check_dtype_spec_v2",
    "unpack_dtype_json",
]
