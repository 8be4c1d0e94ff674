"""Run with the interposer preloaded: writes under every failure of every call. Prints what was wrong.

python system_calls.py INTERPOSER DIRECTORY CASE [looks]

With "looks" the calls are those that open, read and lock files and change nothing.
"""

from __future__ import annotations

import ctypes
import errno
import os
import signal
import sys
import warnings
from collections.abc import Callable

import numpy as np

import zarrc

warnings.simplefilter("ignore", DeprecationWarning)  # of fork in a process with threads
FAIL, SHORT, KILL_BEFORE, KILL_AFTER, STOP_BEFORE = range(5)
ACTIONS = {
    "EIO": (FAIL, errno.EIO),
    "ENOSPC": (FAIL, errno.ENOSPC),
    "short": (SHORT, 0),
    "kill before": (KILL_BEFORE, 0),
    "kill after": (KILL_AFTER, 0),
}

LOOKS = {
    "EIO": (FAIL, errno.EIO),
    "ENOLCK": (FAIL, errno.ENOLCK),
    "short": (SHORT, 0),
    "kill before": (KILL_BEFORE, 0),
}

SHAPE = (6, 500)


def whole(z: zarrc.Array, k: int) -> None:
    z[...] = k


def part(z: zarrc.Array, k: int) -> None:
    z[:, 3:490] = k


def removed(z: zarrc.Array, k: int) -> None:
    z[...] = 0 if k % 2 else k


def gathered(z: zarrc.Array, k: int) -> None:
    with z.batch_writes():
        for row in range(6):
            z[row, 2:480] = k


def appended(z: zarrc.Array, k: int) -> None:
    z.append(np.full((4, 500), k))


def attributes(z: zarrc.Array, k: int) -> None:
    z.attrs["k"] = k


CASES: dict[str, tuple[Callable[[zarrc.Array, int], None], dict]] = {
    "whole": (whole, {}),
    "part": (part, {}),
    "shard": (part, {"shards": (6, 500)}),
    "removed": (removed, {}),
    "gathered": (gathered, {"shards": (6, 500)}),
    "appended": (appended, {}),
    "attributes": (attributes, {}),
    "strings": (lambda z, k: z.__setitem__((slice(None), slice(3, 490)), f"{k}" * (k % 5 + 1)), {"dtype": "str"}),
    "over the edge": (whole, {"chunks": (4, 300)}),
    "whole fsync": (whole, {"config": {"durability": "fsync"}}),
    "shard fsync": (part, {"shards": (6, 500), "config": {"durability": "fsync"}}),
    "appended fsync": (appended, {"config": {"durability": "fsync"}}),
    "in place": (whole, {"config": {"durability": "none"}}),
}


class Interposer:
    def __init__(self, library: str, directory: str) -> None:
        self.library = ctypes.CDLL(library)
        self.library.interpose_disarm.restype = ctypes.c_char_p
        self.directory = directory.encode()

    def arm(self, k: int = 0, action: int = FAIL, number: int = 0, looks: bool = False) -> None:
        self.library.interpose_arm(k, action, number, self.directory, looks)

    def disarm(self) -> list[str]:
        return self.library.interpose_disarm().decode().splitlines()


def state(path: str) -> tuple:
    """Shape, attributes and the bytes of every chunk, each by itself: every chunk is old or new, not all of them."""
    z = zarrc.open_array(path, mode="r")
    chunks = {}
    rows, columns = z.shards or z.chunks
    for i in range(0, z.shape[0], rows):
        for j in range(0, z.shape[1], columns):
            values = z[i : i + rows, j : j + columns]
            chunks[i, j] = values.tolist() if values.dtype.hasobject or values.dtype.kind == "T" else values.tobytes()
    return z.shape, z.attrs.asdict(), chunks


def wrong(now: tuple, old: tuple, new: tuple) -> str:
    if now[0] not in (old[0], new[0]) or now[1] not in (old[1], new[1]):
        return f"shape {now[0]}, attributes {now[1]}"
    if now[0] != old[0] and now[2] != new[2]:
        return "the array has grown, and what it grew by is not there"
    torn = [at for at, data in now[2].items() if data not in (old[2].get(at), new[2].get(at))]
    return f"chunks {torn} are neither old nor new" if torn else ""


def in_child(work: Callable[[], None]) -> int:
    pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.alarm(60)
            work()
            code = 0
        except (OSError, zarrc.errors.BaseZarrError):
            code = 3
        finally:
            os._exit(code)
    return os.waitpid(pid, 0)[1]


def partials(path: str) -> list[str]:
    return [name for _, _, names in os.walk(path) for name in names if name.endswith(".partial")]


def main(library: str, directory: str, case: str, looking: str = "") -> None:
    looks = looking == "looks"
    write, settings = CASES[case]
    interposer = Interposer(library, directory)
    zarrc.set_num_threads(1)
    path = f"{directory}/a"

    config = settings.pop("config", None)

    def fresh() -> zarrc.Array:
        more = {"chunks": (3, 500), "dtype": "i4", "compressors": {"name": "zstd"}, **settings}
        z = zarrc.create_array(path, shape=SHAPE, overwrite=True, **more)
        write(z, 1)
        if case == "over the edge":  # chunks have been merged: these are too
            open(f"{path}/.zarrc.lock", "w").close()
        return z.with_config(config or {})

    z = fresh()
    old = state(path)
    interposer.arm(looks=looks)
    write(z, 2)
    calls = interposer.disarm()
    new = state(path)
    assert calls and old != new
    for name, (action, number) in (LOOKS if looks else ACTIONS).items():
        for k in range(1, len(calls) + 1):
            if looks and calls[k - 1].split()[0] not in ("open", "read", "lock"):
                continue
            z = fresh()
            assert state(path) == old

            def work(k: int = k, action: int = action, number: int = number, z: zarrc.Array = z) -> None:
                interposer.arm(k, action, number, looks)
                write(z, 2)

            status = in_child(work)
            what = f"{case}, {name} at call {k}, {calls[k - 1]}"
            try:
                problem = wrong(state(path), old, new)
            except zarrc.errors.BaseZarrError as e:
                problem = f"{type(e).__name__}: {e}"
            if problem:
                print(f"{what}: {problem}")
            if action in (FAIL, SHORT) and partials(path) and not calls[k - 1].startswith(("unlink", "rename")):
                print(f"{what}: left {partials(path)}")
            if problem:
                continue
            if action == SHORT and (status != 0 or state(path) != new):
                print(f"{what}: status {status}, not written")
            if action == FAIL and status == 0 and state(path) != new:
                print(f"{what}: the call came back without an error and did not write")
            if action == FAIL and status not in (0, 3 << 8):
                print(f"{what}: status {status}")
            write(zarrc.open_array(path), 2)  # and the array can be written to as before
            if case.split()[0] not in ("appended",) and state(path) != new:
                print(f"{what}: the write after it failed")


if __name__ == "__main__":
    main(*sys.argv[1:])
