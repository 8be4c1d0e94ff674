"""Modes of opening, and what is there."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ArrayNotFoundError,
    ContainsArrayError,
    GroupNotFoundError,
    MetadataValidationError,
    NodeTypeValidationError,
    ReadOnlyError,
    ZarrRuntimeWarning,
    ZarrUserWarning,
)
from zarrc.stores import MemoryStore

formats = pytest.mark.parametrize("zarr_format", [2, 3])


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_modes_that_need_something_there(store, mode):
    for use, error in (
        (zarrc.open, GroupNotFoundError),  # clients of zarr-python wait for this one
        (zarrc.open_array, ArrayNotFoundError),
        (zarrc.open_group, GroupNotFoundError),
    ):
        with pytest.raises(error) as caught:
            use(store, mode=mode)
        assert isinstance(caught.value, FileNotFoundError)
        assert isinstance(caught.value, ValueError)
    with pytest.raises(ArrayNotFoundError):
        zarrc.open_array(store, mode=mode, shape=3, dtype="i4")
    zarrc.create_array(store, name="a", data=np.arange(3))
    zarrc.create_group(store, path="g")
    for array in (zarrc.open(store, mode=mode, path="a"), zarrc.open_array(store, mode=mode, path="a")):
        assert array.read_only == (mode == "r")
        assert array[...].tolist() == [0, 1, 2]
    for group in (zarrc.open(store, mode=mode, path="g"), zarrc.open_group(store, mode=mode, path="g")):
        assert group.read_only == (mode == "r")
    with pytest.raises(NodeTypeValidationError):
        zarrc.open_array(store, mode=mode, path="g")
    with pytest.raises(ContainsArrayError):
        zarrc.open_group(store, mode=mode, path="a")


@formats
def test_mode_a(store, zarr_format):
    with pytest.raises(ArrayNotFoundError):
        zarrc.open_array(store, mode="a", zarr_format=zarr_format)
    group = zarrc.open_group(store, mode="a", attributes={"k": 1}, zarr_format=zarr_format)
    assert group.attrs["k"] == 1
    assert zarrc.open(store) == group
    array = zarrc.open_array(store, path="a", shape=3, dtype="i4", fill_value=7, zarr_format=zarr_format)
    assert zarrc.open_array(store, path="a", shape=5, dtype="f8") == array
    assert zarrc.open(store, path="b", shape=3, dtype="i4", zarr_format=zarr_format).shape == (3,)
    assert isinstance(zarrc.open(store, path="c", zarr_format=zarr_format), zarrc.Group)
    assert sorted(group) == ["a", "b", "c"]


def test_mode_w(store):
    zarrc.open_array(store, mode="w", shape=3, dtype="i4")[...] = 5
    array = zarrc.open_array(store, mode="w", shape=4, dtype="f8")
    assert array[...].tolist() == [0.0] * 4
    assert not array.read_only
    with pytest.raises(ValueError):
        zarrc.open_array(store, mode="w")
    assert zarrc.open_array(store, mode="r").shape == (4,)
    group = zarrc.open_group(store, mode="w", attributes={"k": 1})
    assert zarrc.open(store, mode="r").attrs == group.attrs == {"k": 1}
    zarrc.open_group(store, mode="w", zarr_format=2)
    assert zarrc.open(store, mode="r").metadata.zarr_format == 2
    assert zarrc.open(store, mode="w", shape=2, dtype="i4").shape == (2,)
    assert isinstance(zarrc.open(store, mode="w"), zarrc.Group)


def test_mode_w_minus(store):
    mode = "w-"
    zarrc.open_array(store, mode=mode, path="a", shape=3, dtype="i4")
    zarrc.open_group(store, mode=mode, path="g")
    zarrc.open(store, mode=mode, path="b", shape=3, dtype="i4")
    for path in "abg":
        for use in (zarrc.open, zarrc.open_group, zarrc.open_array):
            with pytest.raises(FileExistsError):
                use(store, mode=mode, path=path, **({"shape": 3, "dtype": "i4"} if use is zarrc.open_array else {}))
    assert zarrc.open_array(store, path="a").shape == (3,)


@pytest.mark.parametrize("mode", ["rw", "x", "R"])
def test_bad_modes(mode):
    for use in (zarrc.open, zarrc.open_array, zarrc.open_group):
        with pytest.raises(ValueError, match=f"Invalid mode: {mode}"):
            use(MemoryStore(), mode=mode)


def test_read_only_stores():
    keys: dict[str, bytes] = {}
    zarrc.create_array(keys, data=np.arange(3))
    frozen = MemoryStore(keys, read_only=True)
    assert zarrc.open(frozen).read_only
    assert zarrc.open_array(frozen)[...].tolist() == [0, 1, 2]
    for use in (
        lambda: zarrc.open_array(frozen, mode="r+"),
        lambda: zarrc.open_array(frozen, mode="w", shape=3, dtype="i4"),
        lambda: zarrc.create_array(frozen, name="b", shape=3, dtype="i4"),
        lambda: zarrc.create_group(frozen, path="g"),
        lambda: zarrc.save(frozen, np.arange(3)),
    ):
        with pytest.raises(ReadOnlyError):
            use()


def test_group(store):
    group = zarrc.group(store, attributes={"k": 1})
    assert zarrc.group(store) == group
    group.create_group("sub")
    assert list(zarrc.group(store)) == ["sub"]
    assert list(zarrc.group(store, overwrite=True)) == []
    assert zarrc.group().attrs == {}
    with pytest.raises(TypeError):
        zarrc.group(store, colour=1)


def test_config_when_opening(store):
    zarrc.create_array(store, shape=(2, 2), dtype="i4")
    for use in (zarrc.open, zarrc.open_array):
        assert use(store, config={"order": "F"}).order == "F"
        assert use(store).order == "C"
    with pytest.raises(TypeError):
        zarrc.open_array(store, config={"colour": 1})


def test_formats_side_by_side(store):
    zarrc.create_array(store, data=np.arange(2), zarr_format=2)
    zarrc.create_array(store, data=np.arange(3), zarr_format=3)
    with pytest.warns(ZarrUserWarning, match=r"Both zarr.json .* and .zarray .* exist at .*Zarr v3 will be used"):
        assert zarrc.open_array(store).shape == (3,)
    assert zarrc.open_array(store, zarr_format=2).shape == (2,)
    assert zarrc.open(store, zarr_format=2).metadata.zarr_format == 2
    assert zarrc.open_array(store, zarr_format=3)[...].tolist() == [0, 1, 2]


def test_mode_w_minus_wants_an_empty_place():
    store = MemoryStore()
    store.set_bytes("x/readme", b"text")
    for use in (zarrc.open_array, zarrc.create):
        with pytest.raises(FileExistsError, match="mode 'w-'"):
            use(store=store, path="x", mode="w-", shape=3)
    assert zarrc.open_array(store, path="y", mode="w-", shape=3).shape == (3,)


def test_bad_formats():
    for use in (zarrc.open, zarrc.open_array, zarrc.open_group):
        with pytest.raises(MetadataValidationError, match=r"Expected 2, 3, or None\. Got '3\.0'"):
            use({}, zarr_format="3.0", **({"shape": 1} if use is zarrc.open_array else {}))


def test_a_config_is_for_arrays():
    store = MemoryStore()
    for _ in range(2):
        with pytest.raises(TypeError, match="resolves to a group"):
            zarrc.open(store, config={"order": "F"})
        zarrc.open_group(store)
    with pytest.raises(ValueError, match="Expected instance of bool"):
        zarrc.create_array(store, name="a", shape=1, dtype="i1", config={"write_empty_chunks": "no"})


def test_groups_of_both_formats():
    store = MemoryStore()
    for zarr_format in (2, 3):
        zarrc.create_group(store, zarr_format=zarr_format)
    with pytest.warns(ZarrUserWarning, match="Both zarr.json .* and .zgroup"):
        assert zarrc.open_group(store).metadata.zarr_format == 3


def test_v2_group_opened_by_open_knows_its_consolidated_metadata():
    store = MemoryStore()
    zarrc.create_group(store, zarr_format=2).create_array("a", shape=3, dtype="i1")
    zarrc.consolidate_metadata(store)
    assert zarrc.open(store).metadata.consolidated_metadata is not None
    assert zarrc.open(store, use_consolidated=False).metadata.consolidated_metadata is None


def test_consolidated_metadata_under_another_key():
    store = MemoryStore()
    zarrc.create_group(store, zarr_format=2).create_array("a", shape=3, dtype="i1")
    zarrc.consolidate_metadata(store)
    store.set_bytes(".other", store.get_bytes(".zmetadata"))
    store.delete_sync(".zmetadata")
    assert list(zarrc.open_group(store, use_consolidated=".other").metadata.consolidated_metadata) == ["a"]
    with pytest.raises(ValueError, match="not found"):
        zarrc.open_consolidated(store)
    with pytest.raises(TypeError, match="use_consolidated=True"):
        zarrc.open_consolidated(store, use_consolidated=False)


@pytest.mark.parametrize("name", ["cache_attrs", "synchronizer", "chunk_store", "meta_array"])
def test_settings_that_are_ignored(name):
    for use in (zarrc.open_group, zarrc.group):
        with pytest.warns(ZarrRuntimeWarning, match=f"{name} is not yet implemented"):
            use({}, **{name: 1})


def test_storage_options_are_for_urls(tmp_path):
    for store in ({}, str(tmp_path), tmp_path, MemoryStore(), f"file://{tmp_path}"):
        for use in (zarrc.open, zarrc.open_group, zarrc.create_group, zarrc.open_array):
            with pytest.raises(TypeError, match="'storage_options' was provided but unused"):
                use(store, storage_options={"anon": True})


def test_storage_options_reach_the_file_system(tmp_path):
    pytest.importorskip("fsspec")
    url = f"local://{tmp_path}/g"
    options = {"auto_mkdir": True}
    zarrc.create_array(url, name="a", data=np.arange(3), storage_options=options)
    zarrc.create(3, store=url, path="b", storage_options=options)
    zarrc.save(url, np.arange(2), path="c", storage_options=options)
    assert zarrc.open(url, path="a", storage_options=options).store.fs.auto_mkdir
    assert sorted(zarrc.open_group(f"{tmp_path}/g")) == ["a", "b", "c"]
