from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import ContainsArrayError

formats = pytest.mark.parametrize("zarr_format", [2, 3])


@formats
def test_save_and_load(store, zarr_format):
    value = np.arange(12.0).reshape(3, 4)
    zarrc.save(store, value, path="x", zarr_format=zarr_format)
    assert zarrc.open(store, path="x").metadata.zarr_format == zarr_format
    found = zarrc.load(store, path="x")
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found, value)
    zarrc.save_array(store, np.array([1, 2]), path="y", zarr_format=zarr_format, mode="w")
    assert zarrc.load(store, path="y").tolist() == [1, 2]
    with pytest.raises(ContainsArrayError):
        zarrc.save_array(store, value[0], path="y", zarr_format=zarr_format)
    zarrc.save_array(store, value[0], path="y", zarr_format=zarr_format, overwrite=True)
    assert zarrc.load(store, path="y").tolist() == [0, 1, 2, 3]


@formats
def test_save_several(store, zarr_format):
    zarrc.save(store, np.arange(3), np.array([4.5]), name=np.ones(2), zarr_format=zarr_format)
    assert {k: v.tolist() for k, v in zarrc.load(store).items()} == {
        "arr_0": [0, 1, 2],
        "arr_1": [4.5],
        "name": [1, 1],
    }
    zarrc.save_group(store, np.zeros(1), path="sub", zarr_format=zarr_format)
    assert list(zarrc.load(store, path="sub")) == ["arr_0"]
    zarrc.save(store, np.arange(2), np.arange(2), zarr_format=zarr_format)
    assert zarrc.load(store)["arr_0"].tolist() == [0, 1]
    assert sorted(zarrc.open_group(store)) == ["arr_0", "arr_1"]


def test_nothing_to_save(store):
    for use in (zarrc.save, zarrc.save_group):
        with pytest.raises(ValueError, match="at least one"):
            use(store)
    with pytest.raises(FileNotFoundError):
        zarrc.load(store)


def test_load_of_one_element(store):
    zarrc.save(store, np.float32(3))
    assert zarrc.load(store) == 3


def test_only_arrays_are_saved():
    for use in (zarrc.save, zarrc.save_array, zarrc.save_group):
        with pytest.raises(TypeError, match="numpy or other NDArrayLike"):
            use({}, "text")
    with pytest.raises(TypeError, match="Keyword argument 'mode' must be a numpy or other NDArrayLike array"):
        zarrc.save({}, np.arange(3), mode="w")
