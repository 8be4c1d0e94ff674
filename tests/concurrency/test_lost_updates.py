"""Many writers of one chunk or shard lose nothing: threads, forked and spawned processes, all engines and layers."""

from __future__ import annotations

import importlib.util
import os
import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.stores import MemoryStore

_SCRIPT = Path(__file__).parents[1] / "clients" / "lost_updates.py"
_spec = importlib.util.spec_from_file_location("lost_updates", _SCRIPT)
program = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(program)

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


@pytest.mark.parametrize("layout", program.LAYOUTS)
@pytest.mark.parametrize("mode", program.MODES)
def test_sixteen_writers(tmp_path, mode, layout):
    assert program.lost("zarrc", mode, layout, tmp_path / "a") == 0
    assert sorted(os.listdir(tmp_path / "a")) == [".zarrc.lock", "c", "zarr.json"]


def fork(work, number: int = 1) -> list[int]:
    """Children that run ``work(k)``; their exit codes come with `reap`."""
    children = []
    for k in range(number):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.alarm(60)
                work(k)
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    return children


def reap(children: list[int]) -> None:
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * len(children)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_without_locks_writes_are_lost(tmp_path):
    """What the tests above measure does happen: the same program on a machine that never has two at a time would
    pass whatever the locks do."""
    z = zarrc.create_array(tmp_path / "a", shape=(4, 1 << 17), chunks=(4, 1 << 17), dtype="i4")

    def work(k):
        mine = z.with_config({"concurrency": "none"})
        for i in range(30):
            mine[k, i] = 1

    for _ in range(10):
        z[...] = 0
        reap(fork(work, 4))
        if z[:, :30].sum() != 120:
            return
    pytest.fail("no write was lost without locks")


def settled(z: zarrc.Array) -> np.ndarray:
    """All but the first item. With durability="none" a chunk that is being written cannot be read."""
    while True:
        try:
            return z[1:]
        except (zarrc.errors.CodecError, zarrc.errors.ChunkIOError):
            assert z.config.durability == "none"


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("durability", ["atomic", "fsync", "none"])
def test_whole_chunks_among_merges(tmp_path, durability):
    """A write of a whole chunk is never taken back by a merge that read the chunk before, not even where the first
    merge of all comes at the same time."""
    for attempt in range(12):
        z = zarrc.create_array(
            tmp_path / f"{attempt}", shape=4096, chunks=4096, dtype="i4", config={"durability": durability}
        )
        z.with_config({"concurrency": "none"})[...] = -1
        ready, go = os.pipe()

        def merge(_, z=z, ready=ready, go=go):
            os.close(go)
            os.read(ready, 1)
            for _ in range(6):
                z[0] = 7

        children = fork(merge, 2)
        os.close(ready)
        os.close(go)
        for k in range(5):
            z[...] = k
            found = settled(z)
            assert (found == k).all(), f"attempt {attempt}, write {k}: {np.unique(found)}"
        reap(children)


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("concurrency", ["process", "thread"])
def test_codecs_in_python(tmp_path, concurrency):
    """Chains without native plan take the same locks."""
    path = tmp_path / "a"
    z = zarrc.create_array(path, shape=(8, 6), chunks=(8, 6), dtype="str", config={"concurrency": concurrency})

    def work(k):
        mine = zarrc.open_array(path, config={"concurrency": concurrency})
        for i in range(6):
            mine[k, i] = f"{k}-{i}"

    if concurrency == "process":
        reap(fork(work, 8))
    else:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(work, range(8)))
    assert z[...].tolist() == [[f"{k}-{i}" for i in range(6)] for k in range(8)]


@pytest.mark.parametrize("dtype", ["i4", "str"])
def test_stores_over_one_dictionary(dtype):
    shared: dict[str, bytes] = {}
    z = zarrc.create_array(shared, shape=(16, 20), chunks=(16, 20), dtype=dtype)

    def work(k):
        mine = zarrc.open_array(MemoryStore(shared))
        for i in range(20):
            mine[k, i] = i + 1 if dtype == "i4" else f"{i}"

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    assert z[...].tolist() == [[i + 1 if dtype == "i4" else f"{i}" for i in range(20)]] * 16


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("kind", ["array", "group"])
def test_attributes(tmp_path, kind, zarr_format):
    """Changes of different names all stay; of those of one name that are conditional, each builds on another."""
    path = tmp_path / "node"
    if kind == "array":
        node = zarrc.create_array(path, shape=3, dtype="i4", zarr_format=zarr_format)
    else:
        node = zarrc.create_group(path, zarr_format=zarr_format)
    node.attrs["count"] = 0

    def work(k):
        mine = zarrc.open(path)
        for i in range(5):
            mine.attrs[f"{k}.{i}"] = i
            while True:
                found = mine.attrs.asdict()
                try:
                    mine.attrs.compare_and_set(found, {**found, "count": found["count"] + 1})
                    break
                except zarrc.errors.ConflictError as e:
                    assert e.stored != found

    reap(fork(work, 6))
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(work, range(6, 10)))
    found = zarrc.open(path).attrs.asdict()
    assert found.pop("count") == 50
    assert found == {f"{k}.{i}": i for k in range(10) for i in range(5)}
    assert not [name for name in os.listdir(path) if "lock" in name or "partial" in name]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("shards", [None, (8, 2)])
def test_appends(tmp_path, shards):
    path = tmp_path / "a"
    z = zarrc.create_array(path, shape=(0, 2), chunks=(4, 2), shards=shards, dtype="i4")

    def work(k):
        mine = zarrc.open_array(path)
        for i in range(8):
            mine.append(np.full((3, 2), 1 + k * 8 + i))

    reap(fork(work, 5))
    with ThreadPoolExecutor(3) as pool:
        list(pool.map(work, range(5, 8)))
    found = z.refresh()[...]
    assert found.shape == (8 * 8 * 3, 2)
    blocks = found.reshape(64, 6)
    assert (blocks == blocks[:, :1]).all()
    assert sorted(blocks[:, 0]) == list(range(1, 65))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_gathered_writes(tmp_path):
    """`batch_writes` in several processes at a time: each stores its own items only."""
    z = zarrc.create_array(tmp_path / "a", shape=(8, 40), chunks=(2, 5), shards=(8, 20), dtype="i4")

    def work(k):
        with z.batch_writes(max_bytes=3000 if k % 2 else 1 << 20):
            for i in range(40):
                z[k, i] = 40 * k + i

    reap(fork(work, 8))
    np.testing.assert_array_equal(z[...], np.arange(320).reshape(8, 40))


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_the_locks_of_a_killed_process_are_free(tmp_path):
    z = zarrc.create_array(tmp_path / "a", shape=(8, 64), chunks=(8, 64), dtype="i4")

    def work(_):
        while True:
            z[0, 1:] = 1

    for _ in range(5):
        (pid,) = fork(work)
        z[1, 1] = 2
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        z[2:, :50] = 3
    assert (z[2:, :50] == 3).all()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_child_keeps_no_lock_of_its_parent(tmp_path):
    """A process that forks in the middle of merges is killed; its child lives on."""
    path = tmp_path / "a"
    zarrc.create_array(path, shape=(4, 1 << 16), chunks=(1, 1 << 16), dtype="i4", compressors={"name": "gzip"})
    script = f"""
import os, threading, time, zarrc
z = zarrc.open_array({str(path)!r})
def merge():
    while True:
        z[:, 1:] = 3
for _ in range(3):
    threading.Thread(target=merge, daemon=True).start()
time.sleep(0.1)
for _ in range(10):
    if os.fork() == 0:
        time.sleep(30)
        os._exit(0)
    time.sleep(0.01)
print("forked", flush=True)
time.sleep(30)
"""
    with subprocess.Popen(
        [sys.executable, "-W", "ignore", "-c", script], stdout=subprocess.PIPE, start_new_session=True
    ) as child:
        try:
            assert child.stdout.readline() == b"forked\n"
            os.kill(child.pid, signal.SIGKILL)
            done = threading.Event()

            def write():
                zarrc.open_array(path)[:, 5:] = 4
                done.set()

            thread = threading.Thread(target=write, daemon=True)
            thread.start()
            assert done.wait(25), "a forked child holds a lock of its parent, which is dead"
        finally:
            os.killpg(child.pid, signal.SIGKILL)
