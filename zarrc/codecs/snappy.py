"""``snappy``: one raw Snappy block."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import Codec
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.packages import require
from zarrc.errors import CodecError

_MAX_RATIO = 64  # a copy of at most 64 bytes takes two bytes or more


@dataclass(frozen=True)
class SnappyCodec(Codec):
    """The size of the content as a variable-length number, then Snappy's elements (no framing)."""

    name: ClassVar[str] = "numcodecs.snappy"
    codec_id: ClassVar[str] = "snappy"

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id}

    def encode(self, data: Any) -> bytes:
        return bytes(require("snappy", "python-snappy", self.label()).compress(bytes(as_byte_view(data))))

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The block's content.

        Raises
        ------
        CodecError
            Truncated or corrupt data, or a size above ``nbytes`` or beyond what the block can hold.
        """
        snappy = require("snappy", "python-snappy", self.label())
        view = as_byte_view(data)
        size = _stored_size(view, self.label())
        check_limit(size, nbytes, self.label())
        if size > _MAX_RATIO * len(view):
            raise CodecError(f"{len(view)} bytes of Snappy cannot hold {size} bytes", codec=self.label())
        try:
            content = bytes(snappy.uncompress(bytes(view)))
        except Exception as e:  # the package raises types of its own that changed between its versions
            raise CodecError(f"corrupt: {e}", codec=self.label()) from e
        if len(content) != size:
            raise CodecError(f"block holds {len(content)} bytes, its header says {size}", codec=self.label())
        return content


def _stored_size(view: memoryview, codec: str) -> int:
    """The number at the start: seven bits a byte, low ones first, 32 bits at most."""
    size = 0
    for place, byte in enumerate(view[:5]):
        size |= (byte & 0x7F) << 7 * place
        if byte < 0x80:
            if size >= 1 << 32:
                break
            return size
    raise CodecError("truncated or corrupt size", codec=codec)
