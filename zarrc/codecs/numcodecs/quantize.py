"""``numcodecs.quantize``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass

from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.quantize import QuantizeCodec


@dataclass(frozen=True)
class Quantize(ArrayFilter, QuantizeCodec):
    """As `QuantizeCodec`, on arrays. Without ``dtype``, that of the array."""

    dtype: str | None = None
