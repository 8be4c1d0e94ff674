"""``numcodecs.vlen-utf8``."""

from __future__ import annotations

from typing import ClassVar

from zarrc.codecs.vlen_utf8 import VLenUTF8Codec


class VLenUTF8(VLenUTF8Codec):
    """As `VLenUTF8Codec`, under the name that numcodecs' codec has in v3."""

    name: ClassVar[str] = "numcodecs.vlen-utf8"
