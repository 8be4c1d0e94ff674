"""Stores of any kind whose keys are the files of a local directory: which, and its locks."""

from __future__ import annotations

import os
from typing import Any

from zarrc.stores.base import Store
from zarrc.stores.local import LocalStore
from zarrc.stores.locks import HeldLock, NoLock


class DirectoryLocks(Store):
    """Base of stores that may lie in a local directory: their locks are then those of all who write there."""

    #: A store of this package over the same directory; None where there is none.
    _files: LocalStore | None = None

    @property
    def locks_files(self) -> bool:  # type: ignore[override]
        return self._files is not None

    def _locking(self, path: str) -> LocalStore | None:
        """Whose locks are held for the node at a path."""
        return self._files

    def chunk_lock(self, path: str, key: str, concurrency: str, merges: bool) -> HeldLock | NoLock:
        found = self._locking(path)
        if found is None:
            return super().chunk_lock(path, key, concurrency, merges)
        return found.chunk_lock(path, key, concurrency, merges)

    def fields_lock(self, path: str, concurrency: str) -> HeldLock | NoLock:
        found = self._locking(path)
        return super().fields_lock(path, concurrency) if found is None else found.fields_lock(path, concurrency)

    def document_lock(self, path: str, name: str, concurrency: str) -> HeldLock | NoLock:
        found = self._locking(path)
        if found is None:
            return super().document_lock(path, name, concurrency)
        return found.document_lock(path, name, concurrency)


def is_local(fs: Any) -> bool:
    """Whether a file system of fsspec, or the one inside an asynchronous wrapper, is that of this machine."""
    cls = type(getattr(fs, "sync_fs", fs))
    return cls.__module__ == "fsspec.implementations.local" and cls.__name__ == "LocalFileSystem"


def directory_of(store: Any) -> str | None:
    """The local directory of a store of zarr-python's; None for one of another kind."""
    names = {c.__name__ for c in type(store).__mro__ if c.__module__.startswith("zarr.")}
    if "LocalStore" in names:
        return os.fspath(store.root)
    if "FsspecStore" in names and is_local(store.fs):
        return str(store.path)
    if "ObjectStore" in names:
        return directory_of_objects(store.store)
    return None


def directory_of_objects(store: Any) -> str | None:
    """The directory of obstore's ``LocalStore``; None for another of its stores, and without a prefix."""
    prefix = getattr(store, "prefix", None) if type(store).__name__ == "LocalStore" else None
    return None if prefix is None else os.fspath(prefix)


class TheirDirectory(LocalStore):
    """zarr-python's store of a local directory, whose files are read and written as those of a `LocalStore`.

    Parameters
    ----------
    theirs : zarr.storage.LocalStore or zarr.storage.FsspecStore
        What users gave, and get back.
    root : str
        Its directory.
    """

    def __init__(self, theirs: Any, root: str) -> None:
        super().__init__(root, read_only=bool(theirs.read_only))
        self._theirs = theirs

    @property
    def facade(self) -> Any:
        return self._theirs

    def with_read_only(self, read_only: bool = False) -> TheirDirectory:
        return (
            self if read_only == self.read_only else TheirDirectory(self._theirs.with_read_only(read_only), self._root)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, TheirDirectory) and bool(self._theirs == other._theirs)

    def __hash__(self) -> int:
        return super().__hash__()

    def __repr__(self) -> str:
        return repr(self._theirs)

    def __reduce__(self) -> tuple:
        return (TheirDirectory, (self._theirs, self._root))


def their_directory(store: Any) -> TheirDirectory | None:
    """For zarr-python's own stores of local directories, and not for classes that are derived from them."""
    cls = type(store)
    if not cls.__module__.startswith("zarr.storage.") or cls.__name__ not in ("LocalStore", "FsspecStore"):
        return None
    root = directory_of(store)
    return None if root is None else TheirDirectory(store, root)
