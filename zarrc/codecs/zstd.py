"""``zstd``: Zstandard frames (RFC 8878; zarr-extensions codec ``zstd``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

from zarrc.codecs import zstd_frames
from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.packages import require
from zarrc.codecs.validation import check_bool, check_int
from zarrc.errors import CodecError

MIN_LEVEL, MAX_LEVEL = -131072, 22


@dataclass(frozen=True)
class ZstdCodec(Codec):
    """One zstd frame with its content size is written; any number of frames, of any kind, is read.

    Parameters
    ----------
    level
        -131072 to 22; 0 is the library's default (3).
    checksum
        Append 4 bytes of XXH64 of the content, which every reader verifies.
    """

    name: ClassVar[str] = "zstd"
    codec_id: ClassVar[str] = "zstd"

    level: int = 0
    checksum: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "level", check_int(self.label(), "level", self.level, MIN_LEVEL, MAX_LEVEL))
        check_bool(self.label(), "checksum", self.checksum)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        # numcodecs takes any larger level and uses the largest.
        level = config.get("level", 0)
        if isinstance(level, int) and not isinstance(level, bool):
            config = {**config, "level": min(level, MAX_LEVEL)}
        return super().from_config(config)

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"level": self.level, "checksum": self.checksum}}

    def get_config(self) -> dict[str, Any]:
        # tensorstore and zarrs refuse the key, so it is written only where it says something
        return {"id": self.codec_id, "level": self.level, **({"checksum": True} if self.checksum else {})}

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("zstd", (self.level, int(self.checksum)))

    def encode(self, data: Any) -> bytes:
        zstandard = require("zstandard", "zstandard", self.label())
        compressor = zstandard.ZstdCompressor(
            level=self.level or 3, write_checksum=self.checksum, write_content_size=True
        )
        return compressor.compress(as_byte_view(data))

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The content of all frames, one after the other.

        Raises
        ------
        CodecError
            Truncated or corrupt data, a failed checksum, or more than ``nbytes`` bytes of content.
        """
        zstandard = require("zstandard", "zstandard", self.label())
        view, parts, total = as_byte_view(data), [], 0
        for frame in zstd_frames.walk(view, self.label()):
            size = frame.content_size
            if size is not None:
                check_limit(total + size, nbytes, self.label())
                if size > frame.bound:
                    raise CodecError(f"a zstd frame cannot hold the {size} bytes it declares", codec=self.label())
            part = self._frame(zstandard, view, frame, None if nbytes is None else nbytes - total)
            total += len(part)
            parts.append(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def _frame(self, zstandard: Any, view: memoryview, frame: zstd_frames.Frame, limit: int | None) -> bytes:
        try:
            if frame.content_size:
                return zstandard.ZstdDecompressor().decompress(view[frame.start : frame.stop])
            # No size to go by: block after block, so that at most one block too much is ever made.
            decompressor = zstandard.ZstdDecompressor().decompressobj()
            out = bytearray()
            ends = [*frame.cuts[:-1], frame.stop]
            for start, stop in zip([frame.start, *ends], ends, strict=False):
                out += decompressor.decompress(view[start:stop])
                check_limit(len(out), limit, self.label())
        except zstandard.ZstdError as e:
            raise CodecError(f"corrupt zstd frame: {e}", codec=self.label()) from e
        if not decompressor.eof or (frame.content_size is not None and len(out) != frame.content_size):
            raise CodecError("corrupt zstd frame: it does not end where its blocks do", codec=self.label())
        return bytes(out)
