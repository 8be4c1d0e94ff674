"""``optional``: elements that may be missing, as a mask and the elements that are there (zarr-extensions draft #33)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.chain import Chain
from zarrc.errors import ChunkError, CodecError, CodecValidationError
from zarrc.masked import missing_items

_SIZES = struct.Struct("<QQ")


@dataclass(frozen=True)
class OptionalCodec(Codec):
    """The stored chunk is two u64 sizes (little-endian), the encoded mask, and the encoded elements that are there.

    The mask is a bool array of the chunk's shape, True where there is an element; numpy's masks say the opposite. The
    elements are one-dimensional, in C order.

    Parameters
    ----------
    mask_codecs, data_codecs
        v3 chains of the mask and of the elements.
    name
        "optional", or "zarrs.optional" as zarrs writes it.
    """

    kind: ClassVar[Kind] = "array_bytes"

    mask_codecs: Any = ({"name": "packbits", "configuration": {}},)
    data_codecs: Any = ({"name": "bytes", "configuration": {"endian": "little"}},)
    name: str = "optional"  # type: ignore[misc]
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    @classmethod
    def label(cls) -> str:
        return "optional"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> OptionalCodec:
        given = dict(data.get("configuration") or {})
        unknown = set(given) - {"mask_codecs", "data_codecs"}
        if unknown or not all(isinstance(given.get(key), list) for key in ("mask_codecs", "data_codecs")):
            raise CodecValidationError(f"codec 'optional': needs mask_codecs and data_codecs, not {given!r}")
        return cls(tuple(given["mask_codecs"]), tuple(given["data_codecs"]), data["name"])

    def to_dict(self) -> dict[str, Any]:
        chains = {"mask_codecs": list(self.mask_codecs), "data_codecs": list(self.data_codecs)}
        return {"name": self.name, "configuration": chains}

    def resolve(self, spec: ChunkSpec) -> OptionalCodec:
        new = type(self)(self.mask_codecs, self.data_codecs, self.name)
        object.__setattr__(new, "spec", spec)
        new._mask_chain()
        new._data_chain(spec.nitems)
        return new

    def _mask_chain(self) -> Chain:
        assert self.spec is not None
        return Chain.from_v3(list(self.mask_codecs), ChunkSpec(self.spec.shape, np.dtype(bool), np.bool_(False)))

    def _data_chain(self, count: int) -> Chain:
        assert self.spec is not None
        fill = self.spec.fill_value
        fill = np.zeros((), self.spec.dtype)[()] if fill is None or fill is np.ma.masked else fill
        return Chain.from_v3(list(self.data_codecs), ChunkSpec((count,), self.spec.dtype, fill, self.spec.bits))

    def encode(self, data: np.ndarray) -> bytes:
        missing = missing_items(data)
        values = np.ma.getdata(data)[~missing]
        mask = self._mask_chain().encode_chunk(~missing)
        items = self._data_chain(len(values)).encode_chunk(values)
        return _SIZES.pack(len(mask), len(items)) + mask + items

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """A masked array of the chunk's shape. Raises `CodecError` where the sizes or the parts do not fit."""
        assert self.spec is not None
        view = as_byte_view(data)
        if len(view) < _SIZES.size:
            raise CodecError(f"truncated: {len(view)} bytes cannot hold two sizes", codec=self.label())
        mask_size, data_size = _SIZES.unpack_from(view)
        if mask_size + data_size != len(view) - _SIZES.size:
            raise CodecError(
                f"mask of {mask_size} and data of {data_size} bytes in {len(view) - _SIZES.size}", codec=self.label()
            )
        at = _SIZES.size + mask_size
        try:
            there = self._mask_chain().decode_chunk(view[_SIZES.size : at])
            values = self._data_chain(int(there.sum())).decode_chunk(view[at:])
        except ChunkError as e:
            raise CodecError(e.reason, codec=f"{self.label()} > {e.codec}") from None
        out = np.ma.array(np.zeros(self.spec.shape, self.spec.dtype), mask=True)
        out[there] = values
        return out
