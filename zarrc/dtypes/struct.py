"""Structured types: packed fields, which may nest and, in v2, be sub-arrays."""

from __future__ import annotations

import math
import warnings
from binascii import b2a_base64
from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.dtypes.fixed import Fixed
from zarrc.dtypes.public import Parse
from zarrc.dtypes.registry import from_numpy, parse_v2, parse_v3
from zarrc.errors import DataTypeValidationError, FillValueError, ZarrUserWarning
from zarrc.frozen import set_slot

Field = tuple[str, DataType, tuple[int, ...]]


class Struct(Fixed):
    """A packed structure.

    v3 has two spellings: ``struct`` (zarr-extensions; the fill value is an object) and the older ``structured``
    (zarr-python; base64), which is the subclass `Structured`. The one that was read is kept.

    Parameters
    ----------
    fields : iterable
        ``(name, data type)`` of each field, or ``(name, data type, shape)`` of a sub-array, which only v2 has. What
        is no data type goes through `zarrc.dtypes.from_numpy`.

    Attributes
    ----------
    members : tuple
        ``(name, data type, sub-array shape)`` of each field; the shape is () for plain fields.
    """

    __slots__ = ("members",)
    dtype_cls = np.dtypes.VoidDType
    _zarr_v3_name = "struct"
    members: tuple[Field, ...]
    name: ClassVar[str] = "struct"

    def __init__(self, *, fields: Any) -> None:
        members = tuple([_member(*field) for field in fields])
        if not members:
            raise DataTypeValidationError(f"a structured data type must have at least one field. Got {fields!r}")
        for label, data_type, _ in members:
            if not data_type.fixed_size:
                raise DataTypeValidationError(f"field {label!r} of a structured data type has no fixed size")
        try:
            dtype = np.dtype(
                [(label, kind.dtype, shape) if shape else (label, kind.dtype) for label, kind, shape in members]
            )
        except (TypeError, ValueError) as e:
            raise DataTypeValidationError(f"impossible structured data type: {e}") from None
        super().__init__(dtype)
        set_slot(self, "members", members)

    @property
    def fields(self) -> tuple:
        """``members`` as the constructor takes them: sub-arrays alone with a shape."""
        return tuple([field if field[2] else field[:2] for field in self.members])

    _fields = ("fields",)

    def to_v2(self) -> list:
        return [[label, kind.to_v2(), *([list(shape)] if shape else [])] for label, kind, shape in self.members]

    def to_v3(self) -> dict:
        parts: list[Any] = []
        for label, kind, shape in self.members:
            if shape:
                raise DataTypeValidationError(f"field {label!r}: v3 has no sub-arrays in structured data types")
            json = kind.to_v3()
            parts.append({"name": label, "data_type": json} if self.name == "struct" else [label, json])
        return {"name": self.name, "configuration": {"fields": parts}}

    def _scalar_of(self, value: JSON) -> np.void:
        if isinstance(value, str):
            return self.from_base64(value)
        if not isinstance(value, dict) or value.keys() != {label for label, _, _ in self.members}:
            self.refuse(value)
        return self._assemble({label: kind.fill_from_json(value[label], 3) for label, kind, _ in self.members})

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if zarr_format == 3 and isinstance(value, str) and value:  # bytes without a byte order: little-endian
            little = self.dtype.newbyteorder("<")
            return np.frombuffer(self.from_base64(value).tobytes(), little).astype(self.dtype)[0]
        return super().fill_from_json(value, zarr_format)

    def _assemble(self, scalars: dict[str, Any]) -> np.void:
        """One element of its fields' scalars, their bits kept."""
        cell = np.zeros(1, self.dtype)
        for label, scalar in scalars.items():
            cell[label] = scalar
        return cell[0]

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        if zarr_format == 2:
            return self.to_base64(scalar)
        if self.name == "structured":
            cell = np.zeros((), self.dtype)
            cell[()] = scalar
            return b2a_base64(cell.astype(self.dtype.newbyteorder("<")).tobytes(), newline=False).decode("ascii")
        return {label: kind.fill_to_json(scalar[label], 3) for label, kind, _ in self.members}

    def cast_fill(self, value: Any) -> np.void:
        if value is None or (isinstance(value, (int, float)) and value == 0):
            return self.zero()
        if isinstance(value, dict) and value.keys() <= {label for label, _, _ in self.members}:
            plain = {
                label: kind.cast_fill(value[label])
                for label, kind, shape in self.members
                if label in value and not shape
            }
            if plain.keys() == value.keys():
                return self._assemble(plain)
        if isinstance(value, (bytes, bytearray)) and len(value) == self.dtype.itemsize:
            return self.from_bytes(bytes(value))
        if isinstance(value, (tuple, np.void, np.ndarray)):
            try:
                cell = np.zeros(1, self.dtype)
                cell[0] = value
                return cell[0]
            except (TypeError, ValueError, OverflowError):
                pass
        self.refuse(value)

    def wants_text(self, value: JSON) -> bool:
        return isinstance(value, dict) and any(
            kind.wants_text(value[label]) for label, kind, _ in self.members if label in value
        )

    def has_multi_byte_fields(self) -> bool:
        """Whether the byte order matters to any field."""
        return any(
            kind.has_multi_byte_fields() if isinstance(kind, Struct) else kind.dtype.itemsize > 1
            for _, kind, _ in self.members
        )

    # zarr-python's names -------------------------------------------------------------------------------------
    @classmethod
    def _check_native_dtype(cls, dtype: Any) -> bool:
        return isinstance(dtype, np.dtype) and dtype.names is not None

    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        for label in dtype.names or ():
            if dtype[label].subdtype is not None:  # zarr-python refuses what v3 cannot store
                raise DataTypeValidationError(f"field {label!r} is a subarray, which Zarr v3 cannot store")
        return cls(fields=struct_from_numpy(dtype, from_numpy).fields)

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        return cls._from_v2(name, parse_v2) if object_codec is None else None

    @classmethod
    def _from_v2(cls, name: Any, parse: Parse) -> Any:
        if isinstance(name, (str, Mapping)) or not isinstance(name, (list, tuple)):
            return None
        return cls(fields=struct_from_v2(list(name), parse).fields)  # type: ignore[attr-defined]

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        return struct_from_v3(name, configuration, parse_v3) if name in _CLASSES else None

    @classmethod
    def _from_json_with(cls, data: Any, zarr_format: int, parse: Parse) -> Any:
        if zarr_format == 2:
            if not isinstance(data, Mapping) or data.keys() != {"name", "object_codec_id"} or data["object_codec_id"]:
                cls._not_json(data)
            made = cls._from_v2(data["name"], parse)
        elif isinstance(data, Mapping) and data.get("name") in _CLASSES:
            made = struct_from_v3(data["name"], dict(data.get("configuration") or {}), parse)
        else:
            made = None
        return made if isinstance(made, cls) else cls._not_json(data)

    def from_json_scalar(self, data: Any, *, zarr_format: int) -> Any:
        """As in the base; fields that an object leaves out are zero, or what is their default."""
        if zarr_format == 3 and isinstance(data, dict) and data.keys() <= {label for label, _, _ in self.members}:
            return self._assemble(
                {
                    label: kind.from_json_scalar(data[label], zarr_format=3) if label in data else kind.default_fill()
                    for label, kind, _ in self.members
                }
            )
        return super().from_json_scalar(data, zarr_format=zarr_format)

    def _check_scalar(self, data: object) -> bool:
        try:
            self._cast(data)
        except FillValueError:
            return False
        return True

    def _cast(self, data: Any) -> np.void:
        if isinstance(data, list):
            data = tuple(data)
        return self._inner("cast_fill", data)


class Structured(Struct):
    """`Struct` with its older name in v3; its parameters are the same."""

    __slots__ = ()
    _zarr_v3_name = "structured"
    _unstable = True
    name: ClassVar[str] = "structured"


_CLASSES: dict[str, type[Struct]] = {"struct": Struct, "structured": Structured}


def _member(label: str, kind: Any, shape: tuple[int, ...] = ()) -> Field:
    return (label, from_numpy(kind), tuple(shape))


def struct_from_v2(value: list, parse: ParseV2) -> DataType:
    """From a list of ``[name, dtype]`` and ``[name, dtype, shape]``."""
    fields = []
    for item in value:
        if (
            not isinstance(item, (list, tuple))
            or len(item) not in (2, 3)
            or not isinstance(item[0], str)
            or not item[0]
        ):
            raise DataTypeValidationError(f"malformed field {shown(item)} in data type {shown(value)}")
        shape = item[2] if len(item) == 3 else []
        if type(shape) is int:
            shape = [shape]
        if not isinstance(shape, (list, tuple)) or not all(type(n) is int and n > 0 for n in shape):
            raise DataTypeValidationError(f"malformed sub-array shape {shown(shape)} in data type {shown(value)}")
        if math.prod(shape) >= 1 << 31 or len(shape) > 32:
            raise DataTypeValidationError(f"impossible sub-array shape {shown(shape)} in data type {shown(value)}")
        fields.append((item[0], parse(item[1]), tuple(shape)))
    return Struct(fields=fields)


def struct_from_v3(name: str, configuration: dict, parse: Callable[[JSON], DataType]) -> DataType:
    """From ``{"fields": [{"name", "data_type"}, ...]}``; ``structured`` has ``[name, data_type]`` pairs."""
    parts = configuration.get("fields")
    if not isinstance(parts, (list, tuple)) or len(configuration) != 1:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    fields = []
    for part in parts:
        if isinstance(part, dict) and part.keys() == {"name", "data_type"}:
            label, json = part["name"], part["data_type"]
        elif isinstance(part, (list, tuple)) and len(part) == 2:
            label, json = part
        else:
            raise DataTypeValidationError(f"data type {name!r}: malformed field {shown(part)}")
        if not isinstance(label, str) or not label:
            raise DataTypeValidationError(f"data type {name!r}: malformed field name {shown(label)}")
        fields.append((label, parse(json), ()))
    return _CLASSES[name](fields=fields)


def struct_from_numpy(dtype: np.dtype, parse: Callable[[Any], DataType]) -> Struct:
    """From a numpy structured dtype. Padding between the fields is dropped, with a warning.

    Raises
    ------
    DataTypeValidationError
        A field has a title, for which Zarr has no place.
    """
    if not _is_packed(dtype):
        warnings.warn(
            f"Zarr stores structures in a packed layout: the padding in {dtype} is left out, the values are kept",
            ZarrUserWarning,
            stacklevel=2,
        )
    return _struct(dtype, parse)


def _struct(dtype: np.dtype, parse: Callable[[Any], DataType]) -> Struct:
    fields = []
    for label in dtype.names or ():
        if len(dtype.fields[label]) > 2:  # type: ignore[index]
            raise DataTypeValidationError(f"field {label!r} has a title, for which Zarr has no place")
        inner = dtype[label]
        base, shape = inner.subdtype if inner.subdtype is not None else (inner, ())
        fields.append((label, _struct(base, parse) if base.names is not None else parse(base), shape))
    return Struct(fields=fields)


def _is_packed(dtype: np.dtype) -> bool:
    if dtype.subdtype is not None:
        return _is_packed(dtype.subdtype[0])
    parts = [dtype[label] for label in dtype.names or ()]
    return not parts or (sum(part.itemsize for part in parts) == dtype.itemsize and all(map(_is_packed, parts)))
