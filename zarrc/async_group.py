"""Groups with coroutines: the same core, called in worker threads."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping
from typing import Any

from zarrc.array import Array
from zarrc.async_array import AsyncArray
from zarrc.group import Group, create_at_place, open_at
from zarrc.metadata import GroupMetadata
from zarrc.stores import StoreLike, StorePath, make_store_path


def as_async(node: Any) -> Any:
    """The asynchronous face of an array or a group; anything else as it is."""
    if isinstance(node, Array):
        return AsyncArray.of(node)
    return AsyncGroup.of(node) if isinstance(node, Group) else node


async def _call(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return as_async(await asyncio.to_thread(function, *args, **kwargs))


def _forwarded(name: str) -> property:
    return property(lambda self: getattr(self._group, name), doc=getattr(Group, name).__doc__)


def _coroutine(name: str) -> Any:
    async def method(self: AsyncGroup, *args: Any, **kwargs: Any) -> Any:
        return await _call(getattr(self._group, name), *args, **kwargs)

    method.__name__, method.__doc__ = name, getattr(Group, name).__doc__
    return method


def _iterator(name: str) -> Any:
    async def method(self: AsyncGroup, *args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        for item in await asyncio.to_thread(lambda: list(getattr(self._group, name)(*args, **kwargs))):
            yield (item[0], as_async(item[1])) if isinstance(item, tuple) else as_async(item)

    method.__name__, method.__doc__ = name, getattr(Group, name).__doc__
    return method


class AsyncGroup:
    """A `Group` whose methods are coroutines and asynchronous iterators.

    Parameters
    ----------
    metadata : GroupMetadata
    store_path : StorePath
    """

    def __init__(self, metadata: GroupMetadata, store_path: StorePath) -> None:
        self._group = Group(make_store_path(store_path), metadata)

    @classmethod
    def of(cls, group: Group) -> AsyncGroup:
        """The asynchronous face of a group; changes of one are seen through the other."""
        made = cls.__new__(cls)
        made._group = group
        return made

    @classmethod
    def from_dict(cls, store_path: StorePath, data: Mapping[str, Any]) -> AsyncGroup:
        """From a metadata document; nothing is written."""
        return cls(GroupMetadata.from_dict(dict(data)), store_path)

    @classmethod
    async def from_store(
        cls, store: StoreLike, *, attributes: Any = None, overwrite: bool = False, zarr_format: Any = 3
    ) -> AsyncGroup:
        """Makes a new group at the root of a store."""
        return await _call(create_at_place, make_store_path(store), zarr_format, attributes, overwrite)

    @classmethod
    async def open(cls, store: StoreLike, zarr_format: Any = 3, use_consolidated: Any = None) -> AsyncGroup:
        """Opens an existing group. Raises `GroupNotFoundError`, `ContainsArrayError`."""
        return await _call(open_at, make_store_path(store), zarr_format, use_consolidated)

    metadata = _forwarded("metadata")
    store_path = _forwarded("store_path")
    store = _forwarded("store")
    path = _forwarded("path")
    name = _forwarded("name")
    basename = _forwarded("basename")
    read_only = _forwarded("read_only")
    info = _forwarded("info")
    synchronizer = _forwarded("synchronizer")

    @property
    def attrs(self) -> dict[str, Any]:
        """The attributes, a copy."""
        return self._group.attrs.asdict()

    getitem = _coroutine("__getitem__")
    setitem = _coroutine("__setitem__")
    delitem = _coroutine("__delitem__")
    contains = _coroutine("__contains__")
    get = _coroutine("get")
    get_array = _coroutine("get_array")
    get_group = _coroutine("get_group")
    create_array = _coroutine("create_array")
    create_group = _coroutine("create_group")
    require_array = _coroutine("require_array")
    require_group = _coroutine("require_group")
    nmembers = _coroutine("nmembers")
    info_complete = _coroutine("info_complete")
    tree = _coroutine("tree")
    empty = _coroutine("empty")
    zeros = _coroutine("zeros")
    ones = _coroutine("ones")
    full = _coroutine("full")
    empty_like = _coroutine("empty_like")
    zeros_like = _coroutine("zeros_like")
    ones_like = _coroutine("ones_like")
    full_like = _coroutine("full_like")
    move = _coroutine("move")

    members = _iterator("members")
    keys = _iterator("keys")
    arrays = _iterator("arrays")
    groups = _iterator("groups")
    array_keys = _iterator("array_keys")
    array_values = _iterator("array_values")
    group_keys = _iterator("group_keys")
    group_values = _iterator("group_values")
    create_hierarchy = _iterator("create_hierarchy")

    async def require_groups(self, *names: str) -> tuple[AsyncGroup, ...]:
        """`require_group` of several."""
        return tuple([await self.require_group(name) for name in names])

    async def update_attributes(self, new_attributes: dict[str, Any]) -> AsyncGroup:
        """Merges attributes, in one write; returns the group."""
        await asyncio.to_thread(self._group.update_attributes, new_attributes)
        return self

    def __eq__(self, other: object) -> bool:
        return isinstance(other, AsyncGroup) and self._group == other._group

    def __hash__(self) -> int:
        return hash(self._group)

    def __repr__(self) -> str:
        return repr(self._group).replace("<Group", "<AsyncGroup", 1)

    def __reduce__(self) -> tuple:
        return (AsyncGroup.of, (self._group,))
