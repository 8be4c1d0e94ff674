"""``packbits`` of v2: flags as bits, most significant first (numcodecs ``packbits``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.native_names import has_native
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class PackBitsFilter(Codec):
    """A byte with the number of padding bits at the end, then the bits. Any byte but 0 counts as true.

    The v3 codec ``packbits`` is another format: `PackBitsCodec`.
    """

    name: ClassVar[str] = "numcodecs.packbits"
    codec_id: ClassVar[str] = "packbits"

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id}

    def resolve(self, spec: ChunkSpec) -> Codec:
        if spec.dtype.hasobject or spec.dtype.itemsize != 1:
            raise CodecValidationError(
                f"codec {self.label()!r} requires bool dtype, or another of one byte, not {spec.dtype}"
            )
        return self

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(shape=(packed_size(spec.nitems),), dtype=np.dtype("u1"), fill_value=None, bits=None)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("packbits", ()) if has_native("packbits") else None

    def encoded_size(self, nbytes: int) -> int:
        return packed_size(nbytes)

    def encode(self, data: Any) -> Any:
        return pack(np.frombuffer(as_byte_view(data), np.uint8)).tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """One byte a flag, 0 or 1.

        Raises
        ------
        CodecError
            An impossible number of padding bits, no bytes at all, or more than ``nbytes`` flags.
        """
        view = as_byte_view(data)
        check_limit(8 * (len(view) - 1) - (view[0] if view else 0), nbytes, self.label())
        return unpack(np.frombuffer(view, np.uint8), self.label()).tobytes()


def packed_size(n: int) -> int:
    """Bytes that ``n`` flags take."""
    return 1 + -(-n // 8)


def pack(flags: np.ndarray) -> np.ndarray:
    """uint8 (packed_size,) from flags (n,) of one byte each."""
    out = np.empty(packed_size(flags.size), np.uint8)
    out[0] = -flags.size % 8
    out[1:] = np.packbits(flags.view(np.uint8) != 0)
    return out


def unpack(packed: np.ndarray, codec: str) -> np.ndarray:
    """bool (n,) from uint8 (packed_size,). Raises `CodecError` when the first byte does not fit the size."""
    padding = int(packed[0]) if packed.size else -1
    if not 0 <= padding <= 7 or padding > 8 * (packed.size - 1):
        raise CodecError("truncated, or an impossible number of padding bits", codec=codec)
    return np.unpackbits(packed[1:], count=8 * (packed.size - 1) - padding).view(bool)
