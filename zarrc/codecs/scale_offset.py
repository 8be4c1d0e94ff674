"""``scale_offset``: shifted and scaled numbers (zarr-extensions "scale_offset")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.elements import encoded_fill
from zarrc.dtypes import from_numpy
from zarrc.errors import CodecValidationError, MetadataValidationError


@dataclass(frozen=True)
class ScaleOffsetCodec(Codec):
    """``(x - offset) * scale`` is stored, ``stored / scale + offset`` is read, all in the arithmetic of the data type.

    Integers wrap; their quotient is rounded down.

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
                raise CodecValidationError(f"codec {self.name!r}: {key} must be a number, got {value!r}")
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
            raise CodecValidationError(f"codec {self.name!r} works on integers and floats, not on {spec.dtype}")
        data_type = from_numpy(spec.dtype.newbyteorder("="))
        numbers = []
        for key in ("offset", "scale"):
            try:
                numbers.append(data_type.fill_from_json(getattr(self, key), 3))
            except MetadataValidationError as e:
                raise CodecValidationError(f"codec {self.name!r}: {key}: {e}") from e
        if not numbers[1]:
            raise CodecValidationError(f"codec {self.name!r}: scale {self.scale!r} cannot be undone")
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
        """Array of the same shape and dtype."""
        offset, scale = self._known()
        with np.errstate(all="ignore"):
            return ((data - offset) * scale).astype(data.dtype, copy=False)

    def decode(self, data: np.ndarray, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the same shape and dtype."""
        offset, scale = self._known()
        with np.errstate(all="ignore"):
            quotient = data // scale if data.dtype.kind in "iu" else data / scale
            return (quotient + offset).astype(data.dtype, copy=False)
