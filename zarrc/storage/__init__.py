"""Stores, under the names of ``zarr.storage``. A module is imported when its class is first used."""

from __future__ import annotations

import importlib
from typing import Any

from zarrc.stores import LocalStore, MemoryStore, StoreLike, StorePath, make_store_path

_CLASSES = {
    "FsspecStore": "zarrc.stores.fsspec_store",
    "LoggingStore": "zarrc.stores.wrapper",
    "ManagedMemoryStore": "zarrc.stores.managed",
    "ObjectStore": "zarrc.stores.object_store",
    "WrapperStore": "zarrc.stores.wrapper",
    "ZipStore": "zarrc.stores.zip",
}

__all__ = ["LocalStore", "MemoryStore", "StoreLike", "StorePath", *sorted(_CLASSES)]


async def make_store(
    store_like: StoreLike | None, *, mode: str | None = None, storage_options: dict[str, Any] | None = None
) -> Any:
    """The store for what a user gives for one; see `zarrc.open`. ``mode`` "r" makes it read-only."""
    place = make_store_path(store_like, read_only=mode == "r", storage_options=storage_options)
    return place.store.facade


def __getattr__(name: str) -> Any:
    """The store class, its module imported now (PEP 562)."""
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_CLASSES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
