"""Names of what codecs let one choose, as zarr-python has them; its classes of such names give plain strings."""

from __future__ import annotations

import warnings
from enum import Enum
from typing import Any, Literal

BloscCnameLiteral = Literal["lz4", "lz4hc", "blosclz", "snappy", "zlib", "zstd"]
BloscShuffleLiteral = Literal["noshuffle", "shuffle", "bitshuffle"]
EndianLiteral = Literal["little", "big"]
IndexLocation = Literal["start", "end"]
SubchunkWriteOrder = Literal["morton", "unordered", "lexicographic", "colexicographic"]

BLOSC_CNAME = ("blosclz", "lz4", "lz4hc", "snappy", "zlib", "zstd")
BLOSC_SHUFFLE = ("noshuffle", "shuffle", "bitshuffle")  # their places are the numbers of v2 and of blosc_filters
ENDIAN = ("little", "big")
INDEX_LOCATION = ("start", "end")
SUBCHUNK_WRITE_ORDER = ("morton", "unordered", "lexicographic", "colexicographic")


class _OldEnumeration(type):
    """Classes that were enumerations in zarr-python: ``Endian.little`` is "little", with a DeprecationWarning."""

    _members: tuple[str, ...]

    def __new__(mcls, name: str, bases: tuple[type, ...], body: dict[str, Any], members: tuple[str, ...]) -> Any:
        return super().__new__(mcls, name, bases, {**body, "_members": members})

    def __init__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any], members: tuple[str, ...]) -> None:
        super().__init__(name, bases, body)

    def __getattr__(cls, name: str) -> str:
        if name not in cls._members:
            raise AttributeError(f"{cls.__name__} has no member {name!r}")
        warnings.warn(f"{cls.__name__}.{name} is deprecated, use {name!r}", DeprecationWarning, stacklevel=2)
        return name


class BloscCname(metaclass=_OldEnumeration, members=BLOSC_CNAME):
    """Names of the compressors in blosc. Deprecated: use the strings."""


class BloscShuffle(metaclass=_OldEnumeration, members=BLOSC_SHUFFLE):
    """Names of the filters in blosc. Deprecated: use the strings."""

    @staticmethod
    def from_int(num: int) -> str:
        """The filter of a v2 configuration's number, 0 to 2."""
        if not 0 <= num < len(BLOSC_SHUFFLE):
            raise ValueError(f"shuffle must be from 0 to 2, got {num}")
        return BLOSC_SHUFFLE[num]


class Endian(metaclass=_OldEnumeration, members=ENDIAN):
    """Byte orders. Deprecated: use the strings."""


class ShardingCodecIndexLocation(metaclass=_OldEnumeration, members=INDEX_LOCATION):
    """Places of the index in a shard. Deprecated: use the strings."""


def without_enumeration(codec: type, key: str, value: Any) -> Any:
    """``value``, or what a member of an enumeration stands for, with a DeprecationWarning.

    It is called by ``__post_init__`` of a dataclass: the warning names the line that makes the codec.
    """
    if not isinstance(value, Enum):
        return value
    text = f"Passing an enum to {codec.__name__}({key}=...) is deprecated, use the string {value.value!r}"
    warnings.warn(text, DeprecationWarning, stacklevel=4)
    return value.value
