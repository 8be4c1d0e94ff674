"""Arrays as one list: nested elements, dtype string, shape (numcodecs ``json2`` and ``msgpack2``)."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.codecs.object_codec import objects
from zarrc.errors import CodecError


def item_list(array: np.ndarray) -> list:
    """The list for ``array``; one of no dimensions is stored as one element."""
    return [*np.atleast_1d(array).tolist(), array.dtype.str, list(array.shape)]


def items_array(items: Any, shape: tuple[int, ...], codec: str) -> np.ndarray:
    """Objects (n,), in C order, from a list read back.

    Raises
    ------
    CodecError
        The list has not the shape ``shape``, or says that it has another.
    """
    if not isinstance(items, (list, tuple)) or len(items) < 2 or not isinstance(items[-1], (list, tuple)):
        raise CodecError("corrupt: no list of items, data type and shape", codec=codec)
    if list(items[-1]) != list(shape):
        raise CodecError(f"shape {items[-1]!r:.100} where the chunk has {list(shape)}", codec=codec)
    found = [items[:-2]]
    for edge in shape or (1,):
        if any(not isinstance(part, (list, tuple)) or len(part) != edge for part in found):
            raise CodecError(f"corrupt: items are not nested as the shape {list(shape)}", codec=codec)
        found = [item for part in found for item in part]
    return objects(found)
