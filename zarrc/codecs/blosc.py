"""``blosc``: Blosc1 frames (Zarr v3 core, "blosc codec"; numcodecs ``blosc``)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs import blosc_frame
from zarrc.codecs.base import ChunkSpec, Codec, NativeStep
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.choices import (
    BLOSC_CNAME,
    BLOSC_SHUFFLE,
    BloscCname,
    BloscCnameLiteral,
    BloscShuffle,
    BloscShuffleLiteral,
    without_enumeration,
)
from zarrc.codecs.validation import check_choice, check_int

__all__ = [
    "BLOSC_CNAME",
    "BLOSC_SHUFFLE",
    "BloscCname",
    "BloscCnameLiteral",
    "BloscCodec",
    "BloscShuffle",
    "BloscShuffleLiteral",
]

AUTOSHUFFLE = -1
# Indices of enum zc_blosc_cname (csrc/codecs/codec.h); there is no snappy there.
NATIVE_CNAMES = {"blosclz": 0, "lz4": 1, "lz4hc": 2, "zlib": 3, "zstd": 4}


@dataclass(frozen=True)
class BloscCodec(Codec):
    """Filter and compressor, block by block. Frames are read by their header, whatever the configuration says.

    Parameters
    ----------
    typesize
        Bytes of an element, for the filter. None: of the array's elements.
    cname
        "blosclz", "lz4", "lz4hc", "snappy", "zlib" or "zstd".
    clevel
        0 (stored) to 9.
    shuffle
        "noshuffle", "shuffle" (bytes) or "bitshuffle", also as 0, 1, 2. None, in v2 -1: bits for elements of one byte,
        else bytes.
    blocksize
        Bytes, or 0 for a size that suits compressor and level.

    Notes
    -----
    ``typesize`` and ``shuffle`` that are None are filled in by `resolve`; `to_dict` leaves them out before that.
    """

    name: ClassVar[str] = "blosc"
    codec_id: ClassVar[str] = "blosc"

    typesize: int | None = None
    cname: str = "zstd"
    clevel: int = 5
    shuffle: str | int | None = None
    blocksize: int = 0

    def __post_init__(self) -> None:
        put = object.__setattr__
        if self.typesize is not None:
            put(self, "typesize", check_int(self.label(), "typesize", self.typesize, 1))
        cname = without_enumeration(type(self), "cname", self.cname)
        put(self, "cname", check_choice(self.label(), "cname", cname, BLOSC_CNAME))
        put(self, "clevel", check_int(self.label(), "clevel", self.clevel, 0, 9))
        put(self, "blocksize", check_int(self.label(), "blocksize", self.blocksize, 0, blosc_frame.MAX_BYTES))
        put(self, "shuffle", self._shuffle_name(without_enumeration(type(self), "shuffle", self.shuffle)))

    def _shuffle_name(self, value: Any) -> str | None:
        if value is None:
            return None
        if isinstance(value, int):
            number = check_int(self.label(), "shuffle", value, AUTOSHUFFLE, 2)
            return None if number == AUTOSHUFFLE else BLOSC_SHUFFLE[number]
        return check_choice(self.label(), "shuffle", value, BLOSC_SHUFFLE)

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        return super().from_config({"cname": "lz4", "shuffle": 1, **config})

    def to_dict(self) -> dict[str, Any]:
        configuration = {
            "typesize": self.typesize,
            "cname": self.cname,
            "clevel": self.clevel,
            "shuffle": self.shuffle,
            "blocksize": self.blocksize,
        }
        return {"name": self.name, "configuration": {k: v for k, v in configuration.items() if v is not None}}

    def get_config(self) -> dict[str, Any]:
        shuffle = AUTOSHUFFLE if self.shuffle is None else BLOSC_SHUFFLE.index(str(self.shuffle))
        return {
            "id": self.codec_id,
            "cname": self.cname,
            "clevel": self.clevel,
            "shuffle": shuffle,
            "blocksize": self.blocksize,
        }

    def resolve(self, spec: ChunkSpec) -> BloscCodec:
        return self._for_itemsize(1 if spec.dtype.hasobject else max(spec.dtype.itemsize, 1))

    def _for_itemsize(self, itemsize: int) -> BloscCodec:
        shuffle = self.shuffle or ("bitshuffle" if itemsize == 1 else "shuffle")
        return replace(self, typesize=self.typesize or itemsize, shuffle=shuffle)

    def native(self, spec: ChunkSpec) -> NativeStep | None:
        if self.cname not in NATIVE_CNAMES:
            return None
        codec = self.resolve(spec)
        typesize = codec._frame_typesize()
        return NativeStep(
            "blosc",
            (NATIVE_CNAMES[self.cname], self.clevel, BLOSC_SHUFFLE.index(str(codec.shuffle)), typesize, self.blocksize),
        )

    def _frame_typesize(self) -> int:
        typesize = self.typesize or 1
        return typesize if typesize <= blosc_frame.MAX_TYPESIZE else 1

    def encode(self, data: Any) -> bytes:
        """A frame. Without `resolve`, elements are those of ``data``, or single bytes if it is not an array."""
        codec = self._for_itemsize(max(data.dtype.itemsize, 1) if isinstance(data, np.ndarray) else 1)
        filter_ = BLOSC_SHUFFLE.index(str(codec.shuffle))
        return blosc_frame.encode(
            as_byte_view(data), self.cname, self.clevel, filter_, codec._frame_typesize(), self.blocksize
        )

    def decode(self, data: Any, *, nbytes: int | None = None) -> bytes:
        """The frame's content.

        Raises
        ------
        CodecError
            Truncated or corrupt data, a Blosc2 frame, or more than ``nbytes`` bytes of content.
        """
        return blosc_frame.decode(as_byte_view(data), nbytes)
