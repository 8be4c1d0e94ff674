"""``numcodecs.zstd``."""

from __future__ import annotations

from typing import ClassVar

from zarrc.codecs.numcodecs.base import NumcodecsNamed
from zarrc.codecs.zstd import ZstdCodec


class Zstd(NumcodecsNamed, ZstdCodec):
    """As `ZstdCodec`, under the name that zarr-python gives numcodecs' codec in v3."""

    name: ClassVar[str] = "numcodecs.zstd"
