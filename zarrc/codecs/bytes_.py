"""``bytes``: an array's elements in C order, in one byte order (Zarr v3 core, "bytes codec")."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.bit_fields import extended
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.choices import ENDIAN, EndianLiteral, without_enumeration
from zarrc.codecs.components import component_widths, reverse_components, swap_width, with_byte_order
from zarrc.codecs.validation import check_choice
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class BytesCodec(Codec):
    """Elements one after the other, in C order.

    Parameters
    ----------
    endian
        Byte order of what is stored, or None for types without one. Complex numbers store their two parts each in
        that order; the fields of a struct likewise.

    Notes
    -----
    ``decode`` needs to know the chunk: call it on what `resolve` returns. The array that it returns may be a
    read-only view of its input.
    """

    name: ClassVar[str] = "bytes"
    kind: ClassVar[Kind] = "array_bytes"

    endian: EndianLiteral | None = "little"
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)
    in_memory_order: bool = field(default=False, init=False, repr=False)
    unsaid: bool = field(default=False, init=False, repr=False)  # a configuration was read, without "endian"

    def __post_init__(self) -> None:
        if self.endian is not None:
            endian = without_enumeration(type(self), "endian", self.endian)
            object.__setattr__(self, "endian", check_choice(self.name, "endian", endian, ENDIAN))

    @classmethod
    def _from_configuration(cls, configuration: dict[str, Any], zarr_format: int) -> Self:
        # No key means no byte order in metadata, while the Python default is little.
        return super()._from_configuration({"endian": None, **configuration}, zarr_format)

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        """From v3 metadata. A configuration without ``endian``, which ExZarr and others write, means little; where
        there is no configuration at all, types of several bytes are refused by `resolve`."""
        new = super().from_dict(data)
        object.__setattr__(new, "unsaid", new.endian is None and data.get("configuration") is not None)
        return new

    def to_dict(self) -> dict[str, Any]:
        if self.endian is None:
            return {"name": self.name, "configuration": {}} if self.unsaid else {"name": self.name}
        return {"name": self.name, "configuration": {"endian": self.endian}}

    def resolve(self, spec: ChunkSpec) -> BytesCodec:
        if spec.dtype.hasobject:
            raise CodecValidationError(f"codec {self.name!r} cannot store variable-length data (dtype {spec.dtype})")
        endian = self.endian
        if not component_widths(spec.dtype):
            endian = None
        elif endian is None and self.unsaid:
            endian = "little"
        elif endian is None and spec.dtype.fields is None and not self.in_memory_order:
            raise CodecValidationError(
                f"codec {self.name!r}: endian is required for {spec.dtype} ({spec.dtype.itemsize} bytes an element)"
            )
        new = self.as_in_memory() if self.in_memory_order else type(self)(endian)
        object.__setattr__(new, "spec", spec)
        return new

    def as_in_memory(self) -> BytesCodec:
        """The codec that stores elements as their dtype lays them out: the one of v2, whose dtypes carry the order."""
        new = type(self)(None)
        object.__setattr__(new, "in_memory_order", True)
        return new

    def encoded_size(self, nbytes: int) -> int:
        return nbytes

    def swap_width(self, dtype: np.dtype) -> int | None:
        """Width in bytes of what is reversed between ``dtype`` and storage; 0 for nothing, None for mixed widths."""
        return 0 if self.in_memory_order else swap_width(dtype, self.storage_order())

    def storage_order(self) -> EndianLiteral:
        """The byte order in use; structs written by zarr-python without ``endian`` are little."""
        return self.endian or "little"

    def encode(self, data: np.ndarray) -> bytes:
        """Bytes of ``data``, C order."""
        data = np.asarray(data)
        width = self.swap_width(data.dtype)
        if width is None:
            data = data.astype(with_byte_order(data.dtype, self.storage_order()))
        elif width:
            data = reverse_components(data, width)
        return data.tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of ``spec.shape`` and ``spec.dtype``.

        Raises
        ------
        CodecError
            When ``data`` is shorter or longer than the array.
        """
        if self.spec is None:
            raise CodecValidationError(f"codec {self.name!r} decodes only after resolve(): shape and dtype are unknown")
        spec, view = self.spec, as_byte_view(data)
        if view.nbytes != spec.nbytes:
            raise CodecError(f"{view.nbytes} bytes where the chunk has {spec.nbytes}", codec=self.name)
        width = self.swap_width(spec.dtype)
        if spec.nbytes == 0:
            return np.zeros(spec.shape, spec.dtype)
        if width is None:
            stored = np.frombuffer(view, with_byte_order(spec.dtype, self.storage_order()))
            return stored.reshape(spec.shape).astype(spec.dtype)
        array = np.frombuffer(view, np.uint8).view(spec.dtype).reshape(spec.shape)
        array = reverse_components(array, width) if width else array
        return array if spec.bits is None else extended(array, spec.bits)
