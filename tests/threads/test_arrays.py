"""One array object, and several over one place, in many threads."""

from __future__ import annotations

import os
import warnings
from contextlib import suppress
from functools import partial

import numpy as np
import pytest

import zarrc

KINDS = {
    "plain": {"chunks": (4, 16), "compressors": None},
    "zstd": {"chunks": (4, 16)},
    "shards": {"chunks": (2, 8), "shards": (4, 16)},
    "python": {"chunks": (4, 16), "compressors": {"name": "numcodecs.bz2", "configuration": {"level": 1}}},
    "v2": {"chunks": (4, 16), "zarr_format": 2, "compressors": {"id": "zlib", "level": 1}},
}


@pytest.fixture(params=["local", "memory"])
def place(request, tmp_path):
    return tmp_path / "a" if request.param == "local" else {}


@pytest.mark.parametrize("kind", KINDS)
def test_all_kinds_of_reads_and_writes(place, kind, together, rounds):
    z = zarrc.create_array(place, shape=(32, 64), dtype="i4", **KINDS[kind])
    expected = np.arange(32 * 64, dtype="i4").reshape(32, 64)
    z[...] = expected

    def read(k):
        rng = np.random.default_rng(k)
        mine = z if k % 2 else zarrc.open_array(place)
        for _ in range(rounds):
            r, c = rng.integers(0, 20), rng.integers(0, 40)
            np.testing.assert_array_equal(mine[r : r + 9, c : c + 20], expected[r : r + 9, c : c + 20])
            rows, columns = rng.integers(0, 32, 5), rng.integers(0, 64, 5)
            np.testing.assert_array_equal(mine.oindex[rows, columns], expected[np.ix_(rows, columns)])
            np.testing.assert_array_equal(mine.vindex[rows, columns], expected[rows, columns])

    def write(k):
        rng = np.random.default_rng(k)
        mine = z if k % 2 else zarrc.open_array(place)
        for _ in range(rounds):
            r, c = rng.integers(0, 32), rng.integers(0, 60)
            mine[r, c : c + 3] = expected[r, c : c + 3]
            mine[r // 4 * 4 : r // 4 * 4 + 4, :16] = expected[r // 4 * 4 : r // 4 * 4 + 4, :16]

    together(*(partial(f, k) for k in range(4) for f in (read, write)))
    np.testing.assert_array_equal(z[...], expected)


def test_appends_and_refreshes_of_one_object(place, together, rounds):
    """Who has appended finds what it appended in the object's shape, whatever others read at the same time."""
    z = zarrc.create_array(place, shape=(0, 3), chunks=(5, 3), dtype="i4")

    def append(k):
        for i in range(rounds):
            shape = z.append(np.full((2, 3), 1000 * k + i, "i4"))
            assert z.shape[0] >= shape[0]
            assert (z[shape[0] - 2 : shape[0]] == 1000 * k + i).all()

    def refresh():
        for _ in range(2 * rounds):
            z.refresh()
            z[: z.shape[0]]

    together(partial(append, 1), partial(append, 2), refresh, refresh)
    assert z.shape == (4 * rounds, 3)
    found = np.sort(z[::2, 0])
    np.testing.assert_array_equal(found, np.r_[1000 : 1000 + rounds, 2000 : 2000 + rounds])


def test_an_older_reading_is_not_adopted(tmp_path, monkeypatch):
    """Between reading the metadata and taking them over, another thread appends."""
    z = zarrc.create_array(tmp_path / "a", shape=2, chunks=2, dtype="i4")
    read, calls = type(z)._stored_metadata, []

    def slow(self):
        found = read(self)
        calls.append(self)
        if len(calls) == 1:
            z.append(np.ones(4, "i4"))
        return found

    monkeypatch.setattr(type(z), "_stored_metadata", slow)
    z.refresh()
    assert z.shape == (6,)


def test_resizes_while_others_read(place, together, rounds):
    z = zarrc.create_array(place, shape=(40,), chunks=(4,), dtype="i4", fill_value=7)

    def resize(n):
        for i in range(rounds):
            z.resize((n + i % 8,))

    def read():
        for _ in range(2 * rounds):
            assert (z[:10] == 7).all()
            assert (z.oindex[[1, 9, 5]] == 7).all()

    together(partial(resize, 20), partial(resize, 30), read, read)
    assert z.shape == zarrc.open_array(place).shape


def test_attributes_of_one_object(place, together, rounds):
    z = zarrc.create_array(place, shape=2, dtype="i4")

    def change(k):
        for i in range(rounds):
            z.attrs[f"{k}-{i}"] = i
            assert z.attrs[f"{k}-{i}"] == i
            z.attrs.asdict()

    together(*(partial(change, k) for k in range(4)), lambda: [z.refresh() for _ in range(rounds)])
    assert len(z.attrs) == len(zarrc.open_array(place).attrs) == 4 * rounds


def test_writes_at_the_end_of_a_batch(place, together, rounds):
    """A write is gathered before the block ends, or stored at once: none falls in between."""
    z = zarrc.create_array(place, shape=(4, 64), chunks=(4, 8), dtype="i4")

    def write(k):
        for n in range(1, rounds + 1):
            for i in range(0, 64, 4):
                z[k, i] = n
            seen = zarrc.open_array(place) if z._buffer is None else z
            assert seen.shape == (4, 64)

    def batches():
        for _ in range(4 * rounds):
            with z.batch_writes():
                z[3, 0] = 5

    together(*(partial(write, k) for k in range(3)), batches)
    assert (zarrc.open_array(place)[:3, ::4] == rounds).all()


def test_a_write_after_the_last_flush_is_stored(tmp_path, monkeypatch):
    """The thread was stopped before it wrote to the buffer, and goes on when that was stored and forgotten."""
    z = zarrc.create_array(tmp_path / "a", shape=8, chunks=8, dtype="i4")
    with z.batch_writes():
        buffer = z._buffer
    monkeypatch.setattr(z, "_buffer", buffer)
    z[3] = 1
    assert zarrc.open_array(tmp_path / "a")[3] == 1


def test_one_batch_at_a_time(together, rounds):
    z = zarrc.create_array({}, shape=8, chunks=8, dtype="i4")
    inside = []

    def gather():
        for _ in range(rounds):
            try:
                with z.batch_writes():
                    inside.append(1)
                    assert len(inside) == 1
                    inside.pop()
            except RuntimeError as e:
                assert "already" in str(e)

    together(*[gather] * 4)
    assert z._buffer is None


def test_fork_inside_a_batch(tmp_path, together):
    """The child finds the buffer's lock free, though a thread of the parent holds it."""
    z = zarrc.create_array(tmp_path / "a", shape=(8,), chunks=(8,), dtype="i4")
    codes = []

    def child():
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of fork in a process with threads
            pid = os.fork()
        if pid == 0:
            code = 1
            try:
                z[0] = 1
                z._buffer.flush()
                code = 0
            finally:
                os._exit(code)
        codes.append(os.waitpid(pid, 0)[1])

    with z.batch_writes():
        z[5] = 5
        with z._buffer._lock:
            together(child)
    assert codes == [0]
    np.testing.assert_array_equal(zarrc.open_array(tmp_path / "a")[...], [1, 0, 0, 0, 0, 5, 0, 0])


def test_appender_beside_readers(tmp_path, together, rounds):
    """A reader that follows through the same array object takes no frame away and adds none."""
    z = zarrc.create_array(tmp_path / "a", shape=(0, 4), chunks=(3, 4), dtype="i4")

    def write():
        with z.appender() as frames:
            for i in range(3 * rounds):
                frames.append(np.full(4, i, "i4"))
                if i % 5 == 0:
                    frames.flush()

    def follow():
        for _ in range(3 * rounds):
            n = z.refresh().shape[0]
            np.testing.assert_array_equal(z[:n, 0], np.arange(n))

    together(write, follow, follow)
    np.testing.assert_array_equal(z[...], np.repeat(np.arange(3 * rounds), 4).reshape(-1, 4))


def test_index_lists_that_others_change(together, rounds):
    """Items are those of indices within the array: what was checked is what is used."""
    z = zarrc.create_array({}, shape=(1 << 14,), chunks=(256,), dtype="i4", compressors=None)
    z[...] = 1
    indices = np.arange(0, 1 << 14, 8, dtype=np.int64)
    good, over = indices.copy(), False

    def change():
        while not over:
            indices[::3] = 1 << 60
            indices[...] = good

    def read():
        nonlocal over
        try:
            for _ in range(4 * rounds):
                for pick in (z.oindex, z.vindex):
                    with suppress(IndexError, ValueError):
                        assert (pick[indices] == 1).all()
        finally:
            over = True

    together(change, read)
