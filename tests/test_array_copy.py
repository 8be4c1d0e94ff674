from __future__ import annotations

import numpy as np
import pytest

import zarrc


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_everything_of_an_array_is_kept(zarr_format):
    data = np.arange(56.0).reshape(7, 8)
    names = {"dimension_names": ["x", None]} if zarr_format == 3 else {}
    source = zarrc.create_array(
        {}, data=data, chunks=(3, 4), fill_value=9, zarr_format=zarr_format, attributes={"a": [1]}, **names
    )
    made = zarrc.from_array({}, data=source)
    assert made.metadata == source.metadata
    np.testing.assert_array_equal(made[:], data)
    assert zarrc.from_array({}, data=source, write_data=False)[0, 0] == 9


def test_shards_are_kept_or_left():
    source = zarrc.create_array({}, data=np.arange(100), chunks=(5,), shards=(20,))
    assert zarrc.from_array({}, data=source).shards == (20,)
    plain = zarrc.from_array({}, data=source, shards=None, chunks=(7,))
    assert (plain.shards, plain.chunks) == (None, (7,))
    np.testing.assert_array_equal(plain[:], np.arange(100))


@pytest.mark.parametrize(("before", "after"), [(2, 3), (3, 2)])
def test_into_the_other_format(before, after):
    source = zarrc.create_array({}, data=np.arange(12).reshape(3, 4), chunks=(2, 2), zarr_format=before)
    made = zarrc.from_array({}, data=source, zarr_format=after)
    assert made.metadata.zarr_format == after and made.chunks == (2, 2)
    np.testing.assert_array_equal(made[:], source[:])


def test_of_anything_like_an_array():
    assert zarrc.from_array({}, data=[[1, 2], [3, 4]])[:].tolist() == [[1, 2], [3, 4]]
    assert zarrc.from_array({}, data=np.arange(3), name="deep/er").path == "deep/er"


def test_an_array_is_not_overwritten_before_it_is_copied():
    store = zarrc.storage.MemoryStore()
    source = zarrc.create_array(store, name="a", data=np.arange(3))
    for name in ("a", "", "a/b"):
        with pytest.raises(ValueError, match="paths overlap"):
            zarrc.from_array(store, name=name, data=source, overwrite=True)
    np.testing.assert_array_equal(source[:], np.arange(3))
    zarrc.from_array(store, name="b", data=source, overwrite=True)
