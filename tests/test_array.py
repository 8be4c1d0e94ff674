"""Arrays against plain numpy, and the native engine against the Python one."""

from __future__ import annotations

import tempfile

import numpy as np
import pytest
from array_strategies import COMPRESSED, DTYPES, EXACT, chunks_stored, items, keys, layouts, python_engine, same
from hypothesis import given, settings
from hypothesis import strategies as st

import zarrc
from zarrc.errors import (
    ArrayIndexError,
    BoundsCheckError,
    ChunkNotFoundError,
    CodecError,
    NegativeStepError,
)
from zarrc.stores import LocalStore, MemoryStore


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "a.zarr")


def initial(layout) -> np.ndarray:
    fill = layout.settings.get("fill_value", np.zeros((), layout.dtype)[()])
    if "fill_value" not in layout.settings and layout.dtype.kind in "Mm":
        fill = np.array("NaT", layout.dtype)
    return np.full(layout.shape, np.asarray(fill, layout.dtype), layout.dtype)


# against numpy ---------------------------------------------------------------------------------------------------
@settings(max_examples=120, deadline=None)
@given(st.data(), layouts(), st.sampled_from(["memory", "local"]))
def test_writes_and_reads_are_those_of_numpy(data, layout, kind):
    with tempfile.TemporaryDirectory() as folder:
        store = MemoryStore() if kind == "memory" else LocalStore(folder)
        array, model = layout.create(store), initial(layout)
        assert same(array[...], model)
        for _ in range(data.draw(st.integers(1, 3))):
            key = data.draw(keys(layout.shape))
            value = items(data.draw, layout.dtype, model[key].shape)
            array[key] = value
            model[key] = value
            again = data.draw(keys(layout.shape))
            found = array[again]
            assert same(found, model[again])
            assert isinstance(found, np.ndarray) == bool(found.shape)  # one element is a scalar, as in zarr-python
        assert same(zarrc.open_array(store, mode="r")[...], model)
        assert same(python_engine(array)[...], model)
        if layout.settings["config"]["write_empty_chunks"] is False:
            assert len(chunks_stored(store)) <= array.nchunks


@settings(max_examples=80, deadline=None)
@given(st.data(), layouts((EXACT,)))
def test_engines_store_the_same_bytes(data, layout):
    native, python = layout.create(MemoryStore()), layout.create(MemoryStore())
    with tempfile.TemporaryDirectory() as folder:
        local = layout.create(folder)
        for _ in range(2):
            key = data.draw(keys(layout.shape))
            value = items(data.draw, layout.dtype, native[key].shape)
            native[key] = value
            local[key] = value
            python_engine(python)[key] = value
        assert chunks_stored(native.store) == chunks_stored(python.store)
        assert chunks_stored(native.store) == chunks_stored(local.store)
        assert same(python_engine(native)[...], python[...])


@settings(max_examples=60, deadline=None)
@given(st.data(), layouts((COMPRESSED,)))
def test_engines_read_each_other(data, layout):
    native, python = layout.create(MemoryStore()), layout.create(MemoryStore())
    value = items(data.draw, layout.dtype, layout.shape)
    native[...] = value
    python_engine(python)[...] = value
    assert set(chunks_stored(native.store)) == set(chunks_stored(python.store))
    key = data.draw(keys(layout.shape))
    part = items(data.draw, layout.dtype, value[key].shape)
    python_engine(native)[key] = part
    python[key] = part
    value[key] = part
    for array in (native, python):
        assert same(array[...], value)
        assert same(python_engine(array)[...], value)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes(store, dtype, zarr_format):
    value = np.arange(-3, 9).astype(dtype).reshape(3, 4)
    array = zarrc.create_array(store, shape=(3, 4), chunks=(2, 3), dtype=dtype, zarr_format=zarr_format)
    array[...] = value
    assert array.dtype == array[...].dtype == np.dtype(dtype)
    assert same(array[1:, ::2], value[1:, ::2])
    again = zarrc.open_array(store)
    # v3 documents have no byte order: it is the array's own until it is opened again
    assert again.dtype == (np.dtype(dtype) if zarr_format == 2 else np.dtype(dtype).newbyteorder("="))
    assert np.array_equal(again[...], value)


@settings(max_examples=60, deadline=None)
@given(st.data(), layouts())
def test_out(data, layout):
    array, model = layout.create(None), items(data.draw, layout.dtype, layout.shape)
    array[...] = model
    key = data.draw(keys(layout.shape))
    shape = model[key].shape
    order = data.draw(st.sampled_from(["C", "F", "strided"]))
    if order == "strided":
        wide = np.zeros(tuple(2 * n + 1 for n in shape), array.dtype)
        out = wide[(*(slice(1, None, 2) for _ in shape), ...)]
    else:
        out = np.zeros(shape, array.dtype, order=order)
    assert array.get_basic_selection(key, out=out) is out
    assert same(out, model[key])


def test_out_negative_strides():
    array = zarrc.array(np.arange(12).reshape(3, 4), chunks=(2, 3))
    out = np.zeros((3, 4), int)
    array.get_basic_selection(out=out[::-1, ::-1])
    assert np.array_equal(out, np.arange(12).reshape(3, 4)[::-1, ::-1])


def test_out_is_checked():
    array = zarrc.array(np.arange(6), chunks=4)
    with pytest.raises(ValueError, match="shape"):
        array.get_basic_selection(slice(2), out=np.zeros(3, int))
    with pytest.raises(ValueError, match="dtype"):
        array.get_basic_selection(slice(2), out=np.zeros(2, "f4"))
    frozen = np.zeros(6, int)
    frozen.flags.writeable = False
    with pytest.raises(ValueError, match="read-only"):
        array.get_basic_selection(out=frozen)
    with pytest.raises(TypeError, match="out"):
        array.get_basic_selection(out=[0] * 6)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_order_of_results(zarr_format):
    value = np.arange(24).reshape(2, 3, 4)
    config = {"order": "F"}
    array = zarrc.create_array(None, data=value, chunks=(2, 2, 2), config=config, zarr_format=zarr_format)
    assert array.order == "F"
    assert array[...].flags.f_contiguous
    assert array[:, 0].flags.f_contiguous
    assert np.array_equal(array[...], value)
    twin = array.with_config({"order": "C"})
    assert twin[...].flags.c_contiguous
    assert np.array_equal(twin[...], value)


# what is kept ----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("dtype", ["<f2", ">f4", "<f8", "<c8"])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_negative_zero_and_nan_payload_are_kept(store, dtype, zarr_format):
    value = np.zeros(6, dtype)
    value[1] = -0.0
    value[2:].view("u1")[:] = 0xFF  # NaNs with payload
    array = zarrc.create_array(store, shape=6, chunks=2, dtype=dtype, zarr_format=zarr_format, fill_value=0.0)
    array[...] = value
    assert same(array[...], value)
    array[:2] = np.zeros(2, dtype)
    assert array.nchunks_initialized == 2
    array[:2] = np.array([-0.0, -0.0], dtype)
    assert array.nchunks_initialized == 3
    assert np.signbit(array[:2].real).all()


def test_write_empty_chunks(store):
    array = zarrc.create_array(store, shape=10, chunks=4, dtype="i4", fill_value=5)
    array[...] = 5
    assert array.nchunks_initialized == 0
    array[...] = np.arange(10)
    assert array.nchunks_initialized == 3
    array[4:8] = 5
    assert array.nchunks_initialized == 2
    array[3:9] = 5
    array[:3] = 5
    assert array.nchunks_initialized == 1
    full = array.with_config({"write_empty_chunks": True})
    full[...] = 5
    assert full.nchunks_initialized == 3
    assert np.array_equal(array[...], np.full(10, 5))


def test_nan_fill_value_leaves_chunks_out(store):
    array = zarrc.create_array(store, shape=8, chunks=4, dtype="f8", fill_value=np.nan)
    array[:4] = np.nan
    assert array.nchunks_initialized == 0
    array[4:] = -np.nan
    assert np.isnan(array[...]).all()


def test_read_missing_chunks_off(store):
    array = zarrc.create_array(store, shape=8, chunks=4, dtype="f8", config={"read_missing_chunks": False})
    array[:4] = 1
    assert array[:4].sum() == 4
    with pytest.raises(ChunkNotFoundError, match="c/1"):
        array[...]
    with pytest.raises(ChunkNotFoundError, match="c/1"):
        python_engine(array)[...]


def test_damaged_chunk_is_named(store):
    array = zarrc.create_array(store, shape=8, chunks=4, dtype="i4")
    array[...] = np.arange(8)
    store.set_bytes("c/1", b"no zstd frame at all")
    assert array[:4].sum() == 6
    for engine in (array, python_engine(array)):
        with pytest.raises(CodecError, match="c/1"):
            engine[...]
        with pytest.raises(CodecError, match="c/1"):
            engine[6:] = np.ones(2)
    array[4:] = 1  # whole chunks need no merge
    assert array[...].sum() == 10


# values ----------------------------------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_assignment_broadcasts_as_numpy(data):
    shape = tuple(data.draw(st.lists(st.integers(0, 5), max_size=3)))
    array = zarrc.create_array(None, shape=shape, chunks=(2,) * len(shape), dtype="i8")
    model = np.zeros(shape, "i8")
    key = data.draw(keys(shape))
    value_shape = tuple(data.draw(st.lists(st.integers(0, 5), max_size=4)))
    if data.draw(st.booleans()):
        value_shape = tuple(data.draw(st.sampled_from([1, n])) for n in model[key].shape)
        value_shape = (1,) * data.draw(st.integers(0, 2)) + value_shape[data.draw(st.integers(0, len(value_shape))) :]
    value = np.arange(1, 1 + int(np.prod(value_shape, dtype=int))).reshape(value_shape)
    if not model[key].ndim and isinstance(model[key], np.generic):
        value = value.reshape(-1)[:1].reshape(()) if value.size else np.array(1)  # one element takes a scalar
    try:
        model[key] = value
    except ValueError:
        with pytest.raises(ValueError):
            array[key] = value
        assert not array[...].any()
    else:
        array[key] = value
        assert same(array[...], model)


def test_values_are_cast_as_numpy_casts():
    for dtype, value in (
        ("i4", 2.9),
        ("i4", np.arange(4.0) + 0.7),
        ("u1", np.array([-1, 256, 3, 4])),
        ("f4", [1, 2, 3, 4]),
        ("?", [0, 1, 2, 0]),
        ("M8[s]", np.array(["2020-01-01"] * 4, "M8[D]")),
        ("M8[D]", "2021-02-03"),
        ("f8", np.arange(4, dtype=">i2")),
        ("c8", 1 + 2j),
        ("i8", np.ma.masked_array([1, 2, 3, 4])),
        ("i8", range(4)),
    ):
        array, model = zarrc.create_array(None, shape=4, chunks=3, dtype=dtype), np.zeros(4, dtype)
        array[...] = value
        model[...] = value
        assert same(array[...], model), (dtype, value)


@pytest.mark.parametrize(
    ("dtype", "value", "error"),
    [
        ("u1", 300, OverflowError),
        ("u1", -1, OverflowError),
        ("i4", [1, 2, 3, 1 << 40], OverflowError),
        ("f8", "word", ValueError),
        ("f8", 1j, TypeError),
        ("i4", None, TypeError),
        ("i4", [[1], [2, 3]], ValueError),
    ],
)
def test_values_that_numpy_refuses(dtype, value, error):
    with pytest.raises(error):
        np.zeros(4, dtype)[...] = value
    array = zarrc.create_array(None, shape=4, chunks=3, dtype=dtype)
    with pytest.raises(error):
        array[...] = value
    assert array.nchunks_initialized == 0


def test_an_array_as_value():
    source = zarrc.array(np.arange(10), chunks=3)
    target = zarrc.zeros((2, 10), chunks=(1, 4), dtype="f4")
    target[...] = source
    assert same(target[...], np.broadcast_to(np.arange(10, dtype="f4"), (2, 10)))
    source[1:] = source[:-1]
    assert source[...].tolist() == [0, 0, 1, 2, 3, 4, 5, 6, 7, 8]


def test_values_of_any_strides():
    wide = np.arange(48).reshape(6, 8)
    array = zarrc.zeros((3, 4), chunks=(2, 3), dtype=int)
    for value in (wide[::2, ::2], wide[::-2, 3::-1], wide[:4, :3].T, np.asfortranarray(wide[:3, :4])):
        array[...] = value
        assert same(array[...], value)


# keys ------------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "error"),
    [
        (4, BoundsCheckError),
        (-5, BoundsCheckError),
        ((0, 3), BoundsCheckError),
        (slice(None, None, -1), NegativeStepError),
        ((slice(None), slice(3, 0, -2)), NegativeStepError),
        ((0, 0, 0), ArrayIndexError),
        ((..., ...), ArrayIndexError),
        (None, ArrayIndexError),
        ((None, 0), ArrayIndexError),
        ((..., None), ArrayIndexError),
        (True, ArrayIndexError),
        ((0, np.False_), ArrayIndexError),
        (1.0, ArrayIndexError),
        (slice(0.0, 2), ArrayIndexError),
        (slice(None, None, 0), (IndexError, ValueError)),
        ("name", ArrayIndexError),
        ({}, ArrayIndexError),
    ],
)
def test_bad_keys(key, error):
    array = zarrc.array(np.arange(12).reshape(4, 3), chunks=(2, 2))
    with pytest.raises(error):
        array[key]
    with pytest.raises(error):
        array[key] = 1
    with pytest.raises(error):
        array.get_basic_selection(key)
    assert np.array_equal(array[...], np.arange(12).reshape(4, 3))


def test_integer_likes_are_integers():
    array = zarrc.array(np.arange(12).reshape(4, 3), chunks=(2, 2))
    assert array[np.int8(-1), np.array(2)] == 11
    assert array[np.uint64(1) :, 0].tolist() == [3, 6, 9]


def test_scalars_are_scalars():
    array = zarrc.array(np.arange(4.0), chunks=2)
    assert type(array[1]) is np.float64
    zero = zarrc.array(np.float32(7))
    assert zero.shape == zero.chunks == ()
    assert type(zero[()]) is np.float32
    assert zero[...] == 7
    zero[...] = 8
    assert zero[()] == 8
    zero[()] = 9
    assert zero[...] == 9


def test_truth():
    """As of zarr-python's arrays, which have no length."""
    assert zarrc.zeros((0,)) and zarrc.zeros(()) and zarrc.zeros((2, 3))


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("dtype", ["M8[s]", "m8[ns]"])
def test_times_without_fill_value_are_not_a_time(dtype, zarr_format):
    array = zarrc.create_array({}, shape=3, chunks=2, dtype=dtype, zarr_format=zarr_format, fill_value=None)
    array[0] = 5
    assert np.isnat(array[...]).tolist() == [False, True, True]


def test_a_step_of_zero():
    array = zarrc.zeros((4, 4))
    for select in (lambda: array[::0], lambda: array.oindex[::0], lambda: array[1:2, ::0]):
        with pytest.raises(ValueError, match="zero") as caught:
            select()
        assert isinstance(caught.value, IndexError)
