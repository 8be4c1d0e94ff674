"""``zlib``: one zlib stream (RFC 1950; numcodecs ``zlib``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.deflate import ZLIB_WBITS, deflate, inflate_one, zero_padding
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError


@dataclass(frozen=True)
class ZlibCodec(Codec):
    """Deflate with an Adler-32 of the content.

    Parameters
    ----------
    level
        0 (stored) to 9; -1 is zlib's default (6).
    """

    name: ClassVar[str] = "numcodecs.zlib"
    codec_id: ClassVar[str] = "zlib"

    level: int = 1

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", check_int(self.label(), "level", self.level, -1, 9))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"level": self.level}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "level": self.level}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("zlib", (6 if self.level < 0 else self.level,))

    def encode(self, data: Any) -> bytes:
        return deflate(as_byte_view(data), self.level, ZLIB_WBITS)

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The stream's content.

        Raises
        ------
        CodecError
            Truncated or corrupt data, anything but zeros after the stream, or more than ``nbytes`` bytes of content.
        """
        view = as_byte_view(data)
        content, rest = inflate_one(view, ZLIB_WBITS, nbytes, self.label())
        if rest != zero_padding(view[len(view) - rest :]):
            raise CodecError(f"{rest} bytes after the end of the stream", codec=self.label())
        return content
