"""Which codecs the C core has: the one place where Python asks.

Steps that a core may or may not have, and their parameters (types are places in `zarrc.codecs.delta.NATIVE_TYPES`,
"swap" is 1 for the byte order that is not native, floats are given as the bits of a float64):

- ``crc32``, ``adler32``: whether the checksum comes first
- ``fletcher32``, ``packbits``: none
- ``bitround``: element width in bytes (2, 4, 8), swap, bits of the mantissa to keep
- ``fixedscaleoffset``: decoded type, swap, encoded type, swap, scale, offset
- ``quantize``: decoded type, swap, encoded type, swap, the power of two to multiply with
- ``astype``: decoded type, swap, encoded type, swap
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

import zarrc._core as _core

# What every build of the core has had; a core that can tell (``native_codecs``) says it itself.
_ALWAYS = frozenset(("blosc", "crc32c", "delta", "gzip", "lz4", "shuffle", "swap", "zlib", "zstd"))


@lru_cache(maxsize=1)
def native_codecs() -> frozenset[str]:
    """Names of the steps that the C core can run."""
    names = getattr(_core, "native_codecs", None)
    return _ALWAYS if names is None else frozenset(names())


def double_bits(number: float) -> int:
    """The bits of a float64 as a signed 64-bit integer."""
    return struct.unpack("<q", struct.pack("<d", number))[0]


def type_params(dtype: np.dtype, types: Sequence[str]) -> tuple[int, int] | None:
    """Place of an element type among ``types``, and swap; None when it is none of them."""
    code = dtype.str[1:]
    return (types.index(code), int(not dtype.isnative)) if code in types else None


def has_native(name: str) -> bool:
    """Whether the C core has a step of that name."""
    return name in native_codecs()
