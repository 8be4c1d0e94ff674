"""``crc32c``: the bytes and their CRC-32C (Zarr v3 core, "crc32c codec"; numcodecs ``crc32c``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.crc32c_table import crc32c
from zarrc.codecs.validation import check_choice
from zarrc.errors import CodecError, CodecValidationError

CHECKSUM_BYTES = 4


@dataclass(frozen=True)
class Crc32cCodec(Codec):
    """Four bytes of checksum, little endian, after the bytes or before them.

    Parameters
    ----------
    location
        "start" or "end"; None, the default, is "end" and stays out of the metadata. Core v3 knows only the end.
    """

    name: ClassVar[str] = "crc32c"
    codec_id: ClassVar[str] = "crc32c"

    location: str | None = None

    def __post_init__(self) -> None:
        if self.location is not None:
            check_choice(self.label(), "location", self.location, ("start", "end"))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        if data.get("configuration"):
            raise CodecValidationError(f"codec {cls.label()!r}: takes no configuration, got {data['configuration']!r}")
        return cls()

    def to_dict(self) -> dict[str, Any]:
        if self.location == "start":
            return {"name": "numcodecs.crc32c", "configuration": {"location": "start"}}
        return {"name": self.name}

    def get_config(self) -> dict[str, Any]:
        config = {"id": self.codec_id}
        return config if self.location is None else {**config, "location": self.location}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("crc32c", (int(self.location == "start"),))

    def encoded_size(self, nbytes: int) -> int:
        return nbytes + CHECKSUM_BYTES

    def encode(self, data: Any) -> bytes:
        view = as_byte_view(data)
        checksum = crc32c(view).to_bytes(CHECKSUM_BYTES, "little")
        return b"".join((checksum, view) if self.location == "start" else (view, checksum))

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The bytes without the checksum.

        Raises
        ------
        CodecError
            Fewer than 4 bytes, a checksum that does not match, or more than ``nbytes`` bytes of content.
        """
        view = as_byte_view(data)
        if len(view) < CHECKSUM_BYTES:
            raise CodecError(f"truncated: {len(view)} bytes cannot hold a checksum", codec=self.label())
        if self.location == "start":
            stored, content = view[:CHECKSUM_BYTES], view[CHECKSUM_BYTES:]
        else:
            stored, content = view[-CHECKSUM_BYTES:], view[:-CHECKSUM_BYTES]
        check_limit(len(content), nbytes, self.label())
        expected, found = int.from_bytes(stored, "little"), crc32c(content)
        if expected != found:
            raise CodecError(f"checksum is {found:08x}, stored is {expected:08x}", codec=self.label())
        return bytes(content)
