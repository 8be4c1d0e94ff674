"""``fixedscaleoffset``: scaled and shifted numbers, rounded (numcodecs ``fixedscaleoffset``)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, NativeStep
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.codecs.elements import TypedFilter, numpy_type
from zarrc.codecs.native_names import has_native
from zarrc.codecs.validation import check_number


@dataclass(frozen=True)
class FixedScaleOffsetCodec(TypedFilter):
    """``around((x - offset) * scale)`` is stored; ``stored / scale + offset`` is read. Ties go to the even neighbour.

    Arithmetic is numpy's between ``dtype`` and Python numbers. A result that ``astype`` cannot hold is undefined.

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
        return np.around((values - self.offset) * self.scale).astype(self.encoded_type(), copy=False)

    def backward(self, stored: np.ndarray) -> np.ndarray:
        return (stored / self.scale + self.offset).astype(self.decoded_type(), copy=False)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        dtype, astype = self.decoded_type(), self.encoded_type()
        # In floats only: with integers, numpy's intermediate type depends on the parameters' types.
        known = dtype.str[1:] in ("f4", "f8") and astype.str[1:] in NATIVE_TYPES
        if not known or not has_native("fixedscaleoffset"):
            return None
        types = (*_type_params(dtype), *_type_params(astype))
        return NativeStep("fixedscaleoffset", (*types, double_bits(self.scale), double_bits(self.offset)))


def double_bits(number: float) -> int:
    """The bits of a float64 as a signed 64-bit integer: how parameters of C steps carry floats."""
    return struct.unpack("<q", struct.pack("<d", number))[0]


def _type_params(dtype: np.dtype) -> tuple[int, int]:
    return NATIVE_TYPES.index(dtype.str[1:]), int(not dtype.isnative)
