from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ArrayNotFoundError,
    ContainsArrayError,
    ContainsGroupError,
    GroupNotFoundError,
    ReadOnlyError,
    ZarrDeprecationWarning,
    ZarrUserWarning,
)
from zarrc.metadata import GroupMetadata
from zarrc.storage import MemoryStore


@pytest.fixture(params=[2, 3])
def group(request):
    made = zarrc.create_group({}, zarr_format=request.param, attributes={"title": "t"})
    made.create_array("a", data=np.arange(4))
    made.create_group("b").create_array("c", shape=(2, 3), dtype="f4")
    return made


def consolidated(group):
    if group.metadata.zarr_format == 2:
        return zarrc.consolidate_metadata(group.store_path)
    with pytest.warns(ZarrUserWarning, match="Consolidated"):
        return zarrc.consolidate_metadata(group.store_path)


def test_consolidated_metadata_opens_everything_from_one_document(group):
    made = consolidated(group)
    assert sorted(made.metadata.consolidated_metadata.flattened_metadata) == ["a", "b", "b/c"]
    nested = made.metadata.consolidated_metadata.metadata
    assert sorted(nested) == ["a", "b"] and list(nested["b"].consolidated_metadata.metadata) == ["c"]
    again = zarrc.open_consolidated(group.store, mode="r")
    for key in ("b/c/zarr.json", "b/c/.zarray", "b/c/.zattrs", "b/zarr.json", "b/.zgroup"):
        group.store._store_dict.pop(key, None)
    assert again["b/c"].shape == (2, 3) and again.attrs["title"] == "t"


def test_consolidating_needs_a_store_that_may_have_it(group):
    class Plain(MemoryStore):
        supports_consolidated_metadata = False

    with pytest.raises(TypeError, match="doesn't support consolidated metadata"):
        zarrc.consolidate_metadata(Plain(group.store._store_dict))
    with pytest.raises(ReadOnlyError):
        zarrc.consolidate_metadata(group.store.with_read_only(True))
    with pytest.raises(GroupNotFoundError):
        zarrc.consolidate_metadata({})


def test_tree(group):
    lines = str(group.tree()).splitlines()
    assert lines == ["/", "├── a (4,) int64", "└── b", "    └── c (2, 3) float32"]
    with pytest.warns(ZarrDeprecationWarning, match=r"Use Group.tree instead"):
        assert str(zarrc.tree(group, level=0)).splitlines() == lines[:3]
    assert "Truncated at max_nodes=1" in str(group.tree(max_nodes=1))
    assert "<b>a</b>" in group.tree()._repr_mimebundle_()["text/html"]
    with pytest.raises(NotImplementedError):
        group.tree(expand=True)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_hierarchy_is_made_with_the_groups_above(zarr_format):
    array = zarrc.create_array({}, shape=(3,), dtype="i2", zarr_format=zarr_format).metadata
    store = MemoryStore()
    nodes = {"x/y": array, "g": GroupMetadata({"n": 1}, zarr_format)}
    made = dict(zarrc.create_hierarchy(store=store, nodes=nodes))
    assert sorted(made) == ["", "g", "x", "x/y"]
    assert made["x/y"].shape == (3,)
    root = zarrc.open_group(store, mode="r")
    assert [path for path, _ in root.members(max_depth=None)] == ["g", "x", "x/y"]
    assert root["g"].attrs["n"] == 1
    with pytest.raises(ContainsArrayError):
        list(zarrc.create_hierarchy(store=store, nodes={"x/y": array}))
    made["x/y"][:] = 5
    dict(zarrc.create_hierarchy(store=store, nodes={"x/y": array}, overwrite=True))
    assert root["x/y"][:].tolist() == [0, 0, 0]


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_hierarchy_replaces_nodes_with_what_lies_below(zarr_format):
    array = zarrc.create_array({}, shape=(2,), dtype="i4", zarr_format=zarr_format).metadata
    root = zarrc.create_group({}, zarr_format=zarr_format)
    for name in ("a/b", "q/b", "q/c/d", "keep"):
        root.create_array(name, shape=(5,), dtype="i4")
    nodes = {"a": array, "q": GroupMetadata({"n": 1}, zarr_format), "q/c/d/e": array}
    waiting = root.create_hierarchy(nodes, overwrite=True)
    assert root["a/b"].shape == (5,)  # nothing is done yet
    assert next(waiting)[0] in nodes
    assert sorted(path for path, _ in root.members(None)) == ["a", "keep", "q", "q/c", "q/c/d", "q/c/d/e"]
    assert root["a"].shape == (2,) and isinstance(root["q/c/d"], zarrc.Group) and root["q"].attrs["n"] == 1
    everything = {"": GroupMetadata({"n": 2}, zarr_format), "x": array}
    made = dict(zarrc.create_hierarchy(store=root.store, nodes=everything, overwrite=True))
    assert [path for path, _ in made[""].members(None)] == ["x"]


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_hierarchy_that_is_refused_removes_nothing(zarr_format):
    root = zarrc.create_group({}, zarr_format=zarr_format)
    array = root.create_array("array", data=[1, 2, 3])
    kept = root.create_array("kept", data=[1, 2, 3])
    nodes = {"kept": kept.metadata, "array/x": array.metadata}
    with pytest.raises(ContainsArrayError, match="'array'"):
        dict(root.create_hierarchy(nodes, overwrite=True))
    assert kept[:].tolist() == array[:].tolist() == [1, 2, 3]


def test_a_hierarchy_is_seen_in_a_consolidated_group():
    root = zarrc.create_group({})
    root.create_group("g")
    with pytest.warns(ZarrUserWarning):
        root = zarrc.consolidate_metadata(root.store)
    dict(root.create_hierarchy({"new": GroupMetadata()}))
    assert sorted(root) == ["g", "new"]


def test_a_hierarchy_that_cannot_be():
    array = zarrc.create_array({}, shape=(3,), dtype="i2").metadata
    with pytest.raises(ValueError, match="not a Zarr group"):
        zarrc.create_hierarchy(store={}, nodes={"a": array, "a/b": array})
    with pytest.raises(ValueError, match="collides"):
        zarrc.create_hierarchy(store={}, nodes={"a": array, "/a": array})
    with pytest.raises(ValueError, match="must be the same"):
        zarrc.create_hierarchy(store={}, nodes={"a": array, "b": GroupMetadata(zarr_format=2)})
    with pytest.raises(ValueError, match="root node"):
        zarrc.create_group({}).create_hierarchy({"": GroupMetadata()})


def test_group_creation_methods(group):
    assert group.zeros(name="z", shape=(2,))[:].tolist() == [0, 0]
    assert group.ones(name="o/p", shape=(2,))[:].tolist() == [1, 1]
    assert group.full(name="f", shape=(2,), fill_value=7)[:].tolist() == [7, 7]
    assert group.empty(name="e", shape=(2,)).shape == (2,)
    for name in ("zeros", "ones", "empty", "full"):
        like = getattr(group, f"{name}_like")(name=f"like_{name}", data=group["a"])
        assert (like.shape, like.dtype, like.metadata.zarr_format) == ((4,), "i8", group.metadata.zarr_format)


def test_typed_access(group):
    assert group.get_array("b/c").shape == (2, 3)
    assert group.get_group("b").path == "b"
    with pytest.raises(ContainsGroupError, match="exists in store"):
        group.get_array("b")
    with pytest.raises(ContainsArrayError, match="exists in store"):
        group.get_group("a")
    with pytest.raises(ArrayNotFoundError):
        group.get_array("none")
    with pytest.raises(GroupNotFoundError):
        group.get_group("none")


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_groups_above_an_array_are_made(zarr_format):
    store = MemoryStore()
    zarrc.create_array(store, name="x/y/z", shape=(1,), dtype="i1", zarr_format=zarr_format)
    assert [p for p, _ in zarrc.open_group(store, mode="r").members(max_depth=None)] == ["x", "x/y", "x/y/z"]
