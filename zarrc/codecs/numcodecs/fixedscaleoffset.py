"""``numcodecs.fixedscaleoffset``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass

from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.fixedscaleoffset import FixedScaleOffsetCodec


@dataclass(frozen=True)
class FixedScaleOffset(ArrayFilter, FixedScaleOffsetCodec):
    """As `FixedScaleOffsetCodec`, on arrays. Without ``dtype``, that of the array."""

    dtype: str | None = None
