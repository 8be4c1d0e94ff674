"""The values that the benchmark stores hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np

CHUNK_MIB = 1
KEEP_BITS = 10  # of the 23 mantissa bits of a float32
AMPLITUDE = 100.0
NOISE = 0.5
SEED = 20


def big_shape(size_mib: int) -> tuple[int, int, int]:
    """Shape of a float32 array of ``size_mib`` MiB made of 64 x 64 x 64 chunks (1 MiB each).

    256 gives (512, 512, 256). Raises `ValueError` when ``size_mib`` is not a positive multiple of 4.
    """
    if size_mib < 4 or size_mib % 4:
        raise ValueError(f"the size must be a multiple of 4 MiB, not {size_mib}")
    columns = size_mib // 4
    second = max(n for n in range(1, int(columns**0.5) + 1) if columns % n == 0)
    return (64 * (columns // second), 64 * second, 256)


def field(shape: tuple[int, int, int]) -> np.ndarray:
    """A smooth float32 field with noise and a limited mantissa, like a measured quantity.

    ``100 * (sin(i / 37) + cos(j / 53) * sin(k / 29)) + 0.5 * n(i, j, k)``, n standard normal, rounded to 10 bits of
    mantissa. One MiB of it is compressed 2.5 times by zstd-3 and 2.0 times by blosc with lz4 and byte shuffle.
    """
    i, j, k = (axis.astype(np.float32) for axis in np.ogrid[tuple(slice(0, edge) for edge in shape)])
    values = np.random.default_rng(SEED).standard_normal(shape, dtype=np.float32)
    values *= np.float32(NOISE)
    values += np.float32(AMPLITUDE) * np.sin(i / 37)
    values += np.float32(AMPLITUDE) * (np.cos(j / 53) * np.sin(k / 29))
    dropped = 23 - KEEP_BITS
    bits = values.view(np.uint32)
    bits += np.uint32(1 << (dropped - 1))
    bits &= np.uint32(0xFFFFFFFF ^ ((1 << dropped) - 1))
    return values


def counts(shape: tuple[int, int, int]) -> np.ndarray:
    """The same field in sixteenths, as int32: for filters, such as delta, that are exact on integers only."""
    values = field(shape)
    values *= np.float32(16)
    return np.rint(values, out=values).astype(np.int32)


def words(count: int) -> np.ndarray:
    """Short strings such as names of samples or genes, 6 to 14 characters, as fixed-length text (numpy's ``U``)."""
    numbers = np.random.default_rng(SEED).integers(0, 10 ** np.random.default_rng(SEED + 1).integers(1, 9, count))
    return np.strings.add("gene-", numbers.astype("U9"))


def values_of(path: Path) -> np.ndarray:
    """What `asv_bench.peers.stores` put into a file. Text comes as numpy's ``StringDType``, in memory; numbers are
    mapped."""
    values: np.ndarray = np.load(path, mmap_mode="r")
    return values.astype(np.dtypes.StringDType()) if values.dtype.kind == "U" else values
