"""``numcodecs.blosc``."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.blosc import BloscCodec
from zarrc.codecs.numcodecs.base import NumcodecsNamed


@dataclass(frozen=True)
class Blosc(NumcodecsNamed, BloscCodec):
    """As `BloscCodec`, with the name and the defaults of numcodecs' codec in v3; ``shuffle`` is stored as a number."""

    name: ClassVar[str] = "numcodecs.blosc"

    cname: str = "lz4"
    shuffle: str | int | None = "shuffle"
