"""Any file system of fsspec (the optional package ``fsspec``)."""

from __future__ import annotations

import importlib
import os
from collections.abc import Hashable, Iterable, Iterator
from contextlib import suppress
from typing import Any

from zarrc.errors import MissingDependencyError
from zarrc.stores.directories import DirectoryLocks, is_local
from zarrc.stores.local import LocalStore
from zarrc.stores.locks import HeldLock, NoLock

ALLOWED_EXCEPTIONS: tuple[type[Exception], ...] = (FileNotFoundError, IsADirectoryError, NotADirectoryError)


def _fsspec(name: str) -> Any:
    try:
        importlib.import_module("fsspec")
        return importlib.import_module(name)
    except ImportError as e:
        raise MissingDependencyError("stores given as URLs need fsspec: pip install fsspec") from e


class FsspecStore(DirectoryLocks):
    """Keys are files of an fsspec file system.

    On the local file system it works as `zarrc.storage.LocalStore` does, natively.

    Parameters
    ----------
    fs : fsspec.AbstractFileSystem
        Synchronous or asynchronous.
    read_only : bool
        Refuse every write.
    path : str
        Root of the store in the file system.
    allowed_exceptions : tuple of exception types
        Those that mean "there is no such key".
    """

    def __init__(
        self,
        fs: Any,
        read_only: bool = False,
        path: str = "/",
        allowed_exceptions: tuple[type[Exception], ...] = ALLOWED_EXCEPTIONS,
    ) -> None:
        super().__init__(read_only=read_only)
        if "://" in path and not path.startswith("http"):
            # a path of the file system, not a URL: say so rather than look for a folder of that name
            scheme = path.partition("://")[0]
            raise ValueError(f"path argument to FsspecStore must not include scheme ({scheme}://)")
        self.fs = fs
        self.path = path
        self.allowed_exceptions = allowed_exceptions
        self._files = LocalStore(path, read_only=read_only) if is_local(fs) else None

    @classmethod
    def from_url(
        cls,
        url: str | os.PathLike[str],
        storage_options: dict[str, Any] | None = None,
        read_only: bool = False,
        allowed_exceptions: tuple[type[Exception], ...] = ALLOWED_EXCEPTIONS,
    ) -> FsspecStore:
        """From a URL or a local path; ``storage_options`` go to the file system.

        Raises MissingDependencyError without fsspec, or without the package that it needs for the scheme; ValueError
        for a scheme that it does not know.
        """
        core = _fsspec("fsspec.core")
        try:
            fs, path = core.url_to_fs(os.fspath(url), **(storage_options or {}))
        except ImportError as e:
            raise MissingDependencyError(f"{os.fspath(url)!r}: {e}") from e
        except ValueError as e:
            if type(e) is ValueError and str(e).startswith("Protocol not known"):
                raise ValueError(f"{os.fspath(url)!r}: {e}") from e
            raise
        return cls(fs, path=path, read_only=read_only, allowed_exceptions=allowed_exceptions)

    @classmethod
    def from_mapper(
        cls,
        fs_map: Any,
        read_only: bool = False,
        allowed_exceptions: tuple[type[Exception], ...] = ALLOWED_EXCEPTIONS,
    ) -> FsspecStore:
        """From an ``FSMap`` (``fsspec.get_mapper``)."""
        return cls(fs_map.fs, path=fs_map.root, read_only=read_only, allowed_exceptions=allowed_exceptions)

    @classmethod
    def from_upath(
        cls,
        upath: Any,
        read_only: bool = False,
        allowed_exceptions: tuple[type[Exception], ...] = ALLOWED_EXCEPTIONS,
    ) -> FsspecStore:
        """From a ``UPath`` (universal-pathlib)."""
        return cls(upath.fs, path=upath.path.rstrip("/"), read_only=read_only, allowed_exceptions=allowed_exceptions)

    def with_read_only(self, read_only: bool = False) -> FsspecStore:
        return type(self)(self.fs, read_only, self.path, self.allowed_exceptions)

    def native_root(self, path: str) -> bytes | None:
        return None if self._files is None else self._files.native_root(path)

    def _contents(self, path: str) -> Hashable:
        if self._files is not None:
            return self._files._contents(path)
        # Of the file system its kind: fsspec gives every thread an object of its own.
        return type(getattr(self.fs, "sync_fs", self.fs)), self._path(path).strip("/")

    def put_sync(self, key: str, value: bytes | None, durability: str, lock: HeldLock | NoLock | None = None) -> None:
        if self._files is None:
            super().put_sync(key, value, durability, lock)
        else:
            self._files.put_sync(key, value, durability, lock)

    def _path(self, key: str) -> str:
        root = self.path.rstrip("/")
        if root:
            return f"{root}/{key}" if key else root
        return f"{getattr(self.fs, 'root_marker', '/')}{key}"

    def _call(self, name: str, *args: Any, **kwargs: Any) -> Any:
        """A method of the file system; of one that is asynchronous, on fsspec's own event loop."""
        fs = self.fs
        if getattr(fs, "async_impl", False) and getattr(fs, "asynchronous", False):
            asyn = _fsspec("fsspec.asyn")
            plain = getattr(fs, "sync_fs", None)
            if plain is not None:
                return getattr(plain, name)(*args, **kwargs)
            return asyn.sync(asyn.get_loop(), getattr(fs, f"_{name}"), *args, **kwargs)
        return getattr(fs, name)(*args, **kwargs)

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        if self._files is not None:
            return self._files.get_bytes(key, start, length)
        if length == 0 and start >= 0:
            return b"" if self.exists_sync(key) else None
        stop = None if length < 0 or start < 0 else start + length
        try:
            found = self._call("cat_file", self._path(key), start=start or None, end=stop)
        except self.allowed_exceptions:
            return None
        except OSError as e:
            if "not satisfiable" in str(e):  # S3's word for a range beyond the end
                return b""
            raise
        return bytes(found[:length] if start < 0 <= length else found)

    def get_many_sync(self, keys: Iterable[str], most: int = -1) -> list[bytes | None]:
        keys = list(keys)
        if self._files is not None:
            return self._files.get_many_sync(keys, most)
        if not getattr(self.fs, "async_impl", False) or len(keys) < 2:
            return super().get_many_sync(keys)
        paths = [self._path(key) for key in keys]
        found = self._call("cat", paths, on_error="return")
        results: list[bytes | None] = []
        for path in paths:
            value = found.get(path, found.get(path.lstrip("/"), FileNotFoundError()))
            if isinstance(value, self.allowed_exceptions):
                results.append(None)
            elif isinstance(value, BaseException):
                raise value
            else:
                results.append(bytes(value))
        return results

    def exists_sync(self, key: str) -> bool:
        if self._files is not None:
            return self._files.exists_sync(key)
        return bool(self._call("isfile" if hasattr(self.fs, "isfile") else "exists", self._path(key)))

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        if self._files is not None:
            self._files.set_bytes(key, value)
            return
        path = self._path(key)
        if not getattr(self.fs, "async_impl", False):
            self.fs.makedirs(path.rsplit("/", 1)[0] or "/", exist_ok=True)
        self._call("pipe_file", path, bytes(value))

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        if self._files is not None:
            self._files.delete_sync(key)
            return
        with suppress(*self.allowed_exceptions):
            self._call("rm_file", self._path(key))

    def delete_dir_sync(self, path: str) -> None:
        self._check_writable()
        if self._files is not None:
            self._files.delete_dir_sync(path)
            return
        with suppress(*self.allowed_exceptions):
            self._call("rm", self._path(path), recursive=True)

    def list_dir_sync(self, path: str) -> Iterator[str]:
        if self._files is not None:
            return self._files.list_dir_sync(path)
        try:
            entries = self._call("ls", self._path(path), detail=False)
        except self.allowed_exceptions:
            return iter(())
        return iter({e.rstrip("/").rsplit("/", 1)[-1] for e in entries if e.strip("/") != self._path(path).strip("/")})

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        if self._files is not None:
            return self._files.list_prefix_sync(path)
        try:
            found = self._call("find", self._path(path), detail=True)
        except self.allowed_exceptions:
            return iter(())
        skip = len(self.path.strip("/")) + 1 if self.path.strip("/") else 0
        return iter([(name.lstrip("/")[skip:], int(info.get("size") or 0)) for name, info in found.items()])

    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, FsspecStore)
            and self.path == other.path
            and self._read_only == other._read_only
            and self.fs == other.fs
        )

    def __hash__(self) -> int:
        return hash((type(self), self.path))

    def __str__(self) -> str:
        protocol = self.fs.protocol if isinstance(self.fs.protocol, str) else self.fs.protocol[0]
        return f"{protocol}://{self.path}"

    def __repr__(self) -> str:
        return f"<FsspecStore({type(self.fs).__name__}, {self.path})>"

    def __reduce__(self) -> tuple:
        return (type(self), (self.fs, self._read_only, self.path, self.allowed_exceptions))
