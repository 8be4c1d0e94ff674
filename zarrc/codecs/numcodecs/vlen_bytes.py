"""``numcodecs.vlen-bytes``."""

from __future__ import annotations

from typing import ClassVar

from zarrc.codecs.vlen_bytes import VLenBytesCodec


class VLenBytes(VLenBytesCodec):
    """As `VLenBytesCodec`, under the name that numcodecs' codec has in v3."""

    name: ClassVar[str] = "numcodecs.vlen-bytes"
