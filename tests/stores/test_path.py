from __future__ import annotations

import gc
import pickle
import sys
import zipfile
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import MissingDependencyError, ReadOnlyError
from zarrc.storage import ManagedMemoryStore
from zarrc.stores import LocalStore, MemoryStore, StorePath, make_store_path, normalize_path


@pytest.mark.parametrize(
    ("given", "normal"),
    [
        (None, ""),
        ("", ""),
        ("/", ""),
        ("a", "a"),
        ("/a//b/", "a/b"),
        ("a\\b", "a/b"),
        (Path("a/b"), "a/b"),
        ("a.b/..c", "a.b/..c"),
    ],
)
def test_normalize_path(given, normal):
    assert normalize_path(given) == normal


@pytest.mark.parametrize("bad", ["..", "a/../b", "./a", "a/."])
def test_paths_stay_inside(bad):
    with pytest.raises(ValueError):
        normalize_path(bad)
    with pytest.raises(ValueError):
        make_store_path(MemoryStore(), bad)
    with pytest.raises(ValueError):
        StorePath(MemoryStore()) / bad


def test_store_path():
    store = MemoryStore()
    place = StorePath(store, "a")
    assert place.key("zarr.json") == "a/zarr.json"
    assert StorePath(store).key("zarr.json") == "zarr.json"
    assert (place / "b/c").path == "a/b/c"
    assert (place / "").path == "a"
    assert place == StorePath(store, "/a/")
    assert hash(place) == hash(StorePath(store, "a"))
    assert place != StorePath(store, "b")
    assert place != StorePath(MemoryStore(), "a")
    assert str(place) == f"{store}/a"
    assert "MemoryStore" in repr(place)


def test_store_path_pickles(tmp_path):
    place = StorePath(LocalStore(tmp_path), "a")
    assert pickle.loads(pickle.dumps(place)) == place


def test_make_store_path(tmp_path):
    store = MemoryStore()
    assert make_store_path(store) == StorePath(store)
    assert make_store_path(StorePath(store, "a"), "b") == StorePath(store, "a/b")
    assert make_store_path(StorePath(store, "a")) == StorePath(store, "a")
    assert isinstance(make_store_path(None).store, MemoryStore)
    keys: dict[str, bytes] = {}
    assert make_store_path(keys, "x").store == MemoryStore(keys)
    for given in (tmp_path, str(tmp_path), f"file://{tmp_path}"):
        assert make_store_path(given, "a") == StorePath(LocalStore(tmp_path), "a")
    store = LocalStore(tmp_path / "a b")
    assert make_store_path(str(store)).store == store


def test_read_only(tmp_path):
    keys = {"k": b"1"}
    for given in (str(tmp_path), keys, MemoryStore(keys), LocalStore(tmp_path), StorePath(MemoryStore(keys), "a")):
        assert make_store_path(given, read_only=True).read_only
        assert not make_store_path(given).read_only
    frozen = MemoryStore(keys, read_only=True)
    assert make_store_path(frozen).store is frozen
    assert make_store_path(keys, read_only=True).store.get_bytes("k") == b"1"


def test_urls_need_fsspec(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(MissingDependencyError, match="fsspec"):
        make_store_path("s3://bucket/key")


def test_urls_need_the_package_of_their_scheme(monkeypatch):
    core = pytest.importorskip("fsspec.core")

    def without_s3fs(url, **options):
        raise ImportError("Install s3fs to access S3")

    monkeypatch.setattr(core, "url_to_fs", without_s3fs)
    with pytest.raises(MissingDependencyError, match=r"'s3://bucket/key': Install s3fs to access S3"):
        make_store_path("s3://bucket/key")


def test_schemes_that_nobody_knows_come_with_their_url():
    pytest.importorskip("fsspec")
    with pytest.raises(ValueError, match=r"'foo://bucket/key': Protocol not known: foo"):
        make_store_path("foo://bucket/key")


def test_a_memory_url_keeps_what_is_put_there(tmp_path):
    fsspec = pytest.importorskip("fsspec")
    url = f"memory://{tmp_path.name}"
    zarrc.save(f"{url}/a/b", np.arange(3))
    gc.collect()
    assert zarrc.load(f"{url}/a/b").tolist() == [0, 1, 2]
    zarrc.open_group(url, mode="w").create_array("x", data=np.arange(3))
    files = fsspec.filesystem("memory")
    assert files.exists(f"/{tmp_path.name}/x/zarr.json")
    files.pipe(f"/{tmp_path.name}/zarr.json", b'{"zarr_format":3,"node_type":"group","attributes":{"a":1}}')
    assert dict(zarrc.open_group(url, mode="r").attrs) == {"a": 1}
    assert isinstance(make_store_path(url).store, zarrc.storage.FsspecStore)
    files.rm(f"/{tmp_path.name}", recursive=True)


def test_a_memory_url_without_fsspec(monkeypatch):
    monkeypatch.setitem(sys.modules, "fsspec", None)
    store = make_store_path("memory://without-fsspec/below").store
    assert isinstance(store, ManagedMemoryStore) and (store.name, store.path) == ("without-fsspec", "below")
    assert make_store_path("memory://without-fsspec/below", read_only=True).store.read_only


@pytest.mark.parametrize("installed", [True, False])
def test_a_memory_url_takes_no_options(installed, monkeypatch):
    if not installed:
        monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(TypeError, match="'storage_options' was provided but unused"):
        make_store_path("memory://name", storage_options={"anon": True})


def test_what_is_no_store():
    for bad in (5, [], object(), b"bytes"):
        with pytest.raises(TypeError):
            make_store_path(bad)


def test_zip_file_by_its_path(tmp_path):
    path = tmp_path / "x.zarr.zip"
    with zarrc.storage.ZipStore(path, mode="w") as store:
        zarrc.create_group(store).create_array("a", data=np.arange(10))
    for where in (path, str(path), f"file://{path}"):
        array = zarrc.open(where)["a"]
        assert array[...].tolist() == list(range(10))
        with pytest.raises(ReadOnlyError, match="zip"):
            array[0] = 5
        with pytest.raises(ReadOnlyError, match="zip"):
            zarrc.open(where, mode="a")
    assert zarrc.open_array(path, path="a", mode="r")[3] == 3
    zarrc.create_array(tmp_path / "folder.zip", shape=3, dtype="i1")  # what is no file yet is a directory
    assert zarrc.open_array(tmp_path / "folder.zip").shape == (3,)


def test_store_path_of_zarr_python(tmp_path):
    zarr = pytest.importorskip("zarr", minversion="3.0")
    stores = zarr.storage.MemoryStore(), zarr.storage.LocalStore(tmp_path)
    for store in stores:
        zarr.create_group(store).create_array("g/a", data=np.arange(3))
        place = zarr.storage.StorePath(store, "g")
        assert make_store_path(place, "a").path == "g/a"
        assert zarrc.open_array(place / "a")[...].tolist() == [0, 1, 2]
        assert zarrc.open_array(place, path="a", mode="r")[1] == 1
        zarrc.create_array(place / "b", shape=2, dtype="i4")[...] = 7
        assert zarr.open_array(store, path="g/b")[...].tolist() == [7, 7]


def test_zip_file_that_is_none(tmp_path):
    (tmp_path / "x.zip").write_bytes(b"no archive")
    with pytest.raises(zipfile.BadZipFile, match="x.zip"):  # noqa: RUF043
        zarrc.open(tmp_path / "x.zip")
