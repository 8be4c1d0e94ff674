"""Stores under zarr-python's names: each holds arrays, and has the asynchronous methods."""

from __future__ import annotations

import asyncio
import io
import json
import pickle
import warnings
import zipfile

import numpy as np
import pytest

import zarrc
from zarrc.abc.store import OffsetByteRequest, RangeByteRequest, Store, SuffixByteRequest
from zarrc.buffer import Buffer, default_buffer_prototype
from zarrc.errors import ReadOnlyError, ZarrDeprecationWarning
from zarrc.storage import LocalStore, LoggingStore, ManagedMemoryStore, MemoryStore, WrapperStore, ZipStore

PROTOTYPE = default_buffer_prototype()


def store_of(kind, tmp_path):
    if kind == "fsspec":
        pytest.importorskip("fsspec")
        return zarrc.storage.FsspecStore.from_url(str(tmp_path / "f"))
    if kind == "fsspec memory":
        pytest.importorskip("fsspec")
        options = {"use_listings_cache": False}
        return zarrc.storage.FsspecStore.from_url(f"memory://{tmp_path.name}", storage_options=options)
    if kind == "object":
        obstore = pytest.importorskip("obstore")
        return zarrc.storage.ObjectStore(obstore.store.MemoryStore())
    return {
        "memory": lambda: MemoryStore(),
        "local": lambda: LocalStore(tmp_path / "l"),
        "zip": lambda: ZipStore(tmp_path / "z.zip", mode="w"),
        "managed": lambda: ManagedMemoryStore(tmp_path.name),
        "wrapper": lambda: WrapperStore(MemoryStore()),
        "logging": lambda: LoggingStore(MemoryStore(), log_level="ERROR"),
    }[kind]()


KINDS = ["memory", "local", "zip", "managed", "wrapper", "logging", "fsspec", "fsspec memory", "object"]


async def gathered(items):
    return sorted([item async for item in items])


@pytest.mark.parametrize("kind", KINDS)
def test_arrays_live_in_it(kind, tmp_path):
    store = store_of(kind, tmp_path)
    group = zarrc.create_group(store, attributes={"a": 1})
    data = np.arange(60).reshape(6, 10)
    array = group.create_array("x/y", data=data, chunks=(4, 3))
    assert group.store is store or group.store == store
    np.testing.assert_array_equal(array[1:, ::3], data[1:, ::3])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", UserWarning)  # zipfile warns of a name written twice
        array[2:5, 1] = 0
    again = zarrc.open_group(store, mode="r")
    assert [path for path, _ in again.members(max_depth=None)] == ["x", "x/y"]
    np.testing.assert_array_equal(again["x/y"][:], array[:])


@pytest.mark.parametrize("kind", KINDS)
def test_the_asynchronous_methods(kind, tmp_path):
    store = store_of(kind, tmp_path)
    assert isinstance(store, Store)

    async def work():
        await store.set("a/b", Buffer.from_bytes(b"0123456789"))
        await store.set("a/c/d", Buffer.from_bytes(b"xy"))
        await store.set_if_not_exists("a/b", Buffer.from_bytes(b"no"))
        assert (await store.get("a/b", PROTOTYPE)).to_bytes() == b"0123456789"
        for request, expected in (
            (RangeByteRequest(2, 5), b"234"),
            (OffsetByteRequest(7), b"789"),
            (SuffixByteRequest(3), b"789"),
        ):
            assert (await store.get("a/b", PROTOTYPE, request)).to_bytes() == expected
        parts = await store.get_partial_values(PROTOTYPE, [("a/b", RangeByteRequest(0, 1)), ("none", None)])
        assert [part and part.to_bytes() for part in parts] == [b"0", None]
        assert await store.get("a", PROTOTYPE) is None
        assert await store.exists("a/b") and not await store.exists("a")
        assert await gathered(store.list()) == ["a/b", "a/c/d"]
        assert await gathered(store.list_prefix("a/c")) == ["a/c/d"]
        assert await gathered(store.list_dir("a")) == ["b", "c"]
        assert await store.getsize("a/b") == 10 and await store.getsize_prefix("a") == 12
        assert not await store.is_empty("a") and await store.is_empty("b")
        if store.supports_deletes:
            await store.delete("a/b")
            await store.delete("a/b")
            await store.delete_dir("a")
            assert await gathered(store.list()) == []

    asyncio.run(work())


@pytest.mark.parametrize("kind", KINDS)
def test_read_only(kind, tmp_path):
    store = store_of(kind, tmp_path)
    asyncio.run(store.set("k", Buffer.from_bytes(b"v")))
    closed = store.with_read_only(True)
    assert closed.read_only and not store.read_only
    with pytest.raises(ReadOnlyError):
        asyncio.run(closed.set("k", Buffer.from_bytes(b"w")))
    assert asyncio.run(closed.get("k", PROTOTYPE)).to_bytes() == b"v"


@pytest.mark.parametrize("kind", ["memory", "local", "zip", "managed", "fsspec"])
def test_it_pickles(kind, tmp_path):
    store = store_of(kind, tmp_path)
    zarrc.create_array(store, data=np.arange(4))
    np.testing.assert_array_equal(zarrc.open_array(pickle.loads(pickle.dumps(store)), mode="r")[:], np.arange(4))


def test_a_store_of_another_package_is_driven():
    class Odd:
        """Nothing but zarr-python's method names."""

        read_only = False

        def __init__(self):
            self.values, self.calls = {}, []

        async def get(self, key, prototype, byte_range=None):
            self.calls.append(key)
            return None if key not in self.values else prototype.buffer.from_bytes(self.values[key])

        async def set(self, key, value):
            self.values[key] = value.to_bytes()

        async def exists(self, key):
            return key in self.values

        async def delete(self, key):
            self.values.pop(key, None)

        async def list_dir(self, prefix):
            for name in {k[len(prefix) :].split("/")[0] for k in self.values if k.startswith(prefix)}:
                yield name

    store = Odd()
    group = zarrc.create_group(store)
    group.create_array("a", data=np.arange(10), chunks=(4,))
    assert group.store is store and "a/c/0" in store.values
    np.testing.assert_array_equal(zarrc.open_group(store)["a"][2:7], np.arange(2, 7))
    assert list(group) == ["a"]


def test_an_error_of_a_driven_store_comes_out():
    class Broken(WrapperStore):
        async def get(self, key, prototype=None, byte_range=None):
            raise ConnectionError("gone")

    with pytest.raises(ConnectionError, match="gone"):
        zarrc.open_array(Broken(MemoryStore()), mode="r")


def test_a_named_memory_store_is_shared_by_its_url(tmp_path):
    name = f"n-{tmp_path.name}"
    keep = ManagedMemoryStore(name)
    zarrc.create_array(ManagedMemoryStore.from_url(f"memory://{name}/below"), data=np.arange(3))
    np.testing.assert_array_equal(zarrc.open_array(keep, path="below")[:], np.arange(3))
    with pytest.raises(ValueError, match="must not contain"):
        ManagedMemoryStore("a/b")


class Reader:
    """What obstore's files are like: no io class, and any buffer comes out."""

    def __init__(self, data):
        self.file = io.BytesIO(data)
        self.seek, self.tell = self.file.seek, self.file.tell

    def read(self, size):
        assert self.tell() + size <= len(self.file.getvalue())
        return memoryview(self.file.read(size))


def test_zip_in_a_file_object(tmp_path):
    buffer = io.BytesIO()
    with ZipStore(buffer, mode="w") as store:
        zarrc.create_array(store, data=np.arange(10), chunks=3)
        assert store.path is None
        with pytest.raises(NotImplementedError, match="move"):
            asyncio.run(store.move(tmp_path / "z.zip"))
    for source in (io.BytesIO(buffer.getvalue()), Reader(buffer.getvalue())):
        store = ZipStore(source, mode="r")
        assert zarrc.open_array(store)[...].tolist() == list(range(10))
        with pytest.raises(TypeError, match="cannot pickle a ZipStore backed by a file-like"):
            pickle.dumps(store)
    with pytest.raises(TypeError, match="read/seek/tell"):
        ZipStore(42)
    with pytest.raises(TypeError, match="opened for reading"):
        ZipStore(Reader(b""), mode="a")


def test_zip_refuses_a_resize_that_deletes(tmp_path):
    with ZipStore(tmp_path / "z.zip", mode="w") as store:
        array = zarrc.create_array(store, data=np.arange(10), chunks=3)
        with pytest.raises(NotImplementedError, match="cannot delete"):
            array.resize(3)
        assert array.shape == zarrc.open_array(store).shape == (10,)


def test_the_module():
    assert pickle.loads(pickle.dumps(zarrc.storage)) is zarrc.storage
    with pytest.warns(ZarrDeprecationWarning, match="default_compressor is deprecated"):
        zarrc.storage.default_compressor = None


def test_file_systems_whose_root_has_no_name():
    reference = pytest.importorskip("fsspec.implementations.reference")
    document = json.dumps({"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}})
    for asynchronous in (False, True):
        fs = reference.ReferenceFileSystem({"version": 1, "refs": {"zarr.json": document}}, asynchronous=asynchronous)
        for path in ("/", ""):
            store = zarrc.storage.FsspecStore(fs, path=path, read_only=True)
            assert zarrc.open_group(store, mode="r").attrs == {"a": 1}


def test_zip_refuses_to_forget_and_reopens_without_truncating(tmp_path):
    store = ZipStore(tmp_path / "z.zip", mode="w")
    zarrc.create_array(store, data=np.arange(3))
    with pytest.raises(NotImplementedError):
        asyncio.run(store.delete("zarr.json"))
    store.close()
    assert zipfile.is_zipfile(tmp_path / "z.zip")
    np.testing.assert_array_equal(zarrc.open_array(store, mode="r")[:], np.arange(3))
    with pytest.raises(FileExistsError):
        zarrc.create_array(ZipStore(tmp_path / "z.zip", mode="x"), data=np.arange(3))


def test_logging_counts_calls():
    store = LoggingStore(MemoryStore(), log_level="ERROR")
    zarrc.create_array(store, data=np.arange(3))
    assert store.counter["set"] == 2


def test_values_must_be_bytes():
    with pytest.raises(TypeError, match="Buffer or bytes-like"):
        asyncio.run(MemoryStore().set("k", "text"))
