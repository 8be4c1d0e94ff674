"""Writers lose nothing to each other through whatever store they came, and whatever shape they know."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.storage import LocalStore, LoggingStore, MemoryStore, WrapperStore

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

WRITERS, ROUNDS = 8, 10


def peer():
    return pytest.importorskip("zarr").storage


def directory(kind: str):
    """Makes stores over one directory, a new one at each call."""
    return {
        "plain": lambda path: path,
        "no links": lambda path: LocalStore(path, follow_symlinks=False),
        "logged": lambda path: LoggingStore(LocalStore(path)),
        "wrapped twice": lambda path: WrapperStore(WrapperStore(LocalStore(path))),
        "fsspec": lambda path: f"local://{path}",
        "zarr-python": lambda path: peer().LocalStore(path),
        "zarr-python, wrapped": lambda path: peer().WrapperStore(peer().LocalStore(path)),
    }[kind]


DIRECTORIES = ["plain", "no links", "logged", "wrapped twice", "fsspec", "zarr-python", "zarr-python, wrapped"]


def item(dtype: str, k: int):
    return k if dtype == "i4" else f"{k}"


def fill(opened, dtype: str, row: int) -> None:
    for i in range(ROUNDS):
        opened[row, i] = item(dtype, i + 1)


def made(where, dtype: str, concurrency: str = "process") -> zarrc.Array:
    shape = (WRITERS, 20000 if dtype == "i4" else 200)
    return zarrc.create_array(where, shape=shape, chunks=shape, dtype=dtype, config={"concurrency": concurrency})


def check(z: zarrc.Array, dtype: str) -> None:
    assert z[:, :ROUNDS].tolist() == [[item(dtype, i + 1) for i in range(ROUNDS)]] * WRITERS


def threads(store_of, dtype: str, concurrency: str = "process") -> None:
    def work(row):
        fill(zarrc.open_array(store_of(row), mode="r+", config={"concurrency": concurrency}), dtype, row)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))


def forked(work) -> None:
    children = []
    for row in range(WRITERS):
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                signal.alarm(60)
                work(row)
                code = 0
            finally:
                os._exit(code)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * WRITERS


@pytest.mark.parametrize("dtype", ["i4", "str"])
@pytest.mark.parametrize("kind", DIRECTORIES)
def test_threads_through_stores_of_their_own(tmp_path, kind, dtype):
    """Half of them by the path alone, natively."""
    z = made(tmp_path / "a", dtype)
    store = directory(kind)
    threads(lambda row: store(tmp_path / "a") if row % 2 else tmp_path / "a", dtype)
    check(z, dtype)


@pytest.mark.parametrize("kind", ["plain", "no links", "logged", "zarr-python"])
def test_locks_between_threads_alone(tmp_path, kind):
    z = made(tmp_path / "a", "i4", "thread")
    store = directory(kind)
    threads(lambda row: store(tmp_path / "a") if row % 2 else tmp_path / "a", "i4", "thread")
    check(z, "i4")
    assert sorted(os.listdir(tmp_path / "a")) == ["c", "zarr.json"]


@pytest.mark.parametrize("kind", DIRECTORIES)
def test_processes_through_stores_of_their_own(tmp_path, kind):
    z = made(tmp_path / "a", "i4")
    store = directory(kind)

    def work(row):
        fill(zarrc.open_array(store(tmp_path / "a") if row % 2 else tmp_path / "a", mode="r+"), "i4", row)

    forked(work)
    check(z, "i4")


@pytest.mark.parametrize("dtype", ["i4", "str"])
@pytest.mark.parametrize("kind", ["dictionary", "wrapped", "zarr-python", "fsspec"])
def test_threads_in_memory(kind, dtype):
    contents = {
        "dictionary": lambda: MemoryStore({}),
        "wrapped": lambda: WrapperStore(MemoryStore({})),
        "zarr-python": lambda: peer().MemoryStore(),
        "fsspec": lambda: pytest.importorskip("fsspec") and "memory://zarrc-test-locks",
    }[kind]()

    def store():
        return zarrc.storage.FsspecStore.from_url(contents) if kind == "fsspec" else contents

    z = zarrc.create_group(store(), overwrite=True).create_array(
        "a", shape=(WRITERS, 2000), chunks=(WRITERS, 2000), dtype=dtype
    )

    def work(row):
        fill(zarrc.open_array(store(), path="a", mode="r+"), dtype, row)

    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(work, range(WRITERS)))
    check(z, dtype)
    if kind == "fsspec":
        one, other = store(), store()
        assert one is not other and one.array_lock("a") is other.array_lock("a")


def test_a_wrapper_with_keys_of_its_own(tmp_path):
    """Its arrays are not where the wrapped store has them: locks reach the threads."""

    class Below(WrapperStore):
        async def get(self, key, prototype=None, byte_range=None):
            return await super().get(f"below/{key}", prototype, byte_range)

        async def set(self, key, value):
            await super().set(f"below/{key}", value)

        async def exists(self, key):
            return await super().exists(f"below/{key}")

    store = Below(LocalStore(tmp_path))
    z = made(store, "i4")
    with ThreadPoolExecutor(WRITERS) as pool:
        list(pool.map(lambda row: fill(z, "i4", row), range(WRITERS)))
    check(z, "i4")
    assert sorted(os.listdir(tmp_path)) == ["below"]


def test_fields_of_records(tmp_path):
    """To write a field is to read and to write records: each process writes a field of its own."""
    dtype = np.dtype([(f"f{k}", "i4") for k in range(WRITERS)])
    z = zarrc.create_array(tmp_path / "a", shape=300, chunks=100, dtype=dtype)

    def work(row):
        mine = zarrc.open_array(tmp_path / "a")
        for start in range(0, 300, 30):
            mine.set_basic_selection(slice(start, start + 30), np.full(30, row + 1, "i4"), fields=f"f{row}")

    forked(work)
    assert z[...].tolist() == [tuple(range(1, WRITERS + 1))] * 300


# shapes ---------------------------------------------------------------------------------------------------------
def grown(path: Path, options: dict) -> tuple[zarrc.Array, zarrc.Array]:
    """An array object that knows ten items, of an array to which another has added two in the same chunk."""
    z = zarrc.create_array(path, shape=10, **{"chunks": 4, "dtype": "i4", **options})
    z[...] = np.arange(10).astype(z.dtype)
    other = zarrc.open_array(path)
    other.append(np.array([71, 72]).astype(z.dtype))
    return z, other


KINDS = {
    "chunks": {},
    "shards": {"shards": 8},
    "shards whose last has one chunk": {"chunks": 2, "shards": 4},
    "strings": {"dtype": "str"},
    "no compression": {"compressors": None},
    "threads": {"config": {"concurrency": "thread"}},
    "in place": {"config": {"durability": "none"}},
}


@pytest.mark.parametrize("selection", [slice(8, 10), ...], ids=["chunk", "all"])
@pytest.mark.parametrize("kind", KINDS)
def test_items_that_the_writer_does_not_know_of_stay(tmp_path, kind, selection):
    z, other = grown(tmp_path / "a", KINDS[kind])
    z[selection] = np.full(10, 5).astype(z.dtype)[selection]
    found = other.refresh()[...].astype("i4").tolist()
    assert found == (list(range(8)) if selection != ... else [5] * 8) + [5, 5, 71, 72]


@pytest.mark.parametrize("kind", ["chunks", "shards", "strings"])
def test_gathered_writes_of_one_who_does_not_know_of_them(tmp_path, kind):
    z, other = grown(tmp_path / "a", KINDS[kind])
    with z.batch_writes():
        z[8:] = np.full(2, 5).astype(z.dtype)
    assert other.refresh()[8:].astype("i4").tolist() == [5, 5, 71, 72]


@pytest.mark.parametrize("kind", ["chunks", "shards", "strings", "no compression"])
def test_a_damaged_chunk_is_replaced_all_the_same(tmp_path, kind):
    z, _ = grown(tmp_path / "a", KINDS[kind])
    last = tmp_path / "a" / "c" / ("1" if kind == "shards" else "2")
    last.write_bytes(last.read_bytes()[:3])
    z[...] = np.full(10, 5).astype(z.dtype)
    assert z[...].astype("i4").tolist() == [5] * 10
    assert zarrc.verify(tmp_path / "a").ok


STOPPED = """
import sys
sys.path.insert(0, {here!r})
import zarrc
from system_calls import STOP_BEFORE, Interposer
interposer = Interposer({library!r}, {folder!r})
zarrc.set_num_threads(1)
z = zarrc.open_array({folder!r} + "/a")
interposer.arm(3, STOP_BEFORE)
z[...] = 2
"""


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)
def test_the_first_append_comes_in_between(tmp_path):
    """Who writes has found no lock file and has written the new bytes; then another appends to the chunk, and only
    then the first puts them in place."""
    here = Path(__file__).parent
    library = tmp_path / "interpose.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(here / "interpose.c"), "-ldl", "-pthread"]
    subprocess.run(command, check=True)
    z = zarrc.create_array(tmp_path / "a", shape=6, chunks=8, dtype="i4", compressors=None)
    script = STOPPED.format(here=str(here), library=str(library), folder=str(tmp_path))
    environment = os.environ | {"LD_PRELOAD": str(library), "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.Popen([sys.executable, "-c", script], env=environment)
    try:
        assert os.WIFSTOPPED(os.waitpid(process.pid, os.WUNTRACED)[1])
        z.append([7, 8])
        os.kill(process.pid, signal.SIGCONT)
        assert process.wait(20) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
    assert z[...].tolist() == [2] * 6 + [7, 8]


NESTED = """
import sys

import numpy as np

import zarrc
from zarrc.codecs import Codec, register_codec

zarrc.set_num_threads(2)
log = zarrc.create_array(sys.argv[1] + "/log", shape=4000, chunks=4, dtype="i4")


class Logging(Codec):
    name = codec_id = "example.logging"

    def to_dict(self):
        return {"name": self.name, "configuration": {}}

    def encode(self, data):
        log[...] = np.arange(4000)
        return bytes(data)

    def decode(self, data, *, nbytes=None):
        return bytes(data)


register_codec(Logging)
array = zarrc.create_array(
    sys.argv[1] + "/array",
    shape=10,
    chunks=10,
    dtype="i4",
    compressors=[{"name": "example.logging"}],
    config={"concurrency": "thread"},
)
array[0] = 2
array[1] = 3
assert array[:3].tolist() == [2, 3, 0]
"""


def test_a_codec_that_writes_another_array(tmp_path):
    """Under the lock of the chunk that it encodes it writes 1000 others, some of which have the same lock."""
    subprocess.run([sys.executable, "-c", NESTED, str(tmp_path)], check=True, timeout=60)
