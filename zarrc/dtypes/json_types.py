"""Types of the JSON forms of data types, under the names of ``zarr.dtype``, for annotations."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Generic, Literal, TypedDict, TypeVar

Name = TypeVar("Name")
ObjectCodec = TypeVar("ObjectCodec")
Configuration = TypeVar("Configuration")

DTypeJSON = str | int | float | Sequence[Any] | None | Mapping[str, object]


class DTypeConfig_V2(TypedDict, Generic[Name, ObjectCodec]):
    """A v2 data type: the ``dtype`` value of ``.zarray``, and the id of the first filter if it is an object codec."""

    name: Name
    object_codec_id: ObjectCodec


class NamedConfig(TypedDict, Generic[Name, Configuration]):
    """A v3 data type that has parameters."""

    name: Name
    configuration: Configuration


class LengthConfig(TypedDict):
    """Bytes of an element."""

    length_bytes: int


class TimeConfig(TypedDict):
    """Unit, and units of a step."""

    unit: str
    scale_factor: int


class StructConfig(TypedDict):
    """Fields, in order."""

    fields: Sequence[Any]


DTypeName_V2 = str | Sequence[Any]
DTypeSpec_V2 = DTypeConfig_V2[DTypeName_V2, str | None]
DateTime64JSON_V2 = TimeDelta64JSON_V2 = DTypeConfig_V2[str, None]
FixedLengthUTF32JSON_V2 = NullterminatedBytesJSON_V2 = RawBytesJSON_V2 = DTypeConfig_V2[str, None]
StructuredJSON_V2 = DTypeConfig_V2[Sequence[Any], None]
VariableLengthBytesJSON_V2 = DTypeConfig_V2[Literal["|O"], Literal["vlen-bytes"]]
VariableLengthUTF8JSON_V2 = DTypeConfig_V2[Literal["|O"], Literal["vlen-utf8"]]
DateTime64JSON_V3 = NamedConfig[Literal["numpy.datetime64"], TimeConfig]
TimeDelta64JSON_V3 = NamedConfig[Literal["numpy.timedelta64"], TimeConfig]
FixedLengthUTF32JSON_V3 = NamedConfig[Literal["fixed_length_utf32"], LengthConfig]
NullTerminatedBytesJSON_V3 = NamedConfig[Literal["null_terminated_bytes"], LengthConfig]
RawBytesJSON_V3 = NamedConfig[Literal["raw_bytes"], LengthConfig]
StructJSON_V3 = NamedConfig[Literal["struct"], StructConfig]
StructuredJSON_V3 = NamedConfig[Literal["structured"], StructConfig]


def check_dtype_spec_v2(data: object) -> bool:
    """Whether ``data`` has the form of `DTypeSpec_V2`."""
    if not isinstance(data, Mapping) or data.keys() != {"name", "object_codec_id"}:
        return False
    return _is_name(data["name"]) and isinstance(data["object_codec_id"], str | None)


def check_dtype_spec_no_object_codec_v2(data: object) -> bool:
    """Whether ``data`` has the form of `DTypeSpec_V2`, without an object codec."""
    return check_dtype_spec_v2(data) and data["object_codec_id"] is None  # type: ignore[index]


def _is_name(name: object) -> bool:
    """A typestr, or fields of names and names."""
    if isinstance(name, str):
        return True
    if not isinstance(name, Sequence) or isinstance(name, bytes):
        return False
    return all(
        isinstance(field, Sequence)
        and not isinstance(field, (str, bytes))
        and len(field) == 2
        and isinstance(field[0], str)
        and _is_name(field[1])
        for field in name
    )
