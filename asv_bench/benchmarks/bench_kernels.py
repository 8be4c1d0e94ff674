"""GB of values a second through each kernel at each tier that this build and CPU run; 1 MiB, in the cache."""

from __future__ import annotations

from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np

from zarrc import _core

_NBYTES = 1 << 20
_SECONDS = 0.05
_FLOATS = np.random.default_rng(3).standard_normal(_NBYTES // 4, dtype=np.float32)
_INTS = (_FLOATS * 1000).astype(np.int32)
_ZEROS = np.zeros_like(_FLOATS)
_OUT = np.ones_like(_FLOATS)
_ITEM = _FLOATS[:1].tobytes()


def _filter(name: str) -> Callable[[str], Any]:
    return lambda tier: _core.kernel_filter(name, _FLOATS, _OUT, 4, tier)


KERNELS: dict[str, Callable[[str], Any]] = {
    **{name: _filter(name) for name in ("shuffle", "unshuffle", "bitshuffle", "bitunshuffle", "byteswap")},
    "crc32c": lambda tier: _core.kernel_crc32c(_FLOATS, 0, tier),
    "delta_encode": lambda tier: _core.kernel_delta(False, _INTS, _OUT, "i4", "i4", tier),
    "delta_decode": lambda tier: _core.kernel_delta(True, _INTS, _OUT, "i4", "i4", tier),
    "fill": lambda tier: _core.kernel_fill(_OUT, _ITEM, tier),
    "all_equal": lambda tier: _core.kernel_all_equal(_ZEROS, bytes(4), tier),
}

_CUBE = _FLOATS.reshape(64, 64, 64)
COPIES = {
    "contiguous": (_CUBE, 0),
    "byteswapped": (_CUBE, 4),
    "transposed": (_CUBE.transpose(2, 1, 0), 0),
}


def _gigabytes_per_second(call: Callable[[], Any]) -> float:
    """The best of many calls, each of which handles 1 MiB."""
    best, end = float("inf"), perf_counter() + _SECONDS
    while (start := perf_counter()) < end:
        call()
        best = min(best, perf_counter() - start)
    return _NBYTES / best / 1e9


def track_kernel(kernel: str, tier: str) -> float:
    call = KERNELS[kernel]
    return _gigabytes_per_second(lambda: call(tier))


def track_box_copy(layout: str) -> float:
    """At the tier in use: a 64 x 64 x 64 chunk into an array of the same shape."""
    source, swap = COPIES[layout]
    target = _OUT.reshape(64, 64, 64)
    return _gigabytes_per_second(lambda: _core.kernel_box_copy(source, target, swap))


track_kernel.unit = "GB/s"  # type: ignore[attr-defined]
track_kernel.params = (list(KERNELS), [t for t, state in _core.kernel_tiers().items() if state == "ok"])  # type: ignore[attr-defined]
track_kernel.param_names = ("kernel", "tier")  # type: ignore[attr-defined]
track_box_copy.unit = "GB/s"  # type: ignore[attr-defined]
track_box_copy.params = list(COPIES)  # type: ignore[attr-defined]
track_box_copy.param_names = ("layout",)  # type: ignore[attr-defined]
