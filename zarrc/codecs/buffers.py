"""One view of whatever holds a chunk's bytes, and the checks that decoders share."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import CodecError


def as_byte_view(data: Any) -> memoryview:
    """A flat read view of unsigned bytes of any bytes-like object or numpy array.

    An array is flattened in memory order (numpy's order "A", as numcodecs does); a strided one is copied.
    """
    if isinstance(data, np.ndarray):
        # numpy exports no buffer for datetime64 and similar types, but it does for their bytes.
        flat = data.reshape(-1, order="A")
        return np.ascontiguousarray(flat).view(np.uint8).data
    view = memoryview(data)
    return view if view.format == "B" and view.ndim == 1 and view.c_contiguous else _flatten(view)


def _flatten(view: memoryview) -> memoryview:
    if view.nbytes == 0:
        return memoryview(b"")
    return view.cast("B") if view.c_contiguous else memoryview(view.tobytes())


def check_limit(size: int, nbytes: int | None, codec: str) -> None:
    """Raises `CodecError` when ``size`` bytes of content are more than the ``nbytes`` that were expected."""
    if nbytes is not None and size > nbytes:
        raise CodecError(f"holds {size} bytes or more, {nbytes} expected", codec=codec)
