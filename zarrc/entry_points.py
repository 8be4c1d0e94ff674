"""What installed packages offer through entry points, loaded when it is first asked for."""

from __future__ import annotations

from _thread import get_ident
from collections.abc import Callable
from contextlib import suppress
from importlib.metadata import EntryPoint


class Queue:
    """Entry points that are not loaded yet, in ``points``. Threads share it without a lock: one that held a lock while
    it imports could wait for a thread that imports and waits for the lock."""

    __slots__ = ("_loading", "points")

    def __init__(self) -> None:
        self.points: list[EntryPoint] = []
        self._loading: set[tuple[int, EntryPoint]] = set()  # with the thread that does it

    def load(self, take: Callable[[EntryPoint], None]) -> None:
        """Calls ``take`` with each entry point; when it returns or raises, the point leaves the queue. So a thread
        that finds the queue empty finds what was loaded too. What another thread is loading is loaded here as well:
        the import waits for the other.
        """
        for point in list(self.points):
            mine = (get_ident(), point)
            if mine in self._loading:  # a module that is being imported for it asks for a class
                continue
            self._loading.add(mine)
            try:
                take(point)
            finally:
                self._loading.discard(mine)
                with suppress(ValueError):  # until it is there no more: other threads may queue it again
                    while True:
                        self.points.remove(point)
