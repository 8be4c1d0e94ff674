"""``crc32``: the bytes and their CRC-32 (numcodecs ``crc32``)."""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.checksum import Checksum32
from zarrc.codecs.validation import check_choice


@dataclass(frozen=True)
class Crc32Codec(Checksum32):
    """Four bytes of CRC-32 (ISO-HDLC, as in zlib), little endian, before the bytes or after them.

    Parameters
    ----------
    location
        "start" or "end"; None, the default, is "start" and stays out of the metadata.
    """

    name: ClassVar[str] = "numcodecs.crc32"
    codec_id: ClassVar[str] = "crc32"

    location: str | None = None

    def __post_init__(self) -> None:
        if self.location is not None:
            object.__setattr__(
                self, "location", check_choice(self.label(), "location", self.location, ("start", "end"))
            )

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"id": self.codec_id}
        return config if self.location is None else {**config, "location": self.location}

    def at_start(self) -> bool:
        return self.location != "end"

    def _native_params(self) -> tuple[int, ...]:
        return (int(self.at_start()),)

    def checksum(self, view: memoryview) -> int:
        return zlib.crc32(view)
