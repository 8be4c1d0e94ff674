"""Stores in memory that have a name in this process, for ``memory://name`` URLs."""

from __future__ import annotations

import itertools
import weakref

from zarrc.stores.locks import shared_lock
from zarrc.stores.memory import MemoryStore


class _Contents(dict[str, bytes]):
    """A dictionary that can be referred to weakly."""


_named: weakref.WeakValueDictionary[str, _Contents] = weakref.WeakValueDictionary()
_numbers = itertools.count()


class ManagedMemoryStore(MemoryStore):
    """A `MemoryStore` whose contents all stores of its name share; they go when the last one of them does.

    Parameters
    ----------
    name : str, optional
        Without "/"; a new one is made up when it is None.
    path : str
        Prefix of all keys.
    read_only : bool
        Refuse every write.
    """

    def __init__(self, name: str | None = None, *, path: str = "", read_only: bool = False) -> None:
        if name is not None and "/" in name:
            raise ValueError(f"Store name must not contain '/': {name!r}")
        self.name = f"{next(_numbers)}" if name is None else name
        self.path = path.strip("/")
        with shared_lock((ManagedMemoryStore, self.name)):  # setdefault looks and puts in two steps
            contents = _named.setdefault(self.name, _Contents())
        super().__init__(contents, read_only=read_only)

    @classmethod
    def from_url(cls, url: str, *, read_only: bool = False) -> ManagedMemoryStore:
        """The store of ``memory://name/path``."""
        name, _, path = url.removeprefix("memory://").partition("/")
        return cls(name, path=path, read_only=read_only)

    def with_read_only(self, read_only: bool = False) -> ManagedMemoryStore:
        return type(self)(self.name, path=self.path, read_only=read_only)

    def _full(self, key: str) -> str:
        return f"{self.path}/{key}".strip("/") if self.path else key

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        return super().get_bytes(self._full(key), start, length)

    def set_bytes(self, key: str, value: bytes) -> None:
        super().set_bytes(self._full(key), value)

    def delete_sync(self, key: str) -> None:
        super().delete_sync(self._full(key))

    def delete_dir_sync(self, path: str) -> None:
        super().delete_dir_sync(self._full(path))

    def list_dir_sync(self, path: str):  # type: ignore[no-untyped-def]
        return super().list_dir_sync(self._full(path))

    def list_prefix_sync(self, path: str):  # type: ignore[no-untyped-def]
        skip = len(self.path) + 1 if self.path else 0
        return iter([(key[skip:], size) for key, size in super().list_prefix_sync(self._full(path))])

    def __eq__(self, other: object) -> bool:
        return super().__eq__(other) and self.path == other.path  # type: ignore[attr-defined]

    __hash__ = MemoryStore.__hash__

    def __str__(self) -> str:
        return f"memory://{self.name}/{self.path}" if self.path else f"memory://{self.name}"

    def __repr__(self) -> str:
        return f"ManagedMemoryStore({str(self)!r})"

    def __reduce__(self) -> tuple:
        return (_rebuild, (self.name, self.path, self._read_only))


def _rebuild(name: str, path: str, read_only: bool) -> ManagedMemoryStore:
    """Raises RuntimeError in a process that does not have the store's contents."""
    if name not in _named:
        raise RuntimeError(f"the store memory://{name} lives in the process that made it and is not there in this one")
    return ManagedMemoryStore(name, path=path, read_only=read_only)
