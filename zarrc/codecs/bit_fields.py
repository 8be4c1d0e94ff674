"""Elements of a few bits in whole bytes, and sequences of bits."""

from __future__ import annotations

import numpy as np


def unsigned(dtype: np.dtype) -> np.dtype:
    """The native unsigned integer type with the size of ``dtype``: 1, 2, 4 or 8 bytes."""
    return np.dtype(f"u{dtype.itemsize}")


def extended(array: np.ndarray, bits: int) -> np.ndarray:
    """A copy whose elements keep their low ``bits`` bits, sign-extended for signed integers (native byte order).

    The upper bits of int2, int4 and similar types are arbitrary in storage (zarr-extensions, "int4").
    """
    width = 8 * array.dtype.itemsize
    values = np.ascontiguousarray(array).reshape(-1).view(unsigned(array.dtype))
    shift = values.dtype.type(width - bits)
    raised = values << shift
    if array.dtype.kind == "i":
        raised = raised.view(np.dtype(f"i{array.dtype.itemsize}"))
        return (raised >> raised.dtype.type(width - bits)).view(array.dtype).reshape(array.shape)
    return (raised >> shift).view(array.dtype).reshape(array.shape)


def join_bits(values: np.ndarray, first: int, count: int) -> bytes:
    """Bits ``first .. first + count - 1`` of each unsigned number, one after the other, least significant first.

    The last byte is padded with zero bits.
    """
    flat = np.ascontiguousarray(values).reshape(-1, 1)
    little = flat.astype(flat.dtype.newbyteorder("<"), copy=False).view(np.uint8)
    bits = np.unpackbits(little, axis=1, bitorder="little")[:, first : first + count]
    return np.packbits(bits.reshape(-1), bitorder="little").tobytes()


def split_bits(data: memoryview, n: int, first: int, count: int, dtype: np.dtype) -> np.ndarray:
    """Inverse of `join_bits`: ``n`` numbers of the unsigned ``dtype``, other bits zero; ``data`` holds enough bits."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8), count=n * count, bitorder="little").reshape(n, count)
    whole = np.zeros((n, 8 * dtype.itemsize), np.uint8)
    whole[:, first : first + count] = bits
    little = np.packbits(whole, axis=1, bitorder="little").view(dtype.newbyteorder("<"))
    return little.reshape(-1).astype(dtype, copy=False)
