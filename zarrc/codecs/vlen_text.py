"""``vlen-utf8`` between bytes and numpy strings."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.codecs.vlen_items import join_items, split_items
from zarrc.errors import CodecError

TEXT_DTYPE: np.dtype = np.dtypes.StringDType()
LABEL = "vlen-utf8"


def unpack(buffer: memoryview, count: int) -> np.ndarray:
    """StringDType (count,) from the encoded bytes.

    Raises
    ------
    CodecError
        As `split_items`, or text that is not UTF-8.
    """
    items = split_items(buffer, count, LABEL)
    try:
        return np.array([str(item, "utf-8") for item in items], TEXT_DTYPE)
    except UnicodeDecodeError as e:
        raise CodecError(f"text that is not UTF-8: {e}", codec=LABEL) from e


def pack(items: np.ndarray) -> bytes:
    """Encoded bytes of strings (n,): StringDType, ``<U`` or objects, of which None and 0 are the empty string.

    Raises
    ------
    CodecError
        An object that is no string, or a string with lone surrogates.
    """
    try:
        return join_items((_text(item).encode() for item in items.tolist()), LABEL)
    except UnicodeEncodeError as e:
        raise CodecError(f"text that UTF-8 cannot hold: {e}", codec=LABEL) from e


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    if item is None or (isinstance(item, (int, float)) and item == 0):
        return ""
    raise CodecError(f"an object of type {type(item).__name__} where a string is expected", codec=LABEL)
