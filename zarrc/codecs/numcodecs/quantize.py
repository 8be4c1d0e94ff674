"""``numcodecs.quantize``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.numcodecs.base import ParametersLater
from zarrc.codecs.quantize import QuantizeCodec


@dataclass(frozen=True)
class Quantize(ParametersLater, ArrayFilter, QuantizeCodec):  # type: ignore[misc]
    """As `QuantizeCodec`, on arrays. Without ``dtype``, that of the array."""

    needed: ClassVar[tuple[str, ...]] = ("digits",)

    digits: int | None = None  # type: ignore[assignment]
    dtype: str | None = None
