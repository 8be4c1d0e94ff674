"""Calls in threads: order, failures, interruption."""

from __future__ import annotations

import threading

import pytest

from zarrc.parallel import map_threads


@pytest.mark.parametrize("threads", [1, 2, 5])
@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_results_come_in_order(threads: int, count: int) -> None:
    assert list(map_threads(lambda n: n * n, range(count), threads)) == [(n, n * n) for n in range(count)]


def test_calls_run_at_the_same_time() -> None:
    meeting = threading.Barrier(3, timeout=30)
    ids = [result for _, result in map_threads(lambda _: (meeting.wait(), threading.get_ident())[1], range(3), 3)]
    assert len(set(ids)) == 3
    assert threading.get_ident() in ids


def test_not_all_items_are_taken_before_results_are_handed_on() -> None:
    taken = 0

    def items():
        nonlocal taken
        for n in range(1000):
            taken += 1
            yield n

    results = map_threads(lambda n: n, items(), 2)
    next(results)
    assert taken <= 9


@pytest.mark.parametrize("error", [ValueError, KeyboardInterrupt])
def test_the_first_failure_is_raised_when_all_threads_have_stopped(error: type[BaseException]) -> None:
    running = []

    def call(n: int) -> int:
        running.append(n)
        if n == 2:
            raise error("no")
        running.remove(n)
        return n

    before = set(threading.enumerate())
    with pytest.raises(error, match="no"):
        list(map_threads(call, range(100), 3))
    assert running == [2]
    assert set(threading.enumerate()) <= before


@pytest.mark.parametrize("started", [0, 1])
def test_threads_that_cannot_be_started_are_done_without(started: int, monkeypatch: pytest.MonkeyPatch) -> None:
    start, left = threading.Thread.start, [None] * started

    def refused(thread: threading.Thread) -> None:
        if not left:
            raise RuntimeError("can't start new thread")
        left.pop()
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert list(map_threads(lambda n: n * n, range(9), 4)) == [(n, n * n) for n in range(9)]
