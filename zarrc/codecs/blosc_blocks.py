"""The compressors inside Blosc1 frames: one stream of a block, compressed or decompressed."""

from __future__ import annotations

from zarrc.codecs.deflate import ZLIB_WBITS, deflate, inflate_one
from zarrc.codecs.lz4 import decode_block
from zarrc.codecs.packages import require
from zarrc.codecs.zstd import ZstdCodec
from zarrc.errors import CodecError

CODEC = "blosc"
# Compressor formats of the frame's flags, bits 5 to 7.
BLOSCLZ, LZ4, SNAPPY, ZLIB, ZSTD = range(5)
# blosclz is read but written as LZ4, which every reader knows: the frame says what it holds, not the metadata.
WRITTEN_AS = {"blosclz": LZ4, "lz4": LZ4, "lz4hc": LZ4, "snappy": SNAPPY, "zlib": ZLIB, "zstd": ZSTD}


def compress(data: memoryview, cname: str, clevel: int) -> bytes:
    """``data`` in the compressor's own format; ``clevel`` from 1 to 9."""
    written_as = WRITTEN_AS[cname]
    if written_as == ZSTD:
        return ZstdCodec(2 * clevel - 1 if clevel < 9 else 22).encode(data)
    if written_as == ZLIB:
        return deflate(data, clevel, ZLIB_WBITS)
    if written_as == SNAPPY:
        return require("snappy", "python-snappy", CODEC).compress(bytes(data))
    block = require("lz4.block", "lz4", CODEC)
    if cname == "lz4hc":
        return block.compress(data, mode="high_compression", compression=clevel, store_size=False)
    return block.compress(data, mode="fast", acceleration=10 - clevel, store_size=False)


def decompress(data: memoryview, format_: int, size: int) -> bytes:
    """Content of one stream, which must have exactly ``size`` bytes. Raises `CodecError`."""
    if format_ == ZSTD:
        content = ZstdCodec().decode(data, nbytes=size)
    elif format_ == ZLIB:
        content, _ = inflate_one(data, ZLIB_WBITS, size, CODEC)
    elif format_ == LZ4:
        content = decode_block(data, size, CODEC)
    elif format_ == SNAPPY:
        content = _snappy(data, size)
    elif format_ == BLOSCLZ:
        content = _blosclz(data, size)
    else:
        raise CodecError(f"unknown compressor format {format_}", codec=CODEC)
    if len(content) != size:
        raise CodecError(f"{len(content)} bytes in a stream of {size}", codec=CODEC)
    return content


def _snappy(data: memoryview, size: int) -> bytes:
    snappy = require("snappy", "python-snappy", CODEC)
    declared = shift = 0
    for byte in data[:5]:  # the size in front, 7 bits a byte
        declared |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            break
    if declared != size:
        raise CodecError(f"snappy stream declares {declared} bytes, not {size}", codec=CODEC)
    try:
        return bytes(snappy.decompress(bytes(data)))
    except Exception as e:  # the class depends on what python-snappy is built on
        raise CodecError(f"corrupt snappy stream: {e}", codec=CODEC) from e


def _blosclz(data: memoryview, size: int) -> bytes:
    blosc2 = require("blosc2", "blosc2", CODEC)
    # A frame of one unsplit, unshuffled block around the stream: a form of blosclz that the library takes.
    header = bytes((2, 1, 0x10, 1)) + b"".join(n.to_bytes(4, "little") for n in (size, size, 24 + len(data), 20))
    try:
        return bytes(blosc2.decompress(header + len(data).to_bytes(4, "little") + bytes(data)))
    except (RuntimeError, ValueError) as e:
        raise CodecError(f"corrupt blosclz stream: {e}", codec=CODEC) from e
