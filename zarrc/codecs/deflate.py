"""Bounded inflating of zlib (RFC 1950) and gzip (RFC 1952) data, shared by the codecs of those names."""

from __future__ import annotations

import zlib

from zarrc.codecs.buffers import check_limit
from zarrc.errors import CodecError

ZLIB_WBITS = 15
GZIP_WBITS = 31
PIECE_BYTES = 16 * 1024


def inflate_one(data: memoryview, wbits: int, limit: int | None, codec: str) -> tuple[bytes, int]:
    """One stream: its content and the number of bytes after its end.

    ``limit`` is the most bytes that may come out; one more is made to notice. Checksums are verified by zlib.
    """
    decompressor = zlib.decompressobj(wbits)
    parts, total, at = [], 0, 0
    # In pieces, because zlib copies what follows the stream, and many small members would copy it over and over.
    while at < len(data) and not decompressor.eof:
        piece = data[at : at + PIECE_BYTES]
        at += len(piece)
        try:
            # Room for limit + 1 bytes (never 0, which is no limit) lets zlib use the whole piece.
            parts.append(decompressor.decompress(piece, 0 if limit is None else limit + 1 - total))
        except zlib.error as e:
            raise CodecError(f"corrupt: {e}", codec=codec) from e
        total += len(parts[-1])
        check_limit(total, limit, codec)
    if not decompressor.eof:
        raise CodecError("truncated", codec=codec)
    return parts[0] if len(parts) == 1 else b"".join(parts), len(data) - at + len(decompressor.unused_data)


def zero_padding(view: memoryview) -> int:
    """Number of zero bytes that ``view`` starts with."""
    at = 0
    while at < len(view):
        piece = bytes(view[at : at + PIECE_BYTES])
        zeros = len(piece) - len(piece.lstrip(b"\0"))
        at += zeros
        if zeros < len(piece):
            break
    return at


def deflate(data: memoryview, level: int, wbits: int) -> bytes:
    """One stream; gzip headers carry no name and time 0, so that equal chunks give equal bytes."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, wbits)
    return compressor.compress(data) + compressor.flush()
