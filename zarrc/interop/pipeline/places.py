"""Where the chunks of one of zarr-python's stores are, as the engine sees it."""

from __future__ import annotations

import os
import sys
from _thread import LockType, allocate_lock
from typing import Any

from zarr.storage import LocalStore, MemoryStore

_MANY = 64
_locks: list[LockType] = []


def _renew_locks() -> None:
    _locks[:] = [allocate_lock() for _ in range(_MANY)]


_renew_locks()
os.register_at_fork(after_in_child=_renew_locks)  # a thread that held one does not exist in the child


def lock_of(thing: object) -> LockType:
    """Held while chunks are read, merged and written back without the engine's own locks."""
    return _locks[hash(thing) % _MANY]


def directory_of(store: Any) -> str | None:
    """Directory that holds the store's keys as files. Only for the very classes that do nothing else: a subclass may
    count, cache or refuse."""
    if type(store) is LocalStore:
        return str(store.root)
    files = sys.modules.get("fsspec.implementations.local")
    if files is None or type(store).__name__ != "FsspecStore" or not type(store).__module__.startswith("zarr.storage"):
        return None
    filesystem = getattr(store.fs, "sync_fs", None)
    if type(filesystem) is not files.LocalFileSystem or not os.path.isabs(store.path):
        return None
    return store.path


def dictionary_of(store: Any) -> Any:
    """The dictionary of a `MemoryStore`, of keys to Buffers."""
    return store._store_dict if type(store) is MemoryStore else None


def split_keys(keys: list[str], parts: int) -> tuple[str, list[str]]:
    """The path that all chunk keys start with, and what of them is below it, ``parts`` parts."""
    if parts == 0:
        return "", keys
    head = keys[0].split("/")[:-parts]
    path = "/".join(head)
    if not path:
        return "", keys
    prefix = f"{path}/"
    if not all([key.startswith(prefix) for key in keys]):
        return "", keys
    return path, [key[len(prefix) :] for key in keys]
