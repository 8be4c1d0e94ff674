"""One event loop in a thread of its own, on which the stores of others are driven."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import AsyncIterator, Coroutine
from typing import Any

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None


def loop() -> asyncio.AbstractEventLoop:
    """The loop, started at the first call, and again in a forked child."""
    global _loop
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            threading.Thread(target=_loop.run_forever, name="zarrc_io", daemon=True).start()
        return _loop


def _forget() -> None:
    global _loop, _lock
    _loop, _lock = None, threading.Lock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)


def run(work: Coroutine[Any, Any, Any], timeout: float | None = None) -> Any:
    """The result of a coroutine. Called from any thread but the loop's own, where RuntimeError is raised."""
    running = loop()
    try:
        inside = asyncio.get_running_loop() is running
    except RuntimeError:
        inside = False
    if inside:
        work.close()
        raise RuntimeError("synchronous calls are not possible on the thread that drives asynchronous stores")
    return asyncio.run_coroutine_threadsafe(work, running).result(timeout)


async def gathered(items: AsyncIterator[Any]) -> list[Any]:
    """Everything that an asynchronous iterator gives."""
    return [item async for item in items]


async def limited(works: list[Coroutine[Any, Any, Any]], limit: int) -> list[Any]:
    """Results of coroutines in their order, ``limit`` of them under way at a time."""
    gate = asyncio.Semaphore(limit)

    async def one(work: Coroutine[Any, Any, Any]) -> Any:
        async with gate:
            return await work

    return list(await asyncio.gather(*map(one, works)))
