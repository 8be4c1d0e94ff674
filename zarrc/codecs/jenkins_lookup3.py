"""``jenkins_lookup3``: the bytes and their lookup3 hash (numcodecs ``jenkins_lookup3``; HDF5 metadata checksum)."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.checksum import Checksum32
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecValidationError

_MASK = 0xFFFFFFFF
_WORDS = struct.Struct("<III")


@dataclass(frozen=True)
class JenkinsLookup3Codec(Checksum32):
    """Four bytes of hash, little endian, after the bytes.

    Parameters
    ----------
    initval
        Start value of the hash, 32 bits.
    prefix
        Bytes that are hashed before the content but not stored; in metadata a list of integers.
    """

    name: ClassVar[str] = "numcodecs.jenkins_lookup3"
    codec_id: ClassVar[str] = "jenkins_lookup3"

    initval: int = 0
    prefix: Iterable[int] | None = None

    def __post_init__(self) -> None:
        object.__setattr__(self, "initval", check_int(self.label(), "initval", self.initval, 0, _MASK))
        if self.prefix is None:
            return
        try:
            prefix = bytes(self.prefix) if not isinstance(self.prefix, (int, str)) else None
        except (TypeError, ValueError):
            prefix = None
        if prefix is None:
            raise CodecValidationError(
                f"codec {self.label()!r}: prefix must be bytes or a list of integers below 256, got {self.prefix!r}"
            )
        object.__setattr__(self, "prefix", prefix)

    def get_config(self) -> dict[str, Any]:
        prefix = None if self.prefix is None else list(self.prefix)
        return {"id": self.codec_id, "initval": self.initval, "prefix": prefix}

    def checksum(self, view: memoryview) -> int:
        return lookup3(bytes(self.prefix) + bytes(view) if self.prefix else view, self.initval)


def lookup3(data: bytes | memoryview, initval: int = 0) -> int:
    """Bob Jenkins' lookup3 hash ("hashlittle", 2006) of the bytes: an unsigned 32-bit number."""
    a = b = c = (0xDEADBEEF + len(data) + initval) & _MASK
    if not len(data):
        return c
    last = (len(data) - 1) // 12 * 12  # start of the last group of 1 to 12 bytes
    for x, y, z in _WORDS.iter_unpack(data[:last]):
        a, b, c = a + x, b + y, c + z
        a = (a - c ^ _rotate(c, 4)) & _MASK
        c += b
        b = (b - a ^ _rotate(a, 6)) & _MASK
        a += c
        c = (c - b ^ _rotate(b, 8)) & _MASK
        b += a
        a = (a - c ^ _rotate(c, 16)) & _MASK
        c += b
        b = (b - a ^ _rotate(a, 19)) & _MASK
        a = (a + c) & _MASK
        c = (c - b ^ _rotate(b, 4)) & _MASK
        b = (b + a) & _MASK
    x, y, z = _WORDS.unpack(bytes(data[last:]).ljust(12, b"\0"))
    a, b, c = (a + x) & _MASK, (b + y) & _MASK, (c + z) & _MASK
    c = ((c ^ b) - _rotate(b, 14)) & _MASK
    a = ((a ^ c) - _rotate(c, 11)) & _MASK
    b = ((b ^ a) - _rotate(a, 25)) & _MASK
    c = ((c ^ b) - _rotate(b, 16)) & _MASK
    a = ((a ^ c) - _rotate(c, 4)) & _MASK
    b = ((b ^ a) - _rotate(a, 14)) & _MASK
    return ((c ^ b) - _rotate(b, 24)) & _MASK


def _rotate(value: int, bits: int) -> int:
    value &= _MASK
    return (value << bits | value >> (32 - bits)) & _MASK
