"""numpy.datetime64 and numpy.timedelta64: int64 counts of a unit times a scale factor."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError
from zarrc.frozen import set_slot

_UNITS = frozenset(("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "μs", "ns", "ps", "fs", "as"))
_NAT = -(1 << 63)


class Time(DataType):
    """datetime64 or timedelta64 with a unit; NaT is the smallest int64."""

    __slots__ = ("name", "scale_factor", "unit")
    name: str
    unit: str
    scale_factor: int

    def __init__(self, dtype: np.dtype) -> None:
        super().__init__(dtype, 8)
        unit, scale_factor = np.datetime_data(dtype)
        set_slot(self, "name", "numpy.datetime64" if dtype.kind == "M" else "numpy.timedelta64")
        set_slot(self, "unit", unit)
        set_slot(self, "scale_factor", scale_factor)

    def to_v3(self) -> dict:
        return {"name": self.name, "configuration": {"unit": self.unit, "scale_factor": self.scale_factor}}

    def _scalar(self, count: int) -> Any:
        native = self.dtype.newbyteorder("<")
        return np.frombuffer(count.to_bytes(8, "little", signed=True), native)[0]

    def fill_from_json(self, value: JSON, zarr_format: int) -> Any:
        if value == "NaT":
            return self._scalar(_NAT)
        if zarr_format == 2 and isinstance(value, float) and value.is_integer():
            value = int(value)
        if type(value) is not int or not _NAT <= value < 1 << 63:
            self.refuse(value)
        return self._scalar(value)

    def fill_to_json(self, scalar: Any, zarr_format: int) -> int:
        return int(np.asarray(scalar, self.dtype).astype("=i8"))

    def default_fill(self) -> Any:
        return self._scalar(_NAT)

    def cast_fill(self, value: Any) -> Any:
        if value is None:
            return self.default_fill()
        if isinstance(value, (np.integer, np.floating)):
            value = value.item()
        if value == "NaT" or isinstance(value, (int, float)):
            return self.fill_from_json(value, 2)
        try:
            cell = np.asarray(value)
            if cell.ndim == 0 and cell.dtype.kind not in "iufcb":
                return self._scalar(int(cell.astype(self.dtype.newbyteorder("="), casting="unsafe").astype("=i8")))
        except (TypeError, ValueError, OverflowError):
            pass
        self.refuse(value)


def time_from_v2(value: str, parse: ParseV2) -> DataType:
    """From a typestr such as ``<M8[ns]`` or ``>m8[25s]``."""
    try:
        dtype = np.dtype(value)
    except (TypeError, ValueError):
        raise UnknownDataTypeError(f"unknown data type {shown(value)}") from None
    return time_from_numpy(dtype)


def time_from_numpy(dtype: np.dtype) -> DataType:
    if np.datetime_data(dtype)[0] == "generic":
        raise DataTypeValidationError(f"data type {shown(dtype.str)} has no unit")
    return Time(dtype)


def time_from_v3(name: str, configuration: dict) -> DataType:
    """From ``{"unit", "scale_factor"}`` (zarr-extensions, numpy.datetime64 and numpy.timedelta64)."""
    unit, scale = configuration.get("unit"), configuration.get("scale_factor")
    if not isinstance(unit, str) or unit not in _UNITS:
        raise DataTypeValidationError(f"data type {name!r}: unknown unit {shown(unit)}")
    if type(scale) is not int or not 0 < scale < 1 << 31 or len(configuration) != 2:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    letter = "M" if name == "numpy.datetime64" else "m"
    return Time(np.dtype(f"{letter}8[{scale}{'us' if unit == 'μs' else unit}]"))
