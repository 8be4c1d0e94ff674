"""Arrays, groups and stores go to threads and to forked and spawned processes, and there they read and write."""

from __future__ import annotations

import multiprocessing
import pickle
import subprocess
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import zarrc

WAYS = [w for w in ("fork", "spawn", "forkserver") if w in multiprocessing.get_all_start_methods()]
# Python 3.12 warns of every fork of a process with threads; that those children work is what is tested
pytestmark = pytest.mark.filterwarnings("ignore:.*multi-threaded, use of fork:DeprecationWarning")


def write_chunk(array: zarrc.Array, i: int) -> int:
    array[2 * i : 2 * i + 2] = i + np.arange(8).reshape(2, 4)
    return i


def read_member(group: zarrc.Group, name: str) -> list:
    return group[name][...].tolist()


def put_key(store, key: str) -> None:
    store.set_bytes(key, key.encode())


def array(path) -> zarrc.Array:
    z = zarrc.create_array(path, shape=(24, 4), chunks=(2, 4), dtype="i4", compressors={"name": "zstd"})
    z[...] = -1  # the thread pool of this process exists before any child does
    return z


def expected() -> np.ndarray:
    return np.concatenate([i + np.arange(8).reshape(2, 4) for i in range(12)])


def test_what_is_pickled_is_no_data(tmp_path):
    z = zarrc.create_array(tmp_path / "a", shape=1_000_000, chunks=1000, dtype="f8", attributes={"a": [1]})
    z[...] = np.random.default_rng(0).random(z.shape)
    group = zarrc.create_group(tmp_path / "g", attributes={"b": 2})
    for thing in (z, z.with_config({"order": "F"}), group, z.store, z.store_path):
        data = pickle.dumps(thing)
        assert len(data) < 3000
        assert pickle.loads(data) == thing
    again = pickle.loads(pickle.dumps(z))
    np.testing.assert_array_equal(again[::1000], z[::1000])
    assert again.attrs.asdict() == {"a": [1]}
    assert pickle.loads(pickle.dumps(group)).attrs["b"] == 2


def test_read_only_stays_read_only(tmp_path):
    array(tmp_path / "a")
    z = pickle.loads(pickle.dumps(zarrc.open_array(tmp_path / "a", mode="r")))
    with pytest.raises(zarrc.errors.ReadOnlyError):
        z[0] = 1


@pytest.mark.parametrize("way", WAYS)
def test_processes_write_one_array(tmp_path, way):
    z = array(tmp_path / "a")
    with ProcessPoolExecutor(3, mp_context=multiprocessing.get_context(way)) as pool:
        assert list(pool.map(write_chunk, [z] * 12, range(12), timeout=120)) == list(range(12))
    np.testing.assert_array_equal(z[...], expected())


def test_threads_write_one_array(tmp_path):
    z = array(tmp_path / "a")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write_chunk, [z] * 12, range(12)))
    np.testing.assert_array_equal(z[...], expected())


@pytest.mark.parametrize("way", WAYS)
def test_groups_and_stores_in_processes(tmp_path, way):
    group = zarrc.create_group(tmp_path / "g")
    group.create_array("a", shape=3, dtype="i4")[...] = [1, 2, 3]
    with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context(way)) as pool:
        assert pool.submit(read_member, group, "a").result(120) == [1, 2, 3]
        pool.submit(put_key, group.store, "k").result(120)
    assert group.store.get_bytes("k") == b"k"


# a torch DataLoader without torch: workers are forked from a process that has read, and has reading threads
class Samples:
    """A map-style data set over an array that is opened once, in the parent."""

    def __init__(self, array: zarrc.Array) -> None:
        self.array = array

    def __len__(self) -> int:
        return len(self.array)

    def __getitem__(self, i: int) -> np.ndarray:
        return self.array[i]


def serve(samples: Samples, wanted, results) -> None:
    for i in iter(wanted.get, None):
        results.put((i, samples[i].tolist()))


@pytest.mark.skipif("fork" not in WAYS, reason="this system has no fork")
def test_forked_loaders_do_not_hang(tmp_path):
    z = array(tmp_path / "a")
    z[...] = expected()
    samples, stop = Samples(z), threading.Event()

    def read_on() -> None:
        while not stop.is_set():
            assert len(samples[5]) == 4
            z[...]

    readers = [threading.Thread(target=read_on) for _ in range(2)]
    for reader in readers:
        reader.start()
    context = multiprocessing.get_context("fork")
    try:
        for _ in range(3):  # epochs
            wanted, results = context.Queue(), context.Queue()
            workers = [context.Process(target=serve, args=(samples, wanted, results)) for _ in range(4)]
            for worker in workers:
                worker.start()
            for i in [*range(len(samples)), *[None] * 4]:
                wanted.put(i)
            got = dict(results.get(timeout=60) for _ in range(len(samples)))
            for worker in workers:
                worker.join(60)
                assert worker.exitcode == 0
            assert [got[i] for i in range(len(samples))] == expected().tolist()
    finally:
        stop.set()
        for reader in readers:
            reader.join()


TORCH = """
import sys, torch, zarrc
from torch.utils.data import DataLoader, Dataset

class Samples(Dataset):
    def __init__(self, path):
        self.array = zarrc.open_array(path, mode="r")

    def __len__(self):
        return len(self.array)

    def __getitem__(self, i):
        return torch.from_dlpack(self.array[i])

samples = Samples(sys.argv[1])
whole = torch.from_dlpack(samples.array[...])
loader = DataLoader(samples, batch_size=6, num_workers=4, multiprocessing_context="fork")
for epoch in range(3):
    assert torch.equal(torch.cat(list(loader)), whole)
"""


@pytest.mark.skipif("fork" not in WAYS, reason="this system has no fork")
def test_torch_loaders_do_not_hang(tmp_path):
    pytest.importorskip("torch", reason="torch is not installed")
    array(tmp_path / "a")[...] = expected()
    subprocess.run([sys.executable, "-c", TORCH, str(tmp_path / "a")], check=True, timeout=300)


# numpy's manners -----------------------------------------------------------------------------------------------
def test_results_are_numpy_arrays_that_share_memory_by_dlpack(tmp_path):
    z = array(tmp_path / "a")
    result = z[...]
    shared = np.from_dlpack(result)
    shared[0, 0] = 77
    assert result[0, 0] == 77
    assert not hasattr(z, "__dlpack__")  # which would promise memory that there is none of


def test_arrays_where_numpy_takes_arrays(tmp_path):
    z = array(tmp_path / "a")
    z[...] = expected()
    w = np.arange(4)
    np.testing.assert_array_equal(np.asarray(z), expected())
    np.testing.assert_array_equal(z[...] @ w, expected() @ w)
    np.testing.assert_array_equal(np.add(z, 1), expected() + 1)
    np.testing.assert_array_equal(np.sum(z, axis=0), expected().sum(axis=0))
    assert np.asarray(z, dtype="f4").dtype == np.dtype("f4")
    assert np.array(z, copy=True).flags.writeable
    with pytest.raises(ValueError, match="copy"):
        np.array(z, copy=False)
    assert (len(z), np.shape(z), np.ndim(z)) == (24, (24, 4), 2)
    with pytest.raises(TypeError):
        len(zarrc.create_array({}, shape=(), dtype="i4"))


@pytest.mark.parametrize("shards", [None, (8, 4)])
def test_iteration_reads_each_row_of_chunks_once(tmp_path, monkeypatch, shards):
    z = zarrc.create_array(tmp_path / "a", shape=(10, 4), chunks=(4, 2), shards=shards, dtype="i4")
    z[...] = np.arange(40).reshape(10, 4)
    reads: list = []
    original = zarrc.Array.__getitem__
    monkeypatch.setattr(zarrc.Array, "__getitem__", lambda self, key: (reads.append(key), original(self, key))[1])
    rows = iter(z)
    assert reads == []
    next(rows)
    assert reads == [slice(0, 4)]
    np.testing.assert_array_equal(list(rows), np.arange(4, 40).reshape(9, 4))
    assert reads == [slice(0, 4), slice(4, 8), slice(8, 10)]
