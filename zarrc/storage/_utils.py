"""Names that zarr-python keeps in ``zarr.storage._utils``."""

from __future__ import annotations

from collections.abc import Iterable, Sized
from typing import Any

from zarrc.stores import normalize_path
from zarrc.stores.async_methods import byte_span


def _join_paths(paths: Iterable[str]) -> str:
    return "/".join([path for path in paths if path])


def _normalize_byte_range_index(data: Sized, byte_range: Any) -> tuple[int, int]:
    """Where the bytes of a request begin and end in ``data``; "to the end" ends one byte beyond it, as there."""
    start, length = byte_span(byte_range)
    if start < 0:
        start = max(0, len(data) + start)
    return start, len(data) + 1 if length < 0 else start + length


__all__ = ["normalize_path"]
