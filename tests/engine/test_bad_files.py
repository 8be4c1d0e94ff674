"""What the file system can do to chunks: wrong things in their places, no rights, no room, no descriptors."""

from __future__ import annotations

import errno
import os
import pickle
import resource
import shutil
import subprocess
import sys
import tempfile
import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import ChunkIOError

CHAINS = [(2, "plain"), (2, "zlib"), (3, "plain"), (3, "zstd"), (3, "blosc-lz4")]
pytestmark = pytest.mark.parametrize("chain", CHAINS, ids=[f"v{fmt}-{name}" for fmt, name in CHAINS])


@pytest.fixture
def array(tmp_path, chain, kit):
    array = kit.make(tmp_path / "a", chain, (12, 12), (4, 4))
    array[...] = np.arange(144).reshape(12, 12)
    return array


@pytest.fixture
def file(tmp_path, chain, array, kit):
    return kit.chunk_file(tmp_path / "a", chain, 1, 2)


@pytest.fixture
def key(chain):
    return "1.2" if chain[0] == 2 else "c/1/2"


def fails(array, key, kit, number):
    """Reads and writes of the chunk (1, 2) fail, with that errno; other chunks are as they were."""
    before = kit.open_files()
    for action in (
        lambda: array.__setitem__((5, 9), 1),
        lambda: array.__setitem__((slice(4, 8), slice(8, 12)), 1),
        lambda: array[...],
        lambda: array[5, 9],
    ):
        with pytest.raises(ChunkIOError) as caught:
            action()
        assert caught.value.filename == f"{array.store_path}/{key}"
        assert caught.value.errno == number
    assert kit.open_files() == before
    assert not kit.leftovers(str(array.store.root))
    np.testing.assert_array_equal(array[:4], np.arange(48).reshape(4, 12))


def test_directory_in_place_of_a_chunk(array, file, key, kit):
    file.unlink()
    file.mkdir()
    fails(array, key, kit, errno.EISDIR)
    assert file.is_dir()


def test_file_in_place_of_a_directory(array, file, key, chain, kit):
    if chain[0] == 2:
        pytest.skip("v2 keys have no directories")
    shutil.rmtree(file.parent)
    file.parent.write_bytes(b"x")
    for column in range(3):
        with pytest.raises(ChunkIOError) as caught:
            array[5, 4 * column]
        assert caught.value.errno == errno.ENOTDIR and caught.value.filename.endswith(f"c/1/{column}")
    with pytest.raises(ChunkIOError):
        array[5, 9] = 1
    assert file.parent.read_bytes() == b"x"


def test_fifo(array, file, key, kit):
    """Opening one would wait for a writer that never comes."""
    file.unlink()
    os.mkfifo(file)
    with pytest.raises(ChunkIOError):
        array[...]
    with pytest.raises(ChunkIOError):
        array[5, 9] = 1
    array[4:8, 8:12] = 3  # a whole chunk takes its place
    assert (array[4:8, 8:12] == 3).all()


def test_symbolic_link_loop(array, file, key, kit):
    file.unlink()
    file.symlink_to(file.name)
    with pytest.raises(ChunkIOError) as caught:
        array[...]
    assert caught.value.errno == errno.ELOOP and caught.value.filename == f"{array.store_path}/{key}"


@contextmanager
def ordinary_user(folder):
    """Root may do everything: be someone else for a while, and own the folder."""
    if os.geteuid() != 0:
        yield
        return
    nobody = 65534
    for name, folders, files in os.walk(folder):
        for entry in (".", *folders, *files):
            os.chown(os.path.join(name, entry), nobody, nobody)
    os.seteuid(nobody)
    try:
        yield
    finally:
        os.seteuid(0)


def test_no_permission(chain, kit):
    folder = Path(tempfile.mkdtemp())  # pytest's own are closed to others
    try:
        array = kit.make(folder / "a", chain, (12, 12), (4, 4))
        array[...] = expected = np.arange(144).reshape(12, 12)
        file = kit.chunk_file(folder / "a", chain, 1, 2)
        with ordinary_user(folder):
            file.chmod(0)
            for action in (lambda: array[...], lambda: array.__setitem__((5, 9), 1)):
                with pytest.raises(ChunkIOError) as caught:
                    action()
                assert caught.value.errno == errno.EACCES
            file.chmod(0o644)
            file.parent.chmod(0o555)
            with pytest.raises(ChunkIOError) as caught:
                array[5, 9] = 1
            assert caught.value.errno == errno.EACCES
            np.testing.assert_array_equal(array[...], expected)
            file.parent.chmod(0)
            with pytest.raises(ChunkIOError) as caught:
                array[...]
            assert caught.value.errno == errno.EACCES
            file.parent.chmod(0o755)
        np.testing.assert_array_equal(array[...], expected)
        assert not kit.leftovers(folder)
    finally:
        shutil.rmtree(folder)


def test_array_deleted(array, tmp_path):
    shutil.rmtree(tmp_path / "a")
    for action in (lambda: array[...], lambda: array.__setitem__(..., 1), lambda: array.__setitem__((5, 9), 1)):
        with pytest.raises(ChunkIOError) as caught:
            action()
        assert caught.value.errno == errno.ENOENT
        assert caught.value.filename == str(array.store_path)
    assert not (tmp_path / "a").exists()


def test_chunk_directory_deleted(array, file, chain):
    if chain[0] == 2:
        pytest.skip("v2 keys have no directories")
    shutil.rmtree(file.parent)
    assert (array[4:8] == -1).all()
    array[5, 9] = 1
    assert array[5, 9] == 1 and file.exists()


def test_path_too_long(tmp_path, chain, kit):
    deep = tmp_path / "/".join(["d" * 200] * 30)
    with pytest.raises((OSError, zarrc.errors.StoreIOError)):
        kit.make(deep, chain)
    with pytest.raises((OSError, zarrc.errors.BaseZarrError)):
        zarrc.open_array(str(deep))


def test_null_byte_in_a_path(tmp_path, chain, kit):
    """A C string ends there: it would be another array."""
    kit.make(tmp_path / "a", chain)[...] = 1
    with pytest.raises(ValueError, match="null byte"):
        zarrc.open_array(str(tmp_path / "a") + "\0b")
    with pytest.raises(ValueError, match="null byte"):
        zarrc.open_array(str(tmp_path), path="a\0b")


@contextmanager
def limit(which: int, soft: int):
    old = resource.getrlimit(which)
    resource.setrlimit(which, (soft, old[1]))
    try:
        yield
    finally:
        resource.setrlimit(which, old)


def test_too_many_open_files(array, kit):
    before = kit.open_files()
    with limit(resource.RLIMIT_NOFILE, 3):
        for action in (lambda: array[...], lambda: array.__setitem__((5, 9), 1)):
            with pytest.raises(ChunkIOError) as caught:
                action()
            assert caught.value.errno == errno.EMFILE
    spare = []
    try:
        with limit(resource.RLIMIT_NOFILE, before + 8):
            while True:  # until one is left: enough for the directory, not for a chunk
                try:
                    spare.append(os.open(os.devnull, os.O_RDONLY))
                except OSError:
                    break
            os.close(spare.pop())
            for action in (lambda: array[...], lambda: array.__setitem__((5, 9), 1)):
                with pytest.raises(ChunkIOError) as caught:
                    action()
                assert caught.value.errno == errno.EMFILE
    finally:
        for fd in spare:
            os.close(fd)
    np.testing.assert_array_equal(array[...], np.arange(144).reshape(12, 12))
    assert kit.open_files() == before


def test_no_room_for_the_file(tmp_path, chain, kit):
    """RLIMIT_FSIZE (Python ignores its signal): the old chunk stays, no temporary file does."""
    array = kit.make(tmp_path / "a", chain, (4096,), (4096,))
    old = np.arange(4096) // 50
    array[...] = old
    noise = np.random.default_rng(1).integers(0, 2**31, 4096)
    before = kit.open_files()
    file = kit.chunk_file(tmp_path / "a", chain, 0)
    content = file.read_bytes()
    with limit(resource.RLIMIT_FSIZE, 512):
        for key, value in ((..., noise), (slice(1, None), noise[1:])):
            with pytest.raises(ChunkIOError) as caught:
                array[key] = value
            assert caught.value.errno == errno.EFBIG
    assert file.read_bytes() == content
    assert not kit.leftovers(tmp_path)
    assert kit.open_files() == before
    np.testing.assert_array_equal(array[...], old)


def test_disk_full(tmp_path, chain, kit):
    place = tmp_path / "small"
    place.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", str(place)], capture_output=True, check=False
    )
    if mounted.returncode != 0:
        pytest.skip("no right to mount a file system")
    try:
        array = kit.make(place / "a", chain, (64, 4096), (1, 4096))
        rng = np.random.default_rng(2)
        array[:4] = old = rng.integers(0, 2**31, (4, 4096))
        with pytest.raises(ChunkIOError) as caught:
            array[4:] = rng.integers(0, 2**31, (60, 4096))
        assert caught.value.errno == errno.ENOSPC
        assert not kit.leftovers(place)
        while True:  # fill what is left, then no chunk can be replaced
            try:
                with open(place / "rest", "ab", buffering=0) as f:
                    f.write(bytes(4096))
            except OSError:
                break
        for key in (slice(0, 4), (slice(0, 4), slice(7, None))):
            with pytest.raises(ChunkIOError) as caught:
                array[key] = rng.integers(0, 2**31, array[key].shape)
            assert caught.value.errno == errno.ENOSPC
        assert not kit.leftovers(place)
        np.testing.assert_array_equal(array[:4], old)
    finally:
        subprocess.run(["umount", str(place)], check=False)


def test_never_torn(tmp_path, chain, kit):
    """A chunk that other threads replace all the time: each read has one version of it, old or new."""
    array = kit.make(tmp_path / "a", chain, (5000,), (5000,))
    array[...] = 0
    stop = threading.Event()
    errors = []

    def replace(first):
        try:
            k = first
            while not stop.is_set():
                array[...] = k
                k += 2
        except Exception as e:  # would be lost in the thread
            errors.append(e)

    threads = [threading.Thread(target=replace, args=(i,)) for i in (1, 2)]
    for t in threads:
        t.start()
    try:
        for i in range(300):
            out = array[...] if i % 2 else array[::7]
            assert (out == out[0]).all()
    finally:
        stop.set()
        for t in threads:
            t.join()
    assert not errors
    assert not kit.leftovers(tmp_path)


def test_descriptors_are_given_back(array, file, kit):
    before = kit.open_files()
    for i in range(400):
        array[i % 12, 3:9]
        array[2:5, i % 12] = i
    content = file.read_bytes()
    for _ in range(200):
        file.write_bytes(content[:-1])
        with pytest.raises(zarrc.errors.BaseZarrError):
            array[...]
        with pytest.raises(zarrc.errors.BaseZarrError):
            array[5, 9] = 1
    assert kit.open_files() == before


def test_errors_of_a_child(tmp_path, chain, kit):
    """An error travels between processes with what it says."""
    kit.make(tmp_path / "a", chain)[...] = 1
    kit.chunk_file(tmp_path / "a", chain, 0).write_bytes(b"?")
    script = f"""
import pickle, sys, zarrc
try:
    zarrc.open_array({str(tmp_path / "a")!r})[...]
except zarrc.errors.CodecError as e:
    sys.stdout.buffer.write(pickle.dumps(e))
"""
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, timeout=60)
    e = pickle.loads(out.stdout)
    assert isinstance(e, zarrc.errors.CodecError) and e.key == ("0" if chain[0] == 2 else "c/0")
