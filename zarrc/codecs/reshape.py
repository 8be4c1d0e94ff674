"""``reshape``: another shape for the same elements in C order (zarr-extensions "reshape")."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecError, CodecValidationError
from zarrc.masked import is_masked


@dataclass(frozen=True)
class ReshapeCodec(Codec):
    """Elements keep their place in C order.

    Parameters
    ----------
    shape
        For each dimension of what is stored: a size of at least 1, a list of the array's dimensions that it joins, or
        -1, at most once, for whatever is left. Listed dimensions must increase from left to right, and a joined
        dimension must begin and end where its dimensions do.
    """

    name: ClassVar[str] = "reshape"
    kind: ClassVar[Kind] = "array_array"

    shape: Iterable[Any]
    input_shape: tuple[int, ...] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if not isinstance(self.shape, (list, tuple)):
            raise CodecValidationError(f"codec {self.name!r}: shape must be a list, got {self.shape!r}")
        shape = tuple(
            tuple(check_int(self.name, "shape", dim, 0) for dim in entry)
            if isinstance(entry, (list, tuple))
            else check_int(self.name, "shape", entry, -1)
            for entry in self.shape
        )
        if shape.count(-1) > 1 or 0 in shape:
            raise CodecValidationError(f"codec {self.name!r}: shape may hold -1 once and no 0, got {self.shape!r}")
        dims = [dim for entry in shape if isinstance(entry, tuple) for dim in entry]
        if any(a >= b for a, b in pairwise(dims)):
            raise CodecValidationError(f"codec {self.name!r}: the dimensions in {self.shape!r} do not increase")
        object.__setattr__(self, "shape", shape)

    def to_dict(self) -> dict[str, Any]:
        shape = [list(entry) if isinstance(entry, tuple) else entry for entry in self.shape]
        return {"name": self.name, "configuration": {"shape": shape}}

    def resolve(self, spec: ChunkSpec) -> ReshapeCodec:
        new = type(self)(self.shape)
        object.__setattr__(new, "input_shape", spec.shape)
        new.encoded_shape(spec.shape)
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(shape=self.encoded_shape(spec.shape))

    def encoded_shape(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Shape of what is stored of an array of ``shape``. Raises `CodecValidationError` when there is none."""
        entries = tuple(self.shape)
        if any(dim >= len(shape) for entry in entries if isinstance(entry, tuple) for dim in entry):
            self._refuse(shape)
        sizes = [math.prod(shape[dim] for dim in e) if isinstance(e, tuple) else e for e in entries]
        total = math.prod(shape)
        if -1 in sizes:
            known = math.prod(size for size in sizes if size != -1)
            if not known or total % known:
                self._refuse(shape)
            sizes[sizes.index(-1)] = total // known
        if math.prod(sizes) != total:
            self._refuse(shape)
        for i, entry in enumerate(entries):
            if isinstance(entry, tuple) and entry:
                before, after = math.prod(shape[: entry[0]]), math.prod(shape[entry[-1] + 1 :])
                if math.prod(sizes[:i]) != before or math.prod(sizes[i + 1 :]) != after:
                    self._refuse(shape)
        return tuple(sizes)

    def _refuse(self, shape: tuple[int, ...]) -> None:
        raise CodecValidationError(
            f"codec {self.name!r}: cannot make {self.to_dict()['configuration']['shape']} of a chunk of shape {shape}"
        )

    def encode(self, data: np.ndarray) -> np.ndarray:
        return _contiguous(data).reshape(self.encoded_shape(data.shape))

    def decode(self, data: np.ndarray, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape. Raises `CodecError` when it has another number of elements."""
        if self.input_shape is None:
            raise CodecValidationError(f"codec {self.name!r} decodes only after resolve(): the shape is unknown")
        if data.size != math.prod(self.input_shape):
            raise CodecError(f"{data.size} elements for a chunk of shape {self.input_shape}", codec=self.name)
        return _contiguous(data).reshape(self.input_shape)


def _contiguous(data: np.ndarray) -> np.ndarray:
    """In C order; masked arrays stay masked."""
    return data.copy() if is_masked(data) else np.ascontiguousarray(data)
