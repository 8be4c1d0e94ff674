"""``packbits``: elements of a few bits, packed densely (zarr-extensions "packbits")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.bit_fields import extended, join_bits, split_bits
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.validation import check_choice, check_int
from zarrc.errors import CodecError, CodecValidationError

PADDINGS = ("none", "first_byte", "last_byte")


@dataclass(frozen=True)
class PackBitsCodec(Codec):
    """Bits ``first_bit`` to ``last_bit`` of every element in C order, least significant bit first.

    numcodecs' filter of the same name is another format: `PackBitsFilter`.

    Parameters
    ----------
    padding_encoding
        Whether a "first_byte" or "last_byte" tells the number of padding bits; "none" is the default.
    first_bit, last_bit
        Both included, counted from the least significant; by default all bits of the data type. Complex numbers have
        them in each part. Bits that are not stored read as zeros, above ``last_bit`` as copies of the sign.
    """

    name: ClassVar[str] = "packbits"
    kind: ClassVar[Kind] = "array_bytes"

    padding_encoding: str = "none"
    first_bit: int | None = None
    last_bit: int | None = None
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        check_choice(self.name, "padding_encoding", self.padding_encoding, PADDINGS)
        for key in ("first_bit", "last_bit"):
            value = getattr(self, key)
            if value is not None:
                object.__setattr__(self, key, check_int(self.name, key, value, 0, 63))

    def to_dict(self) -> dict[str, Any]:
        configuration: dict[str, Any] = {}
        if self.padding_encoding != "none":
            configuration["padding_encoding"] = self.padding_encoding
        for key in ("first_bit", "last_bit"):
            if getattr(self, key) is not None:
                configuration[key] = getattr(self, key)
        return {"name": self.name, "configuration": configuration}

    def resolve(self, spec: ChunkSpec) -> PackBitsCodec:
        if not (spec.dtype.kind in "biufcmM" or spec.dtype.isbuiltin == 2) or _part(spec.dtype).itemsize > 8:
            raise CodecValidationError(f"codec {self.name!r} packs numbers and flags, not elements of {spec.dtype}")
        new = type(self)(self.padding_encoding, self.first_bit, self.last_bit)
        object.__setattr__(new, "spec", spec)
        first, last, width = *new._range(spec), _width(spec)
        if not first <= last < width:
            raise CodecValidationError(
                f"codec {self.name!r}: bits {first} to {last} are no range within the {width} bits of the data type"
            )
        return new

    def _range(self, spec: ChunkSpec) -> tuple[int, int]:
        last = _width(spec) - 1 if self.last_bit is None else self.last_bit
        return self.first_bit or 0, last

    def _known_spec(self) -> ChunkSpec:
        if self.spec is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): shape and dtype are unknown")
        return self.spec

    def _sizes(self) -> tuple[int, int, int]:
        """Number of components, bits of each, and padding bits."""
        spec = self._known_spec()
        first, last = self._range(spec)
        n, count = spec.nbytes // _part(spec.dtype).itemsize, last - first + 1
        return n, count, -n * count % 8

    def encoded_size(self, nbytes: int) -> int:
        n, count, padding = self._sizes()
        return (n * count + padding) // 8 + (self.padding_encoding != "none")

    def encode(self, data: np.ndarray) -> bytes:
        spec = self._known_spec()
        _, count, padding = self._sizes()
        packed = join_bits(np.ascontiguousarray(data).reshape(-1).view(_part(spec.dtype)), self._range(spec)[0], count)
        mark = bytes((padding,))
        if self.padding_encoding == "first_byte":
            return mark + packed
        return packed + mark if self.padding_encoding == "last_byte" else packed

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype.

        Raises
        ------
        CodecError
            When the number of bytes or of padding bits is not that of the chunk.
        """
        spec, view = self._known_spec(), as_byte_view(data)
        n, count, padding = self._sizes()
        if len(view) != self.encoded_size(spec.nbytes):
            raise CodecError(f"{len(view)} bytes where the chunk has {self.encoded_size(spec.nbytes)}", codec=self.name)
        if self.padding_encoding != "none":
            first = self.padding_encoding == "first_byte"
            stored, view = (view[0], view[1:]) if first else (view[-1], view[:-1])
            if stored != padding:
                raise CodecError(f"{stored} bits of padding where the chunk has {padding}", codec=self.name)
        part = _part(spec.dtype)
        first_bit, last_bit = self._range(spec)
        values = split_bits(view, n, first_bit, count, part.newbyteorder("="))
        if spec.dtype.kind == "i" and last_bit + 1 < 8 * part.itemsize:
            values = extended(values.view(f"i{part.itemsize}"), last_bit + 1).view(values.dtype)
        return values.astype(part, copy=False).view(spec.dtype).reshape(spec.shape)


def _part(dtype: np.dtype) -> np.dtype:
    """Unsigned integers with size and byte order of the components that an element is made of."""
    return np.dtype(f"{dtype.byteorder}u{dtype.itemsize // (2 if dtype.kind == 'c' else 1)}")


def _width(spec: ChunkSpec) -> int:
    """Bits of a component."""
    if spec.bits is not None:
        return spec.bits
    return 1 if spec.dtype.kind == "b" else 8 * _part(spec.dtype).itemsize
