"""`zarrc.repair`: removes what it is told to, never what a writer may still own, and nothing that is whole."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import ReadOnlyError

VALUES = np.arange(1, 1601, dtype="i4").reshape(40, 40)
SHARDED = {"chunks": (5, 5), "shards": (20, 20), "compressors": "crc32c"}
ALL = {"remove_torn": True, "remove_orphans": True, "remove_outside": True}


def make(store, **options) -> zarrc.Array:
    array = zarrc.create_array(store, shape=(40, 40), dtype="i4", **({"chunks": (10, 10)} | options))
    array[...] = VALUES
    return array


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def tree(path: Path) -> dict[str, bytes]:
    return {str(f.relative_to(path)): f.read_bytes() for f in path.rglob("*") if f.is_file()}


def test_reports_only_unless_told(tmp_path):
    make(tmp_path / "a")
    (tmp_path / "a/c/0/0").write_bytes(b"torn")
    (tmp_path / "a/c/.1-2-3.partial").write_bytes(b"x")
    os.utime(tmp_path / "a/c/.1-2-3.partial", (0, 0))
    before = tree(tmp_path)
    result = zarrc.repair(tmp_path / "a")
    assert tree(tmp_path) == before and not result.ok
    assert {(a.finding.kind, a.done, a.why) for a in result.actions} == {
        ("damaged", "kept", "not told to"),
        ("orphan", "kept", "not told to"),
    }


def test_torn_chunk_is_removed(tmp_path):
    array = make(tmp_path / "a", compressors="zstd", fill_value=-1)
    os.truncate(tmp_path / "a/c/1/2", 20)
    result = zarrc.repair(tmp_path / "a", remove_torn=True)
    assert [a.done for a in result.actions] == ["removed"] and result.ok
    expected = VALUES.copy()
    expected[10:20, 20:30] = -1
    np.testing.assert_array_equal(array[...], expected)
    assert zarrc.verify(tmp_path / "a").ok


@pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec:zarrc.errors.ZarrUserWarning")
@pytest.mark.parametrize("location", ["start", "end"])
@pytest.mark.parametrize("wrapped", [False, True])
def test_shard_loses_only_its_damaged_chunks(tmp_path, location, wrapped):
    sharding = {
        "name": "sharding_indexed",
        "configuration": {
            "chunk_shape": [5, 5],
            "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}, {"name": "crc32c"}],
            "index_codecs": [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}],
            "index_location": location,
        },
    }
    outer = [{"name": "gzip", "configuration": {"level": 0}}] if wrapped else None
    array = zarrc.create_array(
        tmp_path / "a",
        shape=(40, 40),
        chunks=(20, 20),
        dtype="i4",
        serializer=sharding,
        compressors=outer,
        fill_value=0,
    )
    array[...] = VALUES
    file = tmp_path / "a/c/0/1"
    if wrapped:
        import gzip

        content = bytearray(gzip.decompress(file.read_bytes()))
        content[(260 if location == "start" else 0) + 104 * 6 + 9] ^= 1
        file.write_bytes(gzip.compress(content, 1))
    else:
        flip(file, (260 if location == "start" else 0) + 104 * 6 + 9)
    result = zarrc.repair(tmp_path / "a", remove_torn=True)
    assert [a.done for a in result.actions] == ["rewritten"] and result.ok
    expected = VALUES.copy()
    expected[5:10, 30:35] = 0
    np.testing.assert_array_equal(array[...], expected)
    assert zarrc.verify(tmp_path / "a").ok


def test_shard_whose_index_is_torn_goes(tmp_path):
    array = make(tmp_path / "a", **SHARDED)
    flip(tmp_path / "a/c/1/1", -2)
    assert [a.done for a in zarrc.repair(tmp_path / "a", remove_torn=True).actions] == ["removed"]
    expected = VALUES.copy()
    expected[20:, 20:] = 0
    np.testing.assert_array_equal(array[...], expected)


def test_shard_of_which_nothing_is_left_goes(tmp_path):
    make(tmp_path / "a", chunks=(20, 20), shards=(20, 20), compressors="crc32c")
    flip(tmp_path / "a/c/1/1", 5)
    assert [a.done for a in zarrc.repair(tmp_path / "a", remove_torn=True).actions] == ["removed"]
    assert not (tmp_path / "a/c/1/1").exists()


def test_shard_with_more_damage_than_is_listed(tmp_path):
    array = zarrc.create_array(
        tmp_path / "a", shape=(64,), chunks=(1,), shards=(64,), dtype="u1", compressors="crc32c", fill_value=0
    )
    array[...] = np.arange(1, 65)
    content = bytearray((tmp_path / "a/c/0").read_bytes())
    content[: 60 * 5 : 5] = bytes([99]) * 60
    (tmp_path / "a/c/0").write_bytes(content)
    assert zarrc.repair(tmp_path / "a", remove_torn=True).ok
    np.testing.assert_array_equal(array[...], [0] * 60 + [61, 62, 63, 64])


@pytest.mark.parametrize(
    "options", [{}, SHARDED, {"compressors": [{"name": "numcodecs.bz2", "configuration": {"level": 1}}]}]
)
def test_other_stores(options):
    files: dict[str, bytes] = {}
    array = make(files, **options)
    key = next(k for k in files if k.endswith("c/0/0"))
    content = bytearray(files[key])
    content[20] ^= 1
    files[key] = bytes(content) if options is SHARDED else bytes(content[:30])
    assert not zarrc.verify(files).ok
    assert zarrc.repair(files, remove_torn=True).ok
    assert zarrc.verify(files).ok
    assert (array[20:] == VALUES[20:]).all()
    assert (key in files) == (options is SHARDED)


def test_outside_chunks(tmp_path):
    array = make(tmp_path / "a")
    (tmp_path / "a/c/4").mkdir()
    (tmp_path / "a/c/4/0").write_bytes((tmp_path / "a/c/0/0").read_bytes())
    result = zarrc.repair(tmp_path / "a", remove_outside=True)
    assert [a.done for a in result.actions] == ["removed"]
    assert not (tmp_path / "a/c/4/0").exists()
    np.testing.assert_array_equal(array[...], VALUES)


def dead_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait()
    return process.pid


def test_orphans(tmp_path):
    make(tmp_path / "a")
    old = time.time() - 7200
    cases = {
        f".{dead_pid():x}-0-1.partial": ("removed", ""),
        "0.0123abcd.partial": ("removed", ""),
        f".{os.getpid():x}-0-1.partial": ("kept", f"process {os.getpid()} may still be writing it"),
    }
    for name in cases:
        (tmp_path / "a/c" / name).write_bytes(b"x")
        os.utime(tmp_path / "a/c" / name, (old, old))
    (tmp_path / "a/c/.1-9-9.partial").write_bytes(b"x")  # new
    result = zarrc.repair(tmp_path / "a", remove_orphans=True)
    done = {a.finding.key.removeprefix("c/"): (a.done, a.why) for a in result.actions}
    new = done.pop(".1-9-9.partial")
    assert new[0] == "kept" and "less than 3600 s" in new[1]
    assert done == cases
    assert {f.name for f in (tmp_path / "a/c").iterdir() if f.name.endswith(".partial")} == {
        ".1-9-9.partial",
        f".{os.getpid():x}-0-1.partial",
    }


def test_a_file_from_the_future_is_kept(tmp_path):
    make(tmp_path / "a")
    name = tmp_path / "a" / f".{dead_pid():x}-0-1.partial"
    name.write_bytes(b"x")
    os.utime(name, (time.time() + 9999, time.time() + 9999))
    assert zarrc.repair(tmp_path / "a", remove_orphans=True).actions[0].done == "kept"


def test_chunk_that_was_written_meanwhile_is_kept(tmp_path):
    array = make(tmp_path / "a")
    good = (tmp_path / "a/c/0/0").read_bytes()
    (tmp_path / "a/c/0/0").write_bytes(b"torn")

    def writer(path, done, total):
        if done == total:
            (tmp_path / "a/c/0/0").write_bytes(good)

    result = zarrc.repair(tmp_path / "a", remove_torn=True, progress=writer)
    assert [(a.done, a.why) for a in result.actions] == [("kept", "it is whole now")]
    np.testing.assert_array_equal(array[...], VALUES)


def test_what_is_not_understood_is_kept(tmp_path):
    make(tmp_path / "a", compressors={"name": "blosc", "configuration": {"cname": "lz4", "clevel": 1}})
    frame = bytearray((tmp_path / "a/c/0/0").read_bytes())
    frame[2] = frame[2] & 0x1F | 2 << 5  # snappy, which is not built in
    (tmp_path / "a/c/0/0").write_bytes(frame)
    result = zarrc.repair(tmp_path / "a", **ALL)
    assert [(a.finding.kind, a.done) for a in result.actions] == [("unreadable", "kept")]
    assert (tmp_path / "a/c/0/0").read_bytes() == frame


def test_whole_store_stays_as_it_is(tmp_path):
    make(tmp_path / "a", **SHARDED)
    before = tree(tmp_path)
    result = zarrc.repair(tmp_path / "a", **ALL)
    assert result.ok and result.actions == [] and tree(tmp_path) == before


def test_refusals(tmp_path):
    make(tmp_path / "a")
    with pytest.raises(ValueError, match="min_age"):
        zarrc.repair(tmp_path / "a", min_age=-1)
    read_only = zarrc.storage.LocalStore(tmp_path / "a", read_only=True)
    assert zarrc.repair(read_only).ok
    with pytest.raises(ReadOnlyError):
        zarrc.repair(read_only, remove_torn=True)
