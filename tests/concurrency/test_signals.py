"""Interrupts, garbage collection and many small operations: nothing stays locked, open or running."""

from __future__ import annotations

import gc
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import CodecError

MANY = int(os.environ.get("ZARRC_TEST_OPERATIONS", "2000"))


@pytest.fixture(autouse=True)
def interruptible():
    """A shell starts background jobs with SIGINT ignored; then Python raises no KeyboardInterrupt."""
    old = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, old)


CHUNKS = 2000
LAST_ROWS = (slice(19, None, 20), slice(9))  # some of the last of each chunk: nearly all of it is decoded


@pytest.fixture
def slow(tmp_path):
    """An array whose reads take long: many chunks, decoded by the calling thread alone."""
    shape = (20 * CHUNKS, 10000)
    z = zarrc.create_array(tmp_path / "a", shape=shape, chunks=(20, 10000), dtype="f8", compressors={"name": "gzip"})
    z[:20] = np.random.default_rng(0).normal(size=(20, 10000)).round(1)
    first = tmp_path / "a" / "c" / "0" / "0"
    for i in range(1, CHUNKS):
        (tmp_path / "a" / "c" / str(i)).mkdir()
        (tmp_path / "a" / "c" / str(i) / "0").hardlink_to(first)
    zarrc.set_num_threads(1)
    yield z
    zarrc.set_num_threads(0)


def unread() -> np.ndarray:
    return np.full((CHUNKS, 9), np.nan)


class Stop(Exception):
    pass


def interrupt_after(seconds: float) -> threading.Timer:
    timer = threading.Timer(seconds, os.kill, (os.getpid(), signal.SIGINT))
    timer.start()
    return timer


def test_interrupted_read(slow):
    out = unread()
    start = time.monotonic()
    slow.get_basic_selection(LAST_ROWS, out=out)
    full = time.monotonic() - start
    before = len(os.listdir("/proc/self/fd"))
    start = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        interrupt_after(min(0.15, full / 4))
        for _ in range(20):
            slow.get_basic_selection(LAST_ROWS, out=out)
    assert time.monotonic() - start < 5 * full + 5  # the first read did not run to the end of the twentieth
    assert len(os.listdir("/proc/self/fd")) == before
    expected = slow[:20]
    np.testing.assert_array_equal(slow[500:520], expected)
    slow[3, 4] = 8
    assert slow[3, 4] == 8
    with slow.batch_writes():
        slow[3, 5] = 9
    assert slow[3, 4:6].tolist() == [8, 9]


def signal_after_the_first_chunk(out: np.ndarray) -> threading.Thread:
    """The process gets SIGALRM as soon as something other than NaN is in ``out``."""

    def watch() -> None:
        while np.isnan(out[0, 0]):
            time.sleep(0.001)
        os.kill(os.getpid(), signal.SIGALRM)

    thread = threading.Thread(target=watch, daemon=True)
    thread.start()
    return thread


def test_interrupted_inside_one_call(slow):
    """The call ends early: chunks after the interrupt were not read."""
    out = unread()
    handled = []
    old = signal.signal(signal.SIGALRM, lambda *_: handled.append(1) or (_ for _ in ()).throw(Stop()))
    try:
        with pytest.raises(Stop):
            signal_after_the_first_chunk(out)
            slow.get_basic_selection(LAST_ROWS, out=out)
    finally:
        signal.signal(signal.SIGALRM, old)
    assert handled == [1]
    assert np.isnan(out[-1]).all()


def test_handler_that_forks(slow):
    """In the child the other threads are missing, and what they had begun: it gets an error. The parent goes on."""
    zarrc.set_num_threads(2)
    out = unread()
    parent, children, code = os.getpid(), [], 1
    old = signal.signal(signal.SIGALRM, lambda *_: children.append(os.fork()))
    try:
        signal_after_the_first_chunk(out)
        try:
            slow.get_basic_selection(LAST_ROWS, out=out)
        except CodecError:
            code = 7
        else:
            code = 0
    finally:
        if os.getpid() != parent:
            os._exit(code)
        signal.signal(signal.SIGALRM, old)
    assert code == 0
    assert not np.isnan(out).any()
    assert os.waitstatus_to_exitcode(os.waitpid(children[0], 0)[1]) == 7


def test_handler_that_returns_ends_nothing(slow):
    calls = []

    def handler(*_):
        calls.append(slow[7, :3].tolist())  # reads in a read
        signal.setitimer(signal.ITIMER_REAL, 0.04)

    old = signal.signal(signal.SIGALRM, handler)
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.02)
        found = slow[LAST_ROWS]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, old)
    assert calls
    np.testing.assert_array_equal(found[[0, -1]], slow[[19, 39], :9])


def test_interrupted_while_waiting_for_a_lock(tmp_path):
    """Another process holds the chunk's lock and is stopped: the wait ends with the interrupt."""
    z = zarrc.create_array(tmp_path / "a", shape=10, chunks=10, dtype="i4")
    z[1] = 1
    script = f"""
import os, signal
from zarrc import _core
held = _core.lock_chunk({str(tmp_path / "a")!r}.encode(), b"c/0", True)
print("held", flush=True)
signal.pause()
"""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as holder:
        try:
            assert holder.stdout.readline() == b"held\n"
            with pytest.raises(KeyboardInterrupt):
                interrupt_after(0.1)
                z[2] = 2
            with pytest.raises(KeyboardInterrupt):
                interrupt_after(0.1)
                z[...] = 3
            first = threading.Thread(target=z.__setitem__, args=(3, 3), daemon=True)
            first.start()  # waits for the process, and this thread for it
            time.sleep(0.1)
            rescue = threading.Timer(60, holder.kill)
            rescue.start()
            with pytest.raises(KeyboardInterrupt):
                interrupt_after(0.1)
                z[2] = 2
            assert first.is_alive()
            with pytest.raises(KeyboardInterrupt):
                interrupt_after(0.1)
                with z._place.store.chunk_lock("", "c/0", "process", True):
                    pass
            rescue.cancel()
        finally:
            holder.kill()
    first.join()
    z[2] = 2
    assert z[:4].tolist() == [0, 1, 2, 3]


def test_garbage_collected_during_reads(tmp_path):
    """Arrays, results and stores go while other threads read through others of the same kind."""
    path = tmp_path / "a"
    zarrc.create_array(path, shape=(64, 500), chunks=(8, 100), dtype="i4")[...] = np.arange(500)
    stop = threading.Event()

    def collect():
        while not stop.is_set():
            gc.collect()

    collector = threading.Thread(target=collect)
    collector.start()
    failed = []

    def read():
        try:
            for k in range(60):
                z = zarrc.open_array(path)
                cycle = [z, z[k % 64 : k % 64 + 9, 3:]]
                cycle.append(cycle)
                assert (cycle[1] == np.arange(3, 500)).all()
                z[k % 8, k] = k
        except BaseException as e:
            failed.append(e)

    readers = [threading.Thread(target=read) for _ in range(4)]
    for thread in readers:
        thread.start()
    for thread in readers:
        thread.join()
    stop.set()
    collector.join()
    assert not failed


def test_nothing_leaks(tmp_path):
    """Descriptors, threads and locks of many small operations, with every policy."""
    z = zarrc.create_array(tmp_path / "a", shape=(100, 4), chunks=(10, 4), dtype="i4")
    text = zarrc.create_array(tmp_path / "b", shape=4, chunks=4, dtype="str")
    z[...] = 0

    def used() -> tuple[int, int, int]:
        locks = sum(str(os.getpid()) in line for line in Path("/proc/locks").read_text().splitlines())
        return len(os.listdir("/proc/self/fd")), len(os.listdir("/proc/self/task")), locks

    policies = [
        z.with_config({"concurrency": c, "durability": d})
        for c in ("process", "thread", "none")
        for d in ("atomic", "none")
    ]
    z[...], text[0]
    before = used()
    for k in range(MANY):
        mine = policies[k % len(policies)]
        mine[k % 100, k % 4] = k
        assert mine[k % 100, k % 4] == k
        if k % 20 == 0:
            text[k % 4] = f"{k}"
            z.attrs["k"] = k
            z.append(np.zeros((1, 4)))
            z.resize((100, 4))
            mine[:10] = 1
            with mine.batch_writes():
                mine[50, 1] = 2
    assert all(now <= then for now, then in zip(used(), before, strict=True)), (used(), before)
    files = sorted(name for _, _, names in os.walk(tmp_path) for name in names)
    assert len(files) <= 10 + 1 + 2 + 2
