"""Calls in threads of their own, for work that releases the GIL: the codecs of other packages."""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import TypeVar

T = TypeVar("T")
R = TypeVar("R")

_AHEAD = 4  # calls for each thread before results are handed on: what bounds the memory


def map_threads(call: Callable[[T], R], items: Iterable[T], threads: int) -> Iterator[tuple[T, R]]:
    """``(item, call(item))`` for every item, in order; at most ``4 * threads`` calls are made ahead.

    The caller's thread takes part. The first exception that a call raises is raised when all threads have stopped.
    """
    source = iter(items)
    while batch := list(itertools.islice(source, _AHEAD * threads)):
        yield from zip(batch, _all(call, batch, threads), strict=True)


def _all(call: Callable[[T], R], batch: list[T], threads: int) -> list[R]:
    results: dict[int, R] = {}
    failures: list[BaseException] = []
    numbers = iter(range(len(batch)))
    lock = threading.Lock()

    def work() -> None:
        while not failures:
            with lock:
                number = next(numbers, None)
            if number is None:
                return
            try:
                results[number] = call(batch[number])
            except BaseException as e:  # raised again by the caller's thread
                failures.append(e)

    helpers = [threading.Thread(target=work, daemon=True) for _ in range(min(threads, len(batch)) - 1)]
    for helper in helpers:
        helper.start()
    work()
    for helper in helpers:
        helper.join()
    if failures:
        raise failures[0]
    return [results[number] for number in range(len(batch))]
