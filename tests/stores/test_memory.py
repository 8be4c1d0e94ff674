from __future__ import annotations

import gc

import numpy as np
import pytest
from store_contract import StoreContract

import zarrc
from zarrc.storage import ManagedMemoryStore
from zarrc.stores import MemoryStore


class TestMemoryStore(StoreContract):
    @pytest.fixture
    def store(self):
        return MemoryStore()


def test_dictionary_is_shared():
    keys: dict[str, bytes] = {}
    store = MemoryStore(keys)
    store.set_bytes("a", b"1")
    assert keys == {"a": b"1"}
    assert MemoryStore(keys) == store
    assert MemoryStore(dict(keys)) != store
    assert MemoryStore() != MemoryStore()


def test_a_dictionary_serves_as_store():
    keys: dict[str, bytes] = {}
    zarrc.create_array(keys, data=np.arange(5), chunks=2)
    assert set(keys) == {"zarr.json", "c/0", "c/1", "c/2"}
    assert zarrc.open_array(keys)[...].tolist() == [0, 1, 2, 3, 4]


def test_a_managed_store_goes_with_its_last_holder():
    kept = ManagedMemoryStore.from_url("memory://held/below")
    zarrc.create_array(kept, data=np.arange(3))
    assert zarrc.open_array(ManagedMemoryStore("held"), path="below")[...].tolist() == [0, 1, 2]
    del kept
    gc.collect()
    assert not list(ManagedMemoryStore("held").list_prefix_sync(""))


def test_lock_is_shared_with_the_other_mode():
    store = MemoryStore()
    assert store.with_read_only(True).lock is store.lock
