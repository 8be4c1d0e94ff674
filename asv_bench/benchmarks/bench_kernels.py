"""GB of values a second through each kernel at each tier that this build and CPU run; 1 MiB, in the cache."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from zarrc import kernels

_NBYTES = 1 << 20
_SECONDS = 0.05
_FLOATS = np.random.default_rng(3).standard_normal(_NBYTES // 4, dtype=np.float32)
_BYTES = _FLOATS.tobytes()
_INTS = (_FLOATS * 1000).astype(np.int32)
_TRANSPOSED = _FLOATS.reshape(64, 64, 64).transpose(2, 1, 0)
_ZEROS = bytes(_NBYTES)

KERNELS: dict[str, Callable[[str], Any]] = {
    "shuffle": lambda tier: kernels.shuffle(_BYTES, 4, tier=tier),
    "unshuffle": lambda tier: kernels.unshuffle(_BYTES, 4, tier=tier),
    "bitshuffle": lambda tier: kernels.bitshuffle(_BYTES, 4, tier=tier),
    "bitunshuffle": lambda tier: kernels.bitunshuffle(_BYTES, 4, tier=tier),
    "byteswap": lambda tier: kernels.byteswap(_BYTES, 4, tier=tier),
    "crc32c": lambda tier: kernels.crc32c(_BYTES, tier=tier),
    "delta_encode": lambda tier: kernels.delta_encode(_INTS, tier=tier),
    "delta_decode": lambda tier: kernels.delta_decode(_INTS, tier=tier),
    "box_copy": lambda tier: kernels.box_copy(_TRANSPOSED, tier=tier),
    "fill": lambda tier: kernels.fill(_BYTES[:4], _NBYTES // 4, tier=tier),
    "all_equal": lambda tier: kernels.all_equal(_ZEROS, _ZEROS[:4], tier=tier),
}


def track_gigabytes_per_second(kernel: str, tier: str) -> float:
    """The best of many calls, each of which handles 1 MiB."""
    call, best, end = KERNELS[kernel], float("inf"), perf_counter() + _SECONDS
    while (start := perf_counter()) < end:
        call(tier)
        best = min(best, perf_counter() - start)
    return _NBYTES / best / 1e9


track_gigabytes_per_second.unit = "GB/s"
track_gigabytes_per_second.params = (list(KERNELS), list(kernels.tiers()))
track_gigabytes_per_second.param_names = ("kernel", "tier")
