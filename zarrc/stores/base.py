"""The contract of every store."""

from __future__ import annotations

from _thread import RLock  # what threading.RLock is, without the rest of that module
from collections.abc import Hashable, Iterable, Iterator
from typing import Self

from zarrc.errors import ReadOnlyError
from zarrc.stores.async_methods import AsyncMethods
from zarrc.stores.locks import CHUNKS, DOCUMENTS, FIELDS, HeldLock, NoLock, shared_lock


class Store(AsyncMethods):
    """A mapping of keys to bytes with directories.

    Subclasses implement the methods below ``_check_writable``. All of them are thread-safe. A key never starts or
    ends with "/" and has no empty, "." or ".." parts.

    Parameters
    ----------
    read_only : bool
        Refuse every write with `ReadOnlyError`.
    """

    def __init__(self, *, read_only: bool = False) -> None:
        self._read_only = read_only
        self._lock = RLock()

    # Whether `chunk_lock` may reach other processes: chunks are then changed one by one, each under its own lock.
    locks_files: bool = False

    @property
    def lock(self) -> RLock:
        """`array_lock` of the array that is the store's root."""
        return self.array_lock("")

    def array_lock(self, path: str) -> RLock:
        """Held in this process by whoever reads, merges and writes back chunks of the array at ``path``, where the
        store has no locks for single chunks."""
        return shared_lock(self._contents(path))

    def _contents(self, path: str) -> Hashable:
        """What is equal for two stores that have the same contents at ``path``, as far as this process knows."""
        return id(self)

    def chunk_lock(self, path: str, key: str, concurrency: str, merges: bool) -> HeldLock | NoLock:
        """The lock of one chunk, for a ``with`` statement around its change.

        Parameters
        ----------
        path, key : str
            Of the array, and of the chunk below it.
        concurrency : {"process", "thread", "none"}
            Against whom. A store that knows no locks between processes has those between threads for both.
        merges : bool
            The change keeps a part of what is stored.
        """
        return NoLock() if concurrency == "none" else HeldLock(CHUNKS, self._contents(path))

    def fields_lock(self, path: str, concurrency: str) -> HeldLock | NoLock:
        """Held while fields of the records of the array at ``path`` are changed, which is to read and to write whole
        records; chunks' locks are taken below it."""
        return NoLock() if concurrency == "none" else HeldLock(FIELDS, self._contents(path))

    def document_lock(self, path: str, name: str, concurrency: str) -> HeldLock | NoLock:
        """The lock of the node at ``path``, for a ``with`` statement around reading, changing and replacing its
        metadata; where it is one between processes, it lies on the document ``name``."""
        return NoLock() if concurrency == "none" else HeldLock(DOCUMENTS, self._contents(path))

    @property
    def read_only(self) -> bool:
        return self._read_only

    def _check_writable(self) -> None:
        if self._read_only:
            raise ReadOnlyError(
                f"store was opened in read-only mode and does not support writing: {self} (mode 'r+' opens it for that)"
            )

    def with_read_only(self, read_only: bool = False) -> Self:
        """The same store, opened with another ``read_only``."""
        raise NotImplementedError

    def _token(self, path: str) -> object:
        """What tells this store from others, in any process; where the place does not say, what lies below ``path``."""
        return self

    def native_root(self, path: str) -> bytes | None:
        """Directory on the local file system that holds the keys below ``path``, for the native engine; None when
        keys are not plain files."""
        return None

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        """Bytes [start, start + length) of a value, clipped (length -1: to the end; negative start: from the end);
        None when there is no such key."""
        raise NotImplementedError

    def get_many_sync(self, keys: Iterable[str], most: int = -1) -> list[bytes | None]:
        """`get_bytes` of several keys, in their order. Of values longer than ``most`` bytes (-1: no limit) as little as
        one byte more may be given: who sets a limit takes them for damage, and they need not fill the memory first."""
        length = -1 if most < 0 else most + 1
        return [self.get_bytes(key, 0, length) for key in keys]

    def set_bytes(self, key: str, value: bytes) -> None:
        """Stores a value whole: readers see the old or the new bytes, never a part."""
        raise NotImplementedError

    def put_sync(self, key: str, value: bytes | None, durability: str, lock: HeldLock | NoLock | None = None) -> None:
        """`set_bytes`, or `delete_sync` for None, which with ``durability="fsync"`` outlives a crash of the machine
        once it came back, where the store can tell. ``lock`` is the held `document_lock` of this key."""
        if value is None:
            self.delete_sync(key)
        else:
            self.set_bytes(key, value)

    def delete_sync(self, key: str) -> None:
        """Removes a key; fine when there is none."""
        raise NotImplementedError

    def delete_dir_sync(self, path: str) -> None:
        """Removes every key below ``path``; fine when there is none."""
        raise NotImplementedError

    def list_dir_sync(self, path: str) -> Iterator[str]:
        """Names directly below ``path`` (keys and directories), unordered, each once."""
        raise NotImplementedError

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        """``(key, size in bytes)`` of every key below ``path``, keys relative to the store."""
        raise NotImplementedError

    def exists_sync(self, key: str) -> bool:
        return self.get_bytes(key, 0, 0) is not None

    def keeps_sync(self, key: str) -> bool:
        """Whether the key has a value that the store cannot remove: a chunk there that comes to hold nothing but the
        fill value is stored, not deleted."""
        return not self.supports_deletes and self.exists_sync(key)

    def close(self) -> None:
        """Gives back what the store holds open. Safe to call twice."""
