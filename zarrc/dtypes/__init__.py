"""Zarr data types: names in both formats, numpy dtypes, fill values exact to the bit."""

from __future__ import annotations

from zarrc.dtypes.base import DataType, with_unit
from zarrc.dtypes.exact import ExactFloat
from zarrc.dtypes.registry import from_numpy, parse_v2, parse_v3

__all__ = ["DataType", "ExactFloat", "from_numpy", "parse_v2", "parse_v3", "with_unit"]
