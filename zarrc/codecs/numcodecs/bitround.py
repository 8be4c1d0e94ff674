"""``numcodecs.bitround``: in v3 it turns an array into an array."""

from __future__ import annotations

from typing import Any, ClassVar

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.bitround import BitRoundCodec, BitRoundFilter


class BitRound(BitRoundFilter):
    """As `BitRoundFilter`, on arrays of floats."""

    kind: ClassVar[Kind] = "array_array"

    def resolve(self, spec: ChunkSpec) -> Codec:
        # zarrs writes integers and complex numbers under this name too.
        return super().resolve(spec) if spec.dtype.kind == "f" else BitRoundCodec.resolve(self, spec)

    def encode(self, data: Any) -> Any:
        return BitRoundCodec.encode(self, data)

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        return BitRoundCodec.decode(self, data)
