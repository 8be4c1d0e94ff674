"""``quantize``: floats with fewer significant bits (numcodecs ``quantize``)."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, NativeStep
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.codecs.elements import TypedFilter, numpy_type
from zarrc.codecs.native_names import double_bits, has_native, type_params
from zarrc.codecs.validation import check_int


@dataclass(frozen=True)
class QuantizeCodec(TypedFilter):
    """Rounds to multiples of a power of two that keep ``digits`` decimal places. Reading is a cast.

    Parameters
    ----------
    digits
        Decimal places to keep; negative: places before the point to round away.
    dtype
        numpy type string of the decoded elements, a float type, byte order included. None, which v3 metadata may mean:
        the type of the array.
    astype
        The same for the encoded elements; ``dtype`` by default.
    """

    name: ClassVar[str] = "numcodecs.quantize"
    codec_id: ClassVar[str] = "quantize"

    digits: int
    dtype: str | None
    astype: str | None = None

    def __post_init__(self) -> None:
        label = self.label()
        object.__setattr__(self, "digits", check_int(label, "digits", self.digits, -300, 300))
        for key in ("dtype", "astype"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, numpy_type(label, key, value, "f").str)
        if self.astype is None:
            object.__setattr__(self, "astype", self.dtype)

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "digits": self.digits, "dtype": self.dtype, "astype": self.astype}

    def with_type(self, dtype: np.dtype) -> TypedFilter:
        return self if self.dtype is not None else replace(self, dtype=dtype.str)

    def decoded_type(self) -> np.dtype:
        return self.known_type(self.dtype)

    def encoded_type(self) -> np.dtype:
        return self.known_type(self.astype)

    def scale(self) -> float:
        """The power of two whose reciprocal is the step between stored values."""
        exponent = math.log10(10.0**-self.digits)
        exponent = math.floor(exponent) if exponent < 0 else math.ceil(exponent)
        return 2.0 ** math.ceil(math.log2(10.0**-exponent))

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        decoded = type_params(self.decoded_type(), NATIVE_TYPES)
        encoded = type_params(self.encoded_type(), NATIVE_TYPES)
        if decoded is None or encoded is None or not has_native(self.codec_id):
            return None
        return NativeStep(self.codec_id, (*decoded, *encoded, double_bits(self.scale())))

    def forward(self, values: np.ndarray) -> np.ndarray:
        scale = self.scale()
        return (np.around(scale * values) / scale).astype(self.encoded_type(), copy=False)

    def backward(self, stored: np.ndarray) -> np.ndarray:
        return stored.astype(self.decoded_type(), copy=False)
