"""Stores of other packages over a local directory: their files, and the locks of all who write there."""

from __future__ import annotations

import pickle
import threading

import numpy as np
import pytest

import zarrc
from zarrc.stores import make_store_path
from zarrc.stores.directories import TheirDirectory

WRITES = 120


def zarrs_local(path):
    return pytest.importorskip("zarr.storage").LocalStore(path)


def zarrs_fsspec(path):
    pytest.importorskip("fsspec")
    storage = pytest.importorskip("zarr.storage")
    return storage.FsspecStore.from_url(f"file://{path}", storage_options={"auto_mkdir": True})


def zarrs_objects(path):
    storage = pytest.importorskip("zarr.storage")
    return storage.ObjectStore(pytest.importorskip("obstore").store.LocalStore(path))


def objects(path):
    return zarrc.storage.ObjectStore(pytest.importorskip("obstore").store.LocalStore(path))


def fsspec(path):
    pytest.importorskip("fsspec")
    return zarrc.storage.FsspecStore.from_url(f"file://{path}")


@pytest.mark.parametrize("kind", [zarrs_local, zarrs_fsspec, zarrs_objects, objects, fsspec])
def test_no_writer_loses_to_one_that_has_the_path(kind, tmp_path):
    try:
        store = kind(tmp_path)
    except TypeError:
        pytest.skip("this zarr-python has no such store")
    theirs = zarrc.create_array(store, name="a", shape=WRITES, chunks=WRITES, dtype="i4", fill_value=-1)
    theirs[0] = 0
    ours = zarrc.open_array(tmp_path / "a")
    failed = []

    def write(array, first):
        try:
            for i in range(first, WRITES, 2):
                array[i] = i
        except BaseException as e:
            failed.append(e)
            raise

    threads = [threading.Thread(target=write, args=(array, k)) for k, array in enumerate((theirs, ours))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed
    assert not [key for key, _ in theirs.store_path.store.list_prefix_sync("a") if "lock" in key]
    assert ours[...].tolist() == theirs[...].tolist() == list(range(WRITES))


@pytest.mark.parametrize("kind", [zarrs_local, zarrs_fsspec])
def test_their_directory_is_read_natively_and_given_back(kind, tmp_path):
    store = kind(tmp_path)
    group = zarrc.create_group(store)
    array = group.create_array("a", data=np.arange(6), chunks=4)
    assert type(array.store_path.store) is TheirDirectory and array.store_path.store.native_root("a") is not None
    assert array.store is group.store is store
    assert pickle.loads(pickle.dumps(array))[...].tolist() == array[...].tolist() == list(range(6))
    assert repr(array.store_path.store) == repr(store)
    read_only = zarrc.open_array(store, path="a", mode="r")
    assert read_only.read_only and read_only.store.read_only and read_only[5] == 5
    with pytest.raises(zarrc.errors.ReadOnlyError):
        read_only[0] = 1
    assert make_store_path(store).store == make_store_path(kind(tmp_path)).store
    assert make_store_path(store).store != make_store_path(kind(tmp_path / "a")).store


def test_a_class_derived_from_theirs_is_driven(tmp_path):
    storage = pytest.importorskip("zarr.storage")
    asked = []

    class Counting(storage.LocalStore):
        async def get(self, key, *args, **kwargs):
            asked.append(key)
            return await super().get(key, *args, **kwargs)

    array = zarrc.create_array(Counting(tmp_path), shape=4, dtype="i4")
    array[...] = 1
    assert array[...].tolist() == [1] * 4 and "c/0" in asked


def test_a_store_whose_listing_is_no_generator():
    obstore = pytest.importorskip("obstore")
    storage = pytest.importorskip("zarr.storage")
    group = zarrc.create_group(storage.ObjectStore(obstore.store.MemoryStore()))
    array = group.create_array("a", data=np.arange(4), chunks=2)
    assert list(group) == ["a"] and array.nchunks_initialized == 2
    del group["a"]
    assert len(group) == 0
