"""Bounded inflating of zlib (RFC 1950) and gzip (RFC 1952) data, shared by the codecs of those names."""

from __future__ import annotations

import zlib

from zarrc.codecs.buffers import check_limit
from zarrc.errors import CodecError

ZLIB_WBITS = 15
GZIP_WBITS = 31


def inflate_one(data: memoryview, wbits: int, limit: int | None, codec: str) -> tuple[bytes, int]:
    """One stream: its content and the number of bytes after its end.

    ``limit`` is the most bytes that may come out; one more is made to notice. Checksums are verified by zlib.
    """
    decompressor = zlib.decompressobj(wbits)
    try:
        # max_length 0 would mean no limit, and limit + 1 is never 0.
        content = decompressor.decompress(data, 0 if limit is None else limit + 1)
        if not decompressor.eof and limit is not None and len(content) <= limit:
            # Everything may be out while the trailer is still to be read.
            content += decompressor.decompress(decompressor.unconsumed_tail, limit + 1 - len(content))
    except zlib.error as e:
        raise CodecError(f"corrupt: {e}", codec=codec) from e
    if limit is not None:
        check_limit(len(content), limit, codec)
    if not decompressor.eof:
        raise CodecError("truncated", codec=codec)
    return content, len(decompressor.unused_data)


def zero_padding(view: memoryview) -> int:
    """Number of zero bytes that ``view`` starts with."""
    return len(view) - len(bytes(view).lstrip(b"\0"))


def deflate(data: memoryview, level: int, wbits: int) -> bytes:
    """One stream; gzip headers carry no name and time 0, so that equal chunks give equal bytes."""
    compressor = zlib.compressobj(level, zlib.DEFLATED, wbits)
    return compressor.compress(data) + compressor.flush()
