"""The process of one library: reads one JSON command a line, answers with one JSON line.

It opens with ``{"version": v}``, or with ``{"missing": why}`` and ends. A command is ``{"row": name}`` with the paths
that the row needs; answers are ``{"seconds": s}``, ``{"unsupported": why}``,
``{"wrong": what}`` for wrong values or ``{"error": what}``. Standard output carries answers
only; what the library prints goes to standard error.
"""

from __future__ import annotations

import gc
import json
import os
import statistics
import subprocess
import sys
from collections.abc import Callable
from functools import cache
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from asv_bench.peers.adapters import Adapter, Unsupported, load
from asv_bench.peers.data import values_of
from asv_bench.peers.datasets import values_of_variables
from asv_bench.peers.picks import PICKS
from asv_bench.peers.rows import Row, rows

_SLAB_BYTES = 16 << 20
_IMPORT = "import time, numpy\nstart = time.perf_counter()\n{statement}\nprint(time.perf_counter() - start)"


class WrongValuesError(Exception):
    """The library returned other values than were stored."""


def check(got: np.ndarray, expected: np.ndarray) -> None:
    """Compares in slabs, so that the check needs little memory. Raises `WrongValuesError`."""
    if got.shape != expected.shape or got.dtype != expected.dtype:
        raise WrongValuesError(f"{got.dtype}{got.shape} in place of {expected.dtype}{expected.shape}")
    step = max(1, _SLAB_BYTES * len(expected) // max(1, expected.nbytes)) if expected.ndim else 1
    slabs = [slice(i, i + step) for i in range(0, len(expected), step)] if expected.ndim else [()]
    if not all(np.array_equal(got[slab], expected[slab]) for slab in slabs):
        raise WrongValuesError("values differ")


def _timed(operation: Callable[[], Any], repeat: int) -> tuple[float, Any]:
    """Median seconds of ``repeat`` calls, and the last result. Garbage is collected before, not during."""
    gc.collect()
    gc.disable()
    times, result = [], None
    try:
        for _ in range(repeat):
            result = None
            start = perf_counter()
            result = operation()
            times.append(perf_counter() - start)
    finally:
        gc.enable()
    return statistics.median(times), result


def _import_seconds(statement: str) -> float:
    command = [sys.executable, "-c", _IMPORT.format(statement=statement)]
    # Byte code is cached as on a user's machine: by the warm-up round, also where the environment says not to.
    env = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    run = subprocess.run(command, capture_output=True, text=True, check=False, env=env)
    if run.returncode:
        raise ImportError(run.stderr.strip().splitlines()[-1])
    return float(run.stdout)


class Worker:
    """The adapter and what it keeps between rounds of one row."""

    def __init__(self, name: str) -> None:
        self.adapter: Adapter = load(name)
        self._loaded: tuple[str, np.ndarray] | None = None

    def _source(self, path: str) -> np.ndarray:
        """The values to write, in memory; kept until another row needs others."""
        if self._loaded is None or self._loaded[0] != path:
            self._loaded = (path, np.array(values_of(Path(path))))
        return self._loaded[1]

    def run(self, row: Row, command: dict[str, Any]) -> float:
        """Seconds of one round of the row. Raises what the library raises, and `WrongValuesError`."""
        if row.operation == "import":
            return _import_seconds(self.adapter.imports)
        if row.operation == "write":
            data, target = self._source(command["values"]), Path(command["target"])
            return _timed(lambda: self.adapter.write(target, data, row.layout, row.codec), 1)[0]
        self._loaded = None
        expected, store = values_of(Path(command["values"])), Path(command["store"])
        if row.operation == "read":
            seconds, got = _timed(lambda: self.adapter.read(self.adapter.open(store, row.codec), ...), row.repeat)
        elif row.operation == "read_into":
            got = np.full(expected.shape, -1, expected.dtype)
            handle = self.adapter.open(store, row.codec)
            seconds, _ = _timed(lambda: self.adapter.read_into(handle, got), row.repeat)
        elif row.operation == "first_element":
            origin = (0,) * expected.ndim
            expected = expected[origin]
            seconds, got = _timed(
                lambda: self.adapter.read(self.adapter.open(store, row.codec), (0,) * len(row.layout.chunks)),
                row.repeat,
            )
        elif row.operation == "open_dataset":
            seconds, dataset = _timed(lambda: self.adapter.open_dataset(store), row.repeat)
            got = values_of_variables(dataset)
        elif row.operation == "pick":
            picks = PICKS[row.picks]
            key = picks.key(expected.shape)
            handle = self.adapter.open(store, row.codec)
            seconds, got = _timed(lambda: self.adapter.pick(handle, picks.kind, key), row.repeat)
            expected = picks.numpy(expected)
        else:
            key = row.key(expected.shape)
            handle = self.adapter.open(store, row.codec)
            seconds, got = _timed(lambda: self.adapter.read(handle, key), row.repeat)
            expected = expected[key]
        check(np.asarray(got), np.asarray(expected))
        return seconds


@cache
def _row(name: str) -> Row:
    return next(row for row in rows() if row.name == name)


def _answer(worker: Worker, command: dict[str, Any]) -> dict[str, Any]:
    try:
        return {"seconds": worker.run(_row(command["row"]), command)}
    except Unsupported as e:
        return {"unsupported": str(e)}
    except WrongValuesError as e:
        return {"wrong": str(e)}
    except Exception as e:  # whatever the library raises is a result
        first_line = (str(e).strip() or "no message").splitlines()[0]
        return {"error": f"{type(e).__name__}: {first_line[:100]}"}


def main(name: str, cores: int) -> None:
    """Serves commands until standard input ends."""
    available = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, available[:cores])
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    os.dup2(2, 1)
    try:
        worker = Worker(name)
        hello = {"version": worker.adapter.version()}
    except Exception as e:  # not installed, or broken: the row says so
        hello = {"missing": (str(e) or type(e).__name__).splitlines()[0]}
    answers.write(json.dumps(hello) + "\n")
    if "missing" in hello:
        return
    for line in sys.stdin:
        answers.write(json.dumps(_answer(worker, json.loads(line))) + "\n")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
