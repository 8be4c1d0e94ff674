"""Stores around another store."""

from __future__ import annotations

import logging
import sys
import time
from collections import defaultdict
from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from contextlib import contextmanager
from types import GenericAlias
from typing import Any, Self

from zarrc.abc.store import Store, _store_supports_sync_io


class WrapperStore(Store):
    """Hands every call on to the wrapped store, ``_store``; base of stores that change some of them.

    Parameters
    ----------
    store : Store
    """

    __class_getitem__: Any = classmethod(GenericAlias)  # zarr-python's is generic in the wrapped store
    _store: Any

    def __init__(self, store: Any) -> None:
        self._store = store

    def _with_store(self, store: Any) -> Self:
        return type(self)(store)

    @classmethod
    async def open(cls, store_cls: type, *args: Any, **kwargs: Any) -> Self:  # type: ignore[override]
        return cls(await store_cls.open(*args, **kwargs))  # type: ignore[attr-defined]

    def with_read_only(self, read_only: bool = False) -> Self:
        return self._with_store(self._store.with_read_only(read_only))

    @property
    def _is_open(self) -> bool:  # type: ignore[override]
        return bool(getattr(self._store, "_is_open", True))

    async def _open(self) -> None:
        if hasattr(self._store, "_open"):
            await self._store._open()

    async def _ensure_open(self) -> None:
        if hasattr(self._store, "_ensure_open"):
            await self._store._ensure_open()

    def close(self) -> None:
        self._store.close()

    @property
    def read_only(self) -> bool:
        return self._store.read_only

    def _check_writable(self) -> None:
        self._store._check_writable()

    @property
    def supports_writes(self) -> bool:
        return self._store.supports_writes

    @property
    def supports_deletes(self) -> bool:
        return self._store.supports_deletes

    @property
    def supports_listing(self) -> bool:
        return self._store.supports_listing

    @property
    def supports_consolidated_metadata(self) -> bool:
        return self._store.supports_consolidated_metadata

    @property
    def _supports_sync_io(self) -> bool:
        return _store_supports_sync_io(self._store)

    def _synchronous(self, what: str) -> Any:
        if not self._supports_sync_io:
            raise TypeError(f"Store {type(self._store).__name__} does not support synchronous {what}.")
        return self._store

    def get_sync(self, key: str, *, prototype: Any = None, byte_range: Any = None) -> Any:
        """Raises TypeError when the wrapped store has no synchronous methods; so do the next two."""
        return self._synchronous("get").get_sync(key, prototype=prototype, byte_range=byte_range)

    def set_sync(self, key: str, value: Any) -> None:
        self._synchronous("set").set_sync(key, value)

    def delete_sync(self, key: str) -> None:
        self._synchronous("delete").delete_sync(key)

    async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
        return await self._store.get(key, prototype, byte_range)

    async def get_partial_values(self, prototype: Any, key_ranges: Iterable[tuple[str, Any]]) -> list[Any]:
        return await self._store.get_partial_values(prototype, key_ranges)

    async def get_ranges(self, key: str, byte_ranges: Sequence[Any], **options: Any) -> AsyncIterator[Any]:
        async for group in self._store.get_ranges(key, byte_ranges, **options):
            yield group

    def get_ranges_sync(self, key: str, byte_ranges: Sequence[Any], **options: Any) -> Any:
        return self._synchronous("get").get_ranges_sync(key, byte_ranges, **options)

    async def exists(self, key: str) -> bool:
        return await self._store.exists(key)

    async def set(self, key: str, value: Any) -> None:
        await self._store.set(key, value)

    async def set_if_not_exists(self, key: str, value: Any) -> None:
        await self._store.set_if_not_exists(key, value)

    async def delete(self, key: str) -> None:
        await self._store.delete(key)

    async def delete_dir(self, prefix: str) -> None:
        await self._store.delete_dir(prefix)

    async def clear(self) -> None:
        await self._store.clear()

    async def is_empty(self, prefix: str) -> bool:
        return await self._store.is_empty(prefix)

    async def getsize(self, key: str) -> int:
        return await self._store.getsize(key)

    async def getsize_prefix(self, prefix: str) -> int:
        return await self._store.getsize_prefix(prefix)

    async def list(self) -> AsyncIterator[str]:
        async for key in self._store.list():
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        async for key in self._store.list_prefix(prefix):
            yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        async for name in self._store.list_dir(prefix):
            yield name

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self._store == other._store  # type: ignore[attr-defined]

    __hash__ = None  # type: ignore[assignment]

    def __str__(self) -> str:
        return f"wrapping-{self._store}"

    def __repr__(self) -> str:
        return f"{type(self).__name__}({type(self._store).__name__}, '{self._store}')"


class LoggingStore(WrapperStore):
    """Logs every call to another store, with its duration in seconds, and counts them in ``counter``.

    Parameters
    ----------
    store : Store
    log_level : str
    log_handler : logging.Handler, optional
        Default: standard output.
    """

    def __init__(self, store: Any, log_level: str = "DEBUG", log_handler: logging.Handler | None = None) -> None:
        super().__init__(store)
        self.counter: defaultdict[str, int] = defaultdict(int)
        self.log_level, self.log_handler = log_level, log_handler
        self.logger = logging.getLogger(f"LoggingStore({store})")
        self.logger.setLevel(log_level)
        if not self.logger.hasHandlers():
            self.logger.addHandler(log_handler or self._default_handler())

    def _default_handler(self) -> logging.Handler:
        handler = logging.StreamHandler(stream=sys.stdout)
        handler.setLevel(self.log_level)
        handler.setFormatter(logging.Formatter("%(asctime)s - %(name)s - %(levelname)s - %(message)s"))
        return handler

    def _with_store(self, store: Any) -> Self:
        return type(self)(store, self.log_level, self.log_handler)

    @contextmanager
    def log(self, method: str, hint: Any = "") -> Iterator[None]:
        """Logs that a method runs and how long it took, and counts it."""
        call = f"{type(self._store).__name__}.{method}" + (f"({hint})" if hint != "" else "")
        self.logger.info("Calling %s", call)
        start = time.perf_counter()
        try:
            self.counter[method] += 1
            yield
        finally:
            self.logger.info("Finished %s [%.2f s]", call, time.perf_counter() - start)

    @classmethod
    async def open(cls, store_cls: type, *args: Any, **kwargs: Any) -> Self:  # type: ignore[override]
        level, handler = kwargs.pop("log_level", "DEBUG"), kwargs.pop("log_handler", None)
        return cls(await store_cls.open(*args, **kwargs), level, handler)  # type: ignore[attr-defined]

    def get_sync(self, key: str, *, prototype: Any = None, byte_range: Any = None) -> Any:
        with self.log("get_sync", key):
            return super().get_sync(key, prototype=prototype, byte_range=byte_range)

    def set_sync(self, key: str, value: Any) -> None:
        with self.log("set_sync", key):
            super().set_sync(key, value)

    def delete_sync(self, key: str) -> None:
        with self.log("delete_sync", key):
            super().delete_sync(key)

    async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
        with self.log("get", key):
            return await super().get(key, prototype, byte_range)

    async def get_partial_values(self, prototype: Any, key_ranges: Iterable[tuple[str, Any]]) -> list[Any]:
        key_ranges = [*key_ranges]
        with self.log("get_partial_values", ",".join(key for key, _ in key_ranges)):
            return await super().get_partial_values(prototype, key_ranges)

    async def exists(self, key: str) -> bool:
        with self.log("exists", key):
            return await super().exists(key)

    async def set(self, key: str, value: Any) -> None:
        with self.log("set", key):
            await super().set(key, value)

    async def set_if_not_exists(self, key: str, value: Any) -> None:
        with self.log("set_if_not_exists", key):
            await super().set_if_not_exists(key, value)

    async def delete(self, key: str) -> None:
        with self.log("delete", key):
            await super().delete(key)

    async def delete_dir(self, prefix: str) -> None:
        with self.log("delete_dir", prefix):
            await super().delete_dir(prefix)

    async def clear(self) -> None:
        with self.log("clear"):
            await super().clear()

    async def is_empty(self, prefix: str) -> bool:
        with self.log("is_empty", prefix):
            return await super().is_empty(prefix)

    async def getsize(self, key: str) -> int:
        with self.log("getsize", key):
            return await super().getsize(key)

    async def getsize_prefix(self, prefix: str) -> int:
        with self.log("getsize_prefix", prefix):
            return await super().getsize_prefix(prefix)

    async def list(self) -> AsyncIterator[str]:
        with self.log("list"):
            async for key in self._store.list():
                yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        with self.log("list_prefix", prefix):
            async for key in self._store.list_prefix(prefix):
                yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        with self.log("list_dir", prefix):
            async for name in self._store.list_dir(prefix):
                yield name

    def __str__(self) -> str:
        return f"logging-{self._store}"
