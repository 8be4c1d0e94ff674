"""``vlen-utf8``: strings (zarr-extensions "vlen-utf8"; numcodecs ``vlen-utf8``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.vlen_text import pack, unpack


@dataclass(frozen=True)
class VLenUTF8Codec(ObjectCodec):
    """A count, then each string's length in bytes and its UTF-8."""

    name: ClassVar[str] = "vlen-utf8"
    codec_id: ClassVar[str] = "vlen-utf8"

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for elements that are no strings; None and 0 count as the empty string."""
        return pack(np.asarray(data).reshape(-1))

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape, of StringDType or the chunk's dtype. Raises `CodecError`."""
        return self.shaped(unpack(as_byte_view(data), self.known_spec().nitems))
