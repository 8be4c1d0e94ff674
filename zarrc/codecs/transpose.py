"""``transpose``: permutes the dimensions (Zarr v3 core, "transpose codec")."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecValidationError


@dataclass(frozen=True)
class TransposeCodec(Codec):
    """Dimension ``i`` of what is stored is dimension ``order[i]`` of the array.

    Parameters
    ----------
    order
        A permutation of the dimensions. The strings "C" and "F" of drafts of the specification are read from
        documents (`from_dict`); `resolve` replaces them by the permutation.
    """

    name: ClassVar[str] = "transpose"
    kind: ClassVar[Kind] = "array_array"

    order: Iterable[int] | str

    def __post_init__(self) -> None:
        if isinstance(self.order, str):
            raise CodecValidationError(f"codec {self.name!r}: order must be a permutation, got {self.order!r}")
        try:
            order = tuple(check_int(self.name, "order", axis, 0) for axis in self.order)
        except TypeError:
            raise CodecValidationError(
                f"codec {self.name!r}: order must be a list of integers, got {self.order!r}"
            ) from None
        if sorted(order) != list(range(len(order))):
            raise CodecValidationError(f"codec {self.name!r}: order {list(order)} is not a permutation")
        object.__setattr__(self, "order", order)

    @classmethod
    def _from_configuration(cls, configuration: dict[str, Any], zarr_format: int) -> Self:
        if configuration not in ({"order": "C"}, {"order": "F"}):
            return super()._from_configuration(configuration, zarr_format)
        new = cls(())
        object.__setattr__(new, "order", configuration["order"])
        return new

    def to_dict(self) -> dict[str, Any]:
        order = self.order if isinstance(self.order, str) else list(self.order)
        return {"name": self.name, "configuration": {"order": order}}

    def axes(self, ndim: int) -> tuple[int, ...]:
        """The permutation for an array of ``ndim`` dimensions. Raises `CodecValidationError` when it does not fit."""
        if self.order == "C":
            return tuple(range(ndim))
        if self.order == "F":
            return tuple(reversed(range(ndim)))
        order = tuple(int(axis) for axis in self.order)
        if len(order) != ndim:
            raise CodecValidationError(
                f"codec {self.name!r}: order {list(order)} has {len(order)} entries, the array {ndim} dimensions"
            )
        return order

    def resolve(self, spec: ChunkSpec) -> TransposeCodec:
        return type(self)(self.axes(len(spec.shape)))

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(shape=tuple(spec.shape[axis] for axis in self.axes(len(spec.shape))))

    def encode(self, data: np.ndarray) -> np.ndarray:
        """A view of ``data`` with the dimensions permuted."""
        return data.transpose(self.axes(data.ndim))

    def decode(self, data: np.ndarray, *, nbytes: int | None = None) -> np.ndarray:
        """A view of ``data`` with the dimensions back in the array's order."""
        order = self.axes(data.ndim)
        return data.transpose(tuple(sorted(range(data.ndim), key=order.__getitem__)))
