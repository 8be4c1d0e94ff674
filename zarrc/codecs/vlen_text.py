"""``vlen-utf8`` between bytes and numpy strings, in C for StringDType."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc import _core
from zarrc.errors import CodecError

TEXT_DTYPE: np.dtype = np.dtypes.StringDType()
LABEL = "vlen-utf8"


def unpack(buffer: memoryview, count: int, out: np.ndarray | None = None) -> np.ndarray:
    """StringDType (count,) from the encoded bytes; or ``out``, C-contiguous StringDType of as many items, filled.

    Raises
    ------
    CodecError
        Another count is stored, an item leaves the bytes, bytes follow the last item, or text is not UTF-8.
    """
    if 4 + 4 * count > len(buffer):
        raise CodecError(f"truncated: {len(buffer)} bytes cannot hold {count} strings", codec=LABEL)
    items = np.empty(count, TEXT_DTYPE) if out is None else out
    try:
        _core.vlen_utf8_unpack(buffer, items)
    except ValueError as e:
        raise CodecError(str(e), codec=LABEL) from None
    return items


def pack(items: np.ndarray) -> bytes:
    """Encoded bytes of strings (n,): StringDType, ``<U`` or objects, of which None and 0 are the empty string.

    Raises
    ------
    CodecError
        An object that is no string, or a string with lone surrogates.
    """
    try:
        if items.dtype.kind == "O":
            items = np.array([_text(item) for item in items.tolist()], TEXT_DTYPE)
        if items.dtype != TEXT_DTYPE:  # numpy copies between two StringDType that are equal, too
            items = items.astype(TEXT_DTYPE)
        return _core.vlen_utf8_pack(np.ascontiguousarray(items))
    except ValueError as e:
        raise CodecError(f"text that cannot be stored: {e}", codec=LABEL) from e


def _text(item: Any) -> str:
    if isinstance(item, str):
        return item
    if item is None or (isinstance(item, (int, float)) and item == 0):
        return ""
    raise CodecError(f"an object of type {type(item).__name__} where a string is expected", codec=LABEL)
