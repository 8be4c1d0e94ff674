"""``adler32``: the bytes and their Adler-32 (numcodecs ``adler32``)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import ClassVar

from zarrc.codecs.crc32 import Crc32Codec


@dataclass(frozen=True)
class Adler32Codec(Crc32Codec):
    """Four bytes of Adler-32 (RFC 1950), little endian, before the bytes or after them.

    Parameters
    ----------
    location
        "start" or "end"; None, the default, is "start" and stays out of the metadata.
    """

    name: ClassVar[str] = "numcodecs.adler32"
    codec_id: ClassVar[str] = "adler32"

    def checksum(self, view: memoryview) -> int:
        return zlib.adler32(view)
