"""Calls in threads of their own, for work that releases the GIL: the codecs of other packages."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from typing import Generic, TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 4  # calls for each thread before results are handed on: what bounds the memory


def map_threads(call: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[tuple[T, R]]:
    """``(item, call(item))`` for every item, in order; at most ``4 * threads`` calls are made ahead.

    The caller's thread takes part while it waits. The first exception that a call raises is raised when all threads
    have stopped.
    """
    source = enumerate(items)
    head = list(itertools.islice(source, threads + 1))
    if threads < 2 or len(head) < 2:
        yield from ((item, call(item)) for _, item in itertools.chain(head, source))
        return
    work = _Work(call, itertools.chain(head, source), _AHEAD * threads)
    helpers: list[threading.Thread] = []
    try:
        with suppress(RuntimeError):  # no more threads to be had: those that there are do the work
            for _ in range(min(threads, len(head)) - 1):
                helper = threading.Thread(target=work.help, daemon=True)
                helper.start()
                helpers.append(helper)
        yield from work.results()
    finally:
        work.stop()
        for helper in helpers:
            helper.join()


class _Work(Generic[T, R]):
    """Calls that several threads take from one source, and their results until they are handed on."""

    def __init__(self, call: Callable[[T], R], source: Iterator[tuple[int, T]], ahead: int) -> None:
        self._call, self._source, self._ahead = call, source, ahead
        self._changed = threading.Condition()
        self._taken = self._given = 0  # numbers of items
        self._done: dict[int, tuple[T, R]] = {}
        self._over = False
        self._failure: BaseException | None = None

    def help(self) -> None:
        """Makes calls until there is nothing left to take."""
        while self._one(wait=True):
            pass

    def results(self) -> Iterator[tuple[T, R]]:
        """Item and result of every call, in order; meanwhile this thread makes calls as well."""
        while True:
            with self._changed:
                ready = self._given in self._done
            if not ready and self._one(wait=False):
                continue
            with self._changed:
                while self._failure is None and self._given not in self._done and self._given < self._taken:
                    self._changed.wait()
                if self._failure is not None:
                    raise self._failure
                if self._given == self._taken:
                    return
                found = self._done.pop(self._given)
                self._given += 1
                self._changed.notify_all()
            yield found

    def stop(self) -> None:
        with self._changed:
            self._over = True
            self._changed.notify_all()

    def _one(self, wait: bool) -> bool:
        """Takes an item and makes its call; False where there is none, or none yet and the thread is not to wait."""
        try:
            with self._changed:
                while not self._over and self._taken - self._given >= self._ahead and wait:
                    self._changed.wait()
                if self._over or self._taken - self._given >= self._ahead:
                    return False
                try:
                    number, item = next(self._source)
                except StopIteration:
                    self._over = True
                    self._changed.notify_all()
                    return False
                self._taken += 1
            result = self._call(item)
        except BaseException as e:  # raised again by the caller's thread
            with self._changed:
                self._failure, self._over = self._failure or e, True
                self._changed.notify_all()
            return False
        with self._changed:
            self._done[number] = (item, result)
            self._changed.notify_all()
        return True
