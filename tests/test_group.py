from __future__ import annotations

import json
import pickle
import warnings

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ContainsArrayError,
    ContainsGroupError,
    GroupNotFoundError,
    ReadOnlyError,
)
from zarrc.stores import LocalStore, MemoryStore, StorePath


@pytest.fixture(params=["memory", "local"])
def store(request, tmp_path):
    return MemoryStore() if request.param == "memory" else LocalStore(tmp_path / "g.zarr")


@pytest.fixture(params=[2, 3])
def group(request, store):
    root = zarrc.create_group(store, zarr_format=request.param, attributes={"title": "root"})
    root.create_array("a", data=np.arange(6), chunks=4)
    root.create_group("sub", attributes={"n": 1}).create_array("deep/b", shape=(2, 3), dtype="f4")
    return root


def test_members(group):
    assert sorted(group) == sorted(group.keys()) == ["a", "sub"]
    assert len(group) == group.nmembers() == 2
    assert group.nmembers(None) == 4
    assert [p for p, _ in group.members(1)] == ["a", "sub", "sub/deep"]
    assert sorted(p for p, _ in group.members(None)) == ["a", "sub", "sub/deep", "sub/deep/b"]
    assert list(group.array_keys()) == ["a"]
    assert list(group.group_keys()) == ["sub"]
    assert [n for n, _ in group.arrays()] == ["a"]
    assert [n for n, _ in group.groups()] == ["sub"]
    assert [a.shape for a in group.array_values()] == [(6,)]
    assert [g.path for g in group.group_values()] == ["sub"]
    with pytest.raises(ValueError):
        group.members(-1)


def test_items(group):
    assert group["a"][...].tolist() == list(range(6))
    assert group["sub/deep/b"].shape == (2, 3)
    assert group["/sub/"]["deep"]["b"].name == "/sub/deep/b"
    assert (group["sub"].path, group["sub"].name, group["sub"].basename) == ("sub", "/sub", "sub")
    assert "a" in group
    assert "sub/deep/b" in group
    for absent in ("b", "sub/a", "a/b"):
        assert absent not in group
        assert group.get(absent) is None
        assert group.get(absent, 5) == 5
        with pytest.raises(KeyError):
            group[absent]
    assert 5 not in group
    with pytest.raises(TypeError):
        group[5]
    for outside in ("..", "sub/../a"):
        with pytest.raises(ValueError):
            group[outside]


def test_delete(group):
    del group["sub"]
    assert list(group) == ["a"]
    assert not any(key.startswith("sub") for key, _ in group.store.list_prefix_sync(""))
    with pytest.raises(KeyError):
        del group["sub"]


def test_setitem(group):
    group["a"] = np.arange(3.0)
    assert group["a"].dtype == np.float64
    assert group["a"].shape == (3,)
    group["new/x"] = [1, 2]
    assert group["new/x"][...].tolist() == [1, 2]
    group["sub"] = np.ones(2)
    assert group["sub"].shape == (2,)
    assert "sub/deep" not in group


def test_create_over_existing(group):
    with pytest.raises(ContainsArrayError):
        group.create_array("a", shape=3, dtype="i4")
    with pytest.raises(ContainsArrayError):
        group.create_group("a")
    with pytest.raises(ContainsGroupError):
        group.create_group("sub")
    with pytest.raises(ContainsGroupError):
        group.create_array("sub", shape=3, dtype="i4")
    with pytest.raises(ContainsArrayError):
        group.create_group("a/below")
    assert group["a"].shape == (6,)
    assert group.create_group("a", overwrite=True).nmembers() == 0
    assert group.create_array("sub", shape=3, dtype="i4", overwrite=True).shape == (3,)
    for name in ("", "/"):
        with pytest.raises(ValueError):
            group.create_array(name, shape=3, dtype="i4", overwrite=True)


def test_a_bad_request_destroys_nothing(group):
    with pytest.raises(ValueError):
        group.create_array("a", shape=3, dtype="i4", compressors={"id": "no such codec"}, overwrite=True)
    assert group["a"][...].tolist() == list(range(6))


def test_require(group):
    assert group.require_group("sub").attrs["n"] == 1
    assert group.require_group("more/deep").path == "more/deep"
    assert [g.path for g in group.require_groups("sub", "x")] == ["sub", "x"]
    assert group.require_array("a", shape=6, dtype="i8") == group["a"]
    assert group.require_array("a", shape=(6,)).dtype == np.int64
    assert group.require_array("c", shape=(2,), dtype="f4").shape == (2,)
    for settings in ({"shape": 7}, {"shape": 6, "dtype": "i4"}, {"shape": 6, "dtype": "f8", "exact": True}):
        with pytest.raises(TypeError):
            group.require_array("a", **settings)
    with pytest.raises(TypeError):
        group.require_group("a")
    with pytest.raises(TypeError):
        group.require_array("sub", shape=6)
    assert group.require_group("sub", overwrite=True).nmembers() == 0


def test_attributes(group):
    group.attrs["x"] = [1, {"y": None}]
    group.update_attributes({"z": 2})
    again = zarrc.open_group(group.store)
    assert again.attrs.asdict() == {"title": "root", "x": [1, {"y": None}], "z": 2}
    assert again.metadata.zarr_format == group.metadata.zarr_format
    assert zarrc.open_group(group.store, path="sub").attrs["n"] == 1


def test_default_compressors():
    two = zarrc.create_group(None, zarr_format=2)
    assert two.create_array("a", shape=3, dtype="f8").compressor.get_config()["id"] == "blosc"
    assert two.create_array("b", shape=3, dtype="f8", compressor=None).compressors == ()
    assert two.create("c", shape=3, dtype="f8", compressor={"id": "zlib", "level": 1}).compressor.codec_id == "zlib"
    with pytest.raises(ValueError):
        two.create_array("d", shape=3, dtype="f8", compressor=None, compressors={"id": "zlib", "level": 1})
    three = zarrc.create_group(None)
    assert [c.name for c in three.create_array("a", shape=3, dtype="f8").compressors] == ["zstd"]


def test_read_only(group):
    frozen = zarrc.open_group(group.store, mode="r")
    assert frozen.read_only
    assert frozen["a"].read_only
    for change in (
        lambda: frozen.create_group("x"),
        lambda: frozen.create_array("y/x", shape=3, dtype="i4"),
        lambda: frozen.__setitem__("a", [1]),
        lambda: frozen.__delitem__("a"),
        lambda: frozen.attrs.put({}),
        lambda: frozen["a"].__setitem__(0, 1),
    ):
        with pytest.raises(ReadOnlyError):
            change()
    assert sorted(zarrc.open_group(group.store)) == ["a", "sub"]


def test_pickle_and_equality(group):
    twin = pickle.loads(pickle.dumps(group))
    assert sorted(twin) == ["a", "sub"]
    assert twin["a"][...].tolist() == list(range(6))
    assert zarrc.open_group(group.store) == group
    assert hash(zarrc.open_group(group.store)) == hash(group)
    assert group["sub"] != group
    assert group != "group"
    assert repr(group) == f"<Group {group.store}>"


def test_class_methods(store):
    made = zarrc.Group.from_store(store, attributes={"a": 1})
    assert zarrc.Group.open(store) == made
    with pytest.raises(ContainsGroupError):
        zarrc.Group.from_store(store)
    assert zarrc.Group.from_store(store, overwrite=True, zarr_format=2).metadata.zarr_format == 2
    with pytest.raises(GroupNotFoundError):
        zarrc.Group.open(StorePath(store, "none"))
    made.create_array("a", shape=3, dtype="i4")


def test_other_things_in_the_store_are_no_members(group):
    for key in ("notes.txt", "folder/readme", "c/0/0", "__hidden/notes"):
        group.store.set_bytes(key, b"text")
    assert sorted(group) == ["a", "sub"]


# consolidated metadata -------------------------------------------------------------------------------------------
@pytest.fixture
def consolidated(group):
    """The group's documents gathered as zarr-python gathers them; the documents of members are then spoiled."""
    store = group.store
    nodes = {path: node for path, node in group.members(None)}
    if group.metadata.zarr_format == 3:
        document = json.loads(store.get_bytes("zarr.json"))
        found = {path: json.loads(store.get_bytes(f"{path}/zarr.json")) for path in nodes}
        document["consolidated_metadata"] = {"kind": "inline", "must_understand": False, "metadata": found}
        store.set_bytes("zarr.json", json.dumps(document).encode())
        for path in nodes:
            store.delete_sync(f"{path}/zarr.json")
        return store
    found = {}
    for key, _ in list(store.list_prefix_sync("")):
        if key.rsplit("/", 1)[-1] in (".zarray", ".zgroup", ".zattrs"):
            found[key] = json.loads(store.get_bytes(key))
            if "/" in key:
                store.delete_sync(key)
    store.set_bytes(".zmetadata", json.dumps({"zarr_consolidated_format": 1, "metadata": found}).encode())
    return store


def test_consolidated(consolidated):
    for root in (
        zarrc.open_consolidated(consolidated, mode="r"),
        zarrc.open_group(consolidated, mode="r"),
        zarrc.open_group(consolidated, mode="r", use_consolidated=True),
    ):
        assert sorted(root) == ["a", "sub"]
        assert sorted(p for p, _ in root.members(None)) == ["a", "sub", "sub/deep", "sub/deep/b"]
        assert root["a"][...].tolist() == list(range(6))
        assert root["sub"].attrs["n"] == 1
        assert root["sub"]["deep/b"].shape == root["sub/deep"]["b"].shape == (2, 3)
        assert root.attrs["title"] == "root"
        assert "missing" not in root
        twin = pickle.loads(pickle.dumps(root))
        assert twin["sub/deep/b"].shape == (2, 3)
    plain = zarrc.open_group(consolidated, mode="r", use_consolidated=False)
    assert list(plain) == []


def test_consolidated_is_not_trusted_after_a_change(consolidated):
    root = zarrc.open_group(consolidated, mode="r+")
    root.create_array("new", shape=3, dtype="i4")
    assert "new" in root
    root.attrs["x"] = 1
    assert zarrc.open_group(consolidated).attrs["x"] == 1


def test_deletion_from_consolidated_metadata(consolidated):
    before = sorted(zarrc.open_consolidated(consolidated).metadata.consolidated_metadata)
    root = zarrc.open_group(consolidated, mode="r+")
    sub = root["sub"]
    gone = next(iter(sub))
    del sub[gone]
    assert gone not in sub
    assert gone not in root["sub"]
    del root["sub"]
    assert "sub" not in root
    left = [path for path in before if path.split("/")[0] != "sub"]
    assert sorted(root.metadata.consolidated_metadata) == left
    assert sorted(zarrc.open_consolidated(consolidated).metadata.consolidated_metadata) == left


def test_members_of_the_other_format_are_not_made():
    group = zarrc.create_group({}, zarr_format=2)
    with pytest.raises(ValueError, match="zarr_format=3 array in a zarr_format=2 group"):
        group.zeros(name="a", shape=3, zarr_format=3)
    assert group.zeros(name="a", shape=3, zarr_format=2).metadata.zarr_format == 2


def test_require_array_with_a_config():
    group = zarrc.create_group({})
    for _ in range(2):
        array = group.require_array("a", shape=3, dtype="i4", config={"order": "F"})
        assert array.order == "F"
        with pytest.raises(TypeError, match="Unknown array config keys: \\['nope'\\]"):
            group.require_array("a", shape=3, dtype="i4", config={"nope": 1})
    assert group["a"].order == "C"


def test_no_consolidated_metadata(group):
    with pytest.raises(ValueError, match=r"[Cc]onsolidated"):
        zarrc.open_consolidated(group.store)
    with pytest.raises(ValueError, match=r"[Cc]onsolidated"):
        zarrc.open_group(group.store, use_consolidated=True)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("name", ["", "/", "//"])
def test_the_empty_path_is_the_group_itself(zarr_format, name):
    root = zarrc.create_group({}, zarr_format=zarr_format, attributes={"a": 1})
    below = root.create_group("sub", attributes={"b": 2})
    for group, attributes in ((root, {"a": 1}), (below, {"b": 2})):
        for found in (group[name], group.get(name), group.require_group(name)):
            assert (type(found), found.path, found.attrs.asdict()) == (zarrc.Group, group.path, attributes)
        assert name in group
        with pytest.raises(ContainsGroupError):
            group.create_group(name)
        with pytest.raises(ContainsGroupError):
            group.create_array(name, shape=3, dtype="i4")
        with pytest.raises(KeyError):
            del group[name]
    assert below.create_group(name, overwrite=True).attrs.asdict() == {}
    assert list(root) == ["sub"]
    with warnings.catch_warnings(action="ignore"):
        consolidated = zarrc.consolidate_metadata(root.store, zarr_format=zarr_format)
    assert consolidated[name].path == ""
    assert consolidated["sub"][name].path == "sub"


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_removing_a_member_keeps_what_others_stored(tmp_path, zarr_format):
    root = zarrc.create_group(tmp_path, zarr_format=zarr_format)
    for name in ("a", "b"):
        root.create_array(name, shape=2, dtype="i1")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", zarrc.errors.ZarrUserWarning)
        zarrc.consolidate_metadata(tmp_path, zarr_format=zarr_format)
    one, other = (zarrc.open_group(tmp_path) for _ in range(2))
    other.attrs["kept"] = 1
    del one["a"]
    found = zarrc.open_group(tmp_path)
    assert found.attrs["kept"] == 1 and one.attrs["kept"] == 1
    assert sorted(found.keys()) == ["b"] and found.metadata.consolidated_metadata is not None


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_members_of_a_consolidated_group_see_their_own_changes(zarr_format):
    store = MemoryStore()
    root = zarrc.create_group(store, zarr_format=zarr_format)
    root.create_array("b/a", shape=3, chunks=2, dtype="i4")
    zarrc.consolidate_metadata(store)
    group = zarrc.open_group(store)
    group["b/a"].attrs["x"] = 1
    group["b"].attrs["y"] = 2
    group["b"]["a"].resize((7,))
    for found in (group["b/a"], group["b"]["a"], dict(group.members(max_depth=None))["b/a"]):
        assert dict(found.attrs) == {"x": 1} and found.shape == (7,)
    assert dict(group["b"].attrs) == {"y": 2}
    group.attrs["z"] = 3
    assert dict(group["b/a"].attrs) == {"x": 1} and group["b/a"].shape == (7,)
    assert dict(pickle.loads(pickle.dumps(group))["b/a"].attrs) == {"x": 1}
    other = zarrc.open_group(store, use_consolidated=False)
    other["b/a"].attrs["x"] = 10
    zarrc.consolidate_metadata(store)
    if zarr_format == 3:  # of format 2 a group keeps the consolidated metadata that it was opened with
        assert dict(group.refresh()["b/a"].attrs) == {"x": 10}
    group["b/a"].attrs["x"] = 11
    below = group["b"]
    below["a"].attrs["x"] = 12
    assert group["b/a"].attrs["x"] == 12
    del below["a"]
    assert "b/a" not in group and "a" not in below


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
def test_members_without_consolidated_metadata_of_children():
    store = MemoryStore()
    zarrc.create_group(store).create_array("b/a", shape=3, dtype="i4")
    zarrc.consolidate_metadata(store, path="b")
    zarrc.open_group(store, path="b", use_consolidated=False).create_array("later", shape=3, dtype="i4")
    root = zarrc.open_group(store, use_consolidated=False)
    found = dict(root.members(max_depth=None, use_consolidated_for_children=False))
    assert sorted(found) == ["b", "b/a", "b/later"]
    assert sorted(dict(root.members(max_depth=None))) == ["b", "b/a"]
