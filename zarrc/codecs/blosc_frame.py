"""Blosc1 frames (c-blosc, README_CHUNK_FORMAT; FORMAT version 2), written and read.

A frame is 16 bytes of header, one start offset a block, then the blocks. A block is filtered as a whole and
compressed in one stream, or in ``typesize`` streams when it is split; a stream that does not shrink is stored.
"""

from __future__ import annotations

import struct

from zarrc.codecs import blosc_blocks, blosc_filters
from zarrc.codecs.buffers import check_limit
from zarrc.errors import CodecError

CODEC = "blosc"
HEADER = struct.Struct("<BBBBIII")  # version, format version, flags, typesize, nbytes, blocksize, cbytes
VERSION = 2
FLAG_SHUFFLE, FLAG_STORED, FLAG_BITSHUFFLE, FLAG_FUTURE, FLAG_UNSPLIT = 0x01, 0x02, 0x04, 0x08, 0x10
MAX_BYTES = 2**31 - 1 - HEADER.size
MIN_BYTES = 128  # below, frames are stored
MAX_SPLITS = 16
MIN_SPLIT_BYTES = 128
MAX_TYPESIZE = 255
FAST_BLOCK, DENSE_BLOCK = 64 * 1024, 256 * 1024


def encode(view: memoryview, cname: str, clevel: int, filter_: int, typesize: int, blocksize: int) -> bytes:
    """A frame of the bytes of ``view``. Raises `CodecError` when they are more than a frame can hold."""
    nbytes = len(view)
    if nbytes > MAX_BYTES:
        raise CodecError(f"{nbytes} bytes are more than a frame holds ({MAX_BYTES})", codec=CODEC)
    typesize = typesize if typesize <= MAX_TYPESIZE else 1
    blocksize = block_bytes(nbytes, cname, typesize, blocksize)
    written_as = blosc_blocks.WRITTEN_AS[cname]
    splittable = written_as != blosc_blocks.ZSTD and _splittable(typesize, blocksize)
    flags = written_as << 5 | (0 if splittable else FLAG_UNSPLIT)
    flags |= {blosc_filters.SHUFFLE: FLAG_SHUFFLE, blosc_filters.BITSHUFFLE: FLAG_BITSHUFFLE}.get(filter_, 0)
    if clevel and nbytes >= MIN_BYTES:
        blocks = [
            _encode_block(
                view[at : at + blocksize], cname, clevel, filter_, typesize, splittable and at + blocksize <= nbytes
            )
            for at in range(0, nbytes, blocksize)
        ]
        at = HEADER.size + 4 * len(blocks)
        starts = []
        for block in blocks:
            starts.append(at)
            at += len(block)
        if at < HEADER.size + nbytes:
            header = HEADER.pack(VERSION, 1, flags, typesize, nbytes, blocksize, at)
            return b"".join([header, struct.pack(f"<{len(starts)}I", *starts), *blocks])
    header = HEADER.pack(VERSION, 1, flags | FLAG_STORED, typesize, nbytes, blocksize, HEADER.size + nbytes)
    return header + bytes(view)


def block_bytes(nbytes: int, cname: str, typesize: int, blocksize: int) -> int:
    """Block size in bytes: as asked for, or 64 (fast compressors) or 256 KiB; whole elements, at most ``nbytes``."""
    size = blocksize or (FAST_BLOCK if cname in ("blosclz", "lz4", "snappy") else DENSE_BLOCK)
    size = max(min(max(size, MIN_BYTES), nbytes), 1)
    unit = 8 * typesize if size >= 8 * typesize and size < nbytes else typesize
    return size // unit * unit if size >= unit else size


def decode(view: memoryview, nbytes: int | None) -> bytes:
    """Content of a frame. Raises `CodecError` for what is corrupt, truncated or above ``nbytes``."""
    if len(view) < HEADER.size:
        raise CodecError("truncated header", codec=CODEC)
    version, _, flags, typesize, size, blocksize, stored = HEADER.unpack(view[: HEADER.size])
    if version != VERSION:
        raise CodecError(f"frame version {version}; Blosc1 frames have {VERSION}, Blosc2 is another codec", codec=CODEC)
    if stored != len(view):
        raise CodecError(f"{len(view)} bytes where the header says {stored}", codec=CODEC)
    if flags & FLAG_FUTURE or (flags & FLAG_SHUFFLE and flags & FLAG_BITSHUFFLE) or not typesize or size > MAX_BYTES:
        raise CodecError("corrupt header", codec=CODEC)
    check_limit(size, nbytes, CODEC)
    if flags & FLAG_STORED:
        if len(view) != HEADER.size + size:
            raise CodecError(f"{len(view) - HEADER.size} stored bytes, {size} expected", codec=CODEC)
        return bytes(view[HEADER.size :])
    if size == 0:
        return b""
    if not 0 < blocksize <= size:
        raise CodecError(f"block size {blocksize} for {size} bytes", codec=CODEC)
    count = -(-size // blocksize)
    if len(view) < HEADER.size + 4 * count:
        raise CodecError("truncated block offsets", codec=CODEC)
    starts = struct.unpack(f"<{count}I", view[HEADER.size : HEADER.size + 4 * count])
    filter_ = blosc_filters.BITSHUFFLE if flags & FLAG_BITSHUFFLE else flags & FLAG_SHUFFLE
    splittable = not flags & FLAG_UNSPLIT and _splittable(typesize, blocksize)
    out = []
    for number, start in enumerate(starts):
        block = min(blocksize, size - number * blocksize)
        try:
            content = _decode_block(
                view, start, block, flags >> 5, typesize if splittable and block == blocksize else 1
            )
        except CodecError as e:
            raise CodecError(f"block {number}: {e.reason}", codec=CODEC) from e
        out.append(blosc_filters.undo(content, filter_, typesize))
    return b"".join(out)


def _splittable(typesize: int, blocksize: int) -> bool:
    return typesize <= MAX_SPLITS and blocksize // typesize >= MIN_SPLIT_BYTES and blocksize % typesize == 0


def _encode_block(block: memoryview, cname: str, clevel: int, filter_: int, typesize: int, split: bool) -> bytes:
    filtered = blosc_filters.apply(block, filter_, typesize)
    step = len(filtered) // typesize if split else len(filtered)
    streams = []
    for at in range(0, len(filtered), step):
        piece = filtered[at : at + step]
        packed = blosc_blocks.compress(piece, cname, clevel)
        # A stream as long as its content is read as stored.
        stream = packed if len(packed) < len(piece) else bytes(piece)
        streams += [len(stream).to_bytes(4, "little"), stream]
    return b"".join(streams)


def _decode_block(view: memoryview, at: int, size: int, format_: int, splits: int) -> bytes:
    step, out = size // splits, []
    for _ in range(splits):
        length = int.from_bytes(view[at : at + 4], "little")
        stream = view[at + 4 : at + 4 + length]
        if at < HEADER.size or not 0 < length <= step or len(stream) != length:
            raise CodecError(f"a stream of {length} bytes at byte {at}", codec=CODEC)
        out.append(bytes(stream) if length == step else blosc_blocks.decompress(stream, format_, step))
        at += 4 + length
    return b"".join(out)
