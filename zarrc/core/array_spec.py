"""What a codec is told of a chunk, under its name of ``zarr.core.array_spec``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal

import numpy as np

from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.buffer import BufferPrototype
from zarrc.core.common import parse_shapelike
from zarrc.dtypes import DataType
from zarrc.frozen import Frozen, set_slot

ArrayConfigLike = ArrayConfig | Mapping[str, Any]


class ArraySpec(Frozen):
    """A chunk at one place of a codec chain.

    Parameters
    ----------
    shape : tuple of int
        In elements.
    dtype : DataType
        What `zarrc.dtype` has.
    fill_value
        A scalar of that type.
    config : ArrayConfig
        How the array behaves.
    prototype : BufferPrototype
        The buffer classes to make.
    """

    __slots__ = ("config", "dtype", "fill_value", "prototype", "shape")
    _fields = ("shape", "dtype", "fill_value", "config", "prototype")
    shape: tuple[int, ...]
    dtype: DataType
    fill_value: Any
    config: ArrayConfig
    prototype: BufferPrototype

    def __init__(
        self, shape: Any, dtype: DataType, fill_value: Any, config: ArrayConfig, prototype: BufferPrototype
    ) -> None:
        set_slot(self, "shape", parse_shapelike(shape))
        set_slot(self, "dtype", dtype)
        set_slot(self, "fill_value", fill_value)
        set_slot(self, "config", config)
        set_slot(self, "prototype", prototype)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ArraySpec) and self._identity() == other._identity()

    def __hash__(self) -> int:
        return hash(self._identity())

    def _identity(self) -> tuple:
        """The fields; fill values by their bits, so that NaN equals itself."""
        fill = self.fill_value
        fill = fill.tobytes() if isinstance(fill, np.generic) else fill
        return (self.shape, self.dtype, fill, self.config, self.prototype)

    @property
    def ndim(self) -> int:
        return len(self.shape)

    @property
    def order(self) -> Literal["C", "F"]:
        return self.config.order


__all__ = ["ArrayConfig", "ArrayConfigLike", "ArraySpec", "parse_array_config"]
