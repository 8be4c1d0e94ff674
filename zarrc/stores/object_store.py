"""Object stores through obstore (the optional package ``obstore``)."""

from __future__ import annotations

import importlib
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from zarrc._core import LOCK_NAME
from zarrc.errors import MissingDependencyError
from zarrc.lazy import LazyModule
from zarrc.stores.directories import DirectoryLocks, directory_of_objects
from zarrc.stores.local import LocalStore

event_loop = LazyModule("zarrc.stores.event_loop")


def _obstore() -> Any:
    try:
        return importlib.import_module("obstore")
    except ImportError as e:
        raise MissingDependencyError("ObjectStore needs obstore: pip install obstore") from e


class ObjectStore(DirectoryLocks):
    """Keys are objects of one of obstore's stores.

    Parameters
    ----------
    store : obstore store
        S3Store, GCSStore, AzureStore, HTTPStore, LocalStore, MemoryStore.
    read_only : bool
        Refuse every write.
    """

    def __init__(self, store: Any, *, read_only: bool = False) -> None:
        if not type(store).__module__.startswith("obstore"):
            raise TypeError(f"expected ObjectStore class, got {store!r}")
        super().__init__(read_only=read_only)
        self.store = store
        directory = directory_of_objects(store)
        self._files = None if directory is None else LocalStore(directory)

    def with_read_only(self, read_only: bool = False) -> ObjectStore:
        return type(self)(self.store, read_only=read_only)

    def _contents(self, path: str) -> Hashable:
        return (type(self.store), str(self.store), path) if self._files is None else self._files._contents(path)

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        obstore = _obstore()
        try:
            if start == 0 and length < 0:
                return bytes(obstore.get(self.store, key).bytes())
            if start < 0:
                found = bytes(obstore.get(self.store, key, options={"range": {"suffix": -start}}).bytes())
                return found if length < 0 else found[:length]
            if length < 0:
                return bytes(obstore.get(self.store, key, options={"range": {"offset": start}}).bytes())
            if length == 0:
                return b"" if self.exists_sync(key) else None
            return bytes(obstore.get_range(self.store, key, start=start, end=start + length))
        except FileNotFoundError:
            return None
        except obstore.exceptions.GenericError:
            if start < 0 or obstore.head(self.store, key)["size"] > start:
                raise
            return b""  # a range behind the end

    def get_many_sync(self, keys: Iterable[str], most: int = -1) -> list[bytes | None]:
        keys = list(keys)
        if len(keys) < 2:
            return super().get_many_sync(keys)
        obstore = _obstore()

        async def one(key: str) -> bytes | None:
            try:
                return bytes(await (await obstore.get_async(self.store, key)).bytes_async())
            except FileNotFoundError:
                return None

        return event_loop.run(event_loop.limited([one(key) for key in keys], 32))

    def exists_sync(self, key: str) -> bool:
        try:
            _obstore().head(self.store, key)
        except FileNotFoundError:
            return False
        return True

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        _obstore().put(self.store, key, bytes(value))  # its memory store keeps what it is given

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        with suppress(FileNotFoundError):
            _obstore().delete(self.store, key)

    def delete_dir_sync(self, path: str) -> None:
        self._check_writable()
        keys = [key for key, _ in self.list_prefix_sync(path)]
        if keys:
            _obstore().delete(self.store, keys)

    def list_dir_sync(self, path: str) -> Iterator[str]:
        found = _obstore().list_with_delimiter(self.store, prefix=path or None)
        names = [*found["common_prefixes"], *(meta["path"] for meta in found["objects"])]
        return iter({name.rstrip("/").rsplit("/", 1)[-1] for name in names} - {LOCK_NAME})

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        pages = _obstore().list(self.store, prefix=path or None)
        found = [(meta["path"], int(meta["size"])) for page in pages for meta in page]
        return iter([(key, size) for key, size in found if key.rpartition("/")[2] != LOCK_NAME])

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ObjectStore) and self._read_only == other._read_only and self.store == other.store

    def __hash__(self) -> int:
        return hash((type(self), str(self.store)))

    def __str__(self) -> str:
        return f"object_store://{self.store}"

    def __repr__(self) -> str:
        return f"ObjectStore({self})"

    def __reduce__(self) -> tuple:
        return (_rebuild, (self.store, self._read_only))


def _rebuild(store: Any, read_only: bool) -> ObjectStore:
    return ObjectStore(store, read_only=read_only)
