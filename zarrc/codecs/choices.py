"""Names of what codecs let one choose, as zarr-python has them; the plain strings do as well."""

from __future__ import annotations

from enum import StrEnum
from typing import Literal

SubchunkWriteOrder = Literal["morton", "unordered", "lexicographic", "colexicographic"]
SUBCHUNK_WRITE_ORDER = ("morton", "unordered", "lexicographic", "colexicographic")


class Endian(StrEnum):
    """Byte orders."""

    big = "big"
    little = "little"


class ShardingCodecIndexLocation(StrEnum):
    """Places of the index in a shard."""

    start = "start"
    end = "end"
