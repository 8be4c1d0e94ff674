"""``astype``: elements cast to another type (numcodecs ``astype``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, NativeStep
from zarrc.codecs.delta import NATIVE_TYPES
from zarrc.codecs.elements import TypedFilter, numpy_type
from zarrc.codecs.float_cast import cast
from zarrc.codecs.native_names import has_native, type_params
from zarrc.errors import CodecValidationError

_KINDS = "biufcmMSU"


@dataclass(frozen=True)
class AsTypeCodec(TypedFilter):
    """numpy's cast, without any check: what the encoded type cannot hold is lost. Floats become integers as
    `zarrc.codecs.float_cast` defines it.

    Parameters
    ----------
    encode_dtype
        numpy type string of the encoded elements, byte order included.
    decode_dtype
        The same for the decoded elements. None, which v3 metadata may mean: the type of the array.
    """

    name: ClassVar[str] = "numcodecs.astype"
    codec_id: ClassVar[str] = "astype"

    encode_dtype: str
    decode_dtype: str | None = None

    def __post_init__(self) -> None:
        for key in ("encode_dtype", "decode_dtype"):
            value = getattr(self, key)
            if value is not None or key == "encode_dtype":
                dtype = numpy_type(self.label(), key, value, _KINDS)
                if not dtype.itemsize:
                    raise CodecValidationError(f"codec {self.label()!r}: {key} {value!r} has elements without bytes")
                object.__setattr__(self, key, dtype.str)

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "encode_dtype": self.encode_dtype, "decode_dtype": self.decode_dtype}

    def with_type(self, dtype: np.dtype) -> TypedFilter:
        return self if self.decode_dtype is not None else replace(self, decode_dtype=dtype.str)

    def decoded_type(self) -> np.dtype:
        return self.known_type(self.decode_dtype)

    def encoded_type(self) -> np.dtype:
        return np.dtype(self.encode_dtype)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        decoded = type_params(self.decoded_type(), NATIVE_TYPES)
        encoded = type_params(self.encoded_type(), NATIVE_TYPES)
        # Mixtures stay here: the core casts integers to floats through float64, numpy at once.
        mixed = (self.decoded_type().kind == "f") != (self.encoded_type().kind == "f")
        if decoded is None or encoded is None or mixed or not has_native(self.codec_id):
            return None
        return NativeStep(self.codec_id, (*decoded, *encoded))

    def forward(self, values: np.ndarray) -> np.ndarray:
        return cast(values, self.encoded_type())

    def backward(self, stored: np.ndarray) -> np.ndarray:
        return cast(stored, self.decoded_type())
