"""``fixedscaleoffset``: scaled and shifted numbers, rounded (numcodecs ``fixedscaleoffset``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, NativeStep
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.codecs.elements import TypedFilter, numpy_type
from zarrc.codecs.float_cast import cast
from zarrc.codecs.native_names import double_bits, has_native, type_params
from zarrc.codecs.validation import check_number


@dataclass(frozen=True)
class FixedScaleOffsetCodec(TypedFilter):
    """``around((x - offset) * scale)`` is stored; ``stored / scale + offset`` is read. Ties go to the even neighbour.

    Arithmetic is numpy's between ``dtype`` and Python numbers. What an integer type cannot hold becomes what
    `zarrc.codecs.float_cast` defines, on every machine.

    Parameters
    ----------
    offset, scale
        Numbers; an integer and a float of the same value differ in the type that numpy computes in.
    dtype
        numpy type string of the decoded elements, byte order included. None, which v3 metadata may mean:
        the type of the array.
    astype
        The same for the encoded elements; ``dtype`` by default.
    """

    name: ClassVar[str] = "numcodecs.fixedscaleoffset"
    codec_id: ClassVar[str] = "fixedscaleoffset"

    offset: int | float
    scale: int | float
    dtype: str | None
    astype: str | None = None

    def __post_init__(self) -> None:
        label = self.label()
        object.__setattr__(self, "offset", check_number(label, "offset", self.offset))
        object.__setattr__(self, "scale", check_number(label, "scale", self.scale))
        for key in ("dtype", "astype"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, numpy_type(label, key, value, "iufc").str)
        if self.astype is None:
            object.__setattr__(self, "astype", self.dtype)

    def get_config(self) -> dict[str, Any]:
        config: dict[str, Any] = {"id": self.codec_id, "scale": self.scale, "offset": self.offset}
        return {**config, "dtype": self.dtype, "astype": self.astype}

    def with_type(self, dtype: np.dtype) -> TypedFilter:
        return self if self.dtype is not None else replace(self, dtype=dtype.str)

    def decoded_type(self) -> np.dtype:
        return self.known_type(self.dtype)

    def encoded_type(self) -> np.dtype:
        return self.known_type(self.astype)

    def forward(self, values: np.ndarray) -> np.ndarray:
        return cast(np.around((values - self.offset) * self.scale), self.encoded_type())

    def backward(self, stored: np.ndarray) -> np.ndarray:
        return cast(stored / self.scale + self.offset, self.decoded_type())

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        # From floats only: with integers, numpy's intermediate type depends on the types of the parameters.
        decoded = type_params(self.decoded_type(), NATIVE_TYPES) if self.decoded_type().kind == "f" else None
        encoded = type_params(self.encoded_type(), NATIVE_TYPES)
        if decoded is None or encoded is None or not has_native(self.codec_id):
            return None
        return NativeStep(self.codec_id, (*decoded, *encoded, double_bits(self.scale), double_bits(self.offset)))
