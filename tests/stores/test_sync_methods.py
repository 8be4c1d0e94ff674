"""zarr-python's synchronous store interface."""

from __future__ import annotations

import asyncio

import pytest

from zarrc.abc.store import (
    OffsetByteRequest,
    RangeByteRequest,
    SuffixByteRequest,
    SupportsSyncStore,
    SyncByteSetter,
    _store_supports_sync_io,
)
from zarrc.buffer import Buffer, BufferPrototype, NDBuffer, default_buffer_prototype
from zarrc.errors import ReadOnlyError
from zarrc.storage import LoggingStore, WrapperStore, ZipStore
from zarrc.stores import LocalStore, MemoryStore, StorePath
from zarrc.stores.managed import ManagedMemoryStore

MAKERS = {
    "memory": lambda path: MemoryStore(),
    "managed": lambda path: ManagedMemoryStore("sync-methods", path="below"),
    "local": LocalStore,
    "wrapper": lambda path: WrapperStore(MemoryStore()),
    "logging": lambda path: LoggingStore(WrapperStore(LocalStore(path))),
}
RANGES = [
    None,
    RangeByteRequest(1, 4),
    RangeByteRequest(3, 99),
    OffsetByteRequest(2),
    SuffixByteRequest(2),
    SuffixByteRequest(0),
]


class Own(Buffer):
    pass


@pytest.fixture(params=MAKERS)
def store(request, tmp_path):
    return MAKERS[request.param](tmp_path)


def test_both_interfaces_see_the_same(store):
    assert isinstance(store, SupportsSyncStore)
    assert _store_supports_sync_io(store)
    asyncio.run(store.set("a/k", Buffer.from_bytes(b"01234")))
    for requested in RANGES:
        found = store.get_sync("a/k", byte_range=requested)
        assert found == asyncio.run(store.get("a/k", default_buffer_prototype(), requested))
        assert type(found) is Buffer
    lengths = [len(store.get_sync("a/k", byte_range=requested)) for requested in RANGES]
    assert lengths == [5, 3, 2, 3, 2, 0]
    assert type(store.get_sync("a/k", prototype=BufferPrototype(Own, NDBuffer))) is Own
    store.set_sync("a/k", Buffer.from_bytes(b"new"))
    assert asyncio.run(store.get("a/k", default_buffer_prototype())).to_bytes() == b"new"
    store.delete_sync("a/k")
    store.delete_sync("a/k")
    assert store.get_sync("a/k") is None
    assert not asyncio.run(store.exists("a/k"))


def test_places_have_it_too(store):
    place = StorePath(store) / "a/k"
    assert isinstance(place, SyncByteSetter)
    place.set_sync(Buffer.from_bytes(b"01234"))
    assert place.get_sync(byte_range=SuffixByteRequest(2)).to_bytes() == b"34"
    place.delete_sync()
    assert place.get_sync() is None


def test_what_is_refused(tmp_path):
    with pytest.raises(TypeError, match="must be a Buffer"):
        MemoryStore().set_sync("k", 3)
    with pytest.raises(ReadOnlyError):
        MemoryStore(read_only=True).set_sync("k", Buffer.from_bytes(b""))
    with pytest.raises(ValueError, match="Unexpected byte_range"):
        MemoryStore({"k": b""}).get_sync("k", byte_range=(0, 1))


def test_stores_that_may_wait_have_none(tmp_path):
    archive = ZipStore(tmp_path / "a.zip", mode="w")
    for store in (archive, WrapperStore(archive), LoggingStore(WrapperStore(archive))):
        assert not _store_supports_sync_io(store)
    around = WrapperStore(archive)
    for what, call in (
        ("get", lambda: around.get_sync("k")),
        ("set", lambda: around.set_sync("k", Buffer.from_bytes(b""))),
        ("delete", lambda: around.delete_sync("k")),
        ("get", lambda: StorePath(archive, "k").get_sync()),
        ("set", lambda: StorePath(archive, "k").set_sync(Buffer.from_bytes(b""))),
        ("delete", lambda: StorePath(archive, "k").delete_sync()),
    ):
        with pytest.raises(TypeError, match=f"ZipStore does not support synchronous {what}"):
            call()


def test_calls_are_logged():
    store = LoggingStore(MemoryStore(), log_level="ERROR")
    store.set_sync("k", Buffer.from_bytes(b""))
    store.get_sync("k")
    store.delete_sync("k")
    assert store.counter == {"set_sync": 1, "get_sync": 1, "delete_sync": 1}
