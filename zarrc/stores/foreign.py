"""Stores written for zarr-python's asynchronous interface, behind the synchronous one of this package."""

from __future__ import annotations

import importlib
import inspect
import os
from collections.abc import AsyncIterator, Callable, Hashable, Iterable, Iterator
from types import SimpleNamespace
from typing import Any

from zarrc._core import LOCK_NAME
from zarrc.config import config
from zarrc.lazy import LazyModule
from zarrc.stores.async_methods import as_bytes
from zarrc.stores.base import Store
from zarrc.stores.directories import DirectoryLocks, directory_of
from zarrc.stores.local import LocalStore

event_loop = LazyModule("zarrc.stores.event_loop")


def is_foreign(store: Any) -> bool:
    """Whether an object is an asynchronous store: it has coroutine methods ``get`` and ``set``."""
    cls = type(store)
    return all(inspect.iscoroutinefunction(getattr(cls, name, None)) for name in ("get", "set"))


def overrides_coroutines(cls: type[Store]) -> bool:
    """Whether a class that is derived from one of this package has asynchronous methods of its own."""
    names = ("get", "set", "delete", "exists", "delete_dir", "list_dir", "list_prefix")
    return any(name in vars(c) for c in cls.__mro__ if not c.__module__.startswith("zarrc.") for name in names)


_DOCUMENTS = ("zarr.json", ".zarray", ".zgroup")


def _innermost(store: Any) -> Any:
    """The store that wrappers, which keep it as ``_store``, are around."""
    inner = getattr(store, "_store", None)
    return _innermost(inner) if isinstance(inner, Store) or (inner is not None and is_foreign(inner)) else store


def _directory(store: Any) -> LocalStore | None:
    """A store of this package over the same directory."""
    if isinstance(store, LocalStore):
        return store
    root = directory_of(store)
    return None if root is None else LocalStore(root)


class ForeignStore(DirectoryLocks):
    """Drives an asynchronous store on a private event loop. Its locks are those of the store that is at the bottom of
    wrappers: of a directory, the locks between processes.

    Parameters
    ----------
    facade : object
        Has the methods of ``zarr.abc.store.Store``.
    """

    def __init__(self, facade: Any) -> None:
        super().__init__(read_only=bool(facade.read_only))
        self._facade = facade
        self._prototype: Any = None
        self._innermost = _innermost(facade)
        self._files = _directory(self._innermost)

    @property
    def facade(self) -> Any:
        return self._facade

    @property
    def read_only(self) -> bool:
        return bool(self._facade.read_only)

    @property
    def supports_consolidated_metadata(self) -> bool:
        return bool(getattr(self._facade, "supports_consolidated_metadata", True))

    @property
    def supports_deletes(self) -> bool:  # type: ignore[override]
        return bool(getattr(self._facade, "supports_deletes", True))

    def _check_writable(self) -> None:
        if self.read_only:
            super()._check_writable()
            self._facade._check_writable()

    def with_read_only(self, read_only: bool = False) -> ForeignStore:
        if read_only == self.read_only:
            return self
        return ForeignStore(self._facade.with_read_only(read_only))

    def with_prototype(self, prototype: Any) -> ForeignStore:
        """The same store, given and asked for buffers of this prototype; otherwise of its library's default one."""
        new = ForeignStore(self._facade)
        new._prototype = prototype
        return new

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name == "_facade":
            raise AttributeError(name)
        return getattr(self._facade, name)

    # locks ---------------------------------------------------------------------------------------------------
    def _contents(self, path: str) -> Hashable:
        inner = self._files or self._innermost
        if isinstance(inner, Store):
            return inner._contents(path)
        if hasattr(inner, "_store_dict"):
            return id(inner._store_dict)
        if hasattr(inner, "fs") and hasattr(inner, "path"):
            return type(getattr(inner.fs, "sync_fs", inner.fs)), f"{inner.path}/{path}".strip("/")
        if hasattr(inner, "store"):  # of obstore
            return type(inner.store), str(inner.store), path
        return id(inner)

    def _locking(self, path: str) -> LocalStore | None:
        """None too where no node is where the path says: then a wrapper has keys of its own."""
        found = self._files
        if found is None:
            return None
        place = os.path.join(found.root, path)
        return found if any(os.path.lexists(os.path.join(place, name)) for name in _DOCUMENTS) else None

    # the calls -----------------------------------------------------------------------------------------------
    def _drive(self, work: Any) -> Any:
        return event_loop.run(work, config.get("async.timeout"))

    def _request(self, start: int, length: int) -> Any:
        if start == 0 and length < 0:
            return None
        requests = _requests(self._facade)
        if start < 0:
            return requests.SuffixByteRequest(-start)
        if length < 0:
            return requests.OffsetByteRequest(start)
        return requests.RangeByteRequest(start, start + length)

    async def _get(self, key: str, request: Any) -> bytes | None:
        if self._prototype is None:
            self._prototype = _prototype(self._facade)
        found = await self._facade.get(key, self._prototype, request)
        return None if found is None else as_bytes(found)

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        if start >= 0 and length == 0:
            return b"" if self.exists_sync(key) else None
        found = self._drive(self._get(key, self._request(start, length)))
        return found[:length] if found is not None and start < 0 <= length else found

    def get_many_sync(self, keys: Iterable[str], most: int = -1) -> list[bytes | None]:
        return self._drive(
            event_loop.limited([self._get(key, None) for key in keys], config.get("async.concurrency") or 10)
        )

    def exists_sync(self, key: str) -> bool:
        return bool(self._drive(self._facade.exists(key)))

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        if self._prototype is None:
            self._prototype = _prototype(self._facade)
        self._drive(self._facade.set(key, self._prototype.buffer.from_bytes(value)))

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        self._drive(self._facade.delete(key))

    def delete_dir_sync(self, path: str) -> None:
        self._check_writable()
        self._drive(self._facade.delete_dir(path))

    def list_dir_sync(self, path: str) -> Iterator[str]:
        names = self._drive(_all_of(self._facade.list_dir, path))
        return iter({name.strip("/") for name in names} - {"", LOCK_NAME})

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        found = self._drive(_all_of(self._facade.list_prefix, path))
        keys = [key for key in found if key.rpartition("/")[2] != LOCK_NAME]
        sizes = self._drive(
            event_loop.limited([self._facade.getsize(key) for key in keys], config.get("async.concurrency") or 10)
        )
        return iter(list(zip(keys, sizes, strict=True)))

    def close(self) -> None:
        self._facade.close()

    # zarr-python's own methods go straight through -----------------------------------------------------------
    async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
        return await self._facade.get(key, prototype or _prototype(self._facade), byte_range)

    async def set(self, key: str, value: Any, byte_range: tuple[int, int] | None = None) -> None:
        await (self._facade.set(key, value) if byte_range is None else self._facade.set(key, value, byte_range))

    async def exists(self, key: str) -> bool:
        return await self._facade.exists(key)

    async def delete(self, key: str) -> None:
        await self._facade.delete(key)

    async def delete_dir(self, prefix: str) -> None:
        await self._facade.delete_dir(prefix)

    async def clear(self) -> None:
        await self._facade.clear()

    async def is_empty(self, prefix: str) -> bool:
        return await self._facade.is_empty(prefix)

    async def getsize(self, key: str) -> int:
        return await self._facade.getsize(key)

    # manners -------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        return self._facade == (other._facade if isinstance(other, ForeignStore) else other)

    def __hash__(self) -> int:
        return hash((type(self), type(self._facade)))

    def __str__(self) -> str:
        return str(self._facade)

    def __repr__(self) -> str:
        return repr(self._facade)

    def __reduce__(self) -> tuple:
        return (ForeignStore, (self._facade,))


async def _all_of(listing: Callable[[str], AsyncIterator[str]], path: str) -> list[str]:
    """What a store lists below a path. Called on the loop, where listings that are no generators begin their work."""
    return await event_loop.gathered(listing(f"{path}/" if path else ""))


def _written_for(store: Any) -> dict[str, Any] | None:
    """Names of the module of zarr-python whose ``Store`` a store is derived from; None for zarrc's own."""
    for cls in type(store).__mro__:
        if cls.__module__ == "zarr.abc.store" and cls.__name__ == "Store":
            return vars(cls)["__init__"].__globals__
    return None


def _requests(store: Any) -> Any:
    names = _written_for(store)
    return importlib.import_module("zarrc.abc.store") if names is None else SimpleNamespace(**names)


def _prototype(store: Any) -> Any:
    name = "zarrc.buffer" if _written_for(store) is None else "zarr.core.buffer"
    return importlib.import_module(name).default_buffer_prototype()
