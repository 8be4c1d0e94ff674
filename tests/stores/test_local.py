from __future__ import annotations

import errno
import os
import pickle
from pathlib import Path

import pytest
from store_contract import StoreContract

import zarrc
from zarrc.errors import StoreIOError
from zarrc.stores import LocalStore


class TestLocalStore(StoreContract):
    @pytest.fixture
    def store(self, tmp_path):
        return LocalStore(tmp_path / "deep" / "root")


def test_root_is_made_at_the_first_write(tmp_path):
    store = LocalStore(tmp_path / "new")
    assert store.get_bytes("zarr.json") is None
    assert not (tmp_path / "new").exists()
    store.set_bytes("zarr.json", b"{}")
    assert (tmp_path / "new" / "zarr.json").read_bytes() == b"{}"


@pytest.mark.parametrize("form", [str, Path, lambda p: f"{p}/"])
def test_forms_of_the_root(tmp_path, form):
    store = LocalStore(form(tmp_path))
    store.set_bytes("a/b", b"1")
    assert (tmp_path / "a" / "b").read_bytes() == b"1"
    assert store.root == tmp_path
    assert str(store).startswith(f"file://{tmp_path}")


def test_bad_roots():
    for root in (None, 5, b"bytes"):
        with pytest.raises(TypeError, match="root"):
            LocalStore(root)


def test_empty_root_is_the_working_directory(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    LocalStore("").set_bytes("k", b"1")
    assert (tmp_path / "k").read_bytes() == b"1"
    assert LocalStore("").native_root("a") == os.fsencode(tmp_path / "a")


def test_a_file_as_root_holds_nothing(tmp_path):
    path = tmp_path / "file"
    path.write_bytes(b"1")
    store = LocalStore(path)
    assert store.get_bytes("zarr.json") is None
    assert list(store.list_dir_sync("")) == list(store.list_prefix_sync("")) == []
    with pytest.raises(FileNotFoundError):
        zarrc.open(store, mode="r")
    with pytest.raises(StoreIOError):
        zarrc.create_group(store)
    store.delete_dir_sync("")
    assert path.read_bytes() == b"1"


@pytest.mark.skipif(os.getuid() == 0, reason="root may read and write everything")
def test_permission_errors_are_typed(tmp_path):
    store = LocalStore(tmp_path)
    store.set_bytes("a/k", b"1")
    (tmp_path / "a").chmod(0)
    try:
        for use in (
            lambda: store.get_bytes("a/k"),
            lambda: store.set_bytes("a/k", b"2"),
            lambda: store.delete_sync("a/k"),
            lambda: store.list_dir_sync("a"),
            lambda: list(store.list_prefix_sync("a")),
        ):
            with pytest.raises(StoreIOError) as caught:
                use()
            assert caught.value.errno == 13
    finally:
        (tmp_path / "a").chmod(0o755)


def test_unfinished_writes_are_not_listed(tmp_path):
    store = LocalStore(tmp_path)
    store.set_bytes("k", b"1")
    (tmp_path / "k.1.partial").write_bytes(b"half")
    assert [k for k, _ in store.list_prefix_sync("")] == ["k"]


def test_linked_directories_are_listed(tmp_path):
    """Each of several links to one place; one that leads to where it lies, or above, is not followed."""
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere/0").write_bytes(b"x")
    root = tmp_path / "root"
    (root / "c").mkdir(parents=True)
    for name in ("a", "b", "c/d"):
        (root / name).symlink_to(tmp_path / "elsewhere")
    (root / "c/up").symlink_to(root)
    (root / "c/here").symlink_to(root / "c")
    (tmp_path / "elsewhere/out").symlink_to(tmp_path)
    (root / "lost").symlink_to(tmp_path / "nowhere")
    found = [key for key, _ in LocalStore(root).list_prefix_sync("") if "/out/" not in key]
    assert sorted(found) == ["a/0", "b/0", "c/d/0"]
    assert [key for key, _ in LocalStore(root, follow_symlinks=False).list_prefix_sync("")] == []


def test_parts_that_lead_up_behind_a_link_mean_what_the_system_means(tmp_path):
    (tmp_path / "real/inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to(tmp_path / "real/inner")
    zarrc.create_array(tmp_path / "real/a.zarr", data=[1, 2])
    assert zarrc.open_array(f"{tmp_path}/link/../a.zarr")[...].tolist() == [1, 2]


def test_a_group_whose_member_is_a_lost_link_can_be_listed(tmp_path):
    group = zarrc.create_group(tmp_path)
    group.create_array("a", data=[1])
    (tmp_path / "b").mkdir()
    (tmp_path / "b/zarr.json").symlink_to("/nowhere/zarr.json")
    assert list(group) == ["a"] and "b" not in group


def test_a_link_that_never_ends_is_an_error(tmp_path):
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(StoreIOError) as caught:
        list(LocalStore(tmp_path).list_prefix_sync(""))
    assert caught.value.errno == errno.ELOOP


def test_the_place_stays_when_the_directory_changes(tmp_path, monkeypatch):
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path)
    array = zarrc.create_array("a.zarr", shape=(4,), dtype="i4")
    copy = pickle.dumps(array)
    monkeypatch.chdir("elsewhere")
    array[...] = 7
    array.attrs["n"] = 1
    array.append([8])
    again = pickle.loads(copy).refresh()
    assert again[...].tolist() == [7, 7, 7, 7, 8] and again.attrs["n"] == 1
    assert not list((tmp_path / "elsewhere").iterdir())


def test_a_link_is_not_followed_by_delete(tmp_path):
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "k").write_bytes(b"1")
    store = LocalStore(tmp_path / "root")
    store.set_bytes("a", b"1")
    (tmp_path / "root" / "link").symlink_to(outside)
    store.delete_dir_sync("link")
    assert (outside / "k").exists()
    store.delete_dir_sync("")
    assert (outside / "k").exists()
