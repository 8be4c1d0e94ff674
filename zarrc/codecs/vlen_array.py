"""``vlen-array``: one-dimensional arrays of various lengths (numcodecs ``vlen-array``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.elements import items_of, numpy_type
from zarrc.codecs.object_codec import ObjectCodec, objects
from zarrc.codecs.vlen_items import join_items, split_items
from zarrc.errors import CodecError, CodecValidationError


@dataclass(frozen=True)
class VLenArrayCodec(ObjectCodec):
    """A count, then each array's length in bytes and its elements.

    Parameters
    ----------
    dtype
        numpy type string of the elements of every array, byte order included.
    """

    name: ClassVar[str] = "numcodecs.vlen-array"
    codec_id: ClassVar[str] = "vlen-array"

    dtype: str

    def __post_init__(self) -> None:
        dtype = numpy_type(self.label(), "dtype", self.dtype, "biufcmMSUV")
        if not dtype.itemsize:
            raise CodecValidationError(f"codec {self.label()!r}: dtype {self.dtype!r} has elements without bytes")
        object.__setattr__(self, "dtype", dtype.str)

    def _configuration(self) -> dict[str, Any]:
        return {"dtype": self.dtype}

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for elements that are no one-dimensional arrays; None counts as an empty one."""
        return join_items((self._items(item) for item in np.asarray(data).reshape(-1)), self.label())

    def _items(self, item: Any) -> bytes:
        try:
            array = np.empty(0, self.dtype) if item is None else np.asarray(item, self.dtype)
        except (TypeError, ValueError, OverflowError) as e:
            raise CodecError(f"an object that is no array of {self.dtype}: {e}", codec=self.label()) from e
        if array.ndim != 1:
            raise CodecError(f"an array of {array.ndim} dimensions where 1 is expected", codec=self.label())
        return array.tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Objects in the chunk's shape, each an own array of ``dtype``. Raises `CodecError`."""
        items = split_items(as_byte_view(data), self.known_spec().nitems, self.label())
        dtype = np.dtype(self.dtype)
        return self.shaped(objects([items_of(item, dtype, self.label()).copy() for item in items]))
