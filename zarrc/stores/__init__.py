"""Stores: keys and bytes, nothing of arrays. A key is a "/"-separated path relative to the store's root."""

from zarrc.stores.base import Store
from zarrc.stores.local import LocalStore
from zarrc.stores.memory import MemoryStore
from zarrc.stores.path import StoreLike, StorePath, make_store_path, normalize_path

__all__ = ["LocalStore", "MemoryStore", "Store", "StoreLike", "StorePath", "make_store_path", "normalize_path"]
