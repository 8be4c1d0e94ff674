"""``scale_offset``: shifted and scaled numbers (zarr-extensions "scale_offset")."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.elements import encoded_fill
from zarrc.dtypes import from_numpy
from zarrc.errors import CodecError, CodecValidationError, MetadataValidationError


@dataclass(frozen=True)
class ScaleOffsetCodec(Codec):
    """``(x - offset) * scale`` is stored, ``stored / scale + offset`` is read, all in the arithmetic of the data type.

    Integers stay exact: what leaves the range of the type, or cannot be divided by ``scale``, is a `CodecError`, as in
    zarr-python.

    Parameters
    ----------
    offset, scale
        In the JSON form of fill values of the array's data type. ``scale`` must not be 0.
    """

    name: ClassVar[str] = "scale_offset"
    kind: ClassVar[Kind] = "array_array"

    offset: int | float | str = 0
    scale: int | float | str = 1
    numbers: tuple[Any, Any] | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        for key in ("offset", "scale"):
            value = getattr(self, key)
            value = value.item() if isinstance(value, np.generic) else value
            if isinstance(value, bool) or not isinstance(value, (int, float, str)):
                raise CodecValidationError(f"codec {self.name!r}: {key} must be a number or string, got {value!r}")
            object.__setattr__(self, key, value)

    def to_dict(self) -> dict[str, Any]:
        configuration: dict[str, Any] = {}
        if self.offset != 0:
            configuration["offset"] = self.offset
        if self.scale != 1:
            configuration["scale"] = self.scale
        return {"name": self.name, **({"configuration": configuration} if configuration else {})}

    def resolve(self, spec: ChunkSpec) -> ScaleOffsetCodec:
        if spec.dtype.kind not in "iuf" or spec.bits is not None:
            raise CodecValidationError(
                f"codec {self.name!r} only supports integer and floating-point types, not {spec.dtype}"
            )
        data_type = from_numpy(spec.dtype.newbyteorder("="))
        numbers = []
        for key in ("offset", "scale"):
            try:
                numbers.append(data_type.from_json_scalar(getattr(self, key), zarr_format=3))
            except MetadataValidationError as e:
                value = getattr(self, key)
                raise CodecValidationError(
                    f"codec {self.name!r}: {key} value {value!r} is not representable in dtype {spec.dtype}: {e}"
                ) from e
        if not numbers[1]:
            raise CodecValidationError(f"codec {self.name!r}: scale must be non-zero, got {self.scale!r}")
        new = type(self)(self.offset, self.scale)
        object.__setattr__(new, "numbers", tuple(numbers))
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        return spec.replaced(fill_value=encoded_fill(spec, self.encode, spec.dtype))

    def _known(self) -> tuple[Any, Any]:
        if self.numbers is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): the data type is unknown")
        return self.numbers

    def encode(self, data: np.ndarray) -> np.ndarray:
        """Array of the same shape and dtype. Raises `CodecError` for integers that leave the type's range."""
        offset, scale = self._known()
        if data.dtype.kind in "iu":
            self._check_range(data, lambda x: (x - int(offset)) * int(scale))
        with np.errstate(all="ignore"):
            return ((data - offset) * scale).astype(data.dtype, copy=False)

    def decode(self, data: np.ndarray, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the same shape and dtype.

        Raises
        ------
        CodecError
            A stored integer is no multiple of ``scale``, or leaves the type's range.
        """
        offset, scale = self._known()
        with np.errstate(all="ignore"):
            if data.dtype.kind not in "iu":
                return (data / scale + offset).astype(data.dtype, copy=False)
            if (data % scale).any():
                raise CodecError(f"a stored integer divided by {scale} has a non-zero remainder", codec=self.name)
            self._check_range(data, lambda x: x // int(scale) + int(offset))
            return (data // scale + offset).astype(data.dtype, copy=False)

    def _check_range(self, data: np.ndarray, formula: Callable[[int], int]) -> None:
        """Integers wrap in between, and come out right where the end is in range; it is furthest at the extremes."""
        if not data.size:
            return
        limits = np.iinfo(data.dtype)
        for extreme in (int(data.min()), int(data.max())):
            made = formula(extreme)
            if not limits.min <= made <= limits.max:
                raise CodecError(f"{extreme} becomes {made}, outside the range of dtype {data.dtype}", codec=self.name)
