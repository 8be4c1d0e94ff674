"""``numcodecs.astype``: in v3 it turns an array into an array."""

from __future__ import annotations

from zarrc.codecs.astype import AsTypeCodec
from zarrc.codecs.elements import ArrayFilter


class AsType(ArrayFilter, AsTypeCodec):
    """As `AsTypeCodec`, on arrays."""
