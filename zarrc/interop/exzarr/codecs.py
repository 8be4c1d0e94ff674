"""ExZarr's codecs that differ from those of the same names elsewhere."""

from __future__ import annotations

import bz2
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.fixedscaleoffset import FixedScaleOffsetCodec
from zarrc.codecs.gzip import GzipCodec
from zarrc.codecs.lz4 import decode_block
from zarrc.codecs.packages import require
from zarrc.codecs.streams import inflate_all
from zarrc.errors import CodecError

HEADER_BYTES = 8
BZIP2_LEVEL = 9
GZIP_HEADER = b"\x1f\x8b\x08"
GZIP_SLACK = 1024  # bytes that a deflated chunk may have beyond its content, and more


class _Framed(Codec):
    """Bytes behind their decoded size, eight bytes in the writer's order: little-endian everywhere it runs."""

    def pack(self, view: memoryview) -> bytes:
        raise NotImplementedError

    def unpack(self, view: memoryview, size: int) -> bytes:
        raise NotImplementedError

    def encode(self, data: Any) -> bytes:
        view = as_byte_view(data)
        return len(view).to_bytes(HEADER_BYTES, "little") + self.pack(view)

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The content. Raises `CodecError` for truncated or corrupt data, and for a size that is not the content's or
        above ``nbytes``."""
        view = as_byte_view(data)
        if len(view) <= HEADER_BYTES:
            raise CodecError("truncated", codec=self.label())
        size = int.from_bytes(view[:HEADER_BYTES], "little")
        check_limit(size, nbytes, self.label())
        content = self.unpack(view[HEADER_BYTES:], size)
        if len(content) != size:
            raise CodecError(f"holds {len(content)} bytes, its header says {size}", codec=self.label())
        return content


@dataclass(frozen=True)
class FramedLZ4(_Framed):
    """``lz4``: one LZ4 block. numcodecs has a header of four bytes."""

    name: ClassVar[str] = "exzarr.lz4"

    def pack(self, view: memoryview) -> bytes:
        return require("lz4.block", "lz4", self.label()).compress(view, store_size=False)

    def unpack(self, view: memoryview, size: int) -> bytes:
        return decode_block(view, size, self.label())


@dataclass(frozen=True)
class FramedBzip2(_Framed):
    """``bzip2`` (v2) and ``bz2`` (v3): one bzip2 stream. numcodecs has no header."""

    name: ClassVar[str] = "exzarr.bzip2"

    def pack(self, view: memoryview) -> bytes:
        return bz2.compress(view, BZIP2_LEVEL)

    def unpack(self, view: memoryview, size: int) -> bytes:
        return inflate_all(view, bz2.BZ2Decompressor, size, self.label())


@dataclass(frozen=True)
class ReciprocalScale(FixedScaleOffsetCodec):
    """``fixedscaleoffset``: ``round((x - offset) / scale)`` is stored. numcodecs multiplies by ``scale``."""

    name: ClassVar[str] = "exzarr.fixedscaleoffset"

    def forward(self, values: np.ndarray) -> np.ndarray:
        return np.around((values - self.offset) / self.scale).astype(self.encoded_type(), copy=False)

    def backward(self, stored: np.ndarray) -> np.ndarray:
        return (stored * self.scale + self.offset).astype(self.decoded_type(), copy=False)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return None


@dataclass(frozen=True)
class Unapplied(Codec):
    """A codec that ExZarr names in the metadata and does not apply to what it stores, or not when reading.

    Parameters
    ----------
    what
        Its name there, such as "packbits".
    """

    name: ClassVar[str] = "exzarr.unapplied"

    what: str

    def encoded_size(self, nbytes: int) -> int:
        return nbytes

    def encode(self, data: Any) -> bytes:
        return bytes(as_byte_view(data))

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        return bytes(as_byte_view(data))


@dataclass(frozen=True)
class SplicedGzip(GzipCodec):
    """``gzip`` of v3, where a chunk may have been rewritten after reopening.

    ExZarr then lays the new elements over the old chunk's compressed bytes and compresses the whole again: the content
    is the new chunk and behind it the end of the old gzip member. Only such a tail, which ends with the size of a
    chunk as a gzip member does, is cut off. A chunk whose first elements were not rewritten still starts as a gzip
    member: its elements are lost, and it is refused. (That only the last ones were not cannot be seen.)
    """

    name: ClassVar[str] = "gzip"

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        if nbytes is None:
            return super().decode(data)
        content = super().decode(data, nbytes=2 * nbytes + GZIP_SLACK)
        if len(content) <= nbytes:
            return content
        if content[:3] == GZIP_HEADER:
            raise CodecError("partly rewritten by ExZarr over its compressed bytes: elements are lost", codec="gzip")
        if len(content) - nbytes < 4 or int.from_bytes(content[-4:], "little") != nbytes:
            raise CodecError(f"holds {len(content)} bytes, {nbytes} expected", codec="gzip")
        return content[:nbytes]
