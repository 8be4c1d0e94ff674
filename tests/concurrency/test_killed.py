"""Killed at random moments, on full disks: each chunk is old or new, appended arrays end with whole frames."""

from __future__ import annotations

import errno
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import BaseZarrError, ChunkIOError, LockError, StoreIOError

KILLS = int(os.environ.get("ZARRC_TEST_KILLS", "40"))

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def killed_after(seconds: float, work) -> None:
    """Forks; the child works until it is killed."""
    pid = os.fork()
    if pid == 0:
        try:
            signal.alarm(60)
            work()
        finally:
            os._exit(1)
    time.sleep(seconds)
    os.kill(pid, signal.SIGKILL)
    _, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGKILL, f"the child ended by itself: {status}"


def partials(path: Path) -> list[str]:
    return [name for _, _, names in os.walk(path) for name in names if name.endswith(".partial")]


@pytest.mark.parametrize("layout", ["chunk", "shard", "strings"])
def test_chunks_are_old_or_new(tmp_path, layout):
    """Each row was written with one number at a time, in one chunk or shard."""
    more = {"chunk": {"chunks": (1, 3000)}, "shard": {"chunks": (1, 500), "shards": (1, 3000)}}.get(
        layout, {"chunks": (1, 3000), "dtype": "str"}
    )
    z = zarrc.create_array(tmp_path / "a", **{"shape": (4, 3000), "dtype": "i4", **more})
    z[...] = 0 if layout != "strings" else "0"

    def work():
        k = random.randrange(1, 1 << 20)
        while True:
            value = k if layout != "strings" else f"{k}" * 3
            z[...] = value
            z[:, 1:2990] = value
            k += 1

    random.seed(5)
    seen = set()
    attempts = max(4, KILLS // 3)
    while attempts > 0 or len(seen) < 2:  # on a busy machine a child may not come to write anything
        attempts -= 1
        assert attempts > -60
        killed_after(random.uniform(0.002, 0.04) * max(1, -attempts), work)
        found = zarrc.open_array(tmp_path / "a", mode="r")[...]
        for row in found:
            assert (row[1:2990] == row[1]).all(), np.unique(row)
            assert row[0] == row[2995]
        seen.add(str(found[0, 1]))
    z[...] = z[0, 0]  # and no lock is left
    found = zarrc.verify(tmp_path / "a").counts()
    assert set(found) <= {"orphan"}  # all that is wrong are temporary files
    assert sum(found.values()) == len(partials(tmp_path))
    zarrc.repair(tmp_path / "a", remove_orphans=True, min_age=0)
    assert zarrc.verify(tmp_path / "a").ok and not partials(tmp_path)


def test_reader_following_an_appender(tmp_path):
    """Killed again and again: a reader that looks all the time never sees an error, a torn frame or a gap."""
    path = tmp_path / "a"
    zarrc.create_array(path, shape=(0, 200), chunks=(4, 100), shards=(16, 200), dtype="i8", fill_value=-1)

    def work():
        z = zarrc.open_array(path)
        with z.appender() as frames:
            k = z.shape[0]
            while True:
                for _ in range(random.randint(1, 20)):
                    frames.append(np.arange(200) + 1000 * k)
                    k += 1
                if random.random() < 0.3:
                    frames.flush()

    reader = zarrc.open_array(path, mode="r")
    random.seed(11)
    longest = 0
    for _ in range(max(4, KILLS // 4)):
        pid = os.fork()
        if pid == 0:
            try:
                signal.alarm(60)
                random.seed()
                work()
            finally:
                os._exit(1)
        end = time.monotonic() + random.uniform(0.02, 0.1)
        while time.monotonic() < end:
            n = reader.refresh().shape[0]
            assert n >= longest
            start = max(0, min(longest, n) - 20)
            np.testing.assert_array_equal(reader[start:n], np.arange(200) + 1000 * np.arange(start, n)[:, np.newaxis])
            longest = n
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
    n = reader.refresh().shape[0]
    assert n > 0
    np.testing.assert_array_equal(reader[...], np.arange(200) + 1000 * np.arange(n)[:, np.newaxis])


@pytest.mark.parametrize("durability", ["atomic", "fsync"])
def test_killed_appends(tmp_path, durability):
    path = tmp_path / "a"
    zarrc.create_array(path, shape=(0, 50), chunks=(3, 50), dtype="i4", fill_value=-1)
    random.seed(3)
    for _ in range(max(4, KILLS // 8)):

        def work():
            z = zarrc.open_array(path, config={"durability": durability})
            while True:
                n = z.shape[0]
                z.append(np.repeat(np.arange(n, n + 2), 50).reshape(2, 50))

        killed_after(random.uniform(0.01, 0.06), work)
        z = zarrc.open_array(path)
        assert z.shape[0] % 2 == 0
        np.testing.assert_array_equal(z[:, 0], np.arange(z.shape[0]))
        assert (z[...] == z[:, :1]).all()


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 1 MiB."""
    place = tmp_path / "small"
    place.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)]
    if not shutil.which("mount") or subprocess.run(command, capture_output=True, check=False).returncode != 0:
        pytest.skip("no right to mount a file system; test_system_calls has ENOSPC from the interposer")
    yield place
    subprocess.run(["umount", str(place)], check=False)


@pytest.mark.parametrize("durability", ["atomic", "fsync"])
def test_full_disk(small_disk, durability):
    """Whatever does not fit is refused with ENOSPC, in chunks, shards, appends and attributes; the rest stays."""
    rng = np.random.default_rng(0)
    z = zarrc.create_array(
        small_disk / "a", shape=(0, 10000), chunks=(1, 1000), shards=(1, 10000), dtype="i8",
        config={"durability": durability},
    )  # fmt: skip
    stored = []
    (small_disk / "ballast").write_bytes(bytes(200_000))
    with pytest.raises(StoreIOError) as caught:
        for _ in range(100):
            row = rng.integers(0, 2**60, (1, 10000))
            z.append(row)
            stored.append(row)
    assert caught.value.errno == errno.ENOSPC and len(stored) > 5
    filler = open(small_disk / "filler", "wb", buffering=0)  # noqa: SIM115
    try:
        while True:
            filler.write(bytes(1024))
    except OSError:
        pass
    for change in (
        lambda: z.__setitem__((slice(None), slice(5, 900)), 1),
        lambda: z.__setitem__((0, slice(None)), rng.integers(0, 2**60, 10000)),
        lambda: z.attrs.update({"text": "x" * 10000}),
        lambda: z.append(row),
    ):
        with pytest.raises((ChunkIOError, StoreIOError)) as caught:
            change()
        assert caught.value.errno == errno.ENOSPC
    filler.close()
    assert not partials(small_disk)
    z.refresh()
    np.testing.assert_array_equal(z[...], np.concatenate(stored))
    os.unlink(small_disk / "filler")
    os.unlink(small_disk / "ballast")
    z.attrs["text"] = "x"
    z[0, 3:9] = 1


def test_a_file_system_that_is_read_only(small_disk):
    """An error of the file system, not of its locks: reads work, and no other policy would help."""
    for name in ("merged", "whole"):
        z = zarrc.create_array(small_disk / name, shape=8, chunks=4, dtype="i4")
        z[...] = 1
    zarrc.open_array(small_disk / "merged")[1] = 2
    subprocess.run(["mount", "-o", "remount,ro", str(small_disk)], check=True)
    for name in ("merged", "whole"):
        z = zarrc.open_array(small_disk / name)
        assert z[0] == 1 and zarrc.verify(small_disk / name).ok
        for change in (
            lambda z=z: z.__setitem__(1, 2),
            lambda z=z: z.__setitem__(slice(4), 2),
            lambda z=z: z.attrs.update(a=1),
            lambda z=z: z.append([1]),
            lambda z=z: z.resize(4),
        ):
            with pytest.raises(StoreIOError) as caught:
                change()
            assert caught.value.errno == errno.EROFS and not isinstance(caught.value, LockError)


def test_gathered_writes_are_stored_when_the_block_fails(tmp_path):
    script = f"""
import zarrc
z = zarrc.create_array({str(tmp_path / "a")!r}, shape=100, chunks=10, dtype="i4")
with z.batch_writes():
    z[3:60] = 5
    raise SystemExit(3)
"""
    done = subprocess.run([sys.executable, "-c", script], check=False)
    assert done.returncode == 3
    assert zarrc.open_array(tmp_path / "a")[...].tolist() == [0] * 3 + [5] * 57 + [0] * 40


def test_in_place_writes_that_were_cut_off_are_errors(tmp_path):
    """durability="none" may tear chunks; what is torn cannot be read as values."""
    z = zarrc.create_array(
        tmp_path / "a", shape=1 << 18, chunks=1 << 18, dtype="i8", compressors=None, config={"durability": "none"}
    )
    z[...] = 0

    def work():
        k = 1
        while True:
            z[...] = k
            k += 1

    random.seed(1)
    for _ in range(max(4, KILLS // 8)):
        killed_after(random.uniform(0.002, 0.03), work)
        try:
            found = z[...]
        except BaseZarrError:
            continue
        assert (found == found[0]).all()
