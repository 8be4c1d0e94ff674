"""Locks of stores: re-entrant ones in this process, and with them those between processes that a file system gives."""

from __future__ import annotations

import os
from _thread import RLock  # what threading.RLock is, without the rest of that module
from collections.abc import Callable, Hashable

from zarrc._core import LOCK_NAME, FileLock, StripeLock

_MANY = 64

Lock = FileLock | StripeLock


class _Stripe:
    __slots__ = ("held", "lock")

    def __init__(self) -> None:
        self.lock = RLock()
        self.held: dict[Hashable, HeldLock] = {}


# One table of locks for each kind of thing, as a thread that holds one of a table takes only others of those after it.
DOCUMENTS, FIELDS, CHUNKS, STORES = range(4)
_tables: list[list[_Stripe]] = []


def _renew() -> None:
    _tables[:] = [[_Stripe() for _ in range(_MANY)] for _ in range(STORES + 1)]


_renew()
os.register_at_fork(after_in_child=_renew)  # a thread that held one does not exist in the child


def shared_lock(thing: Hashable) -> RLock:
    """The lock in this process of all stores whose contents are equal to ``thing`` (and of some others)."""
    return _tables[STORES][hash(thing) % _MANY].lock


def place_of(path: bytes) -> Hashable:
    """What is equal for all spellings of a directory's path."""
    try:
        found = os.stat(path)
    except OSError:
        return path
    return found.st_dev, found.st_ino


class HeldLock:
    """A lock by name, for a ``with`` statement; a thread that holds it may take it again.

    Parameters
    ----------
    table : int
        `DOCUMENTS`, `FIELDS` or `CHUNKS`.
    name : hashable
        Equal names are one lock in this process.
    take : callable
        Takes the lock that the engine takes too, between processes or between threads; it gives None, or is None,
        where there is none.
    """

    __slots__ = ("_depth", "_held", "_name", "_stripe", "_take")

    def __init__(self, table: int, name: Hashable, take: Callable[[], Lock | None] | None = None) -> None:
        self._name, self._take = name, take
        self._stripe = _tables[table][hash(name) % _MANY]
        self._held: list[Lock] = []
        self._depth = 0

    def __enter__(self) -> HeldLock:
        stripe = self._stripe
        stripe.lock.acquire()
        try:
            outer = stripe.held.setdefault(self._name, self)
            if outer._depth == 0 and self._take is not None:
                self.adopt(self._take())
            outer._depth += 1
        except BaseException:
            if stripe.held.get(self._name) is self:
                del stripe.held[self._name]
            stripe.lock.release()
            raise
        return outer

    def __exit__(self, *_: object) -> None:
        stripe = self._stripe
        outer = stripe.held[self._name]
        outer._depth -= 1
        if outer._depth == 0:
            del stripe.held[self._name]
            while outer._held:
                outer._held.pop().release()
        stripe.lock.release()

    def adopt(self, lock: Lock | None) -> None:
        """Gives back this lock too, with the others."""
        if lock is not None:
            self._held.append(lock)

    @property
    def between_processes(self) -> bool:
        return any(isinstance(lock, FileLock) for lock in self._held)

    @property
    def keeps(self) -> bool:
        """Whether others who hold the lock may have stored what this array object does not know of: the engine's rule
        for chunks that go over the array's edge."""
        return bool(self._held)

    def overtaken(self) -> bool:
        """Whether another process may have undone what was written under a lock that this process alone knew of."""
        return False


class ChunkLock(HeldLock):
    """The lock of one chunk of an array in a directory. A write that does not merge takes it from other processes only
    where the array has a lock file; where the file was made meanwhile it was `overtaken`, and is to be repeated."""

    __slots__ = ("_root",)

    def __init__(self, root: bytes, key: bytes, take: Callable[[], FileLock | None]) -> None:
        super().__init__(CHUNKS, (place_of(root), key), take)
        self._root = root

    def overtaken(self) -> bool:
        if self._held:
            return False
        return os.path.lexists(os.path.join(self._root, os.fsencode(LOCK_NAME)))


class NoLock:
    """For ``concurrency="none"``."""

    __slots__ = ()
    between_processes = keeps = False

    def __enter__(self) -> NoLock:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def overtaken(self) -> bool:
        return False
