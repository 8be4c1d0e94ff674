"""The layout that the vlen codecs share: a count, then for each item its length and its bytes.

All numbers are 32-bit little endian (numcodecs ``vlen-utf8``, ``vlen-bytes``, ``vlen-array``; zarr-extensions
"vlen-utf8", "vlen-bytes").
"""

from __future__ import annotations

import struct
from collections.abc import Iterable

from zarrc.errors import CodecError

_U32 = struct.Struct("<I")
MAX_BYTES = 2**32 - 1


def join_items(items: Iterable[bytes], codec: str) -> bytes:
    """Raises `CodecError` for an item of 4 GiB or more, or for as many items."""
    parts = [b""]
    for item in items:
        if len(item) > MAX_BYTES:
            raise CodecError(f"an item of {len(item)} bytes is longer than the format can say", codec=codec)
        parts += (_U32.pack(len(item)), item)
    count = len(parts) // 2
    if count > MAX_BYTES:
        raise CodecError(f"{count} items are more than the format can say", codec=codec)
    parts[0] = _U32.pack(count)
    return b"".join(parts)


def split_items(view: memoryview, count: int, codec: str) -> list[memoryview]:
    """The ``count`` items in ``view``.

    Raises
    ------
    CodecError
        Another count is stored, an item leaves the bytes, or bytes follow the last item. Nothing is made before.
    """
    if len(view) < _U32.size:
        raise CodecError(f"truncated: {len(view)} bytes cannot hold a count", codec=codec)
    stored = _U32.unpack_from(view)[0]
    if stored != count:
        raise CodecError(f"{stored} items where the chunk has {count}", codec=codec)
    if count * _U32.size > len(view) - _U32.size:
        raise CodecError(f"truncated: {len(view)} bytes cannot hold {count} items", codec=codec)
    items, at = [], _U32.size
    for _ in range(count):
        if len(view) - at < _U32.size:
            raise CodecError("truncated within a length", codec=codec)
        size = _U32.unpack_from(view, at)[0]
        at += _U32.size
        if size > len(view) - at:
            raise CodecError(f"truncated: an item of {size} bytes, {len(view) - at} are left", codec=codec)
        items.append(view[at : at + size])
        at += size
    if at != len(view):
        raise CodecError(f"{len(view) - at} bytes after the last item", codec=codec)
    return items
