"""A dictionary in this process."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping

from zarrc.lazy import LazyModule
from zarrc.stores.async_methods import as_bytes
from zarrc.stores.base import Store
from zarrc.stores.sync_methods import SyncMethods

hashlib = LazyModule("hashlib")  # only dask asks, and importing it takes long


class MemoryStore(SyncMethods, Store):
    """Keys and bytes in a dictionary.

    Parameters
    ----------
    store_dict : mutable mapping of str to bytes, optional
        Used as it is, so that several stores can share one, and with it their locks.
    read_only : bool
        Refuse every write.
    """

    _blocking = False

    def __init__(self, store_dict: MutableMapping[str, bytes] | None = None, *, read_only: bool = False) -> None:
        super().__init__(read_only=read_only)
        self._store_dict: MutableMapping[str, bytes] = {} if store_dict is None else store_dict

    def _contents(self, path: str) -> int:
        return id(self._store_dict)

    def with_read_only(self, read_only: bool = False) -> MemoryStore:
        return type(self)(self._store_dict, read_only=read_only)

    def _keys(self) -> list[str]:
        # the view: without a GIL a list of it is made at once, that of a class derived from dict is not
        return list(self._store_dict.keys())

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        value = self._store_dict.get(key)
        if value is not None and value.__class__ is not bytes:  # a dictionary of zarr-python has its buffers
            value = as_bytes(value)
        if value is None or (start == 0 and length == -1):
            return value
        first = start if start >= 0 else max(0, len(value) + start)
        return value[first : len(value) if length < 0 else first + length]

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        self._store_dict[key] = bytes(value)

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        self._store_dict.pop(key, None)

    def delete_dir_sync(self, path: str) -> None:
        self._check_writable()
        prefix = f"{path}/" if path else ""
        for key in [k for k in self._keys() if k.startswith(prefix)]:
            self._store_dict.pop(key, None)

    def list_dir_sync(self, path: str) -> Iterator[str]:
        prefix = f"{path}/" if path else ""
        names = {k[len(prefix) :].split("/", 1)[0] for k in self._keys() if k.startswith(prefix)}
        return iter(names)

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        prefix = f"{path}/" if path else ""
        return iter([(k, len(v)) for k, v in list(self._store_dict.items()) if k.startswith(prefix)])

    def _token(self, path: str) -> str:
        digest = hashlib.sha256()
        for key, size in sorted(self.list_prefix_sync(path)):
            digest.update(f"{len(key)} {key} {size} ".encode())
            digest.update(self.get_bytes(key) or b"")
        return digest.hexdigest()

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self) and self._store_dict is other._store_dict and self._read_only == other._read_only
        )

    def __hash__(self) -> int:
        return id(self._store_dict)

    def __str__(self) -> str:
        return f"memory://{id(self._store_dict)}"

    def __repr__(self) -> str:
        return f"MemoryStore({str(self)!r})"

    def __getstate__(self) -> tuple:
        return (self._store_dict, self._read_only)

    def __setstate__(self, state: tuple) -> None:
        self._store_dict, self._read_only = state
