"""What groups show of consolidated metadata, and what stays of them in the store."""

from __future__ import annotations

import asyncio
import json
import pickle
import shutil
import warnings

import numpy as np
import pytest

import zarrc
from zarrc.async_group import AsyncGroup
from zarrc.group import Group
from zarrc.storage import MemoryStore

pytestmark = [
    pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part"),
    pytest.mark.parametrize("zarr_format", [2, 3]),
]


class Failing(MemoryStore):
    """Writes nothing while ``fails`` is set."""

    fails = False

    def set_bytes(self, key, value):
        if self.fails:
            raise OSError("no space left")
        super().set_bytes(key, value)


def fill(store, zarr_format):
    """x, y and sub/z, consolidated."""
    root = zarrc.open_group(store, mode="w", zarr_format=zarr_format)
    for name in ("x", "y", "sub/z"):
        root.create_array(name, data=np.arange(3, dtype="i4"))
    zarrc.consolidate_metadata(store)
    return store


def stored(store):
    """Paths of the nodes that are consolidated in the store, as it says itself; None where nothing is."""
    raw = store.get_bytes(".zmetadata")
    if raw is not None:
        return {key.rpartition("/")[0] for key in json.loads(raw)["metadata"]} - {""}
    found = json.loads(store.get_bytes("zarr.json") or b"{}").get("consolidated_metadata")
    return None if found is None else set(found["metadata"])


EVERYTHING = {"x", "y", "sub", "sub/z"}


# documents that come back --------------------------------------------------------------------------------------
def test_what_was_deleted_is_there_again_in_a_restored_store(tmp_path, zarr_format):
    where, backup = tmp_path / "a", tmp_path / "b"
    fill(where, zarr_format)
    shutil.copytree(where, backup)
    for gone in ("x", "sub/z", "sub"):
        group = zarrc.open_group(where, mode="r+")
        del group[gone]
        assert gone not in group
        shutil.rmtree(where)
        shutil.copytree(backup, where)
        group = zarrc.open_group(where, mode="r+")
        assert {path for path, _ in group.members(None)} == EVERYTHING
        group.attrs["q"] = 1
        group = zarrc.open_consolidated(where)
        assert {path for path, _ in group.members(None)} == EVERYTHING
        shutil.rmtree(where)
        shutil.copytree(backup, where)


def test_deleting_through_a_member_spares_others_who_opened_the_same(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    one, other = zarrc.open_group(store), zarrc.open_group(store)
    below = one["sub"]
    del below["z"]
    assert "z" not in below and "sub/z" not in one and "z" not in one["sub"]
    assert "sub/z" in other
    fill(store, zarr_format)
    assert {path for path, _ in zarrc.open_group(store).members(None)} == EVERYTHING


def test_a_store_made_anew_has_all_members(zarr_format):
    store = MemoryStore()
    for _ in range(3):
        group = zarrc.open_consolidated(fill(store, zarr_format))
        assert sorted(group) == ["sub", "x", "y"]
        del group["x"]
    for _ in range(20):  # at places that may be named alike
        group = zarrc.open_consolidated(fill(MemoryStore(), zarr_format))
        assert sorted(group) == ["sub", "x", "y"]
        del group["x"]


def test_a_write_that_fails_can_be_repeated(zarr_format):
    store = fill(Failing(), zarr_format)
    group = zarrc.open_group(store)
    store.fails = True
    with pytest.raises(OSError, match="no space left"):
        del group["x"]
    store.fails = False
    assert "x" not in group
    assert "x" in zarrc.open_consolidated(store)  # as the store says
    del group["x"]
    assert stored(store) == EVERYTHING - {"x"} == {path for path, _ in zarrc.open_group(store).members(None)}
    with pytest.raises(KeyError):
        del group["x"]


# what is stored ------------------------------------------------------------------------------------------------
def test_deletion_after_creation(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    group = zarrc.open_group(store)
    group.create_array("n", data=np.arange(2))
    del group["x"]
    assert sorted(group) == ["n", "sub", "y"]
    assert stored(store) == EVERYTHING - {"x"}
    again = zarrc.open_consolidated(store)
    assert sorted(again) == ["sub", "y"]  # the new one is not in it until they are consolidated anew
    assert again["y"][...].tolist() == [0, 1, 2]
    del group["n"]
    del group["sub"]["z"]
    assert stored(store) == {"y", "sub"}


def test_attributes_after_creation(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    group = zarrc.open_group(store)
    group.create_group("n")
    group.attrs["t"] = 1
    assert group.metadata.consolidated_metadata is None and "n" in group
    again = zarrc.open_consolidated(store)
    assert {path for path, _ in again.members(None)} == stored(store) == EVERYTHING
    assert dict(again.attrs) == {"t": 1}
    if zarr_format == 2:
        assert json.loads(store.get_bytes(".zmetadata"))["metadata"][".zattrs"] == {"t": 1}
    zarrc.consolidate_metadata(store)
    assert "n" in zarrc.open_consolidated(store)


def test_attributes_keep_what_was_consolidated_or_deleted_since(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    group, other = zarrc.open_group(store), zarrc.open_group(store)
    del other["x"]
    other.create_array("n", shape=2, dtype="i4")
    zarrc.consolidate_metadata(store)
    group.attrs["t"] = 1
    assert stored(store) == EVERYTHING - {"x"} | {"n"}


def test_attributes_without_consolidated_metadata(zarr_format):
    """As zarr-python: format 3 keeps them in the document that is written, format 2 does not."""
    store = fill(MemoryStore(), zarr_format)
    group = zarrc.open_group(store, use_consolidated=False)
    group.create_array("n", shape=2, dtype="i4")
    group.attrs["t"] = 1
    assert stored(store) == (EVERYTHING if zarr_format == 2 else None)
    assert zarrc.open_group(store).attrs["t"] == 1


def test_deletion_without_consolidated_metadata(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    group = zarrc.open_group(store, use_consolidated=False)
    del group["sub"]
    assert stored(store) == {"x", "y"}
    assert group.metadata.consolidated_metadata is None
    assert sorted(zarrc.open_consolidated(store)) == ["x", "y"]


def test_deletion_of_what_another_made(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    group = zarrc.open_group(store)
    zarrc.open_group(store, use_consolidated=False).create_array("sub/n", shape=2, dtype="i4")
    assert "sub/n" not in group
    before = store.get_bytes(".zmetadata") or store.get_bytes("zarr.json")
    del group["sub/n"]
    assert zarrc.open_group(store, use_consolidated=False).get("sub/n") is None
    assert (store.get_bytes(".zmetadata") or store.get_bytes("zarr.json")) == before
    for absent in ("sub/n", "absent", "", "/"):
        with pytest.raises(KeyError):
            del group[absent]


def test_deletion_through_a_member_reaches_the_store(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    below = zarrc.open_group(store)["sub"]
    below.attrs["t"] = 1
    assert below.metadata.consolidated_metadata.is_part
    del below["z"]
    assert stored(store) == {"x", "y", "sub"}
    assert b"consolidated" not in (store.get_bytes("sub/zarr.json") or b"")
    assert store.get_bytes("sub/.zmetadata") is None


def test_broken_consolidated_metadata_do_not_hinder_those_who_do_without(zarr_format):
    if zarr_format == 3:
        pytest.skip("they lie in the group's own document")
    store = fill(MemoryStore(), zarr_format)
    store.set_bytes(".zmetadata", b"{")
    group = zarrc.open_group(store, use_consolidated=False)
    group.attrs["t"] = 1
    del group["x"]
    assert store.get_bytes(".zmetadata") == b"{"
    assert sorted(group) == ["sub", "y"]


def test_unknown_nodes_are_stored_as_they_were(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    key, name = (".zmetadata", "y/.zarray") if zarr_format == 2 else ("zarr.json", "y")
    document = json.loads(store.get_bytes(key))
    nodes = document["metadata"] if zarr_format == 2 else document["consolidated_metadata"]["metadata"]
    nodes[name] = {"zarr_format": zarr_format, "from": "the future"}
    store.set_bytes(key, json.dumps(document).encode())
    group = zarrc.open_group(store)
    group.attrs["t"] = 1
    del group["x"]
    document = json.loads(store.get_bytes(key))
    nodes = document["metadata"] if zarr_format == 2 else document["consolidated_metadata"]["metadata"]
    assert nodes[name] == {"zarr_format": zarr_format, "from": "the future"}


# other faces of a group ----------------------------------------------------------------------------------------
def test_asynchronous_groups_tell_the_groups_above(zarr_format):
    store = fill(MemoryStore(), zarr_format)
    root = zarrc.open_group(store)
    below = Group(AsyncGroup.of(root["sub"]))
    below["z"].attrs["n"] = 1
    assert root["sub/z"].attrs["n"] == 1
    below.attrs["n"] = 2
    assert root["sub"].attrs["n"] == 2
    del below["z"]
    assert "sub/z" not in root and stored(store) == {"x", "y", "sub"}
    asyncio.run(AsyncGroup.of(root).delitem("sub"))
    assert "sub" not in root and stored(store) == {"x", "y"}


def test_pickled_members_are_still_a_part(zarr_format):
    root = zarrc.open_group(fill(MemoryStore(), zarr_format))
    below = pickle.loads(pickle.dumps(root["sub"]))
    assert below.metadata.consolidated_metadata.is_part and sorted(below) == ["z"]
    assert not pickle.loads(pickle.dumps(root)).metadata.consolidated_metadata.is_part


def test_zarr_python_does_the_same(tmp_path, zarr_format):
    zarr = pytest.importorskip("zarr")
    found = {}
    for library in (zarr, zarrc):
        where = tmp_path / library.__name__
        fill(where, zarr_format)
        with warnings.catch_warnings(action="ignore"):
            group = library.open_group(where, mode="r+")
            group.create_array("n", shape=2, dtype="i4")
            group.attrs["t"] = 1
            del group["x"]
            other = library.open_group(where, mode="r", use_consolidated=True)
            found[library] = sorted(other), dict(other.attrs)
    assert found[zarr] == found[zarrc] == (["sub", "y"], {"t": 1})


@pytest.mark.parametrize("how", ["consolidated", "opened"])
@pytest.mark.parametrize("name", ["x", "sub"])
@pytest.mark.parametrize("then", ["deletion", "attributes", "deletion of what is not consolidated"])
def test_what_a_member_changed_stays_seen(how, name, then, zarr_format):
    store = fill(MemoryStore(), zarr_format)
    root = zarrc.consolidate_metadata(store) if how == "consolidated" else zarrc.open_group(store)
    root[name].attrs["m"] = 1
    if then == "deletion":
        del root["y"]
    elif then == "attributes":
        root.attrs["t"] = 1
    else:
        zarrc.open_group(store, use_consolidated=False).create_group("n")
        del root["n"]
    assert dict(root[name].attrs) == {"m": 1}
