"""``numcodecs.gzip``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.gzip import GzipCodec
from zarrc.codecs.numcodecs.base import NumcodecsNamed


@dataclass(frozen=True)
class GZip(NumcodecsNamed, GzipCodec):
    """As `GzipCodec`, with the name and the default level of numcodecs' codec in v3."""

    name: ClassVar[str] = "numcodecs.gzip"

    level: int = 1
