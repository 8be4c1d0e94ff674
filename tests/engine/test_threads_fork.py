"""Threads and processes: no lost update, no deadlock, no thread that nobody asked for."""

from __future__ import annotations

import multiprocessing
import os
import signal
import subprocess
import sys
import threading
import time
import warnings
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor

import numpy as np
import pytest

import zarrc
from zarrc import get_num_threads, set_num_threads

SHAPE, CHUNKS = (64, 512), (4, 128)


@pytest.fixture(params=["plain", "zstd", "blosc-lz4"])
def array(request, tmp_path, kit):
    array = kit.make(tmp_path / "a", (3, request.param), SHAPE, CHUNKS)
    array[...] = np.arange(64 * 512).reshape(SHAPE)
    return array


@pytest.fixture(autouse=True)
def four_threads():
    """More than one even where the machine has one processor."""
    set_num_threads(4)
    yield
    set_num_threads(0)


def test_many_threads_one_array(array):
    expected = np.arange(64 * 512).reshape(SHAPE)

    def work(k):
        rng = np.random.default_rng(k)
        for _ in range(40):
            r, c = rng.integers(0, 60), rng.integers(0, 500)
            np.testing.assert_array_equal(array[r : r + 30, c : c + 90], expected[r : r + 30, c : c + 90])
            array[r, c] = expected[r, c]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    np.testing.assert_array_equal(array[...], expected)


def test_many_threads_many_arrays(tmp_path, kit):
    def work(k):
        chain = ((3, "zstd"), (2, "zlib"), (3, "plain"), (2, "blosc"))[k % 4]
        array = kit.make(tmp_path / f"a{k}", chain, (40, 40), (8, 8))
        model = np.full((40, 40), -1)
        rng = np.random.default_rng(k)
        for i in range(40):
            r, c = rng.integers(0, 30, 2)
            array[r : r + 10, c : c + 10] = model[r : r + 10, c : c + 10] = i
            np.testing.assert_array_equal(array[...], model)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


@pytest.mark.parametrize("chain", [(3, "plain"), (3, "zstd"), (2, "blosc"), (2, "zlib")], ids=str)
def test_no_partial_write_is_lost(tmp_path, chain, kit):
    """16 threads write their own items of one chunk, through arrays that were opened by different spellings of the
    path."""
    array = kit.make(tmp_path / "a", chain, (256,), (256,))
    (tmp_path / "link").symlink_to(tmp_path / "a")
    other = zarrc.open_array(str(tmp_path / "link"))
    start = threading.Barrier(16)

    def work(k):
        mine = (array, other)[k % 2]
        start.wait()
        for i in range(k, 256, 16):
            mine[i] = i

    with ThreadPoolExecutor(16) as pool:
        list(pool.map(work, range(16)))
    np.testing.assert_array_equal(array[...], np.arange(256))


def test_whole_and_partial_writes_race(tmp_path, kit):
    """A merge never brings back items of a chunk that was replaced while it merged."""
    array = kit.make(tmp_path / "a", (3, "zstd"), (2000,), (2000,))
    array[...] = 0
    stop = threading.Event()

    def merge():
        while not stop.is_set():
            array[0] = -5

    thread = threading.Thread(target=merge)
    thread.start()
    try:
        for k in range(1, 150):
            array[...] = k
            assert (array[1:] == k).all()
    finally:
        stop.set()
        thread.join()


def run_child(work, seconds=30):
    """Forks; the child runs `work` and must end well within the time."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # Python warns of fork in a process with threads
        pid = os.fork()
    if pid == 0:
        code = 1
        try:
            signal.alarm(seconds)
            work()
            code = 0
        finally:
            os._exit(code)
    _, status = os.waitpid(pid, 0)
    assert status == 0, f"the child ended with {status}"


@pytest.mark.parametrize("name", ["zstd", "plain"])
def test_fork_during_batches(tmp_path, name, kit):
    """Forked while other threads are inside reads and merges: the child has locks and a pool of its own."""
    array = kit.make(tmp_path / "a", (3, name), (256, 512), (4, 512))
    array[...] = expected = np.arange(256 * 512, dtype="i4").reshape(256, 512)
    mine = kit.make(tmp_path / "b", (3, name), (64, 64), (4, 64))
    stop = threading.Event()

    def read():
        out = np.empty((256, 512), "i4")
        while not stop.is_set():
            out[...] = array[...]

    def merge():
        while not stop.is_set():
            mine[:, 1:40] = 3
            mine[...] = 4

    threads = [threading.Thread(target=f) for f in (read, read, merge)]
    for t in threads:
        t.start()

    def child():
        np.testing.assert_array_equal(array[...], expected)
        theirs = kit.make(tmp_path / "c", (3, name), (64, 64), (4, 64))
        theirs[...] = 7
        theirs[:, 5:9] = 8
        assert theirs[...].sum() == 64 * (60 * 7 + 4 * 8)
        mine[:, 1:40] = 3  # the chunks that the parent's threads had locked
        set_num_threads(3)
        assert get_num_threads() == 3
        np.testing.assert_array_equal(array[::3, ::2], expected[::3, ::2])

    try:
        for _ in range(16):
            run_child(child)
    finally:
        stop.set()
        for t in threads:
            t.join()


def test_grandchild(array):
    def child():
        array[...]
        run_child(lambda: array[...])
        array[...]

    array[...]
    run_child(child)


def _sum(path, row):
    array = zarrc.open_array(path)
    array[row, 5] = row
    return int(array[row].sum())


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_process_pools(array, method):
    rows = array[...]
    rows[:, 5] = np.arange(64)
    context = multiprocessing.get_context(method)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        with ProcessPoolExecutor(2, mp_context=context) as pool:
            path = str(array.store.root)
            found = list(pool.map(_sum, [path] * 16, range(16), timeout=120))  # four rows a chunk
    assert found == rows[:16].sum(axis=1).tolist()
    np.testing.assert_array_equal(array[:16], rows[:16])


def python(script: str, **environment: str) -> str:
    out = subprocess.run(
        [sys.executable, "-c", script],
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"} | environment,
    )
    assert out.returncode == 0, out.stderr
    return out.stdout


def test_threads_are_made_when_needed(tmp_path, kit):
    kit.make(tmp_path / "a", (3, "zstd"), (512, 2048), (8, 2048))[...] = 1
    script = f"""
import os
def threads():
    return len(os.listdir("/proc/self/task"))
import numpy
start = threads()
import zarrc
assert threads() == start, "import made threads"
a = zarrc.open_array({str(tmp_path / "a")!r})
a[3]
assert threads() == start, "one chunk made threads"
a[3] = 2
assert threads() == start, "a write of one chunk made threads"
a[...]
print(threads() - start)
a[...]
print(threads() - start)
"""
    assert python(script, ZARRC_NUM_THREADS="4").split() == ["3", "3"]
    assert python(script, ZARRC_NUM_THREADS="1").split() == ["0", "0"]


def test_number_of_threads():
    script = "import zarrc; print(zarrc.get_num_threads())"
    assert python(script, ZARRC_NUM_THREADS="7").strip() == "7"
    assert python(script, ZARRC_NUM_THREADS="100000").strip() == "256"
    one = "import os; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); " + script
    assert python(one, ZARRC_NUM_THREADS="").strip() == "1"
    set_num_threads(2)
    assert get_num_threads() == 2
    set_num_threads(0)
    assert 1 <= get_num_threads() <= 256
    for wrong in (-1, 257):
        with pytest.raises(ValueError, match="threads"):
            set_num_threads(wrong)
    assert 1 <= get_num_threads() <= 256


def test_results_do_not_depend_on_threads(array):
    expected = array[...]
    for n in (1, 2, 16, 256):
        set_num_threads(n)
        np.testing.assert_array_equal(array[...], expected)
        np.testing.assert_array_equal(array[1::3, 5:400:7], expected[1::3, 5:400:7])


def test_other_threads_run_during_a_batch(tmp_path, kit):
    """The interpreter is free while chunks are encoded: another thread counts on."""
    array = kit.make(tmp_path / "a", (2, "zlib"), (4 << 20,), (4 << 20,))
    noise = np.random.default_rng(3).integers(0, 2**31, 4 << 20, dtype="i4")
    inside, counted = threading.Event(), []

    def count():
        n = 0
        inside.wait()
        while inside.is_set():
            n += 1
            time.sleep(0)
        counted.append(n)

    thread = threading.Thread(target=count)
    thread.start()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1000)  # the lock changes hands only where it is given up
    try:
        inside.set()
        array[...] = noise
        inside.clear()
    finally:
        sys.setswitchinterval(interval)
        inside.clear()
        thread.join()
    assert counted[0] > 10


def test_killed_while_writing(tmp_path, kit):
    """Whenever a writer is killed, each chunk is a whole old or a whole new one."""
    array = kit.make(tmp_path / "a", (3, "zstd"), (8, 20000), (1, 20000))
    array[...] = 0
    script = f"""
import numpy, zarrc
a = zarrc.open_array({str(tmp_path / "a")!r})
print("ready", flush=True)
for k in range(1, 100000):
    a[...] = k
"""
    for delay in (0.001, 0.004, 0.01, 0.02, 0.035):
        with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE) as writer:
            writer.stdout.readline()
            time.sleep(delay)
            writer.kill()
        out = array[...]
        assert (out[:, 8:] == out[:, 8:9]).all()
        array[:, 7] = -9  # what the killed one left behind is in nobody's way
        assert (array[:, 7] == -9).all()


def test_a_failing_thread_leaves_the_others_alone(array, tmp_path, kit):
    """Damage in one chunk fails every read of it and no other read."""
    expected = array[...]
    file = kit.chunk_file(tmp_path / "a", (3, ""), 15, 3)
    file.write_bytes(file.read_bytes()[:-3])

    def work(k):
        for _ in range(30):
            if k % 2:
                with pytest.raises(zarrc.errors.CodecError):
                    array[...]
            else:
                np.testing.assert_array_equal(array[:60], expected[:60])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))


def test_a_number_of_threads_that_is_none():
    """Said once, when threads are first to be used, and not by the import."""
    script = """
import warnings
with warnings.catch_warnings(record=True) as said:
    warnings.simplefilter("always")
    import zarrc
    print(len(said))
    zarrc.create_array({}, shape=2, dtype="i4")
    zarrc.get_num_threads()
    print([f"{w.category.__name__}: {w.message}" for w in said])
"""
    for setting in ("many", "-2", "3.5"):
        none, once = python(script, ZARRC_NUM_THREADS=setting).splitlines()
        assert none == "0"
        assert once == str([f"ZarrUserWarning: ZARRC_NUM_THREADS={setting!r} is no number of threads and is ignored"])
    assert python(script, ZARRC_NUM_THREADS="3").splitlines() == ["0", "[]"]
