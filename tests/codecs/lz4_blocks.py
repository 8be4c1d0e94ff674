"""The LZ4 blocks of a chunk, and the one thing that the core refuses in them and the packages do not."""

from __future__ import annotations

from collections.abc import Iterator

BLOSC_HEADER = 16


def blosc_splits(frame: bytes) -> Iterator[bytes]:
    """The compressed pieces of a Blosc1 frame, as far as it makes sense."""
    nbytes, blocksize = (int.from_bytes(frame[at : at + 4], "little") for at in (4, 8))
    for block in range(-(-nbytes // max(blocksize, 1))):
        offset = BLOSC_HEADER + 4 * block
        at = int.from_bytes(frame[offset : offset + 4], "little")
        while at + 4 <= len(frame):  # those of the blocks behind it too: a block's number of splits is not needed
            size = int.from_bytes(frame[at : at + 4], "little")
            yield frame[at + 4 : at + 4 + size]
            at += 4 + size


def has_match_at_0(block: bytes) -> bool:
    """Whether a match copies from where it is written, which the format calls invalid. The library lets the bytes be
    what they are there."""
    at = 0

    def run(length: int) -> int:
        nonlocal at
        more = 255 if length == 15 else 0
        while more == 255:
            more = block[at]
            at += 1
            length += more
        return length

    try:
        while at < len(block):
            token = block[at]
            at += 1
            literals = run(token >> 4)
            at += literals
            if at >= len(block):
                return False
            distance = block[at] | block[at + 1] << 8
            at += 2
            if distance == 0:
                return True
            run(token & 15)
    except IndexError:
        pass
    return False
