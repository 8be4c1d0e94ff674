"""``base64``: the bytes as text (numcodecs ``base64``; RFC 4648, section 4)."""

from __future__ import annotations

from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64
from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import Codec
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.errors import CodecError


@dataclass(frozen=True)
class Base64Codec(Codec):
    """Standard alphabet, padded, no line breaks."""

    name: ClassVar[str] = "numcodecs.base64"
    codec_id: ClassVar[str] = "base64"

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id}

    def encoded_size(self, nbytes: int) -> int:
        return -(-nbytes // 3) * 4

    def encode(self, data: Any) -> bytes:
        return b2a_base64(as_byte_view(data), newline=False)

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """Raises `CodecError` for anything but padded base64, or for more than ``nbytes`` bytes of content."""
        view = as_byte_view(data)
        check_limit(max(len(view) // 4 * 3 - 2, 0), nbytes, self.label())
        try:
            content = a2b_base64(view, strict_mode=True) if len(view) else b""
        except (Base64Error, ValueError) as e:
            raise CodecError(f"corrupt: {e}", codec=self.label()) from e
        check_limit(len(content), nbytes, self.label())
        return content
