"""A directory of the local file system."""

from __future__ import annotations

import errno
import os
from collections.abc import Hashable, Iterator
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING

from zarrc import _core
from zarrc.errors import StoreIOError
from zarrc.lazy import LazyModule
from zarrc.stores.base import Store
from zarrc.stores.links import refuse_links
from zarrc.stores.locks import CHUNKS, DOCUMENTS, FIELDS, ChunkLock, HeldLock, NoLock, place_of
from zarrc.stores.sync_methods import SyncMethods

if TYPE_CHECKING:
    from pathlib import Path

pathlib = LazyModule("pathlib")  # takes longer to import than all stores together


class LocalStore(SyncMethods, Store):
    """Keys are files below ``root``. Lock files and what a killed writer left are no keys.

    Parameters
    ----------
    root : str or path-like
        The directory; made at the first write.
    read_only : bool
        Refuse every write.
    follow_symlinks : bool
        Off: where a part of a key is a symbolic link, reading and writing it raises `StoreIOError` (ELOOP), and links
        are not listed. For stores that others made and that must not show what lies elsewhere. Such a store is read
        through Python, chunk by chunk.
    """

    locks_files = True

    def __init__(self, root: str | os.PathLike[str], *, read_only: bool = False, follow_symlinks: bool = True) -> None:
        if not isinstance(root, str | os.PathLike):
            raise TypeError(f"'root' must be a string or path-like, not {type(root).__name__}")
        super().__init__(read_only=read_only)
        # "" is "." as in pathlib, never the root of the file system; a program may change its directory later.
        # ".." behind a link is not what the text says.
        text = os.fspath(root)
        self._root = os.path.join(os.getcwd(), text) if ".." in text.split("/") else os.path.abspath(text)
        self._prefix = os.fsencode(self._root).rstrip(b"/") + b"/"
        self._follow = follow_symlinks

    @property
    def root(self) -> Path:
        return pathlib.Path(self._root)

    def with_read_only(self, read_only: bool = False) -> LocalStore:
        return type(self)(self._root, read_only=read_only, follow_symlinks=self._follow)

    def native_root(self, path: str) -> bytes | None:
        return self._directory(path) if self._follow else None

    def _directory(self, path: str) -> bytes:
        if not self._follow:
            refuse_links(self._prefix, os.fsencode(path))
        return self._prefix + os.fsencode(path) if path else self._prefix

    def _token(self, path: str) -> str:
        return self._root

    def _contents(self, path: str) -> Hashable:
        return place_of(self._prefix + os.fsencode(path))

    def _path(self, key: str) -> bytes:
        if not self._follow:
            refuse_links(self._prefix, os.fsencode(key))
        return self._prefix + os.fsencode(key)

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        try:
            return _core.read_file(self._path(key), start, length)
        except StoreIOError as e:
            if e.errno in (errno.EISDIR, errno.ENOLINK):  # a directory is no value; nor is a link to nothing a document
                return None
            raise

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        _core.write_file(self._path(key), value)

    def put_sync(self, key: str, value: bytes | None, durability: str, lock: HeldLock | NoLock | None = None) -> None:
        self._check_writable()
        if value is None:
            _core.remove_file(self._path(key), durability == "fsync")
        elif isinstance(lock, HeldLock) and lock.between_processes:
            lock.adopt(_core.write_file(self._path(key), value, durability == "fsync", True))
        else:
            _core.write_file(self._path(key), value, durability == "fsync")

    def delete_sync(self, key: str) -> None:
        self._check_writable()
        _core.remove_file(self._path(key))

    def chunk_lock(self, path: str, key: str, concurrency: str, merges: bool) -> HeldLock | NoLock:
        if concurrency == "none":
            return NoLock()
        root, name = self._directory(path), os.fsencode(key)
        if concurrency == "thread":
            return HeldLock(CHUNKS, (place_of(root), name), partial(_core.lock_stripe, root, name))
        return ChunkLock(root, name, partial(_core.lock_chunk, root, name, merges))

    def fields_lock(self, path: str, concurrency: str) -> HeldLock | NoLock:
        if concurrency == "none":
            return NoLock()
        root = self._directory(path)
        take = partial(_core.lock_chunk, root, b"fields", True) if concurrency == "process" else None
        return HeldLock(FIELDS, place_of(root), take)

    def document_lock(self, path: str, name: str, concurrency: str) -> HeldLock | NoLock:
        if concurrency == "none":
            return NoLock()
        root = self._directory(path)
        take = partial(_core.lock_document, os.path.join(root, os.fsencode(name))) if concurrency == "process" else None
        return HeldLock(DOCUMENTS, place_of(root), take)

    def delete_dir_sync(self, path: str) -> None:
        self._check_writable()
        where = os.fsdecode(self._directory(path)) if path else self._root
        try:
            if os.path.isdir(where) and not os.path.islink(where):
                _remove_tree(where)
        except FileNotFoundError:
            pass  # someone else removed it at the same time
        except OSError as e:
            raise StoreIOError(e.errno or 0, e.strerror or "", e.filename or where) from None

    def list_dir_sync(self, path: str) -> Iterator[str]:
        try:
            with os.scandir(os.fsdecode(self._directory(path)) if path else self._root) as entries:
                names = [e.name for e in entries if e.name != _core.LOCK_NAME and (self._follow or not e.is_symlink())]
        except (FileNotFoundError, NotADirectoryError):
            return iter(())
        except OSError as e:
            raise StoreIOError(e.errno or 0, e.strerror or "", e.filename) from None
        return iter(names)

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        pending = [path]
        if not self._follow:
            refuse_links(self._prefix, os.fsencode(path))
        while pending:
            where = pending.pop()
            try:
                for e in list(os.scandir(self._place(where))):
                    key = f"{where}/{e.name}" if where else e.name
                    if e.is_symlink() and (not self._follow or (e.is_dir() and self._leads_up(e, where))):
                        continue
                    if e.is_dir():
                        pending.append(key)
                    elif not e.name.endswith(".partial") and e.name != _core.LOCK_NAME:  # a write that was cut off
                        with suppress(FileNotFoundError):
                            yield key, e.stat().st_size
            except (FileNotFoundError, NotADirectoryError):
                continue
            except OSError as error:
                raise StoreIOError(error.errno or 0, error.strerror or "", error.filename) from None

    def _place(self, path: str) -> str:
        return os.path.join(self._root, path) if path else self._root

    def _leads_up(self, link: os.DirEntry[str], where: str) -> bool:
        """Whether a link in the directory ``where`` leads to that or to one above it: to follow it would never end."""
        target = link.stat()
        while not os.path.samestat(target, os.stat(self._place(where))):
            if not where:
                return False
            where = where.rpartition("/")[0]
        return True

    def __eq__(self, other: object) -> bool:
        return (
            type(other) is type(self)
            and self._root == other._root
            and (self._read_only, self._follow) == (other._read_only, other._follow)
        )

    def __hash__(self) -> int:
        return hash((type(self), self._root))

    def __str__(self) -> str:
        return f"file://{self._root}"

    def __repr__(self) -> str:
        return f"LocalStore({str(self)!r})"

    def __reduce__(self) -> tuple:
        return (_rebuild, (type(self), self._root, self._read_only, self._follow))


def _rebuild(cls: type[LocalStore], root: str, read_only: bool, follow_symlinks: bool) -> LocalStore:
    return cls(root, read_only=read_only, follow_symlinks=follow_symlinks)


def _remove_tree(where: str) -> None:
    """As shutil.rmtree, which takes longer to import than the rest of this module."""
    with os.scandir(where) as entries:
        found = list(entries)
    for e in found:
        if e.is_dir(follow_symlinks=False):
            _remove_tree(e.path)
        else:
            os.unlink(e.path)
    os.rmdir(where)
