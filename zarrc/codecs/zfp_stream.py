"""zfp streams through the package zfpy, kept within their bytes.

The zfp library reads on past the end of a truncated stream. So every stream is first followed by as many zeros as
blocks of its shape can ever take.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from zarrc.codecs.packages import require
from zarrc.errors import CodecError

STORED_TYPES = ("i4", "i8", "f4", "f8")
HEADER_BYTES = 32  # 148 bits at most, rounded up to words of 64 bits
_BLOCK_BITS = 64  # for exponent and the like


def zfpy_module(codec: str) -> Any:
    return require("zfpy", "zfpy", codec)


def blocks(shape: tuple[int, ...]) -> int:
    """Number of blocks of 4 elements a dimension."""
    return math.prod(-(-edge // 4) for edge in shape)


def padded(view: memoryview, shape: tuple[int, ...], dtype: np.dtype, rate: float | None) -> bytes:
    """The stream with zeros up to more bytes than decoding can touch; ``rate`` is bits an element, where fixed."""
    elements = 4 ** len(shape)
    bits = elements * (8 * dtype.itemsize + 1) + _BLOCK_BITS
    if rate is not None:
        bits = max(bits, math.ceil(rate * elements) + _BLOCK_BITS)
    return bytes(view).ljust(blocks(shape) * (bits // 8 + 1) + 2 * HEADER_BYTES, b"\0")


def check_rate(view: memoryview, shape: tuple[int, ...], rate: float, header: int, codec: str) -> None:
    """Raises `CodecError` when a stream of a fixed rate is shorter than its blocks."""
    need = blocks(shape) * math.floor(rate * 4 ** len(shape)) // 8
    if len(view) - header < need:
        raise CodecError(f"truncated: {len(view)} bytes where the rate gives {need}", codec=codec)


def compress(array: np.ndarray, options: dict[str, Any], header: bool, codec: str) -> bytes:
    """Stream of an array of one of the stored types, 1 to 4 dimensions, C order; ``options`` are zfpy's."""
    zfpy = zfpy_module(codec)
    try:
        return bytes(zfpy.compress_numpy(np.ascontiguousarray(array), write_header=header, **options))
    except (RuntimeError, ValueError, TypeError) as e:
        raise CodecError(f"zfp refuses the array: {e}", codec=codec) from e
