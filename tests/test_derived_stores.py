"""Stores that users derive from those of the package."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

import zarrc
from zarrc.stores import LocalStore, MemoryStore


@pytest.mark.parametrize("base", [MemoryStore, LocalStore])
def test_overridden_coroutines_are_called(base, tmp_path):
    calls = []

    class Derived(base):
        async def get(self, key, prototype=None, byte_range=None):
            calls.append(("get", key))
            return await super().get(key, prototype, byte_range)

        async def set(self, key, value):
            calls.append(("set", key))
            await super().set(key, value)

        def get_sync(self, key, *, prototype=None, byte_range=None):
            raise AssertionError

        def set_sync(self, key, value):
            raise AssertionError

    store = Derived() if base is MemoryStore else Derived(tmp_path)
    array = zarrc.create_array(store, data=np.arange(6), chunks=2)
    assert ("set", "c/1") in calls
    calls.clear()
    assert array[2:3].tolist() == [2]
    assert calls == [("get", "c/1")]
    assert array.store is store
    assert zarrc.open_array(store)[...].tolist() == [0, 1, 2, 3, 4, 5]


def test_others_are_driven_as_they_are():
    class Derived(MemoryStore):
        def get_bytes(self, key, start=0, length=-1):
            value = super().get_bytes(key, start, length)
            return value if value is None or key != "k" else value.upper()

    store = Derived({"k": b"text"})
    assert zarrc.create_group(store)._place.store is store
    assert store.get_bytes("k") == b"TEXT"


def test_bytes_of_a_value_are_replaced():
    store = MemoryStore({"k": b"0123456789"})
    asyncio.run(store.set("k", b"abc", (2, 5)))
    asyncio.run(store.set("new", b"abc", (0, 3)))
    assert (store.get_bytes("k"), store.get_bytes("new")) == (b"01abc56789", b"abc")
