"""``optional``: elements of another type that may be missing (zarr-extensions draft #33; zarrs ``zarrs.optional``)."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, shown
from zarrc.errors import DataTypeValidationError
from zarrc.frozen import set_slot


class Optional(DataType):
    """Arrays are numpy masked arrays of the inner type's dtype; True in the mask is a missing element.

    A fill value is null, which is ``numpy.ma.masked``, or a list with one fill value of the inner type. Chunks are
    written by the codec of the same name: mask and data, each through codecs of its own.
    """

    __slots__ = ("inner", "name")
    _fields = ("inner", "name")
    inner: DataType
    name: str
    nullable = True

    def __init__(self, inner: DataType, name: str = "optional") -> None:
        if inner.nullable:
            # the missing inner element and the missing outer one would need two masks
            raise DataTypeValidationError(f"data type {name!r} in another one: numpy's masked arrays have one mask")
        super().__init__(inner.dtype, inner.item_swap)
        set_slot(self, "inner", inner)
        set_slot(self, "name", name)

    @property
    def fixed_size(self) -> bool:  # type: ignore[override]
        return self.inner.fixed_size

    @property
    def bits(self) -> int | None:  # type: ignore[override]
        return self.inner.bits

    @property
    def carrier(self) -> np.dtype:
        return self.inner.carrier

    @property
    def label(self) -> str:
        return f"optional {self.inner.label}"

    def stored_table(self) -> bytes | None:
        return self.inner.stored_table()

    def to_v2(self) -> str:
        raise DataTypeValidationError(f"data type {self.name!r} does not exist in v2")

    def to_v3(self) -> dict:
        json = self.inner.to_v3()
        inner = {"name": json, "configuration": {}} if isinstance(json, str) else json  # as zarrs wants it
        return {"name": self.name, "configuration": inner}

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if value is None:
            return np.ma.masked
        if not isinstance(value, list) or len(value) != 1:
            self.refuse(value)
        return self.inner.fill_from_json(value[0], zarr_format)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> JSON:
        return None if scalar is np.ma.masked else [self.inner.fill_to_json(scalar, zarr_format)]

    def zero(self) -> Any:
        return self.inner.zero()

    def default_fill(self) -> Any:
        return np.ma.masked

    def cast_fill(self, value: Any) -> Any:
        if value is None or value is np.ma.masked:
            return np.ma.masked
        return self.inner.cast_fill(value)

    def wants_text(self, value: JSON) -> bool:
        return isinstance(value, list) and len(value) == 1 and self.inner.wants_text(value[0])


def optional_from_v3(name: str, configuration: dict, parse: Callable[[JSON], DataType]) -> DataType:
    """From ``{"name", "configuration"}`` of the inner type; its configuration may be left out."""
    if not isinstance(configuration.get("name"), str) or not configuration.keys() <= {"name", "configuration"}:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    return Optional(parse(configuration), name)
