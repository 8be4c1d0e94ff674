"""``numcodecs.astype``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.astype import AsTypeCodec
from zarrc.codecs.elements import ArrayFilter
from zarrc.codecs.numcodecs.base import ParametersLater


@dataclass(frozen=True)
class AsType(ParametersLater, ArrayFilter, AsTypeCodec):  # type: ignore[misc]
    """As `AsTypeCodec`, on arrays."""

    needed: ClassVar[tuple[str, ...]] = ("encode_dtype",)

    encode_dtype: str | None = None  # type: ignore[assignment]
