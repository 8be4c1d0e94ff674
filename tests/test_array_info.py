from __future__ import annotations

import copy
import pickle

import numpy as np
import pytest

import zarrc
from zarrc.info import human_size


@pytest.mark.parametrize(
    ("nbytes", "text"),
    [(0, "0"), (1023, "1023"), (1024, "1.0K"), (1536, "1.5K"), (1 << 20, "1.0M"), (5 << 30, "5.0G"), (1 << 50, "1.0P")],
)
def test_human_size(nbytes, text):
    assert human_size(nbytes) == text


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_array_info(zarr_format):
    array = zarrc.create_array(None, shape=(100, 50), chunks=(30, 50), dtype="f8", zarr_format=zarr_format)
    array[:30] = np.random.default_rng(1).random((30, 50))
    text = repr(array.info)
    for part in ("Array", "float64", "(100, 50)", "(30, 50)", "MemoryStore", "40000 (39.1K)", "False"):
        assert part in text
    assert ("Serializer" in text) == (zarr_format == 3)
    assert "Chunks Initialized" not in text
    assert {line.index(" : ") for line in text.splitlines() if " : " in line}
    full = repr(array.info_complete())
    assert "1/4" in full
    assert str(array.nbytes_stored()) in full
    assert array.info == array.info
    assert array.info != array.info_complete()


def test_info_of_nothing():
    assert "Storage ratio" in repr(zarrc.zeros((0, 3)).info_complete())
    assert "()" in repr(zarrc.zeros(()).info)


def test_group_info():
    group = zarrc.create_group(None)
    group.create_group("a").create_array("b", shape=3, dtype="i4")
    text = repr(group.info)
    assert "Group" in text
    assert "No. members" not in text
    items = group.info_complete().items
    assert (items["No. members"], items["No. arrays"], items["No. groups"]) == (2, 1, 1)
    assert group.info != zarrc.zeros(3).info


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_items_under_the_names_of_zarr_python(zarr_format):
    group = zarrc.create_group(None, zarr_format=zarr_format)
    array = group.create_array("a", shape=(4, 6), chunks=(2, 3), dtype="i4")
    assert group.info._zarr_format == array.info._zarr_format == zarr_format
    assert group.info_complete()._count_members == 1
    assert (array.info._shape, array.info._chunk_shape, array.info._read_only) == ((4, 6), (2, 3), False)
    assert not hasattr(group.info, "_count_members")
    assert pickle.loads(pickle.dumps(group.info)) == copy.copy(group.info) == group.info
