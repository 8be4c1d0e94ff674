"""Coroutines run from synchronous code, under their names of ``zarr.core.sync``."""

from __future__ import annotations

from collections.abc import AsyncIterable, Coroutine
from typing import Any

from zarrc.stores.event_loop import gathered, loop, run


def sync(coro: Coroutine[Any, Any, Any], loop: Any = None, timeout: float | None = None) -> Any:
    """The result of a coroutine, driven on the package's own event loop."""
    return run(coro, timeout)


async def _collect_aiterator(data: AsyncIterable[Any]) -> tuple[Any, ...]:
    return tuple([item async for item in data])


def _get_loop() -> Any:
    return loop()


class SyncMixin:
    """Base of classes whose synchronous methods wait for coroutines."""

    def _sync(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        return run(coroutine)

    def _sync_iter(self, async_iterator: AsyncIterable[Any]) -> list[Any]:
        return run(gathered(aiter(async_iterator)))


__all__ = ["SyncMixin", "sync"]
