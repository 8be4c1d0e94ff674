"""Stores, under the names of ``zarr.storage``. A module is imported when its class is first used."""

from __future__ import annotations

import importlib
import sys
import warnings
from collections.abc import Callable
from types import ModuleType
from typing import Any

from zarrc.errors import ZarrDeprecationWarning
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


class _Module(ModuleType):
    """This module: pickled by name, and warning of a setting of zarr-python 2."""

    def __setattr__(self, name: str, value: Any) -> None:
        if name == "default_compressor":
            warnings.warn(
                "setting zarr.storage.default_compressor is deprecated, and followed by nothing: give compressors to "
                "the functions that make arrays",
                ZarrDeprecationWarning,
                stacklevel=2,
            )
        else:
            super().__setattr__(name, value)

    def __reduce__(self) -> tuple[Callable[[str], ModuleType], tuple[str]]:
        return importlib.import_module, (self.__name__,)


sys.modules[__name__].__class__ = _Module
