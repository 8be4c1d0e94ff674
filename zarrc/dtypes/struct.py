"""Structured types: packed fields, which may nest and, in v2, be sub-arrays."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.dtypes.fixed import Fixed
from zarrc.errors import DataTypeValidationError
from zarrc.frozen import set_slot

Field = tuple[str, DataType, tuple[int, ...]]


class Struct(Fixed):
    """A packed structure.

    v3 has two spellings: ``struct`` (zarr-extensions; the fill value is an object) and the older ``structured``
    (zarr-python; base64). The one that was read is kept.

    Attributes
    ----------
    fields : tuple
        ``(name, data type, sub-array shape)`` of each field; the shape is () for plain fields.
    """

    __slots__ = ("fields", "name")
    fields: tuple[Field, ...]
    name: str

    def __init__(self, fields: tuple[Field, ...], name: str = "struct") -> None:
        if not fields:
            raise DataTypeValidationError("a structured data type needs a field")
        for label, data_type, _ in fields:
            if not data_type.fixed_size:
                raise DataTypeValidationError(f"field {label!r} of a structured data type has no fixed size")
        try:
            dtype = np.dtype(
                [(label, kind.dtype, shape) if shape else (label, kind.dtype) for label, kind, shape in fields]
            )
        except (TypeError, ValueError) as e:
            raise DataTypeValidationError(f"impossible structured data type: {e}") from None
        super().__init__(dtype)
        set_slot(self, "fields", fields)
        set_slot(self, "name", name)

    def _key(self) -> tuple:
        return (self.fields, self.name)

    def to_v2(self) -> list:
        return [[label, kind.to_v2(), *([list(shape)] if shape else [])] for label, kind, shape in self.fields]

    def to_v3(self) -> dict:
        parts: list[Any] = []
        for label, kind, shape in self.fields:
            if shape:
                raise DataTypeValidationError(f"field {label!r}: v3 has no sub-arrays in structured data types")
            json = kind.to_v3()
            parts.append({"name": label, "data_type": json} if self.name == "struct" else [label, json])
        return {"name": self.name, "configuration": {"fields": parts}}

    def _scalar_of(self, value: JSON) -> np.void:
        if isinstance(value, str):
            return self.from_base64(value)
        if not isinstance(value, dict) or value.keys() != {label for label, _, _ in self.fields}:
            self.refuse(value)
        return self._assemble({label: kind.fill_from_json(value[label], 3) for label, kind, _ in self.fields})

    def _assemble(self, scalars: dict[str, Any]) -> np.void:
        """One element of its fields' scalars, their bits kept."""
        cell = np.zeros(1, self.dtype)
        for label, scalar in scalars.items():
            cell[label] = scalar
        return cell[0]

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        if zarr_format == 2 or self.name == "structured":
            return self.to_base64(scalar)
        return {label: kind.fill_to_json(scalar[label], 3) for label, kind, _ in self.fields}

    def cast_fill(self, value: Any) -> np.void:
        if value is None or (isinstance(value, (int, float)) and value == 0):
            return self.zero()
        if isinstance(value, dict) and value.keys() <= {label for label, _, _ in self.fields}:
            plain = {
                label: kind.cast_fill(value[label])
                for label, kind, shape in self.fields
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
            kind.wants_text(value[label]) for label, kind, _ in self.fields if label in value
        )


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
    return Struct(tuple(fields))


def struct_from_v3(name: str, configuration: dict, parse: Callable[[JSON], DataType]) -> DataType:
    """From ``{"fields": [{"name", "data_type"}, ...]}``; ``structured`` has ``[name, data_type]`` pairs."""
    parts = configuration.get("fields")
    if not isinstance(parts, list) or len(configuration) != 1:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    fields = []
    for part in parts:
        if isinstance(part, dict) and part.keys() == {"name", "data_type"}:
            label, json = part["name"], part["data_type"]
        elif isinstance(part, list) and len(part) == 2:
            label, json = part
        else:
            raise DataTypeValidationError(f"data type {name!r}: malformed field {shown(part)}")
        if not isinstance(label, str) or not label:
            raise DataTypeValidationError(f"data type {name!r}: malformed field name {shown(label)}")
        fields.append((label, parse(json), ()))
    return Struct(tuple(fields), name)


def struct_from_numpy(dtype: np.dtype, parse: Callable[[Any], DataType]) -> DataType:
    """From a numpy structured dtype; padding between the fields is dropped."""
    fields = []
    for label in dtype.names or ():
        inner = dtype[label]
        base, shape = inner.subdtype if inner.subdtype is not None else (inner, ())
        fields.append((label, parse(base), shape))
    return Struct(tuple(fields))
