"""Reads of several byte ranges at once, as zarr-python's stores have them."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from typing import Any

from zarrc.lazy import LazyModule

byte_ranges_module = LazyModule("zarrc.stores.byte_ranges")


class RangeMethods:
    """Mixin of stores with ``get`` and, for the synchronous method, ``get_sync``."""

    async def get_ranges(
        self,
        key: str,
        byte_ranges: Sequence[Any],
        *,
        prototype: Any = None,
        max_concurrency: int = 10,
        max_gap_bytes: int = 1 << 20,
        max_coalesced_bytes: int = 16 << 20,
    ) -> AsyncIterator[Sequence[tuple[int, Any]]]:
        """Several byte ranges of one value, neighbours by one read; see `zarrc.stores.byte_ranges.get_ranges`."""
        async for group in byte_ranges_module.get_ranges(
            self, key, byte_ranges, prototype, max_concurrency, max_gap_bytes, max_coalesced_bytes
        ):
            yield group

    def get_ranges_sync(
        self,
        key: str,
        byte_ranges: Sequence[Any],
        *,
        prototype: Any = None,
        max_gap_bytes: int = 1 << 20,
        max_coalesced_bytes: int = 16 << 20,
    ) -> Sequence[tuple[int, Any]]:
        """`get_ranges` by ``get_sync``, all at once: ``(index of the range, buffer)``.

        Raises
        ------
        TypeError
            The store has no ``get_sync``.
        BaseExceptionGroup
            With FileNotFoundError where there is no such key.
        """
        if not hasattr(self, "get_sync"):
            raise TypeError(f"{type(self).__name__} does not support synchronous reads")
        return byte_ranges_module.get_ranges_sync(self, key, byte_ranges, prototype, max_gap_bytes, max_coalesced_bytes)
