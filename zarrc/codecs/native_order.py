"""Elements of v3 arrays in the machine's byte order, for codecs that look at them.

v3 data types have no byte order, and their codecs are made for native elements. An array that was made with another
order keeps it in memory as long as it is open, so something must turn the elements round before such codecs.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind

# These move elements, or store them in an order of their own whatever the order in memory.
_INDIFFERENT = frozenset(("bytes", "reshape", "sharding_indexed", "transpose"))


class NativeOrder(Codec):
    """No codec of the format: it is in no metadata, and `Chain.codecs` leaves it out."""

    kind: ClassVar[Kind] = "array_array"

    def __init__(self, dtype: np.dtype) -> None:
        self.dtype = dtype

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(dtype=spec.dtype.newbyteorder("="))

    def encode(self, data: Any) -> np.ndarray:
        return data.astype(self.dtype.newbyteorder("="))

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        return np.asarray(data).astype(self.dtype)  # of an array without axes numpy's arithmetic makes a scalar


def order_step(codecs: Iterable[Codec], spec: ChunkSpec) -> list[Codec]:
    """What comes before the codecs of a v3 chain up to the array -> bytes codec: a `NativeOrder` or nothing."""
    if spec.dtype.isnative or all(codec.name in _INDIFFERENT for codec in codecs if codec.kind != "bytes_bytes"):
        return []
    return [NativeOrder(spec.dtype)]
