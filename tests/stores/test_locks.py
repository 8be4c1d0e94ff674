from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

import zarrc
from zarrc import _core
from zarrc.errors import LockError
from zarrc.stores import LocalStore, MemoryStore


@pytest.fixture(params=["local", "memory"])
def store(request, tmp_path):
    store = LocalStore(tmp_path) if request.param == "local" else MemoryStore()
    store.set_bytes("a/zarr.json", b"{}")
    return store


@pytest.mark.parametrize("concurrency", ["process", "thread"])
@pytest.mark.parametrize("kind", ["chunk", "document"])
def test_one_at_a_time(store, kind, concurrency):
    inside, most = [], []

    def work(_):
        twin = store.with_read_only(False)
        for _ in range(30):
            lock = (
                twin.chunk_lock("a", "c/0", concurrency, True)
                if kind == "chunk"
                else twin.document_lock("a", "zarr.json", concurrency)
            )
            with lock, lock:  # a thread that holds it may take it again
                inside.append(1)
                most.append(len(inside))
                inside.pop()

    with ThreadPoolExecutor(6) as pool:
        list(pool.map(work, range(6)))
    assert set(most) == {1}


def test_none(store):
    with store.chunk_lock("a", "c/0", "none", True) as held, store.document_lock("a", "zarr.json", "none"):
        assert not held.overtaken() and not held.between_processes


def test_errors_leave_it_free(store):
    for _ in range(3):
        with pytest.raises(KeyError), store.chunk_lock("a", "c/0", "process", True):
            raise KeyError
    done = threading.Event()

    def take():
        with store.chunk_lock("a", "c/0", "process", True):
            done.set()

    threading.Thread(target=take).start()
    assert done.wait(10)


def test_stores_of_one_dictionary_share_locks():
    contents: dict[str, bytes] = {}
    one, other = MemoryStore(contents), MemoryStore(contents)
    assert one.lock is other.lock
    assert one.with_read_only(True).lock is one.lock


def test_lock_files_are_no_keys(tmp_path):
    store = LocalStore(tmp_path)
    z = zarrc.create_array(store, name="a", shape=4, chunks=2, dtype="i4")
    z[1] = 1
    assert (tmp_path / "a" / _core.LOCK_NAME).exists()
    assert (tmp_path / "a" / _core.LOCK_NAME).stat().st_size == 0
    assert sorted(key for key, _ in store.list_prefix_sync("")) == ["a/c/0", "a/zarr.json", "zarr.json"]
    assert sorted(store.list_dir_sync("a")) == ["c", "zarr.json"]
    assert z.nchunks_initialized == 1


def test_whole_chunks_make_no_lock_file(tmp_path):
    for dtype in ("i4", "str"):
        z = zarrc.create_array(tmp_path / dtype, shape=4, chunks=2, dtype=dtype)
        z[...] = 1
        z.attrs["a"] = 1
        z.resize(6)
        assert not (tmp_path / dtype / _core.LOCK_NAME).exists()
        z[1] = 1
        assert (tmp_path / dtype / _core.LOCK_NAME).exists()


@pytest.mark.parametrize("dtype", ["i4", "str"])
def test_a_lock_file_that_is_none(tmp_path, dtype):
    """A link, which could lead anywhere: merges are refused, and the error says what to do."""
    z = zarrc.create_array(tmp_path / "a", shape=4, chunks=2, dtype=dtype)
    (tmp_path / "a" / _core.LOCK_NAME).symlink_to("elsewhere")
    with pytest.raises(LockError, match="concurrency") as caught:
        z[1] = 1
    assert caught.value.errno and str(tmp_path / "a") in caught.value.filename
    assert not (tmp_path / "a" / "elsewhere").exists()
    z.with_config({"concurrency": "thread"})[1] = 1
    with zarrc.config.set({"array.concurrency": "none"}):
        zarrc.open_array(tmp_path / "a")[2] = 1


def test_the_file_system_refuses(tmp_path):
    folder = tmp_path / "a"
    zarrc.create_array(folder, shape=4, chunks=2, dtype="i4", chunk_key_encoding={"name": "v2"})
    lock = _core.lock_chunk(os.fsencode(folder), b"0", False)
    assert lock is None
    lock = _core.lock_chunk(os.fsencode(folder), b"0", True)
    lock.release()
    lock.release()
    with pytest.raises(zarrc.errors.StoreIOError):
        _core.lock_chunk(os.fsencode(tmp_path / "no"), b"0", True)
    assert _core.lock_chunk(os.fsencode(tmp_path / "no"), b"0", False) is None
    assert _core.lock_document(os.fsencode(folder / "no.json")) is None
    assert _core.lock_document(os.fsencode(folder / "zarr.json" / "x")) is None


def test_policies(tmp_path, monkeypatch):
    z = zarrc.create_array(tmp_path / "a", shape=4, chunks=2, dtype="i4")
    assert (z.config.concurrency, z.config.durability) == ("process", "atomic")
    with zarrc.config.set({"array.concurrency": "thread", "array.durability": "fsync"}):
        z = zarrc.open_array(tmp_path / "a")
    assert (z.config.concurrency, z.config.durability) == ("thread", "fsync")
    z = z.with_config({"durability": "none"})
    assert (z.config.concurrency, z.config.durability) == ("thread", "none")
    z = zarrc.open_array(tmp_path / "a", config={"concurrency": "none"})
    assert z.config.concurrency == "none"
    for name in ("concurrency", "durability"):
        with pytest.raises(ValueError, match=name):
            z.with_config({name: "all"})
        monkeypatch.setenv(f"ZARRC_ARRAY__{name.upper()}", "never")  # which is refused when it is needed
        zarrc.config.refresh()
        with pytest.raises(ValueError, match=f"{name} must be one of .* not 'never' .from zarrc.config"):
            zarrc.open_array(tmp_path / "a")
        monkeypatch.delenv(f"ZARRC_ARRAY__{name.upper()}")
        zarrc.config.refresh()
