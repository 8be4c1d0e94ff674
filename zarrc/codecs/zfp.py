"""``zfp``: numbers through zfp, without its header (zarr-extensions "zfp")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.validation import check_choice, check_int, check_number
from zarrc.codecs.zfp_stream import check_rate, compress, padded, zfpy_module
from zarrc.errors import CodecError, CodecValidationError

_OPTION = {"fixed_accuracy": "tolerance", "fixed_rate": "rate", "fixed_precision": "precision"}
MODES = ("reversible", *_OPTION)
_STORED = {
    **dict.fromkeys(("i1", "u1", "i2", "u2", "i4", "u4"), "i4"),
    **dict.fromkeys(("i8", "u8", "M8", "m8"), "i8"),
    **dict.fromkeys(("f2", "f4"), "f4"),
    "f8": "f8",
}


@dataclass(frozen=True)
class ZfpCodec(Codec):
    """A zfp stream of an array of at most 4 dimensions. Needs the package zfpy.

    float16 is stored as float32, 8- and 16-bit integers are spread over int32, and unsigned 32- and 64-bit integers
    become signed ones with what is larger cut off (as zarrs does).

    Parameters
    ----------
    mode
        "reversible", "fixed_accuracy", "fixed_rate" or "fixed_precision". zfpy does not have "expert".
    tolerance
        For "fixed_accuracy": largest absolute error.
    rate
        For "fixed_rate": bits an element.
    precision
        For "fixed_precision": bit planes to keep.
    """

    name: ClassVar[str] = "zfp"
    kind: ClassVar[Kind] = "array_bytes"

    mode: str
    tolerance: float | None = None
    rate: float | None = None
    precision: int | None = None
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.mode == "expert":
            raise CodecValidationError(f"codec {self.name!r}: the package zfpy does not have mode 'expert'")
        check_choice(self.name, "mode", self.mode, MODES)
        for key in _OPTION.values():
            value = getattr(self, key)
            if (value is None) == (_OPTION.get(self.mode) == key):
                state = "needs" if value is None else "does not take"
                raise CodecValidationError(f"codec {self.name!r}: mode {self.mode!r} {state} {key}")
        if self.tolerance is not None and not check_number(self.name, "tolerance", self.tolerance) >= 0:
            raise CodecValidationError(f"codec {self.name!r}: tolerance must not be negative, got {self.tolerance!r}")
        if self.rate is not None and not 0 < check_number(self.name, "rate", self.rate) <= 256:
            raise CodecValidationError(f"codec {self.name!r}: rate must be above 0 and up to 256, got {self.rate!r}")
        if self.precision is not None:
            object.__setattr__(self, "precision", check_int(self.name, "precision", self.precision, 1, 64))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"mode": self.mode, **self._options()}}

    def _options(self) -> dict[str, Any]:
        key = _OPTION.get(self.mode)
        return {} if key is None else {key: getattr(self, key)}

    def resolve(self, spec: ChunkSpec) -> ZfpCodec:
        if spec.dtype.str[1:3] not in _STORED or spec.bits is not None:
            raise CodecValidationError(f"codec {self.name!r} stores real numbers, not elements of {spec.dtype}")
        if len(spec.shape) > 4:
            raise CodecValidationError(f"codec {self.name!r}: at most 4 dimensions, the chunk has {len(spec.shape)}")
        new = type(self)(self.mode, self.tolerance, self.rate, self.precision)
        object.__setattr__(new, "spec", spec)
        return new

    def _known_spec(self) -> ChunkSpec:
        if self.spec is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): shape and dtype are unknown")
        return self.spec

    def encode(self, data: np.ndarray) -> bytes:
        if data.size == 0:
            return b""
        promoted = promote(data.reshape(data.shape or (1,)))
        return compress(promoted, self._options(), False, self.name)

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError`; a damaged stream may also give other numbers."""
        spec, view = self._known_spec(), as_byte_view(data)
        if spec.nitems == 0:
            return np.zeros(spec.shape, spec.dtype)
        if not len(view):
            raise CodecError("truncated: no bytes", codec=self.name)
        shape, stored = spec.shape or (1,), np.dtype(_STORED[spec.dtype.str[1:3]])
        if self.rate is not None:
            check_rate(view, shape, self.rate, 0, self.name)
        zfpy = zfpy_module(self.name)
        stream = padded(view, shape, stored, self.rate)
        try:
            array = zfpy._decompress(stream, zfpy.dtype_to_ztype(stored.type), shape, None, **self._options())
        except (RuntimeError, ValueError, TypeError) as e:
            raise CodecError(f"corrupt: {e}", codec=self.name) from e
        return demote(np.asarray(array), spec.dtype).reshape(spec.shape)


def promote(array: np.ndarray) -> np.ndarray:
    """The array in the type that zfp stores it in."""
    dtype = array.dtype
    stored = np.dtype(_STORED[dtype.str[1:3]])
    if dtype.kind in "iu" and dtype.itemsize < 4:
        bits = 8 * dtype.itemsize
        centred = array.astype(np.int32) - (1 << bits - 1 if dtype.kind == "u" else 0)
        return centred << np.int32(31 - bits)
    if dtype.kind == "u":
        return np.minimum(array, np.iinfo(stored).max).astype(stored)
    return array.astype(stored)


def demote(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Inverse of `promote`, cut off where the number type ends."""
    if dtype.kind in "iu" and dtype.itemsize < 4:
        bits = 8 * dtype.itemsize
        centred = (array >> np.int32(31 - bits)) + np.int32(1 << bits - 1 if dtype.kind == "u" else 0)
        limits = np.iinfo(dtype)
        return np.clip(centred, limits.min, limits.max).astype(dtype)
    if dtype.kind == "u":
        return np.maximum(array, 0).astype(dtype)
    with np.errstate(over="ignore"):
        return array.astype(dtype)
