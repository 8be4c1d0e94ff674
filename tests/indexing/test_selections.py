"""Every kind of indexing of every kind of array, against numpy; the two engines against each other."""

from __future__ import annotations

import tempfile
from typing import Any

import numpy as np
import pytest
from array_strategies import chunks_stored, python_engine
from dtype_values import EVERY, FIXED, ONLY_V2, VARIABLE, alike, values
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_strategies import BYTES, GRIDS, KINDS, grids, picks, read, write

import zarrc
from zarrc.stores import LocalStore, MemoryStore

shapes = st.lists(st.integers(0, 7), max_size=3).map(tuple)
SERIALIZERS = {"string": {"name": "vlen-utf8"}, "bytes": {"name": "vlen-bytes"}}
ENGINES = {"native": lambda array: array, "python": python_engine}


def create(draw: Any, grid: str, dtype: str, shape: tuple[int, ...], store: Any) -> zarrc.Array:
    chosen = draw(grids(grid, shape, SERIALIZERS.get(dtype, BYTES)))
    config = {"write_empty_chunks": draw(st.booleans())}
    return zarrc.create_array(store, shape=shape, dtype=EVERY[dtype], config=config, **chosen)


def blank(array: zarrc.Array) -> np.ndarray:
    model = np.empty(array.shape, array.dtype)
    model[...] = np.asarray(array.fill_value, array.dtype)
    return model


def shapes_of(grid: str) -> Any:
    return shapes.filter(bool) if "shard" in grid else shapes


def dtypes_of(grid: str) -> list[str]:
    return [name for name in EVERY if grid == "v2" or name not in ONLY_V2]


@pytest.mark.parametrize("grid", GRIDS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_reads(grid, data):
    dtype, shape = data.draw(st.sampled_from(dtypes_of(grid))), data.draw(shapes_of(grid))
    array = create(data.draw, grid, dtype, shape, MemoryStore())
    model = values(EVERY[dtype], shape, data.draw(st.integers(0, 99))).astype(array.dtype)
    array[...] = model
    for engine in ENGINES.values():
        reader = engine(array)
        assert alike(reader[...], model)
        for kind in KINDS:
            pick = data.draw(picks(kind, shape, array.metadata.grid.edges(shape)))
            expected = pick.of(model)
            assert alike(read(reader, pick), expected)
            out = np.zeros(np.shape(expected), array.dtype, order=data.draw(st.sampled_from("CF")))
            if hasattr(reader, f"get_{kind}_selection"):
                assert read(reader, pick, out) is out
                assert alike(out, expected)


@pytest.mark.parametrize("store", ["memory", "local"])
@pytest.mark.parametrize("grid", GRIDS)
@settings(max_examples=20, deadline=None)
@given(st.data())
def test_writes(grid, store, data):
    dtype, shape = data.draw(st.sampled_from(dtypes_of(grid))), data.draw(shapes_of(grid))
    with tempfile.TemporaryDirectory() as folder:
        place = LocalStore(folder) if store == "local" else MemoryStore()
        array = create(data.draw, grid, dtype, shape, place)
        model = blank(array)
        for n in range(data.draw(st.integers(1, 4))):
            writer = ENGINES[data.draw(st.sampled_from(list(ENGINES)))](array)
            kind = data.draw(st.sampled_from(KINDS))
            pick = data.draw(picks(kind, shape, array.metadata.grid.edges(shape), repeats=False))
            part = values(EVERY[dtype], pick.shape, n).astype(array.dtype)
            if data.draw(st.integers(0, 3)) == 0:
                part = values(EVERY[dtype], (1,), n).astype(array.dtype)[0]  # one value for all
            write(writer, pick, part)
            pick.assign(model, part)
            for engine in ENGINES.values():
                assert alike(engine(zarrc.open_array(place))[...], model)


@pytest.mark.parametrize("grid", GRIDS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_engines_keep_the_same_chunks(grid, data):
    """Both engines store chunks under the same keys, whole writes of uncompressed ones with the same bytes."""
    dtype, shape = data.draw(st.sampled_from([*FIXED, *VARIABLE, ">i2", "<f8"])), data.draw(shapes_of(grid))
    native = create(data.draw, grid, dtype, shape, MemoryStore())
    twin = python_engine(zarrc.Array.open(copy_of(native.store)).with_config(native.config))
    model = blank(native)
    for n in range(2):
        pick = data.draw(picks(data.draw(st.sampled_from(KINDS)), shape, native.metadata.grid.edges(shape), False))
        part = values(EVERY[dtype], pick.shape, n).astype(native.dtype)
        pick.assign(model, part)
        for array in (native, twin):
            write(array, pick, part)
    assert chunks_stored(native.store).keys() == chunks_stored(twin.store).keys()
    native[...] = model
    twin[...] = model
    compressed = any(repr(c).startswith(("Zstd", "Zlib")) for c in native.compressors)
    # inner chunks beyond the array's edge are stored by the Python engine only, where empty chunks are
    if not compressed and not native.config.write_empty_chunks:
        assert chunks_stored(native.store) == chunks_stored(twin.store)
    assert alike(native[...], twin[...])


def copy_of(store: MemoryStore) -> MemoryStore:
    copied = MemoryStore()
    for key, _ in store.list_prefix_sync(""):
        copied.set_bytes(key, store.get_bytes(key))
    return copied


@settings(max_examples=40, deadline=None)
@given(st.data(), shapes.filter(bool))
def test_repeated_coordinates_keep_the_last_value(data, shape):
    array = zarrc.create_array(None, shape=shape, chunks=(2,) * len(shape), dtype="i4")
    model = np.zeros(shape, "i4")
    pick = data.draw(picks("coordinate", shape, None))
    value = np.arange(1, 1 + int(np.prod(pick.shape)), dtype="i4").reshape(pick.shape)
    for engine in ENGINES.values():
        write(engine(array), pick, value)
        pick.assign(model, value)
        assert alike(array[...], model)


def test_out_of_points_may_be_strided():
    array = zarrc.array(np.arange(12).reshape(3, 4), chunks=(2, 3))
    wide = np.zeros(10, int)
    found = array.get_coordinate_selection(([2, 0, 1], [3, 0, 1]), out=wide[1:7:2])
    assert found.base is wide
    assert wide.tolist() == [0, 11, 0, 0, 0, 5, 0, 0, 0, 0]
    with pytest.raises(ValueError, match="shape"):
        array.get_mask_selection(np.ones((3, 4), bool), out=np.zeros(11, int))
