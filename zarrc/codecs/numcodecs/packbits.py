"""``numcodecs.packbits``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind, NativeStep
from zarrc.codecs.packbits_filter import PackBitsFilter, pack, unpack
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class PackBits(PackBitsFilter):
    """As `PackBitsFilter`, on arrays: flags in C order to a flat array of bytes."""

    kind: ClassVar[Kind] = "array_array"

    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    def resolve(self, spec: ChunkSpec) -> Codec:
        super().resolve(spec)
        new = type(self)()
        object.__setattr__(new, "spec", spec)
        return new

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return None  # it changes the shape, which the steps before the byte order do not

    def encode(self, data: Any) -> Any:
        """uint8 (1 + ceil(n / 8),)."""
        return pack(np.ascontiguousarray(data).reshape(-1))

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Flags in the shape of the chunk. Raises `CodecError` when it is another number of them."""
        if self.spec is None:
            raise CodecValidationError(f"codec {self.name!r} decodes only after resolve(): the shape is unknown")
        flags = unpack(np.ascontiguousarray(data).reshape(-1).view(np.uint8), self.label())
        if flags.size != self.spec.nitems:
            raise CodecError(f"{flags.size} flags where the chunk has {self.spec.nitems}", codec=self.label())
        return flags.view(self.spec.dtype).reshape(self.spec.shape)
