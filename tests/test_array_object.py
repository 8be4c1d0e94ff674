"""Arrays as Python objects: sequences, sizes that change, pickle, equality, modes, configuration."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from array_strategies import chunks_stored
from hypothesis import given, settings
from hypothesis import strategies as st

import zarrc
from zarrc.errors import (
    ArrayNotFoundError,
    MetadataValidationError,
    NodeTypeValidationError,
    ReadOnlyError,
)
from zarrc.stores import LocalStore, MemoryStore


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "a.zarr")


# as a sequence ---------------------------------------------------------------------------------------------------
def test_len_iteration_and_asarray():
    value = np.arange(30).reshape(10, 3)
    array = zarrc.array(value, chunks=(4, 2))
    assert len(array) == 10
    assert np.array_equal(np.stack(list(array)), value)
    assert np.array_equal(np.asarray(array), value)
    assert np.asarray(array, dtype="f4").dtype == np.float32
    assert np.array_equal(np.array(array, copy=True), value)
    with pytest.raises(ValueError, match="copy"):
        np.asarray(array, copy=False)
    assert np.sum(array) == value.sum()
    zero = zarrc.array(5)
    for use in (len, iter, list):
        with pytest.raises(TypeError):
            use(zero)
    assert int(np.asarray(zero)) == 5
    assert list(zarrc.zeros((0, 3))) == []


def test_attributes_of_the_array():
    array = zarrc.create_array(None, name="a/b", shape=(5, 6), chunks=(2, 4), dtype="i2")
    assert (array.shape, array.chunks, array.ndim, array.size, array.nbytes) == ((5, 6), (2, 4), 2, 30, 60)
    assert (array.path, array.name, array.basename) == ("a/b", "/a/b", "b")
    assert (array.cdata_shape, array.nchunks, array.nchunks_initialized) == ((3, 2), 6, 0)
    assert array.fill_value == 0
    assert not array.read_only
    assert [type(c).__name__ for c in array.compressors] == ["ZstdCodec"]
    assert array.filters == ()
    assert type(array.serializer).__name__ == "BytesCodec"
    with pytest.raises(TypeError):
        array.compressor  # noqa: B018
    array[0, 0] = 1
    assert array.nchunks_initialized == 1
    assert array.nbytes_stored() > 60
    two = zarrc.create_array(None, shape=3, dtype="i2", zarr_format=2, filters=[{"id": "delta", "dtype": "<i2"}])
    assert two.serializer is None
    assert [type(c).__name__ for c in two.filters] == ["DeltaCodec"]
    assert type(two.compressor).__name__ == "ZstdCodec"
    assert repr(array).startswith("<Array memory://")
    assert repr(array).endswith("shape=(5, 6) dtype=int16>")


# resize, append --------------------------------------------------------------------------------------------------
@settings(max_examples=60, deadline=None)
@given(st.data())
def test_resize(data):
    old = tuple(data.draw(st.lists(st.integers(0, 9), min_size=1, max_size=3)))
    new = tuple(data.draw(st.integers(0, 9)) for _ in old)
    chunks = tuple(data.draw(st.integers(1, 4)) for _ in old)
    array = zarrc.create_array(None, shape=old, chunks=chunks, dtype="i4", fill_value=-1)
    value = np.arange(int(np.prod(old))).reshape(old).astype("i4")
    array[...] = value
    array.resize(new)
    assert array.shape == new == zarrc.open_array(array.store_path).shape
    both = tuple(slice(min(a, b)) for a, b in zip(old, new, strict=True))
    assert np.array_equal(array[both], value[both])
    assert array.nchunks_initialized <= array.nchunks
    assert len(chunks_stored(array.store)) == array.nchunks_initialized
    if all(b >= a for a, b in zip(old, new, strict=True)):
        outside = array[...]
        outside[both] = -1
        assert (outside == -1).all()


def test_resize_forms():
    array = zarrc.zeros((4, 4), chunks=(2, 2))
    array.shape = (2, 6)
    assert array.shape == (2, 6)
    for bad in (5, (1, 2, 3), (-1, 2)):
        with pytest.raises(ValueError):
            array.resize(bad)
    line = zarrc.zeros(4)
    line.resize(np.int64(7))
    assert line.shape == (7,)


@pytest.mark.parametrize("axis", [0, 1, -1, -2])
def test_append(axis):
    value = np.arange(12).reshape(3, 4)
    array = zarrc.array(value, chunks=(2, 3))
    expected = np.concatenate([value, value], axis)
    assert array.append(value, axis=axis) == expected.shape
    assert np.array_equal(array[...], expected)
    assert np.array_equal(zarrc.open_array(array.store)[...], expected)


def test_append_that_does_not_fit():
    array = zarrc.array(np.arange(12).reshape(3, 4), chunks=(2, 3))
    for data, axis in ((np.zeros((1, 3)), 0), (np.zeros(4), 0), (np.zeros((3, 4)), 2), (np.zeros((3, 4)), -3)):
        with pytest.raises((ValueError, IndexError)):
            array.append(data, axis=axis)
    with pytest.raises(ValueError):
        array.append([["a", "b", "c", "d"]])
    assert array.shape == (3, 4)
    with pytest.raises(ValueError):
        zarrc.array(1).append(2)


# manners ---------------------------------------------------------------------------------------------------------
def test_pickle_and_equality(store):
    array = zarrc.create_array(
        store, name="x", data=np.arange(6), chunks=4, attributes={"k": [1]}, config={"order": "F"}
    )
    twin = pickle.loads(pickle.dumps(array))
    assert np.array_equal(twin[...], np.arange(6))
    assert (twin.shape, twin.path, twin.config, dict(twin.attrs)) == ((6,), "x", array.config, {"k": [1]})
    again = zarrc.open_array(store, path="x", config={"order": "F"})
    assert again == array
    assert again != zarrc.open_array(store, path="x")
    assert again != zarrc.open_array(store, path="x", mode="r", config={"order": "F"})
    assert array != np.arange(6).tolist()
    if isinstance(store, LocalStore):
        assert twin == array
    with pytest.raises(TypeError):
        hash(array)


def test_read_only(store):
    zarrc.create_array(store, data=np.arange(6), chunks=4)
    array = zarrc.open_array(store, mode="r")
    assert array.read_only
    before = chunks_stored(store)
    for change in (
        lambda: array.__setitem__(0, 1),
        lambda: array.resize(3),
        lambda: array.append([1]),
        lambda: array.attrs.update(a=1),
        lambda: array.update_attributes({"a": 1}),
    ):
        with pytest.raises(ReadOnlyError, match="read-only"):
            change()
    assert chunks_stored(store) == before
    assert array.shape == zarrc.open_array(store).shape == (6,)
    assert issubclass(ReadOnlyError, ValueError)


def test_open_classmethod(store):
    zarrc.create_group(store)
    with pytest.raises(NodeTypeValidationError):
        zarrc.Array.open(store)
    with pytest.raises(ArrayNotFoundError):
        zarrc.Array.open(zarrc.stores.StorePath(store, "missing"))
    zarrc.create_array(store, name="a", shape=3, dtype="f4")
    assert zarrc.Array.open(zarrc.stores.StorePath(store, "a"), config={"order": "F"}).order == "F"


def test_with_config():
    array = zarrc.create_array(None, shape=3, dtype="f4", config={"write_empty_chunks": True})
    twin = array.with_config({"order": "F"})
    assert (twin.config.order, twin.config.write_empty_chunks) == ("F", True)
    with pytest.raises(TypeError):
        array.with_config({"colour": 1})
    with pytest.raises(ValueError):
        array.with_config({"order": "A"})


def test_global_configuration():
    with zarrc.config.set({"array.order": "F", "array.write_empty_chunks": True}):
        array = zarrc.create_array(None, shape=(2, 2), dtype="f4")
    assert (array.order, array.config.write_empty_chunks) == ("F", True)
    with zarrc.config.set({"default_zarr_format": 2}):
        assert zarrc.zeros(3).metadata.zarr_format == 2


def test_metadata_errors_are_of_one_family(store):
    store.set_bytes("zarr.json", b'{"zarr_format": 3, "node_type": "array"}')
    with pytest.raises(MetadataValidationError, match="shape"):
        zarrc.open_array(store)
    store.set_bytes("zarr.json", b"{")
    with pytest.raises(MetadataValidationError):
        zarrc.open(store)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_from_dict(zarr_format):
    array = zarrc.create_array({}, data=np.arange(6), chunks=4, attributes={"a": 1}, zarr_format=zarr_format)
    for twin in (
        zarrc.Array.from_dict(array.store_path, array.metadata.to_dict()),
        zarrc.Array(zarrc.AsyncArray.from_dict(array.store_path, array.metadata.to_dict())),
    ):
        assert twin == array
        assert twin[...].tolist() == list(range(6))


def test_from_dict_refused():
    place = zarrc.zeros(3).store_path
    with pytest.raises(ValueError, match=r"Invalid zarr_format: 4\. Expected 2 or 3"):
        zarrc.Array.from_dict(place, {"zarr_format": 4})
    document = {**zarrc.zeros(3).metadata.to_dict(), "storage_transformers": [{"name": "x"}]}
    with pytest.raises(ValueError, match="storage transformers are not supported"):
        zarrc.Array.from_dict(place, document)


def test_compared_with_values():
    array = zarrc.array(np.arange(4))
    np.testing.assert_array_equal(array == np.arange(4), [True] * 4)
    np.testing.assert_array_equal(array != np.array([0, 1, 2, 4]), [False, False, False, True])
    np.testing.assert_array_equal(np.arange(4) == array, [True] * 4)
    assert array == array and array != zarrc.array(np.arange(4)) and (array == 5) is False
