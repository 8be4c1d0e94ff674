"""``bz2``: bzip2 streams (numcodecs ``bz2``)."""

from __future__ import annotations

import bz2
from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import Codec
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.streams import inflate_all
from zarrc.codecs.validation import check_int


@dataclass(frozen=True)
class BZ2Codec(Codec):
    """One stream is written; several, one after the other, are read.

    Parameters
    ----------
    level
        1 to 9: block size in units of 100 kB.
    """

    name: ClassVar[str] = "numcodecs.bz2"
    codec_id: ClassVar[str] = "bz2"

    level: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", check_int(self.label(), "level", self.level, 1, 9))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"level": self.level}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "level": self.level}

    def encode(self, data: Any) -> bytes:
        return bz2.compress(as_byte_view(data), self.level)

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The content of all streams.

        Raises
        ------
        CodecError
            Truncated or corrupt data, garbage after a stream, or more than ``nbytes`` bytes of content.
        """
        return inflate_all(as_byte_view(data), bz2.BZ2Decompressor, nbytes, self.label())
