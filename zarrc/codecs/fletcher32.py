"""``fletcher32``: the bytes and HDF5's variant of Fletcher's checksum (numcodecs ``fletcher32``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from zarrc.codecs.checksum import Checksum32

_BLOCK_WORDS = 1 << 20  # position weights and words multiply to less than 2**36, their sum to less than 2**56


@dataclass(frozen=True)
class Fletcher32Codec(Checksum32):
    """Two sums over 16-bit big-endian words, an odd last byte being a high byte; stored little endian at the end."""

    name: ClassVar[str] = "numcodecs.fletcher32"
    codec_id: ClassVar[str] = "fletcher32"

    def checksum(self, view: memoryview) -> int:
        return fletcher32(view)


def fletcher32(view: memoryview) -> int:
    """HDF5's Fletcher checksum of the bytes, as an unsigned 32-bit number.

    Both sums are ones' complement: they are reduced modulo 65535, where a sum that is not zero as a number stays
    65535 instead of becoming 0.
    """
    words = np.frombuffer(view[: len(view) & ~1], ">u2")
    low = high = 0
    for at in range(0, len(words), _BLOCK_WORDS):
        block = words[at : at + _BLOCK_WORDS].astype(np.uint64)
        weights = np.arange(len(block), 0, -1, dtype=np.uint64)
        high = _folded(high + low * len(block) + int(block @ weights))
        low = _folded(low + int(block.sum()))
    if len(view) & 1:
        low = _folded(low + (view[-1] << 8))
        high = _folded(high + low)
    return high << 16 | low


def _folded(total: int) -> int:
    """``total`` modulo 65535, except that only 0 gives 0."""
    return (total - 1) % 65535 + 1 if total else 0
