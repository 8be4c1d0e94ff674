"""The functions of the package as coroutines (``zarr.api.asynchronous``); nodes come as `AsyncArray`, `AsyncGroup`."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any

from zarrc import api, array_copy, hierarchy
from zarrc.api import copies
from zarrc.array import Array
from zarrc.async_array import AsyncArray
from zarrc.async_group import AsyncGroup, as_async
from zarrc.group import Group


def _plain(value: Any) -> Any:
    if isinstance(value, AsyncArray):
        return value._array
    return value._group if isinstance(value, AsyncGroup) else value


def _coroutine(function: Callable[..., Any]) -> Any:
    async def call(*args: Any, **kwargs: Any) -> Any:
        args = tuple(map(_plain, args))
        kwargs = {name: _plain(value) for name, value in kwargs.items()}
        return as_async(await asyncio.to_thread(function, *args, **kwargs))

    call.__name__ = call.__qualname__ = function.__name__
    call.__doc__ = function.__doc__
    call.__wrapped__ = function  # type: ignore[attr-defined]  # whose signature it has
    return call


array = _coroutine(api.array)
consolidate_metadata = _coroutine(hierarchy.consolidate_metadata)
copy = _coroutine(copies.copy)
copy_all = _coroutine(copies.copy_all)
copy_store = _coroutine(copies.copy_store)
create = _coroutine(api.create)
create_array = _coroutine(api.create_array)
create_group = _coroutine(api.create_group)
empty = _coroutine(api.empty)
empty_like = _coroutine(api.empty_like)
from_array = _coroutine(array_copy.from_array)
full = _coroutine(api.full)
full_like = _coroutine(api.full_like)
group = _coroutine(api.group)
load = _coroutine(api.load)
ones = _coroutine(api.ones)
ones_like = _coroutine(api.ones_like)
open = _coroutine(api.open)
open_array = _coroutine(api.open_array)
open_consolidated = _coroutine(api.open_consolidated)
open_group = _coroutine(api.open_group)
open_like = _coroutine(api.open_like)
save = _coroutine(api.save)
save_array = _coroutine(api.save_array)
save_group = _coroutine(api.save_group)
tree = _coroutine(hierarchy.tree)
zeros = _coroutine(api.zeros)
zeros_like = _coroutine(api.zeros_like)


async def create_hierarchy(*, store: Any, nodes: Any, overwrite: bool = False) -> AsyncIterator[tuple[str, Any]]:
    """Makes many nodes; see `zarrc.create_hierarchy`."""

    def make() -> list[tuple[str, Array | Group]]:
        return list(hierarchy.create_hierarchy(store=store, nodes=nodes, overwrite=overwrite))

    for path, node in await asyncio.to_thread(make):
        yield path, as_async(node)


__all__ = api.__all__
