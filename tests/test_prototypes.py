"""Buffer prototypes of single reads and writes."""

from __future__ import annotations

import asyncio

import numpy as np
import pytest

import zarrc
from zarrc.buffer import Buffer, BufferPrototype, NDBuffer, default_buffer_prototype
from zarrc.stores import MemoryStore


class Memory(np.ndarray):
    pass


class OwnBuffer(Buffer):
    pass


class OwnNDBuffer(NDBuffer):
    @classmethod
    def create(cls, *, shape, dtype, order="C", fill_value=None):
        made = cls(Memory(shape, dtype, order=order))
        if fill_value is not None:
            made.fill(fill_value)
        return made

    @classmethod
    def empty(cls, shape, dtype, order="C"):
        return super(NDBuffer, cls).empty(shape=shape, dtype=dtype, order=order)


OWN = BufferPrototype(OwnBuffer, OwnNDBuffer)


class Watching(MemoryStore):
    """Notes which classes of buffers it meets below "c"."""

    def __init__(self, *args, **options):
        super().__init__(*args, **options)
        self.met = set()

    async def get(self, key, prototype=None, byte_range=None):
        if key.startswith("c"):
            self.met.add(prototype.buffer)
        return await super().get(key, prototype, byte_range)

    async def set(self, key, value):
        if key.startswith("c"):
            self.met.add(type(value))
        await super().set(key, value)


def test_chunks_travel_in_its_buffers_where_the_store_is_one_of_others():
    store = Watching()
    array = zarrc.create_array(
        store, shape=(6, 4), chunks=(4, 3), dtype="i2", filters=[zarrc.codecs.TransposeCodec((1, 0))]
    )
    values = np.arange(24, dtype="i2").reshape(6, 4)
    array.set_basic_selection(..., values, prototype=OWN)
    array.set_basic_selection((slice(1, 3), 1), 7, prototype=OWN)
    values[1:3, 1] = 7
    assert np.array_equal(array.get_basic_selection(prototype=OWN), values)
    assert store.met == {OwnBuffer}
    for prototype in (None, default_buffer_prototype()):
        store.met.clear()
        array.set_basic_selection((0, 0), 0, prototype=prototype)
        assert np.array_equal(array.get_basic_selection(prototype=prototype), values)
        assert store.met == {Buffer}
    assert array.store is store


@pytest.mark.parametrize("store", [MemoryStore, Watching])
def test_results_lie_in_its_memory(store):
    values = np.arange(24, dtype="f4").reshape(6, 4)
    array = zarrc.create_array(store(), data=values, chunks=(4, 3), config={"order": "F"})
    for found, expected in (
        (array.get_basic_selection((slice(1, 5), 2), prototype=OWN), values[1:5, 2]),
        (array.get_orthogonal_selection(([0, 3], slice(None)), prototype=OWN), values[[0, 3]]),
        (array.get_coordinate_selection(([0, 3], [1, 1]), prototype=OWN), values[[0, 3], [1, 1]]),
        (array.get_mask_selection(values > 20, prototype=OWN), values[values > 20]),
        (array.get_block_selection((1, 0), prototype=OWN), values[4:, :3]),
        (asyncio.run(array.async_array.getitem((slice(0, 2), 1), prototype=OWN)), values[:2, 1]),
    ):
        assert type(found) is Memory
        assert np.array_equal(found, expected)
    assert array.get_basic_selection(prototype=OWN).flags.f_contiguous
    out = np.empty((6, 4), "f4")
    assert array.get_basic_selection(out=out, prototype=OWN) is out
    assert asyncio.run(array.async_array.getitem((0, 1), prototype=OWN)) == 1  # a scalar, as without


def test_fields_and_batches():
    records = np.array([(1, 2.5), (3, 4.5)], dtype=[("a", "i4"), ("b", "f8")])
    array = zarrc.create_array(Watching(), data=records, chunks=1)
    assert asyncio.run(array.async_array.getitem("a", prototype=OWN)).tolist() == [1, 3]
    asyncio.run(array.async_array.setitem((slice(None), "a"), 9, prototype=OWN))
    with array.batch_writes():
        array.set_basic_selection(0, records[1], prototype=OWN)
        assert array.get_basic_selection(0, prototype=OWN) == records[1]
    assert array[...].tolist() == [(3, 4.5), (9, 4.5)]


def test_empty_of_a_derived_class_is_made_by_its_create():
    assert type(OwnNDBuffer.empty((2, 3), "i4", "F").as_ndarray_like()) is Memory


@pytest.mark.parametrize("wrong", [dict, 3, "buffer"])
def test_something_else_than_a_prototype(wrong):
    array = zarrc.create_array(Watching(), data=np.arange(4), chunks=2)
    with pytest.raises(TypeError, match="BufferPrototype"):
        array.get_basic_selection(prototype=wrong)
    with pytest.raises(TypeError, match="BufferPrototype"):
        array.set_basic_selection(0, 1, prototype=wrong)
