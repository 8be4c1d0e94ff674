"""Under the name of ``zarr.core.dtype.npy.common``."""

from typing import Literal

DateTimeUnit = Literal["Y", "M", "W", "D", "h", "m", "s", "ms", "us", "μs", "ns", "ps", "fs", "as", "generic"]
DATETIME_UNIT: tuple[str, ...] = DateTimeUnit.__args__  # type: ignore[attr-defined]

__all__ = ["DATETIME_UNIT", "DateTimeUnit"]
