"""Arrays, under their names of ``zarr.core.array``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Literal

from zarrc.api import array, create, create_array, from_array
from zarrc.array import Array
from zarrc.async_array import AsyncArray

# a codec: an object, its JSON, or a codec object of numcodecs
CompressorLike = Any
CompressorsLike = Iterable[Any] | Any | Literal["auto"] | None
FiltersLike = Iterable[Any] | Any | Literal["auto"] | None
SerializerLike = Any
ShardsLike = tuple[int, ...] | dict[str, Any] | Literal["auto"]

__all__ = [
    "Array",
    "AsyncArray",
    "CompressorLike",
    "CompressorsLike",
    "FiltersLike",
    "SerializerLike",
    "ShardsLike",
    "array",
    "create",
    "create_array",
    "from_array",
]
