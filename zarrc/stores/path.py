"""A place in a store, and what users may give for one."""

from __future__ import annotations

import os
from collections.abc import Mapping, MutableMapping
from typing import Any

from zarrc.lazy import LazyModule
from zarrc.stores.async_path import AsyncPath
from zarrc.stores.base import Store
from zarrc.stores.local import LocalStore
from zarrc.stores.memory import MemoryStore

directories = LazyModule("zarrc.stores.directories")
foreign = LazyModule("zarrc.stores.foreign")
fsspec_store = LazyModule("zarrc.stores.fsspec_store")
managed = LazyModule("zarrc.stores.managed")
zip_store = LazyModule("zarrc.stores.zip")
importlib_util = LazyModule("importlib.util")


def normalize_path(path: str | os.PathLike[str] | None) -> str:
    """A path inside a store without leading, trailing or doubled slashes.

    Raises ValueError for "." and ".." parts, and for NUL characters.
    """
    if path is None or path == "":
        return ""
    text = os.fspath(path) if not isinstance(path, str) else path
    parts = [p for p in text.replace("\\", "/").split("/") if p]
    for p in parts:
        if p in (".", ".."):
            raise ValueError(f"path {text!r}: '.' and '..' are not allowed inside a store")
    if "\0" in text:
        raise ValueError(f"embedded null byte in path {text!r}")
    return "/".join(parts)


class StorePath(AsyncPath):
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
        below, name = StorePath(self.store), normalize_path(other)
        below.path = self.key(name) if name else self.path
        return below

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


StoreLike = Store | StorePath | str | os.PathLike[str] | MutableMapping[str, bytes] | Any


def make_store_path(
    store: StoreLike | None,
    path: str | os.PathLike[str] | None = None,
    *,
    read_only: bool = False,
    storage_options: Mapping[str, Any] | None = None,
) -> StorePath:
    """What a user gave for a store, as a `StorePath`.

    str and path-like are directories (``file://`` URLs too), or files whose name ends in ``.zip``, which are read and
    not written: for that, give a `ZipStore` and close it. Other URLs go to fsspec with ``storage_options``;
    ``memory://name`` is then a folder of its file system in memory, which lives as long as the process, and without
    fsspec a `ManagedMemoryStore`, which lives as long as something holds it. A mapping is the dictionary of a
    `MemoryStore`, None is a new one; asynchronous stores written for zarr-python are adapted. ``read_only`` makes the
    result refuse writes.

    Raises
    ------
    TypeError
        Anything else, and ``storage_options`` where no URL of fsspec is given.
    ValueError
        A URL whose scheme fsspec does not know; a path inside an ``FSMap``, which has its own.
    MissingDependencyError
        A URL that needs fsspec, which is not installed.
    """
    base = ""
    if storage_options and not _takes_options(store):
        raise TypeError(
            "'storage_options' was provided but unused. 'storage_options' is only used when the store is passed as an "
            "FSSpec URI string."
        )
    if isinstance(store, StorePath):
        base, store = store.path, store.store
    elif type(store).__name__ == "StorePath" and hasattr(store, "path"):  # zarr-python's
        base, store = store.path, store.store  # type: ignore[union-attr]
    if isinstance(store, Store):
        made: Store = store if type(store).__module__.startswith("zarrc.") else _derived(store)
    elif store is None:
        made = MemoryStore()
    elif isinstance(store, str | os.PathLike):
        made = _store_of_text(os.fspath(store), read_only, storage_options)
    elif isinstance(store, MutableMapping) and type(store).__name__ != "FSMap":
        made = MemoryStore(store)
    else:
        made = _other_store(store, read_only, path)
    if read_only and not made.read_only:
        made = made.with_read_only(True)
    inner = normalize_path(path)
    return StorePath(made, f"{base}/{inner}" if base and inner else base or inner)


def _derived(store: Store) -> Store:
    """A store of a class that a user derived from one of this package: driven by zarr-python's methods where these are
    what was overridden."""
    return foreign.ForeignStore(store) if foreign.overrides_coroutines(type(store)) else store


def _takes_options(store: Any) -> bool:
    """Whether this is a URL of fsspec. Those into memory take no options, in zarr-python, too."""
    return isinstance(store, str) and "://" in store and not store.startswith(("file:", "memory:"))


def _store_of_text(text: str, read_only: bool, storage_options: Mapping[str, Any] | None) -> Store:
    scheme, found, rest = text.partition("://")
    if not found or scheme == "file":
        where = rest if found else text
        if where.lower().endswith(".zip") and os.path.isfile(where):
            return zip_store.ZipStore(where)
        return LocalStore(where, read_only=read_only)
    if scheme == "memory" and importlib_util.find_spec("fsspec") is None:
        return managed.ManagedMemoryStore.from_url(text, read_only=read_only)
    if "::" not in text and not scheme.replace("+", "").isalnum():
        raise ValueError(f"no store for URLs of scheme {scheme!r} ({text!r})")
    return fsspec_store.FsspecStore.from_url(text, storage_options=dict(storage_options or {}), read_only=read_only)


def _other_store(store: Any, read_only: bool, path: Any) -> Store:
    """Stores of other packages."""
    if foreign.is_foreign(store):
        return directories.their_directory(store) or foreign.ForeignStore(store)
    if type(store).__name__ == "FSMap" and hasattr(store, "fs"):
        if path:
            raise ValueError(
                "'path' was provided but is not used for FSMap store_like objects. Specify the path when creating the "
                "FSMap instance instead."
            )
        return fsspec_store.FsspecStore.from_mapper(store, read_only=read_only)
    raise TypeError(f"Unsupported type for store_like: {type(store).__name__!r}")
