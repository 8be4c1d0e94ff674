"""``gzip``: gzip members (RFC 1952; Zarr v3 core, "gzip codec")."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.deflate import GZIP_WBITS, deflate, inflate_one, zero_padding
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError

MAGIC = 0x1F  # first byte of a member


@dataclass(frozen=True)
class GzipCodec(Codec):
    """One member with time 0 is written; several members are read, and zero bytes after a member are skipped.

    Parameters
    ----------
    level
        0 (stored) to 9; -1 is zlib's default (6). v2 metadata without a level mean 1.
    """

    name: ClassVar[str] = "gzip"
    codec_id: ClassVar[str] = "gzip"

    level: int = 5

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", check_int(self.label(), "level", self.level, -1, 9))

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return super().from_config({"level": 1, **config})

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"level": self.level}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "level": self.level}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("gzip", (6 if self.level < 0 else self.level,))

    def encode(self, data: Any) -> bytes:
        return deflate(as_byte_view(data), self.level, GZIP_WBITS)

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The content of all members, one after the other.

        Raises
        ------
        CodecError
            Truncated or corrupt data, a failed CRC-32 or size, something other than members and zeros, or more than
            ``nbytes`` bytes of content.
        """
        view, parts, total = as_byte_view(data), [], 0
        while True:
            limit = None if nbytes is None else nbytes - total
            content, rest = inflate_one(view, GZIP_WBITS, limit, self.label())
            parts.append(content)
            total += len(content)
            view = view[len(view) - rest :]
            view = view[zero_padding(view) :]
            if not view:
                return parts[0] if len(parts) == 1 else b"".join(parts)
            if view[0] != MAGIC:
                raise CodecError(f"{len(view)} bytes of garbage after a member", codec=self.label())
