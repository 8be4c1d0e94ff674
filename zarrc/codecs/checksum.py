"""What the codecs that add a checksum of four bytes share."""

from __future__ import annotations

from typing import Any

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.native_names import has_native
from zarrc.errors import CodecError

CHECKSUM_BYTES = 4


class Checksum32(Codec):
    """The bytes with four more, a little-endian checksum, before or after them. Subclasses are frozen dataclasses."""

    def at_start(self) -> bool:
        """Whether the checksum comes first."""
        return False

    def checksum(self, view: memoryview) -> int:
        """Checksum of the bytes, an unsigned 32-bit number."""
        raise NotImplementedError

    def same(self, stored: int, found: int) -> bool:
        """Whether a stored checksum stands for bytes with the checksum ``found``."""
        return stored == found

    def to_dict(self) -> dict[str, Any]:
        configuration = self.get_config()
        del configuration["id"]
        return {"name": self.name, "configuration": configuration}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep(self.codec_id, self._native_params()) if has_native(self.codec_id) else None

    def _native_params(self) -> tuple[int, ...]:
        return ()

    def encoded_size(self, nbytes: int) -> int:
        return nbytes + CHECKSUM_BYTES

    def encode(self, data: Any) -> bytes:
        view = as_byte_view(data)
        checksum = self.checksum(view).to_bytes(CHECKSUM_BYTES, "little")
        return b"".join((checksum, view) if self.at_start() else (view, checksum))

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
        split = CHECKSUM_BYTES if self.at_start() else len(view) - CHECKSUM_BYTES
        stored, content = (view[:split], view[split:]) if self.at_start() else (view[split:], view[:split])
        check_limit(len(content), nbytes, self.label())
        expected, found = int.from_bytes(stored, "little"), self.checksum(content)
        if not self.same(expected, found):
            raise CodecError(f"checksum is {found:08x}, stored is {expected:08x}", codec=self.label())
        return bytes(content)
