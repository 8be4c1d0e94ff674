"""``vlen-bytes``: byte strings (zarr-extensions "vlen-bytes"; numcodecs ``vlen-bytes``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec, objects
from zarrc.codecs.vlen_items import join_items, split_items
from zarrc.errors import CodecError


@dataclass(frozen=True)
class VLenBytesCodec(ObjectCodec):
    """A count, then each item's length and its bytes."""

    name: ClassVar[str] = "vlen-bytes"
    codec_id: ClassVar[str] = "vlen-bytes"

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for elements that are no bytes; None and 0 count as no bytes."""
        return join_items(map(self._bytes, np.asarray(data).reshape(-1).tolist()), self.label())

    def _bytes(self, item: Any) -> bytes:
        if isinstance(item, (bytes, bytearray, memoryview)):
            return bytes(item)
        if item is None or (isinstance(item, (int, float)) and item == 0):
            return b""
        raise CodecError(f"an object of type {type(item).__name__} where bytes are expected", codec=self.label())

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Objects of type bytes, in the chunk's shape. Raises `CodecError`."""
        items = split_items(as_byte_view(data), self.known_spec().nitems, self.label())
        return self.shaped(objects([bytes(item) for item in items]))
