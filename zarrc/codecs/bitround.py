"""``bitround``: numbers with fewer significant bits (zarr-extensions ``bitround``; numcodecs ``bitround``)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind, NativeStep
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.codecs.elements import encoded_fill, items_of
from zarrc.codecs.native_names import has_native
from zarrc.codecs.validation import check_int
from zarrc.errors import CodecValidationError

MANTISSA_BITS = {2: 10, 4: 23, 8: 52}


@dataclass(frozen=True)
class BitRoundCodec(Codec):
    """Rounds, ties to even, and sets the bits below to zero. Reading changes nothing.

    Parameters
    ----------
    keepbits
        Floats and the parts of complex numbers: bits of the mantissa to keep. Integers, datetime64 and timedelta64:
        bits to keep from the most significant set bit on (of the two's complement).
    """

    name: ClassVar[str] = "bitround"
    codec_id: ClassVar[str] = "bitround"
    kind: ClassVar[Kind] = "array_array"
    least: ClassVar[int] = 1

    keepbits: int

    def __post_init__(self) -> None:
        object.__setattr__(self, "keepbits", check_int(self.label(), "keepbits", self.keepbits, self.least))

    def to_dict(self) -> dict[str, Any]:
        return {"name": self.name, "configuration": {"keepbits": self.keepbits}}

    def get_config(self) -> dict[str, Any]:
        return {"id": self.codec_id, "keepbits": self.keepbits}

    def resolve(self, spec: ChunkSpec) -> Codec:
        if spec.dtype.kind not in "iufcmM" or _part(spec.dtype).itemsize > 8:
            raise CodecValidationError(f"codec {self.label()!r} rounds numbers, not elements of {spec.dtype}")
        return self

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        fill = encoded_fill(spec, lambda values: rounded(values, self.keepbits), spec.dtype)
        return ChunkSpec(spec.shape, spec.dtype, fill, spec.bits)

    def encode(self, data: Any) -> Any:
        """A rounded copy of the array."""
        return rounded(data, self.keepbits)

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """The array itself."""
        return data


@dataclass(frozen=True)
class BitRoundFilter(BitRoundCodec):
    """The v2 form: bytes to bytes, for floats of 2, 4 or 8 bytes, which numcodecs is limited to.

    Parameters
    ----------
    keepbits
        Bits of the mantissa to keep, from 0 to all of them.
    """

    name: ClassVar[str] = "numcodecs.bitround"
    kind: ClassVar[Kind] = "bytes_bytes"
    least: ClassVar[int] = 0

    dtype: np.dtype | None = field(default=None, init=False, repr=False, compare=False)

    def resolve(self, spec: ChunkSpec) -> Codec:
        bits = MANTISSA_BITS.get(spec.dtype.itemsize, -1) if spec.dtype.kind == "f" else -1
        if self.keepbits > bits:
            raise CodecValidationError(f"codec {self.label()!r}: cannot keep {self.keepbits} bits of {spec.dtype}")
        new = type(self)(self.keepbits)
        object.__setattr__(new, "dtype", spec.dtype)
        return new

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        if spec.dtype.kind != "f" or not has_native(self.codec_id):
            return None
        return NativeStep(self.codec_id, (spec.dtype.itemsize, int(not spec.dtype.isnative), self.keepbits))

    def encoded_size(self, nbytes: int) -> int | None:
        return nbytes

    def encode(self, data: Any) -> Any:
        if self.dtype is None:
            raise CodecValidationError(f"codec {self.label()!r} encodes only after resolve(): the type is unknown")
        return rounded(items_of(data, self.dtype, self.label()), self.keepbits).tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """The bytes. Raises `CodecError` for more than ``nbytes`` of them."""
        view = as_byte_view(data)
        check_limit(len(view), nbytes, self.label())
        return bytes(view)


def _part(dtype: np.dtype) -> np.dtype:
    """Type of the real numbers that an element is made of."""
    return np.dtype(f"{dtype.byteorder}f{dtype.itemsize // 2}") if dtype.kind == "c" else dtype


def rounded(values: np.ndarray, keepbits: int) -> np.ndarray:
    """A copy of ``values`` with the bits below the kept ones rounded away; shape, dtype and byte order stay."""
    part = _part(values.dtype)
    flat = np.ascontiguousarray(values).reshape(-1).view(part).astype(part.newbyteorder("="))
    bits = flat.view(np.dtype(f"u{part.itemsize}"))
    one = bits.dtype.type(1)
    if part.kind == "f":
        drop = np.full(bits.shape, max(MANTISSA_BITS[part.itemsize] - keepbits, 0), bits.dtype)
    else:
        length = _bit_length(bits)
        drop = np.where(length > keepbits, length - min(keepbits, 64), 0).astype(bits.dtype)
    some = drop > 0
    shift = np.where(some, drop, one)  # less than the width: an integer keeps a bit or more
    even = (bits >> shift) & one
    total = bits + (even + (one << (shift - one)) - one)
    if part.kind != "f":  # saturates, so that the largest values do not wrap to zero
        total = np.where(total < bits, ~bits.dtype.type(0), total)
    bits[...] = np.where(some, total >> shift << shift, bits)
    return flat.astype(part, copy=False).view(values.dtype).reshape(values.shape)


def _bit_length(bits: np.ndarray) -> np.ndarray:
    """Place of the most significant set bit of each unsigned number, counted from 1; 0 for 0. int64."""
    length, rest = np.zeros(bits.shape, np.int64), bits.copy()
    for step in (32, 16, 8, 4, 2, 1):
        if step >= 8 * bits.dtype.itemsize:
            continue
        large = rest >= bits.dtype.type(1) << bits.dtype.type(step)
        length += np.where(large, step, 0)
        rest = np.where(large, rest >> bits.dtype.type(step), rest)
    return length + (rest > 0)
