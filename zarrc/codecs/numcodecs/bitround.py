"""``numcodecs.bitround``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.bitround import BitRoundCodec, BitRoundFilter
from zarrc.codecs.numcodecs.base import ParametersLater


class _OnArrays(BitRoundFilter):
    kind: ClassVar[Kind] = "array_array"

    def resolve(self, spec: ChunkSpec) -> Codec:
        # zarrs writes integers and complex numbers under this name too.
        return super().resolve(spec) if spec.dtype.kind == "f" else BitRoundCodec.resolve(self, spec)

    def encode(self, data: Any) -> Any:
        return BitRoundCodec.encode(self, data)

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        return BitRoundCodec.decode(self, data)


@dataclass(frozen=True)
class BitRound(ParametersLater, _OnArrays):
    """As `BitRoundFilter`, on arrays of floats."""

    needed: ClassVar[tuple[str, ...]] = ("keepbits",)

    keepbits: int | None = None  # type: ignore[assignment]
