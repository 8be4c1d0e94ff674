"""Many threads at the same thing. On a Python without a GIL they truly run at once; with one, they change as often as
the interpreter can."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

ROUNDS = int(os.environ.get("ZARRC_TEST_ROUNDS", "30"))


@pytest.fixture(autouse=True)
def often() -> Iterator[None]:
    """The GIL, where there is one, changes hands every few bytecodes."""
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(interval)


@pytest.fixture
def rounds() -> int:
    """How often a race is tried; ``ZARRC_TEST_ROUNDS`` for the long run."""
    return ROUNDS


@pytest.fixture
def together() -> Callable[..., list[Any]]:
    """Runs calls, each in a thread, from one moment on. Gives their results; raises the first error."""

    def run(*works: Callable[[], Any]) -> list[Any]:
        start = threading.Barrier(len(works))
        results: list[Any] = [None] * len(works)
        errors: list[BaseException] = []

        def one(k: int) -> None:
            try:
                start.wait()
                results[k] = works[k]()
            except BaseException as e:
                errors.append(e)

        threads = [threading.Thread(target=one, args=(k,), daemon=True) for k in range(len(works))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(120)
        assert not any(thread.is_alive() for thread in threads), "a thread hangs"
        if errors:
            raise errors[0]
        return results

    return run
