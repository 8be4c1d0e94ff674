"""``numcodecs.crc32c``."""

from __future__ import annotations

from typing import ClassVar

from zarrc.codecs.crc32c import Crc32cCodec
from zarrc.codecs.numcodecs.base import NumcodecsNamed


class CRC32C(NumcodecsNamed, Crc32cCodec):
    """As `Crc32cCodec`, under the name that zarr-python gives numcodecs' codec in v3, ``location`` included."""

    name: ClassVar[str] = "numcodecs.crc32c"
