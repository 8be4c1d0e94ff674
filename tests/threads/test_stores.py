"""Stores and groups that many threads share."""

from __future__ import annotations

import gc
import warnings
import zipfile
from functools import partial

import numpy as np
import pytest

import zarrc
from zarrc.errors import ContainsGroupError
from zarrc.storage import LocalStore, ManagedMemoryStore, MemoryStore, ZipStore


class Dictionary(dict):
    """A user's own class of dictionaries."""


@pytest.mark.parametrize("contents", [dict, Dictionary])
def test_a_dictionary_is_listed_while_it_changes(contents, together, rounds):
    store = contents()
    group = zarrc.create_group(store)
    for i in range(20):
        group.create_array(f"fixed{i}", shape=2, dtype="i4")

    def change(k):
        for i in range(rounds):
            name = f"{k}-{i}"
            group.create_array(name, shape=2, dtype="i4")[...] = i
            if i % 2:
                del group[name]

    def walk():
        for _ in range(2 * rounds):
            names = set(group.keys())
            assert {f"fixed{i}" for i in range(20)} <= names
            list(MemoryStore(store).list_prefix_sync(""))

    together(partial(change, 1), partial(change, 2), walk, walk)
    assert len(list(group.keys())) == 20 + 2 * ((rounds + 1) // 2)


@pytest.mark.parametrize("kind", ["local", "memory"])
def test_members_by_path(kind, tmp_path, together, rounds):
    """Many groups and arrays are made, opened by path, listed and removed."""
    place = tmp_path / "g" if kind == "local" else {}
    root = zarrc.create_group(place)

    def work(k):
        for i in range(rounds // 2):
            made = root.create_group(f"{k}/deep/{i}", attributes={"k": k})
            made.create_array("x", shape=(4,), chunks=(2,), dtype="i4")[...] = i
            assert (zarrc.open_array(place, path=f"{k}/deep/{i}/x")[...] == i).all()
            assert zarrc.open_group(place)[f"{k}/deep/{i}"].attrs["k"] == k
            for path, node in root.members(max_depth=None):
                assert path.startswith(tuple("0123")), node
            if i % 3 == 0:
                del root[f"{k}/deep/{i}"]
                assert f"{k}/deep/{i}" not in root

    together(*(partial(work, k) for k in range(4)))
    left = rounds // 2 - (rounds // 2 + 2) // 3
    assert [len(list(root[f"{k}/deep"].keys())) for k in range(4)] == [left] * 4


def test_groups_are_created_once(tmp_path, together, rounds):
    """Of several that need the same nodes, each finds them or makes them, and none undoes what another did."""
    for i in range(rounds // 2):
        root = tmp_path / str(i)

        def make(k, root=root):
            group = zarrc.open_group(root, mode="a")
            group.require_group("deep").attrs[str(k)] = k
            zarrc.open_array(root, path=f"deep/x{k // 2}", mode="a", shape=4, chunks=1, dtype="i4")[k] = k
            assert group.require_array("deep/y", shape=4, dtype="i4").shape == (4,)

        together(*(partial(make, k) for k in range(4)))
        deep = zarrc.open_group(root, path="deep", mode="r")
        assert dict(deep.attrs) == {str(k): k for k in range(4)}
        assert [deep["x0"][...].sum(), deep["x1"][...].sum()] == [1, 5]


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_groups_above_keep_their_attributes(zarr_format, tmp_path, together, rounds):
    """One thread makes a group with attributes while another makes an array below it."""
    for i in range(2 * rounds):
        root = tmp_path / str(i)

        def make_group(root=root):
            try:
                zarrc.create_group(root, attributes={"a": 1}, zarr_format=zarr_format)
            except ContainsGroupError:
                return False
            return True

        def make_array(root=root):
            zarrc.create_array(root, name="x", shape=2, dtype="i4", zarr_format=zarr_format)

        made, _ = together(make_group, make_array)
        assert dict(zarrc.open_group(root, mode="r").attrs) == ({"a": 1} if made else {})


def test_zip_is_opened_once(tmp_path, together, rounds):
    """The first calls of several threads: opened twice for writing, the archive would be emptied again."""
    for i in range(rounds):
        store = ZipStore(tmp_path / f"{i}.zip", mode="w")
        together(
            *(partial(store.set_bytes, f"k{k}", b"value") for k in range(3)),
            lambda store=store: list(store.list_prefix_sync("")),
            lambda store=store: list(store.list_dir_sync("")),
        )
        store.close()
        with zipfile.ZipFile(tmp_path / f"{i}.zip") as found:
            assert sorted(found.namelist()) == ["k0", "k1", "k2"]


def test_zip_of_an_array(tmp_path, together, rounds):
    store = ZipStore(tmp_path / "a.zip", mode="w")
    z = zarrc.create_array(store, shape=(16, 32), chunks=(4, 32), dtype="i4")
    rows = np.arange(16 * 32, dtype="i4").reshape(16, 32)

    def write(k):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", UserWarning)  # zipfile warns of a name written twice
            z[4 * k : 4 * k + 4] = rows[4 * k : 4 * k + 4]

    def read():
        for _ in range(rounds):
            found = z[...]
            assert ((found == rows) | (found == 0)).all()

    together(*(partial(write, k) for k in range(4)), read, read)
    store.close()
    np.testing.assert_array_equal(zarrc.open_array(ZipStore(tmp_path / "a.zip"))[...], rows)


def test_one_name_is_one_store(together, rounds):
    for i in range(4 * rounds):
        made = together(*[partial(ManagedMemoryStore, f"shared-{i}")] * 4)
        made[0].set_bytes("key", b"value")
        assert [store.get_bytes("key") for store in made] == [b"value"] * 4
        del made
    gc.collect()


def test_local_directories_come_and_go(tmp_path, together, rounds):
    store = LocalStore(tmp_path / "s")

    def change(k):
        for i in range(rounds):
            store.set_bytes(f"{k}/{i % 3}/c/0", b"x")
            if i % 3 == 2:
                store.delete_dir_sync(f"{k}")

    def walk():
        for _ in range(rounds):
            list(store.list_prefix_sync(""))
            list(store.list_dir_sync("1"))

    together(partial(change, 1), partial(change, 2), walk, walk)


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
def test_members_of_a_consolidated_group_are_removed(tmp_path, together, rounds):
    """What one thread removes, no other brings back by parsing it at that moment."""
    group = zarrc.create_group(tmp_path / "g")
    for i in range(rounds):
        group.create_array(f"a{i}", shape=2, dtype="i4")
    group.create_array("below/x", shape=2, dtype="i4")
    zarrc.consolidate_metadata(tmp_path / "g")
    raw = (tmp_path / "g" / "zarr.json").read_bytes()
    for _ in range(rounds // 3):
        (tmp_path / "g" / "zarr.json").write_bytes(raw)  # as if restored: all of them are known again
        group = zarrc.open_group(tmp_path / "g", use_consolidated=True)
        assert len(group) == rounds + 1

        def remove(first, group=group):
            for i in range(first, rounds, 2):
                del group[f"a{i}"]
                assert f"a{i}" not in group

        def parse(group=group):
            for i in range(rounds):
                group.get(f"a{i}")

        def change(group=group):
            below = group["below"]
            for i in range(rounds):
                below.attrs["n"] = i

        def walk(group=group):
            known = group.metadata.consolidated_metadata
            assert "below/x" in known.flattened_metadata
            assert "below" in known.metadata
            known.to_dict()
            assert set(known) >= {"below", "below/x"}

        together(partial(remove, 0), partial(remove, 1), parse, change, walk)
        for found in (group, zarrc.open_group(tmp_path / "g", use_consolidated=True)):
            assert sorted(found.metadata.consolidated_metadata) == ["below", "below/x"]


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
def test_a_consolidated_group_that_grows(tmp_path, together, rounds):
    """New members are found though others read the group's attributes anew at that moment."""
    zarrc.create_group(tmp_path / "g", attributes={"a": 1})
    for i in range(rounds // 3):
        zarrc.consolidate_metadata(tmp_path / "g")
        group = zarrc.open_group(tmp_path / "g", use_consolidated=True)

        def change(i=i, group=group):
            group.attrs["n"] = i

        together(change, lambda i=i, group=group: group.create_array(f"x{i}", shape=2, dtype="i4"), group.refresh)
        assert zarrc.open_group(tmp_path / "g", use_consolidated=False).attrs["n"] == i
        assert f"x{i}" in zarrc.open_group(tmp_path / "g", use_consolidated=False)
