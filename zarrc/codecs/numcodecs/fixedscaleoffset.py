"""``numcodecs.fixedscaleoffset``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.fixedscaleoffset import FixedScaleOffsetCodec
from zarrc.codecs.numcodecs.base import ParametersLater


@dataclass(frozen=True)
class FixedScaleOffset(ParametersLater, ArrayFilter, FixedScaleOffsetCodec):  # type: ignore[misc]
    """As `FixedScaleOffsetCodec`, on arrays. Without ``dtype``, that of the array."""

    needed: ClassVar[tuple[str, ...]] = ("offset", "scale")

    offset: int | float | None = None  # type: ignore[assignment]
    scale: int | float | None = None  # type: ignore[assignment]
    dtype: str | None = None
