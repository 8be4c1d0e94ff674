"""``lz4``: an LZ4 block behind its decoded size (numcodecs ``lz4``; not the LZ4 frame format)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.packages import require
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError

HEADER_BYTES = 4
MAX_INPUT_BYTES = 0x7E000000  # of the block format
MAX_RATIO = 255  # one length byte stands for at most 255 bytes


@dataclass(frozen=True)
class LZ4Codec(Codec):
    """Four bytes of decoded size, little endian, then one LZ4 block.

    Parameters
    ----------
    acceleration
        1 is LZ4's default; larger is faster and compresses less. Less than 1 counts as 1.
    """

    name: ClassVar[str] = "numcodecs.lz4"
    codec_id: ClassVar[str] = "lz4"

    acceleration: int = 1

    def __post_init__(self) -> None:
        value = check_int(self.label(), "acceleration", self.acceleration, -(2**31), 2**31 - 1)
        object.__setattr__(self, "acceleration", value)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"acceleration": self.acceleration}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "acceleration": self.acceleration}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("lz4", (max(self.acceleration, 1),))

    def encode(self, data: Any) -> bytes:
        """Raises `CodecError` for more bytes than an LZ4 block can hold."""
        block = require("lz4.block", "lz4", self.label())
        view = as_byte_view(data)
        if len(view) > MAX_INPUT_BYTES:
            raise CodecError(f"{len(view)} bytes are more than LZ4 takes ({MAX_INPUT_BYTES})", codec=self.label())
        packed = block.compress(view, mode="fast", acceleration=max(self.acceleration, 1), store_size=False)
        return len(view).to_bytes(HEADER_BYTES, "little") + packed

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The block's content.

        Raises
        ------
        CodecError
            Truncated or corrupt data, a stored size that is not the block's, or one above ``nbytes``.
        """
        view = as_byte_view(data)
        if len(view) <= HEADER_BYTES:
            raise CodecError("truncated", codec=self.label())
        size = int.from_bytes(view[:HEADER_BYTES], "little")
        check_limit(size, nbytes, self.label())
        return decode_block(view[HEADER_BYTES:], size, self.label())


def decode_block(view: memoryview, size: int, codec: str) -> bytes:
    """Content of one LZ4 block that must hold exactly ``size`` bytes."""
    block = require("lz4.block", "lz4", codec)
    if size > MAX_RATIO * len(view):
        raise CodecError(f"{len(view)} bytes of LZ4 cannot hold {size} bytes", codec=codec)
    if size == 0:
        if bytes(view) != b"\0":
            raise CodecError("corrupt LZ4 block for no bytes", codec=codec)
        return b""
    try:  # it writes zeros for a match at distance 0, which copies from where it writes; the core refuses it
        content = block.decompress(view, uncompressed_size=size)
    except (block.LZ4BlockError, ValueError, OverflowError) as e:
        raise CodecError(f"corrupt LZ4 block: {e}", codec=codec) from e
    if len(content) != size:
        raise CodecError(f"LZ4 block holds {len(content)} bytes, its header says {size}", codec=codec)
    return content
