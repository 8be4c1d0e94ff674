"""A place in a store, and what users may give for one."""

from __future__ import annotations

import os
from collections.abc import MutableMapping

from zarrc.stores.base import Store
from zarrc.stores.local import LocalStore
from zarrc.stores.memory import MemoryStore


def normalize_path(path: str | os.PathLike[str] | None) -> str:
    """A path inside a store without leading, trailing or doubled slashes.

    Raises ValueError for "." and ".." parts.
    """
    if path is None or path == "":
        return ""
    text = os.fspath(path) if not isinstance(path, str) else path
    parts = [p for p in text.replace("\\", "/").split("/") if p]
    for p in parts:
        if p in (".", ".."):
            raise ValueError(f"path {text!r}: '.' and '..' are not allowed inside a store")
    return "/".join(parts)


class StorePath:
    """A store and a path in it.

    Parameters
    ----------
    store : Store
    path : str
        Normalized path, "" for the root.
    """

    __slots__ = ("path", "store")

    def __init__(self, store: Store, path: str = "") -> None:
        self.store = store
        self.path = normalize_path(path) if path else ""

    @property
    def read_only(self) -> bool:
        return self.store.read_only

    def key(self, name: str) -> str:
        return f"{self.path}/{name}" if self.path else name

    def __truediv__(self, other: str) -> StorePath:
        return StorePath(self.store, self.key(normalize_path(other)) if other else self.path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, StorePath) and self.store == other.store and self.path == other.path

    def __hash__(self) -> int:
        return hash((self.store, self.path))

    def __str__(self) -> str:
        return f"{self.store}/{self.path}" if self.path else str(self.store)

    def __repr__(self) -> str:
        return f"StorePath({type(self.store).__name__}, {str(self)!r})"

    def __getstate__(self) -> tuple:
        return (self.store, self.path)

    def __setstate__(self, state: tuple) -> None:
        self.store, self.path = state


StoreLike = Store | StorePath | str | os.PathLike[str] | MutableMapping[str, bytes]


def make_store_path(
    store: StoreLike | None,
    path: str | os.PathLike[str] | None = None,
    *,
    read_only: bool = False,
) -> StorePath:
    """What a user gave for a store, as a `StorePath`.

    str and path-like are directories (``file://`` URLs too), a mapping is the dictionary of a `MemoryStore`, None is
    a new one. ``read_only`` makes the result refuse writes.

    Raises
    ------
    TypeError
        Anything else.
    ValueError
        A URL whose scheme zarrc has no store for.
    """
    base = ""
    if isinstance(store, StorePath):
        base, store = store.path, store.store
    if isinstance(store, Store):
        made: Store = store
    elif store is None:
        made = MemoryStore()
    elif isinstance(store, str | os.PathLike):
        made = LocalStore(_local_path(os.fspath(store)), read_only=read_only)
    elif isinstance(store, MutableMapping):
        made = MemoryStore(store)
    else:
        raise TypeError(f"unsupported type for a store: {type(store).__name__}")
    if read_only and not made.read_only:
        made = made.with_read_only(True)
    inner = normalize_path(path)
    return StorePath(made, f"{base}/{inner}" if base and inner else base or inner)


def _local_path(text: str) -> str:
    scheme, found, rest = text.partition("://")
    if not found:
        return text
    if scheme == "file":
        return rest
    raise ValueError(f"no store for URLs of scheme {scheme!r} ({text!r}); local paths and file:// URLs are read")
