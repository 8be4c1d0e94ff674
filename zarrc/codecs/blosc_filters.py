"""The two filters of Blosc1 blocks, in numpy."""

from __future__ import annotations

import numpy as np

from zarrc.codecs.shuffle import shuffle, unshuffle

SHUFFLE, BITSHUFFLE = 1, 2  # 0 is none


def apply(block: memoryview, filter_: int, typesize: int) -> memoryview:
    """The block as it is compressed. What does not fill the filter's unit at the end is copied."""
    whole = _filtered_bytes(len(block), filter_, typesize)
    if not whole:
        return block
    head = block[:whole]
    done = shuffle(head, typesize) if filter_ == SHUFFLE else _bitshuffle(head, typesize)
    return memoryview(done + bytes(block[whole:]))


def undo(block: bytes, filter_: int, typesize: int) -> bytes:
    """Inverse of `apply`."""
    whole = _filtered_bytes(len(block), filter_, typesize)
    if not whole:
        return block
    head = memoryview(block)[:whole]
    done = unshuffle(head, typesize) if filter_ == SHUFFLE else _bitunshuffle(head, typesize)
    return done + block[whole:]


def _filtered_bytes(nbytes: int, filter_: int, typesize: int) -> int:
    elements = nbytes // typesize
    if filter_ == SHUFFLE:
        return elements * typesize if typesize > 1 else 0
    # Blosc1 transposes bits only where the elements of a block are a multiple of 8 and otherwise copies the block.
    return elements * typesize if filter_ == BITSHUFFLE and elements % 8 == 0 else 0


def _bitshuffle(head: memoryview, typesize: int) -> bytes:
    bits = np.unpackbits(np.frombuffer(head, np.uint8).reshape(-1, typesize), axis=1, bitorder="little")
    return np.packbits(bits.T, axis=1, bitorder="little").tobytes()


def _bitunshuffle(head: memoryview, typesize: int) -> bytes:
    planes = np.frombuffer(head, np.uint8).reshape(8 * typesize, -1)
    bits = np.unpackbits(planes, axis=1, bitorder="little")
    return np.packbits(bits.T, axis=1, bitorder="little").tobytes()
