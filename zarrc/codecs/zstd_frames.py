"""Where the frames and blocks of zstd data lie (RFC 8878, section 3.1), found without decoding.

The walk finds truncation, which streaming decoders report as a plain end of output, and tells how much any frame can
hold at most, so that no memory is made on the word of a header.
"""

from __future__ import annotations

from typing import NamedTuple

from zarrc.errors import CodecError

MAGIC = 0xFD2FB528
SKIPPABLE_MAGIC = 0x184D2A50  # to ...5F
BLOCK_MAX = 128 * 1024


class Frame(NamedTuple):
    """One frame: its byte range, its declared content size (None: not declared) and the ends of its blocks.

    ``cuts[0]`` is the end of the header, each later one the end of a block; ``stop`` includes the checksum.
    """

    start: int
    stop: int
    content_size: int | None
    cuts: tuple[int, ...]

    @property
    def bound(self) -> int:
        """Upper bound in bytes of what the frame decodes to."""
        return (len(self.cuts) - 1) * BLOCK_MAX


def walk(view: memoryview, codec: str) -> list[Frame]:
    """Frames of ``view`` with content, in order; skippable frames are left out.

    Raises
    ------
    CodecError
        When there is no frame, the data are truncated, or something else lies between frames.
    """
    if not view:
        raise CodecError("empty where a zstd frame should be", codec=codec)
    frames, at = [], 0
    while at < len(view):
        magic = _uint(view, at, 4, codec)
        if magic & ~0xF == SKIPPABLE_MAGIC:
            at += 8 + _uint(view, at + 4, 4, codec)
            if at > len(view):
                raise CodecError("truncated in a skippable zstd frame", codec=codec)
        elif magic == MAGIC:
            frames.append(_frame(view, at, codec))
            at = frames[-1].stop
        else:
            raise CodecError(f"no zstd frame at byte {at}", codec=codec)
    return frames


def _frame(view: memoryview, start: int, codec: str) -> Frame:
    descriptor = _uint(view, start + 4, 1, codec)
    single_segment = bool(descriptor & 0x20)
    at = start + 5 + (not single_segment) + (0, 1, 2, 4)[descriptor & 3]
    field = (1 if single_segment else 0, 2, 4, 8)[descriptor >> 6]
    content_size = None
    if field:
        content_size = _uint(view, at, field, codec) + (256 if field == 2 else 0)
    at += field
    cuts, last = [at], False
    while not last:
        block = _uint(view, at, 3, codec)
        last, kind, size = bool(block & 1), (block >> 1) & 3, block >> 3
        if kind == 3:
            raise CodecError(f"reserved zstd block type at byte {at}", codec=codec)
        at += 3 + (1 if kind == 1 else size)
        cuts.append(at)
    stop = at + (4 if descriptor & 4 else 0)
    if stop > len(view):
        raise CodecError("truncated in a zstd frame", codec=codec)
    return Frame(start, stop, content_size, tuple(cuts))


def _uint(view: memoryview, at: int, width: int, codec: str) -> int:
    field = view[at : at + width]
    if len(field) != width:
        raise CodecError("truncated in a zstd frame", codec=codec)
    return int.from_bytes(field, "little")
