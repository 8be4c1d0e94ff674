"""numpy.datetime64 and numpy.timedelta64: int64 counts of a unit times a scale factor.

The unit "generic" is none: counts that say nothing of time. numpy forgets its scale factor in ``dtype.str`` and in new
arrays (`zarrc.dtypes.with_unit` puts it back); Zarr metadata keep it.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.dtypes.base import JSON, DataType, ParseV2, shown, with_unit
from zarrc.dtypes.public import NATIVE, Endianness, endianness_of, order_character
from zarrc.errors import DataTypeValidationError, UnknownDataTypeError
from zarrc.frozen import set_slot

UNITS = ("Y", "M", "W", "D", "h", "m", "s", "ms", "us", "μs", "ns", "ps", "fs", "as", "generic")
_NAT = -(1 << 63)


class Time(DataType):
    """datetime64 or timedelta64; NaT is the smallest int64.

    Parameters
    ----------
    endianness : {"little", "big"}, optional
        Byte order in memory, by default the machine's.
    scale_factor : int
        Units of one step, 1 to 2**31 - 1.
    unit : str
        "Y", "M", "W", "D", "h", "m", "s", "ms", "us" (or "μs"), "ns", "ps", "fs", "as" or "generic".

    Raises
    ------
    ValueError
        The scale factor or the unit is none of those.
    """

    __slots__ = ("scale_factor", "unit")
    _fields = ("endianness", "scale_factor", "unit")
    _letter: ClassVar[str]
    _scalar_types: ClassVar[tuple[type, ...]]
    unit: str
    scale_factor: int

    def __init__(self, *, endianness: Endianness = NATIVE, scale_factor: int = 1, unit: str = "generic") -> None:
        if scale_factor < 1:
            raise ValueError(f"scale_factor must be > 0, got {scale_factor}.")
        if scale_factor >= 1 << 31:
            raise ValueError(f"scale_factor must be < 2147483648, got {scale_factor}.")
        if unit not in UNITS:
            raise ValueError(f"unit must be one of {UNITS}, got {unit!r}.")
        unit = "us" if unit == "μs" else unit
        dtype = np.dtype(f"{self._letter}8[{scale_factor}{unit}]").newbyteorder(order_character(endianness))
        super().__init__(dtype, 8)
        set_slot(self, "unit", unit)
        set_slot(self, "scale_factor", scale_factor)

    @property
    def name(self) -> str:
        return self._zarr_v3_name

    @property
    def endianness(self) -> Endianness:
        return endianness_of(self.dtype)

    @property
    def carrier(self) -> np.dtype:
        if self.unit != "generic":
            return self.dtype
        return np.dtype("i8").newbyteorder(self.dtype.byteorder)  # numpy would lose the scale factor on the way

    def converted(self, values: np.ndarray) -> np.ndarray:
        """``values`` as elements of this type. Where neither has a unit the counts stay: numpy's own cast between byte
        orders does not swap their bytes."""
        theirs = values.dtype
        if self.unit != "generic" or theirs.kind != self.dtype.kind or np.datetime_data(theirs)[0] != "generic":
            return with_unit(values.astype(self.dtype), self.dtype)
        counts = values.view(np.dtype("i8").newbyteorder(theirs.byteorder))
        return counts.astype(self.carrier).view(self.dtype)

    def item(self, scalar: Any) -> Any:
        return self.converted(np.asarray(scalar))

    def to_v2(self) -> str:
        typestr = self.dtype.str
        return f"{typestr}[{self.scale_factor}generic]" if self.unit == "generic" and self.scale_factor > 1 else typestr

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

    def zero(self) -> Any:
        return self.default_fill()

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

    # zarr-python's names -------------------------------------------------------------------------------------
    @classmethod
    def _of_dtype(cls, dtype: np.dtype) -> Self:
        unit, scale_factor = np.datetime_data(dtype)
        return cls(endianness=endianness_of(dtype), scale_factor=scale_factor, unit=unit)

    @classmethod
    def _of_v2(cls, name: Any, object_codec: str | None) -> Any:
        wanted = (f"<{cls._letter}8", f">{cls._letter}8")
        if not isinstance(name, str) or name[:3] not in wanted or object_codec is not None:
            return None
        return time_from_v2(name, None)

    @classmethod
    def _of_v3(cls, name: str, configuration: dict) -> Any:
        return time_from_v3(name, configuration) if name == cls._zarr_v3_name else None

    def _check_scalar(self, data: object) -> bool:
        return data is None or isinstance(data, (str, int, np.integer, bytes, *self._scalar_types))

    def _cast(self, data: Any) -> Any:
        if data is None or (isinstance(data, np.generic) and data.dtype.kind in "mM" and np.isnat(data)):
            return self._scalar(_NAT)
        if isinstance(data, (int, np.integer)):
            return self._scalar(int(data))
        text = data.decode() if isinstance(data, bytes) else data
        if text == "NaT":
            return self._scalar(_NAT)
        return self.dtype.type(text, f"{self.scale_factor}{self.unit}")


class DateTime64(Time):
    """Points in time, counted from 1970 in steps of ``scale_factor`` units. The parameters are those of `Time`."""

    __slots__ = ()
    dtype_cls = np.dtypes.DateTime64DType
    _zarr_v3_name = "numpy.datetime64"
    _letter = "M"
    _scalar_types = (np.datetime64, datetime)


class TimeDelta64(Time):
    """Durations, counted in steps of ``scale_factor`` units. The parameters are those of `Time`."""

    __slots__ = ()
    dtype_cls = np.dtypes.TimeDelta64DType
    _zarr_v3_name = "numpy.timedelta64"
    _letter = "m"
    _scalar_types = (np.timedelta64, timedelta)


def time_from_v2(value: str, parse: ParseV2 | None) -> DataType:
    """From a typestr such as ``<M8[ns]``, ``>m8[25s]`` or ``<M8``."""
    try:
        dtype = np.dtype(value)
    except (TypeError, ValueError, SyntaxError):
        raise UnknownDataTypeError(f"unknown data type {shown(value)}") from None
    return time_from_numpy(dtype)


def time_from_numpy(dtype: np.dtype) -> DataType:
    return (DateTime64 if dtype.kind == "M" else TimeDelta64)._of_dtype(dtype)


def time_from_v3(name: str, configuration: dict) -> DataType:
    """From ``{"unit", "scale_factor"}`` (zarr-extensions, numpy.datetime64 and numpy.timedelta64)."""
    unit, scale = configuration.get("unit"), configuration.get("scale_factor")
    if not isinstance(unit, str) or unit not in UNITS:
        raise DataTypeValidationError(f"data type {name!r}: unknown unit {shown(unit)}")
    if type(scale) is not int or not 0 < scale < 1 << 31 or len(configuration) != 2:
        raise DataTypeValidationError(f"data type {name!r}: bad configuration {shown(configuration)}")
    return (DateTime64 if name == "numpy.datetime64" else TimeDelta64)(scale_factor=scale, unit=unit)
