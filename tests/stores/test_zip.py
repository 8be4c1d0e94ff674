from __future__ import annotations

import asyncio
import bz2
import errno
import io
import lzma
import os
import pickle
import random
import zipfile
from contextlib import suppress

import numpy as np
import pytest

import zarrc
from zarrc.errors import BaseZarrError
from zarrc.storage import WrapperStore, ZipStore
from zarrc.stores.zip import DamagedZipError

TWICE = pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")


@pytest.fixture
def path(tmp_path):
    return tmp_path / "a.zip"


@pytest.fixture
def good(path):
    """An archive that holds an array of seven zeros and ones."""
    with ZipStore(path, mode="w") as store:
        zarrc.create_array(store, data=np.arange(7) % 2, chunks=3)
    return path


# copies keep what is there ------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["w", "x"])
@pytest.mark.parametrize("copied", ["read-only", "writable", "pickled"])
def test_a_copy_made_before_the_first_use_keeps_the_archive(path, mode, copied):
    store = ZipStore(path, mode=mode)
    copy = pickle.loads(pickle.dumps(store)) if copied == "pickled" else store.with_read_only(copied == "read-only")
    zarrc.create_array(store, data=np.full(10, 7))
    store.close()
    size = path.stat().st_size
    assert zarrc.open_array(copy, mode="r")[...].tolist() == [7] * 10
    copy.close()
    assert path.stat().st_size == size
    assert zarrc.open_array(store, mode="r")[...].tolist() == [7] * 10


def test_a_copy_of_a_file_object_keeps_the_archive():
    file = io.BytesIO()
    store = ZipStore(file, mode="w")
    copy = store.with_read_only(True)
    zarrc.create_array(store, data=np.arange(4))
    store.close()
    assert zarrc.open_array(copy)[...].tolist() == [0, 1, 2, 3]
    copy.close()
    assert zarrc.open_array(ZipStore(file))[...].tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("mode", ["r", "w", "a"])
def test_a_read_only_store_leaves_the_archive_alone(good, mode):
    before = good.read_bytes()
    store = ZipStore(good, mode=mode, read_only=True)
    for one in (store, store.with_read_only(True), pickle.loads(pickle.dumps(store))):
        assert zarrc.open_array(one)[...].tolist() == [0, 1, 0, 1, 0, 1, 0]
        one.close()
    assert good.read_bytes() == before
    with store.with_read_only(False) as more:
        more.set_bytes("more", b"1")
    assert zarrc.open_array(good)[...].tolist() == [0, 1, 0, 1, 0, 1, 0]


def test_a_read_only_copy_of_what_is_not_there_makes_nothing(path):
    with pytest.raises(FileNotFoundError):
        ZipStore(path, mode="a").with_read_only(True).get_bytes("k")
    assert not path.exists()


def test_the_mode_is_checked(path):
    with pytest.raises(ValueError, match="mode must be"):
        ZipStore(path, mode="r+")


@pytest.mark.parametrize("kind", ["path", "file"])
def test_nothing_is_appended_to_an_archive_that_is_not_whole(good, kind):
    """zipfile begins a second archive there, and the members of the first are gone."""
    data = good.read_bytes()[:-30]
    good.write_bytes(data)
    file = io.BytesIO(data)
    store = ZipStore(good if kind == "path" else file, mode="a")
    with pytest.raises(DamagedZipError, match="nothing is appended"):
        store.set_bytes("k", b"v")
    store.close()
    assert good.read_bytes() == file.getvalue() == data
    asyncio.run(store.clear())
    store.set_bytes("k", b"v")
    assert store.get_bytes("k") == b"v"


def test_a_copy_does_not_append_while_another_writes(path):
    store = ZipStore(path, mode="w")
    copy = store.with_read_only(False)
    store.set_bytes("a", b"1")
    with pytest.raises(DamagedZipError, match="another store may have it open"):
        copy.set_bytes("b", b"2")
    store.close()
    copy.set_bytes("b", b"2")
    copy.close()
    assert dict(ZipStore(path).list_prefix_sync("")) == {"a": 1, "b": 1}


def test_an_empty_file_becomes_an_archive(path):
    path.touch()
    with ZipStore(path, mode="a") as store:
        store.set_bytes("a", b"1")
    assert ZipStore(path).get_bytes("a") == b"1"


@pytest.mark.parametrize("change", ["clear", "move"])
def test_what_others_have_put_there_is_refused(good, tmp_path, change):
    store = ZipStore(good, mode="x")
    with pytest.raises(FileExistsError):
        asyncio.run(store.clear() if change == "clear" else store.move(tmp_path / "b.zip"))
    assert zarrc.open_array(good)[1] == 1


def test_moved_before_the_first_use(path, tmp_path):
    store = ZipStore(path, mode="w")
    asyncio.run(store.move(tmp_path / "b.zip"))
    store.set_bytes("a", b"1")
    store.close()
    assert not path.exists() and ZipStore(tmp_path / "b.zip").get_bytes("a") == b"1"


# the fill value -----------------------------------------------------------------------------------------------
@TWICE
@pytest.mark.parametrize("dtype", ["i4", "f8", "str"])  # text is the Python engine's
@pytest.mark.parametrize("wrapped", [False, True])
@pytest.mark.parametrize("shards", [None, 6])
def test_the_fill_value_over_stored_chunks(path, dtype, wrapped, shards):
    """They cannot be removed, and so are stored; what is missing stays missing."""
    archive = ZipStore(path, mode="w")
    store = WrapperStore(archive) if wrapped else archive
    z = zarrc.create_array(store, shape=(24,), chunks=3, shards=shards, dtype=dtype)
    expected = np.full(24, z.fill_value, z.dtype)
    z[:12] = expected[:12] = np.full(12, 7, z.dtype)
    stored = z.nchunks_initialized
    for chosen in (slice(6, 18), slice(1, 2), slice(18, 19), slice(0, 6)):
        z[chosen] = expected[chosen] = z.fill_value
        assert z[...].tolist() == expected.tolist()
    assert z.nchunks_initialized == stored
    z[7] = expected[7] = 5 if dtype != "str" else "5"
    z.set_mask_selection(np.arange(24) == 7, z.fill_value)
    expected[7] = z.fill_value
    archive.close()
    found = zarrc.open_array(path, mode="r")
    assert found[...].tolist() == expected.tolist()
    assert found.nchunks_initialized == stored


@TWICE
def test_the_fill_value_over_the_stored_chunks_of_zarr_python(path):
    zarr = pytest.importorskip("zarr", minversion="3.0")
    store = asyncio.run(zarr.storage.ZipStore.open(path, mode="w"))
    z = zarrc.create_array(store, shape=10, chunks=3, dtype="i4")
    z[...] = 7
    z[0:6] = 0
    store.close()
    assert zarrc.open_array(path)[...].tolist() == [0] * 6 + [7] * 4


@TWICE
def test_the_fill_value_over_a_whole_array(path):
    with ZipStore(path, mode="w") as store:
        z = zarrc.create_array(store, shape=(), dtype="i4")
        z[...] = 7
        z[...] = 0
        assert z[()] == 0


@TWICE
def test_a_repair_tells_what_cannot_be_removed(path):
    with ZipStore(path, mode="w") as store:
        zarrc.create_array(store, data=np.arange(9, dtype="i4"), chunks=3)
        store.set_bytes("c/1", b"rubbish")
        (action,) = zarrc.repair(store, remove_torn=True).actions
        assert action.done == "kept" and "cannot be removed" in action.why
        assert store.get_bytes("c/1") == b"rubbish"


# damage -------------------------------------------------------------------------------------------------------
METHODS = [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA]


@pytest.mark.parametrize("method", METHODS)
def test_damage_has_a_type(path, method):
    with ZipStore(path, mode="w", compression=method) as store:
        zarrc.create_array(store, data=np.arange(100), chunks=30)
    whole = path.read_bytes()
    chance = random.Random(method)
    for _ in range(60):
        data = bytearray(whole)
        at = chance.randrange(len(data))
        data[at] ^= 1 << chance.randrange(8)
        if chance.randrange(2):
            del data[at : at + chance.randrange(1, 30)]
        path.write_bytes(data)
        with ZipStore(path) as store:
            for use in (
                lambda store=store: list(store.list_prefix_sync("")),
                lambda store=store: store.get_bytes("c/1"),
                lambda store=store: zarrc.open_array(store)[...],
            ):
                with suppress(BaseZarrError):
                    use()


def broken_member(method, spoil):
    """An archive whose member "k" has its bytes, or those of its entry, changed."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", method) as archive:
        archive.writestr("k", bytes(range(256)) * 4)
    data = bytearray(file.getvalue())
    spoil(data)
    return io.BytesIO(data)


@pytest.mark.parametrize("kind", ["path", "file"])
def test_an_offset_before_the_archive(path, kind):
    """The sum of the entry's offset and the length of what is before the archive is negative."""

    def spoil(data):
        end = data.rindex(b"PK\5\6")
        data[end + 16 : end + 20] = (int.from_bytes(data[end + 16 : end + 20], "little") + 9).to_bytes(4, "little")

    damaged = broken_member(zipfile.ZIP_STORED, spoil)
    path.write_bytes(damaged.getvalue())
    with pytest.raises(DamagedZipError) as found:
        ZipStore(path if kind == "path" else damaged).get_bytes("k")
    assert found.value.errno == errno.EIO and str(path if kind == "path" else damaged) in str(found.value)


def test_options_of_lzma_that_are_none(path):
    def spoil(data):
        data[30 + len("k") + 4] = 0xFF  # behind header, name and four bytes of version and size: lc, lp and pb

    damaged = broken_member(zipfile.ZIP_LZMA, spoil)
    with pytest.raises(lzma.LZMAError), zipfile.ZipFile(io.BytesIO(damaged.getvalue())) as archive:
        archive.read("k")
    with pytest.raises(DamagedZipError, match="/k"):
        ZipStore(damaged).get_bytes("k")


def test_a_stream_of_bzip2_that_is_none():
    def spoil(data):
        data[data.index(b"BZh") : data.index(b"BZh") + 3] = b"xxx"

    damaged = broken_member(zipfile.ZIP_BZIP2, spoil)
    with pytest.raises(OSError, match="Invalid data stream"):
        bz2.decompress(b"xxx9" + bytes(20))
    with pytest.raises(DamagedZipError, match="Invalid data stream"):
        ZipStore(damaged).get_bytes("k")


def test_methods_that_zipfile_does_not_have():
    def spoil(data):
        for signature, at in ((b"PK\3\4", 8), (b"PK\1\2", 10)):
            data[data.index(signature) + at] = 6

    with pytest.raises(DamagedZipError, match="compression"):
        ZipStore(broken_member(zipfile.ZIP_STORED, spoil)).get_bytes("k")


def test_errors_of_the_system_keep_their_type(path, good, tmp_path):
    with pytest.raises(FileNotFoundError):
        ZipStore(tmp_path / "none.zip").get_bytes("k")
    with pytest.raises(FileExistsError):
        ZipStore(good, mode="x").get_bytes("k")
    with pytest.raises(IsADirectoryError):
        ZipStore(tmp_path).get_bytes("k")
    with pytest.raises(NotImplementedError, match="compression method"):
        ZipStore(tmp_path / "b.zip", mode="w", compression=6).set_bytes("k", b"v")
    file = io.BytesIO(good.read_bytes())
    store = ZipStore(file)
    assert store.get_bytes("zarr.json")
    file.close()
    with pytest.raises(ValueError, match="closed file") as found:
        store.get_bytes("zarr.json")
    assert not isinstance(found.value, DamagedZipError)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
@pytest.mark.parametrize("mode", ["r", "a"])
def test_a_missing_permission(good, mode):
    good.chmod(0)
    with pytest.raises(PermissionError):
        ZipStore(good, mode=mode).get_bytes("k")
