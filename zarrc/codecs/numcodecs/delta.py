"""``numcodecs.delta``: in v3 it turns an array into an array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Kind
from zarrc.codecs.delta import DeltaCodec
from zarrc.codecs.numcodecs.base import NumcodecsNamed
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class Delta(NumcodecsNamed, DeltaCodec):
    """As `DeltaCodec`, on arrays: the elements in C order, as if flattened. The shape stays.

    Without ``dtype``, that of the array.
    """

    name: ClassVar[str] = "numcodecs.delta"
    kind: ClassVar[Kind] = "array_array"

    dtype: str | None = None  # type: ignore[assignment]

    def __post_init__(self) -> None:
        if self.dtype is not None:
            super().__post_init__()

    def resolve(self, spec: ChunkSpec) -> Delta:
        if self.dtype is None:
            return type(self)(spec.dtype.str, self.astype).resolve(spec)
        if spec.dtype.itemsize != np.dtype(self.dtype).itemsize or spec.dtype.hasobject:
            raise CodecValidationError(f"codec {self.name!r}: dtype {self.dtype} does not fit elements of {spec.dtype}")
        return self

    def encode(self, data: np.ndarray) -> np.ndarray:
        """``data`` seen as ``dtype``, encoded to an array of its shape and ``astype``."""
        return self.differences(_flat(data, self.dtype)).reshape(data.shape)

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the shape of ``data`` and ``dtype``. Raises `CodecError` for more than ``nbytes`` bytes."""
        if nbytes is not None and data.size * np.dtype(self.dtype).itemsize > nbytes:
            raise CodecError(f"{data.size} elements are more than {nbytes} bytes", codec=self.name)
        return self.sums(_flat(data, self.astype)).reshape(data.shape)


def _flat(data: np.ndarray, dtype: str | None) -> np.ndarray:
    return np.ascontiguousarray(data).reshape(-1).view(np.dtype(dtype))
