"""Base of the codecs that turn arrays of Python objects into bytes: the object codecs of v2, vlen-* in v3."""

from __future__ import annotations

from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.errors import CodecError, CodecValidationError

_ENCODED = ChunkSpec((), np.dtype("u1"))


class ObjectCodec(Codec):
    """An array -> bytes codec that learns the chunk's shape and dtype by `resolve`. Elements in C order.

    Subclasses are frozen dataclasses; what they must say is ``_configuration``, ``pack`` and ``unpack``.
    """

    kind: ClassVar[Kind] = "array_bytes"
    logical_order: ClassVar[bool] = False  # in v2: it stores the shape, so that order "F" changes nothing
    spec: ChunkSpec | None = None

    def _configuration(self) -> dict[str, Any]:
        return {}

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": self._configuration()}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, **self._configuration()}

    def resolve(self, spec: ChunkSpec) -> Self:
        new = type(self).from_config(self.get_config())
        object.__setattr__(new, "spec", spec)
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return _ENCODED

    def encoded_limit(self, nbytes: int) -> int | None:
        return None  # objects are as long as they are

    def known_spec(self) -> ChunkSpec:
        """The chunk. Raises `CodecValidationError` before `resolve`."""
        if self.spec is None:
            raise CodecValidationError(f"codec {self.label()!r} decodes only after resolve(): the shape is unknown")
        return self.spec

    def shaped(self, items: np.ndarray) -> np.ndarray:
        """Items (n,) as the chunk. Raises `CodecError` when their number or dtype is not the chunk's."""
        spec = self.known_spec()
        if items.size != spec.nitems:
            raise CodecError(f"{items.size} items where the chunk has {spec.nitems}", codec=self.label())
        if items.dtype != spec.dtype:
            try:
                items = items.astype(spec.dtype)
            except (TypeError, ValueError, OverflowError) as e:
                raise CodecError(f"items that are no {spec.dtype}: {e}", codec=self.label()) from e
        return items.reshape(spec.shape)


def objects(items: list) -> np.ndarray:
    """object (n,) of the items, which stay whole even where they are sequences."""
    out = np.empty(len(items), object)
    for i, item in enumerate(items):
        out[i] = item
    return out
