"""``vlen-utf8``: strings (zarr-extensions "vlen-utf8"; numcodecs ``vlen-utf8``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.vlen_text import TEXT_DTYPE, pack, unpack


@dataclass(frozen=True)
class VLenUTF8Codec(ObjectCodec):
    """A count, then each string's length in bytes and its UTF-8."""

    name: ClassVar[str] = "vlen-utf8"
    codec_id: ClassVar[str] = "vlen-utf8"
    decodes_into: ClassVar[np.dtype | None] = TEXT_DTYPE

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for elements that are no strings; None and 0 count as the empty string."""
        return pack(np.asarray(data).reshape(-1))

    def decode(self, data: Any, *, nbytes: int | None = None, out: np.ndarray | None = None) -> np.ndarray:
        """Array of the chunk's shape, of StringDType or the chunk's dtype. Raises `CodecError`.

        ``out``: C-contiguous StringDType of the chunk's shape, which is filled and returned.
        """
        items = unpack(as_byte_view(data), self.known_spec().nitems, out)
        return self.shaped(items) if out is None else items
