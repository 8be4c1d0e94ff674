"""``msgpack2``: objects as MessagePack (numcodecs ``msgpack2``)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.nested_items import item_list, items_array
from zarrc.codecs.object_codec import ObjectCodec
from zarrc.codecs.packages import require
from zarrc.codecs.validation import check_bool
from zarrc.errors import CodecError


@dataclass(frozen=True)
class MsgPack2Codec(ObjectCodec):
    """One MessagePack list: the elements, nested as the array's dimensions are, then dtype string and shape.

    Needs the package msgpack.

    Parameters
    ----------
    raw
        Whether text is read as bytes.
    use_single_float
        Whether floats are written with 4 bytes.
    use_bin_type
        Whether bytes and text are written as different types.
    """

    name: ClassVar[str] = "numcodecs.msgpack2"
    codec_id: ClassVar[str] = "msgpack2"
    logical_order: ClassVar[bool] = True

    raw: bool = False
    use_single_float: bool = False
    use_bin_type: bool = True

    def __post_init__(self) -> None:
        for key in ("raw", "use_single_float", "use_bin_type"):
            check_bool(self.label(), key, getattr(self, key))

    def _configuration(self) -> dict[str, Any]:
        return {"raw": self.raw, "use_single_float": self.use_single_float, "use_bin_type": self.use_bin_type}

    def encode(self, data: np.ndarray) -> bytes:
        """Raises `CodecError` for objects that MessagePack does not have."""
        msgpack = require("msgpack", "msgpack", self.label())
        try:
            return msgpack.packb(
                item_list(data), use_bin_type=self.use_bin_type, use_single_float=self.use_single_float
            )
        except (TypeError, ValueError, OverflowError) as e:
            raise CodecError(f"elements that MessagePack does not have: {e}", codec=self.label()) from e

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the chunk's shape and dtype. Raises `CodecError`."""
        msgpack = require("msgpack", "msgpack", self.label())
        try:
            items = msgpack.unpackb(as_byte_view(data), raw=self.raw, strict_map_key=False)
        except Exception as e:  # the package raises whatever its hooks and types meet
            raise CodecError(f"corrupt: {type(e).__name__}: {e}", codec=self.label()) from e
        return self.shaped(items_array(items, self.known_spec().shape, self.label()))
