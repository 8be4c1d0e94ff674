"""CRC-32C (Castagnoli; RFC 3720, appendix B.4) of a buffer, in numpy.

The buffer is cut into equally long lanes whose registers advance together, one table look-up a step. The registers
are then joined pairwise: appending k zero bytes to a message is a linear map of its register over GF(2).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

POLYNOMIAL = 0x82F63B78  # reflected
_SHORT = 256  # bytes up to which one lane is faster


@lru_cache(maxsize=1)
def _table() -> np.ndarray:
    """uint32 (256,): the register after one byte, from zero."""
    register = np.arange(256, dtype=np.uint32)
    for _ in range(8):
        register = np.where(register & 1, (register >> 1) ^ np.uint32(POLYNOMIAL), register >> 1).astype(np.uint32)
    return register


def _apply(images: np.ndarray, registers: np.ndarray) -> np.ndarray:
    """The linear map whose value at bit i is ``images[i]``, at each of ``registers`` (both uint32)."""
    out = np.zeros_like(registers)
    for bit in range(32):
        out ^= images[bit] * ((registers >> np.uint32(bit)) & np.uint32(1))
    return out


@lru_cache(maxsize=64)
def _zeros(nbytes: int) -> np.ndarray:
    """uint32 (32,): the map of a register over ``nbytes`` zero bytes, ``nbytes`` at least 1."""
    if nbytes == 1:
        basis = np.uint32(1) << np.arange(32, dtype=np.uint32)
        return _table()[basis & 0xFF] ^ (basis >> np.uint32(8))
    half = _zeros(nbytes // 2)
    whole = _apply(half, half)
    return _apply(_zeros(1), whole) if nbytes % 2 else whole


def crc32c(view: memoryview) -> int:
    """CRC-32C of the bytes, as an unsigned 32-bit number."""
    if len(view) <= _SHORT:
        table, register = _table().tolist(), 0xFFFFFFFF
        for byte in view:
            register = table[(register ^ byte) & 0xFF] ^ (register >> 8)
        return register ^ 0xFFFFFFFF
    lanes = 1 << (len(view).bit_length() // 2)
    length = -(-len(view) // lanes)
    # Zero bytes in front leave a zero register at zero; the initial value is folded into the first four bytes.
    padded = np.zeros(lanes * length, np.uint8)
    start = len(padded) - len(view)
    padded[start:] = np.frombuffer(view, np.uint8)
    padded[start : start + 4] ^= 0xFF
    table, registers = _table(), np.zeros(lanes, np.uint32)
    for column in padded.reshape(lanes, length).T.astype(np.uint32):
        registers = table[(registers ^ column) & np.uint32(0xFF)] ^ (registers >> np.uint32(8))
    images = _zeros(length)
    while len(registers) > 1:
        registers = _apply(images, registers[0::2]) ^ registers[1::2]
        images = _apply(images, images)
    return int(registers[0]) ^ 0xFFFFFFFF
