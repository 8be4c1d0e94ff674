"""Encodings of chunk keys, under their names of ``zarr.core.chunk_key_encodings``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

from zarrc.core.stand_in import StandIn
from zarrc.metadata.keys import KeyEncoding

SeparatorLiteral = Literal[".", "/"]
ChunkKeyEncoding = KeyEncoding
ChunkKeyEncodingLike = Mapping[str, Any] | KeyEncoding


class DefaultChunkKeyEncoding(metaclass=StandIn):
    """``c/0/1``. Calling it gives a `KeyEncoding`."""

    @staticmethod
    def make(separator: SeparatorLiteral = "/") -> KeyEncoding:
        return KeyEncoding("default", separator)

    @staticmethod
    def holds(instance: object) -> bool:
        return type(instance) is KeyEncoding and instance.name == "default"


class V2ChunkKeyEncoding(metaclass=StandIn):
    """``0.1``. Calling it gives a `KeyEncoding`."""

    @staticmethod
    def make(separator: SeparatorLiteral = ".") -> KeyEncoding:
        return KeyEncoding("v2", separator)

    @staticmethod
    def holds(instance: object) -> bool:
        return type(instance) is KeyEncoding and instance.name == "v2"


__all__ = [
    "ChunkKeyEncoding",
    "ChunkKeyEncodingLike",
    "DefaultChunkKeyEncoding",
    "SeparatorLiteral",
    "V2ChunkKeyEncoding",
]
