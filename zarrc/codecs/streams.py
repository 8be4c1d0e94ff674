"""Bounded decompression with the incremental decompressors of the standard library, shared by bz2 and lzma."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from zarrc.codecs.buffers import check_limit
from zarrc.codecs.deflate import PIECE_BYTES
from zarrc.errors import CodecError


def inflate_all(
    view: memoryview, new: Callable[[], Any], limit: int | None, codec: str, errors: tuple = (OSError, ValueError)
) -> bytes:
    """The content of all streams in ``view``.

    Parameters
    ----------
    view
        One or more streams.
    new
        Makes a decompressor for one stream (``bz2.BZ2Decompressor`` and the like).
    limit
        The most bytes that may come out; one more is made to notice.
    codec
        Name for messages.
    errors
        What the decompressor raises about its input.
    """
    parts: list[bytes] = []
    total = 0
    while True:
        stream = new()
        at = 0
        while not stream.eof:
            if stream.needs_input and at >= len(view):
                raise CodecError("truncated", codec=codec)
            piece = view[at : at + PIECE_BYTES] if stream.needs_input else b""
            at += len(piece)
            try:
                parts.append(stream.decompress(piece, -1 if limit is None else limit + 1 - total))
            except errors as e:
                raise CodecError(f"corrupt: {e}", codec=codec) from e
            total += len(parts[-1])
            check_limit(total, limit, codec)
        view = view[at - len(stream.unused_data) :]
        if not view:
            return parts[0] if len(parts) == 1 else b"".join(parts)
