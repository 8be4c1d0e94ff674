"""The values of the demo."""

from __future__ import annotations

import numpy as np

CHUNKS = (64, 64, 64)  # 1 MiB of float32


def shape_of(size_mib: int) -> tuple[int, int, int]:
    """A shape of ``size_mib`` whole chunks of 1 MiB, as near to a cube as the number allows."""
    first = max(n for n in range(1, round(size_mib ** (1 / 3)) + 1) if size_mib % n == 0)
    rest = size_mib // first
    second = max(n for n in range(1, int(rest**0.5) + 1) if rest % n == 0)
    third = rest // second
    return (64 * third, 64 * second, 64 * first)


def temperature(shape: tuple[int, int, int]) -> np.ndarray:
    """A smooth float32 field with noise, in degrees, exact to 1/64: what a sensor or a model would deliver."""
    i, j, k = (axis.astype(np.float32) for axis in np.ogrid[tuple(slice(0, edge) for edge in shape)])
    values = np.random.default_rng(7).standard_normal(shape, dtype=np.float32)
    values *= np.float32(0.1)
    values += np.float32(15) + np.float32(9) * np.sin(i / 61) * np.cos(j / 47)
    values += np.float32(4) * np.sin(k / 23)
    values *= np.float32(64)
    np.rint(values, out=values)
    values *= np.float32(1 / 64)
    return values


def ticks(field: np.ndarray) -> np.ndarray:
    """The field in 1/64 degrees as int32, exact: for filters that are lossless on integers only, such as delta."""
    return (field * np.float32(64)).astype(np.int32)
