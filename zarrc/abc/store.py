"""zarr-python's store interface, for stores that are written against it.

A subclass of `Store` here, or any object with its asynchronous methods, may be given wherever zarrc takes a store: an
adapter (`zarrc.stores.foreign.ForeignStore`) drives it. zarrc's own stores count as subclasses.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Any, Protocol, Self, runtime_checkable

from zarrc.errors import ReadOnlyError
from zarrc.lazy import LazyModule
from zarrc.stores.base import Store as SyncStore
from zarrc.stores.range_methods import RangeMethods

buffers = LazyModule("zarrc.buffer")


@dataclass(frozen=True)
class RangeByteRequest:
    """Bytes [start, end)."""

    start: int
    end: int


@dataclass(frozen=True)
class OffsetByteRequest:
    """Bytes from ``offset`` to the end."""

    offset: int


@dataclass(frozen=True)
class SuffixByteRequest:
    """The last ``suffix`` bytes."""

    suffix: int


ByteRequest = RangeByteRequest | OffsetByteRequest | SuffixByteRequest


class Store(RangeMethods, ABC):
    """Keys and bytes, asynchronously.

    Parameters
    ----------
    read_only : bool
        Refuse every write.
    """

    _read_only: bool
    _is_open: bool

    def __init__(self, *, read_only: bool = False) -> None:
        self._is_open = False
        self._read_only = read_only

    @classmethod
    async def open(cls, *args: Any, **kwargs: Any) -> Self:
        """Makes the store and opens it."""
        store = cls(*args, **kwargs)
        await store._open()
        return store

    async def _open(self) -> None:
        if self._is_open:
            raise ValueError("store is already open")
        self._is_open = True

    async def _ensure_open(self) -> None:
        if not self._is_open:
            await self._open()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Gives back what the store holds open."""
        self._is_open = False

    def with_read_only(self, read_only: bool = False) -> Store:
        """The same store, opened with another ``read_only``."""
        raise NotImplementedError(
            f"with_read_only is not implemented for the {type(self)} store type. "
            "Please implement this method to enable setting the read_only attribute."
        )

    @property
    def read_only(self) -> bool:
        return self._read_only

    def _check_writable(self) -> None:
        if self.read_only:
            raise ReadOnlyError("store was opened in read-only mode and does not support writing")

    @property
    @abstractmethod
    def supports_writes(self) -> bool:
        """Does the store support writes?"""

    @property
    @abstractmethod
    def supports_deletes(self) -> bool:
        """Does the store support deletes?"""

    @property
    @abstractmethod
    def supports_listing(self) -> bool:
        """Does the store support listing?"""

    @property
    def supports_partial_writes(self) -> bool:
        return False

    @property
    def supports_consolidated_metadata(self) -> bool:
        return True

    @abstractmethod
    def __eq__(self, value: object) -> bool: ...

    @abstractmethod
    async def get(self, key: str, prototype: Any, byte_range: ByteRequest | None = None) -> Any:
        """The value of a key, or part of it, as a buffer; None when there is no such key."""

    @abstractmethod
    async def get_partial_values(self, prototype: Any, key_ranges: Iterable[tuple[str, ByteRequest | None]]) -> list:
        """`get` of several keys and byte ranges, in their order."""

    @abstractmethod
    async def exists(self, key: str) -> bool:
        """Whether a key has a value."""

    @abstractmethod
    async def set(self, key: str, value: Any) -> None:
        """Stores a buffer."""

    @abstractmethod
    async def delete(self, key: str) -> None:
        """Removes a key."""

    @abstractmethod
    def list(self) -> AsyncIterator[str]:
        """All keys."""

    @abstractmethod
    def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """All keys that begin with a text."""

    @abstractmethod
    def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Names directly below a path."""

    async def set_if_not_exists(self, key: str, value: Any) -> None:
        """Stores a buffer unless the key has a value."""
        if not await self.exists(key):
            await self.set(key, value)

    async def _set_many(self, values: Iterable[tuple[str, Any]]) -> None:
        for key, value in values:
            await self.set(key, value)

    async def delete_dir(self, prefix: str) -> None:
        """Removes every key below a path. Raises NotImplementedError where the store cannot."""
        if not self.supports_deletes or not self.supports_listing:
            raise NotImplementedError
        self._check_writable()
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        for key in [key async for key in self.list_prefix(prefix)]:
            await self.delete(key)

    async def clear(self) -> None:
        """Removes every key."""
        await self.delete_dir("")

    async def is_empty(self, prefix: str) -> bool:
        """Whether no key lies below a path. Raises NotImplementedError without listing."""
        if not self.supports_listing:
            raise NotImplementedError
        if prefix and not prefix.endswith("/"):
            prefix += "/"
        async for _ in self.list_prefix(prefix):
            return False
        return True

    async def getsize(self, key: str) -> int:
        """Bytes of a value. Raises FileNotFoundError when there is no such key."""
        value = await self.get(key, buffers.default_buffer_prototype())
        if value is None:
            raise FileNotFoundError(key)
        return len(value)

    async def getsize_prefix(self, prefix: str) -> int:
        """Bytes of all values whose keys begin with a text."""
        return sum([await self.getsize(key) async for key in self.list_prefix(prefix)])


Store.register(SyncStore)


@runtime_checkable
class ByteGetter(Protocol):
    """Reads one value."""

    async def get(self, prototype: Any, byte_range: ByteRequest | None = None) -> Any: ...


@runtime_checkable
class ByteSetter(Protocol):
    """Reads, writes and removes one value."""

    async def get(self, prototype: Any, byte_range: ByteRequest | None = None) -> Any: ...
    async def set(self, value: Any) -> None: ...
    async def delete(self) -> None: ...
    async def set_if_not_exists(self, default: Any) -> None: ...


@runtime_checkable
class SyncByteGetter(Protocol):
    """Reads one value without an event loop."""

    def get_sync(self, prototype: Any = None, byte_range: ByteRequest | None = None) -> Any: ...


@runtime_checkable
class SyncByteSetter(SyncByteGetter, Protocol):
    """Reads, writes and removes one value without an event loop."""

    def set_sync(self, value: Any) -> None: ...
    def delete_sync(self) -> None: ...


@runtime_checkable
class SupportsGetSync(Protocol):
    """Stores that read without an event loop."""

    def get_sync(self, key: str, *, prototype: Any = None, byte_range: ByteRequest | None = None) -> Any: ...


@runtime_checkable
class SupportsSetSync(Protocol):
    """Stores that write without an event loop."""

    def set_sync(self, key: str, value: Any) -> None: ...


@runtime_checkable
class SupportsDeleteSync(Protocol):
    """Stores that remove without an event loop."""

    def delete_sync(self, key: str) -> None: ...


@runtime_checkable
class SupportsSyncStore(SupportsGetSync, SupportsSetSync, SupportsDeleteSync, Protocol):
    """All three."""


def _store_supports_sync_io(store: object) -> bool:
    """Whether a store has all three methods and, being around another one, that has them too."""
    return isinstance(store, SupportsSyncStore) and bool(getattr(store, "_supports_sync_io", True))


async def set_or_delete(byte_setter: ByteSetter, value: Any) -> None:
    """Writes a value, or removes it when it is None."""
    if value is None:
        await byte_setter.delete()
    else:
        await byte_setter.set(value)


__all__ = [
    "ByteGetter",
    "ByteRequest",
    "ByteSetter",
    "OffsetByteRequest",
    "RangeByteRequest",
    "Store",
    "SuffixByteRequest",
    "SupportsDeleteSync",
    "SupportsGetSync",
    "SupportsSetSync",
    "SupportsSyncStore",
    "SyncByteGetter",
    "SyncByteSetter",
    "set_or_delete",
]
