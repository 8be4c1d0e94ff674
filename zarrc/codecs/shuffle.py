"""``shuffle``: gathers the first bytes of all elements, then the second, and so on (numcodecs ``shuffle``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError


@dataclass(frozen=True)
class ShuffleCodec(Codec):
    """Byte transposition of elements of a fixed size.

    Parameters
    ----------
    elementsize
        Bytes of an element. None, which v3 metadata without the key mean: the size of the array's elements.
    """

    name: ClassVar[str] = "numcodecs.shuffle"
    codec_id: ClassVar[str] = "shuffle"

    elementsize: int | None = 4

    def __post_init__(self) -> None:
        if self.elementsize is not None:
            value = check_int(self.label(), "elementsize", self.elementsize, 1, 2**31 - 1)
            object.__setattr__(self, "elementsize", value)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        configuration = {"elementsize": None, **(data.get("configuration") or {})}
        return cls._from_configuration(configuration, 3)

    def to_dict(self) -> dict[str, Any]:
        if self.elementsize is None:
            return {"name": self.name, "configuration": {}}
        return {"name": self.name, "configuration": {"elementsize": self.elementsize}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "elementsize": 4 if self.elementsize is None else self.elementsize}

    def resolve(self, spec: ChunkSpec) -> ShuffleCodec:
        return self if self.elementsize is not None else type(self)(max(spec.dtype.itemsize, 1))

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        return NativeStep("shuffle", (self._size(spec.dtype.itemsize),))

    def _size(self, default: int = 4) -> int:
        return default if self.elementsize is None else self.elementsize

    def encoded_size(self, nbytes: int) -> int:
        return nbytes

    def encode(self, data: Any) -> bytes:
        """Raises `CodecError` when the bytes are not a whole number of elements."""
        return shuffle(self._checked(data), self._size())

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """Raises `CodecError` when the bytes are not a whole number of elements, or more than ``nbytes``."""
        view = self._checked(data)
        check_limit(len(view), nbytes, self.label())
        return unshuffle(view, self._size())

    def _checked(self, data: Any) -> memoryview:
        view = as_byte_view(data)
        if len(view) % self._size():
            raise CodecError(f"{len(view)} bytes are no multiple of elementsize {self._size()}", codec=self.label())
        return view


def shuffle(view: memoryview, width: int) -> bytes:
    """Byte ``b`` of element ``e`` goes to ``b * n + e``; ``view`` holds ``n`` whole elements."""
    return np.frombuffer(view, np.uint8).reshape(-1, width).T.tobytes()


def unshuffle(view: memoryview, width: int) -> bytes:
    """Inverse of `shuffle`."""
    return np.frombuffer(view, np.uint8).reshape(width, -1).T.tobytes()
