"""`zarrc.verify`: everything that is not as it should be is found, and nothing else."""

from __future__ import annotations

import os
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import NodeNotFoundError, StoreIOError

BZ2 = [{"name": "numcodecs.bz2", "configuration": {"level": 1}}]


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A group with a plain, a sharded and a Python-coded array, and one of v2 in a group below."""
    path = tmp_path / "s"
    root = zarrc.open_group(path, mode="w")
    values = np.random.default_rng(1).integers(0, 99, (40, 40), dtype="i4")
    root.create_array("zstd", shape=(40, 40), chunks=(10, 10), dtype="i4", compressors="zstd")[...] = values
    root.create_array("raw", shape=(40, 40), chunks=(10, 10), dtype="i4", compressors=None)[...] = values
    root.create_array("shards", shape=(40, 40), chunks=(5, 5), shards=(20, 20), dtype="i4", compressors="crc32c")[
        ...
    ] = values
    root.create_array("bz2", shape=(40,), chunks=(10,), dtype="i4", compressors=BZ2)[...] = values[0]
    root.create_array("scalar", shape=(), dtype="i4")[...] = 7
    old = zarrc.open_group(path / "old", mode="w", zarr_format=2)
    old.create_array("v2", shape=(40, 40), chunks=(10, 10), dtype="i4", compressors={"id": "zlib", "level": 1})[...] = (
        values
    )
    return path


def found(report: zarrc.verifying.Report) -> set[tuple[str, str]]:
    return {(f.kind, f"{f.path}/{f.key}".strip("/")) for f in report.findings}


def flip(file: Path, at: int) -> None:
    content = bytearray(file.read_bytes())
    content[at] ^= 1
    file.write_bytes(content)


def test_whole_store(store):
    report = zarrc.verify(store)
    assert report.ok and report.counts() == {}
    assert (report.arrays, report.groups) == (6, 2)
    assert report.stored_chunks == 16 + 16 + 4 + 4 + 1 + 16
    assert report.chunks == 16 + 16 + 64 + 4 + 1 + 16
    assert report.decoded_bytes == 4 * (4 * 1600 + 40 + 1)
    names = re.compile(r"zarr\.json|\.z.*")
    sizes = [f.stat().st_size for f in store.rglob("*") if f.is_file() and not names.fullmatch(f.name)]
    assert report.stored_bytes == sum(sizes)


def test_one_array(store):
    assert zarrc.verify(store / "zstd").arrays == 1
    assert zarrc.verify(store, "old/v2").arrays == 1
    assert zarrc.verify(store, zarr_format=3).arrays == 5  # and nothing of another format is looked for


@pytest.mark.parametrize(
    ("file", "damage", "codec"),
    [
        ("zstd/c/0/0", lambda f: os.truncate(f, 30), "zstd"),
        ("zstd/c/1/2", lambda f: os.truncate(f, 0), "zstd"),
        ("raw/c/3/3", lambda f: os.truncate(f, 399), "bytes"),
        ("raw/c/0/1", lambda f: f.write_bytes(bytes(401)), "bytes"),
        ("old/v2/2.3", lambda f: os.truncate(f, 30), "zlib"),
        ("bz2/c/1", lambda f: os.truncate(f, 30), "numcodecs.bz2"),
        ("shards/c/0/0", lambda f: os.truncate(f, 30), "sharding_indexed index"),
        ("shards/c/0/1", lambda f: flip(f, -3), "sharding_indexed index"),
        ("shards/c/1/1", lambda f: f.write_bytes(b"\0" * 100 + f.read_bytes()), "crc32c"),
        ("scalar/c", lambda f: f.write_bytes(b"abc"), "zstd"),
    ],
)
def test_damaged_chunks(store, file, damage, codec):
    damage(store / file)
    report = zarrc.verify(store)
    assert found(report) == {("damaged", file)}
    assert {f.codec for f in report.findings} == {codec}
    assert all(codec in str(f) and file in str(f) for f in report.findings)


def test_every_damaged_inner_chunk_is_named(store):
    shard = store / "shards/c/1/0"
    for inner in (0, 5, 15):  # 104 bytes each
        flip(shard, 104 * inner + 50)
    report = zarrc.verify(store)
    assert report.counts() == {"damaged": 3} and all(f.inner and f.key == "c/1/0" for f in report.findings)
    assert sorted(re.search(r"inner chunk (\[.*?\])", f.reason)[1] for f in report.findings) == [
        "[0, 0]",
        "[1, 1]",
        "[3, 3]",
    ]
    assert report.chunks == 16 + 16 + 61 + 4 + 1 + 16


def test_more_defects_of_one_shard_than_are_kept(tmp_path):
    array = zarrc.create_array(
        tmp_path / "a", shape=(64,), chunks=(1,), shards=(64,), dtype="u1", compressors="crc32c", fill_value=0
    )
    array[...] = 1
    shard = tmp_path / "a/c/0"
    content = bytearray(shard.read_bytes())
    content[: 64 * 5 : 5] = bytes([9]) * 64
    shard.write_bytes(content)
    report = zarrc.verify(tmp_path / "a")
    assert len(report.findings) == 17
    assert report.findings[-1].reason == "48 more inner chunks are damaged"


def test_overlapping_inner_chunks(tmp_path):
    array = zarrc.create_array(
        tmp_path / "a", shape=(4,), chunks=(1,), shards=(4,), dtype="i8", compressors=None, fill_value=0
    )
    array[...] = [1, 2, 3, 4]
    shard = tmp_path / "a/c/0"
    content = bytearray(shard.read_bytes())
    index = np.frombuffer(content[-68:-4], "<u8").reshape(4, 2).copy()

    def store(entries):
        body = content[:-68] + entries.tobytes()
        checksum = zarrc.codecs.Crc32cCodec().encode(entries.tobytes())[-4:]
        shard.write_bytes(bytes(body) + bytes(checksum))
        return zarrc.verify(tmp_path / "a")

    assert store(index).ok
    index[1] = index[0]
    assert store(index).ok  # two that share one stretch are whole
    index[1, 0] += 4
    assert [f.reason for f in store(index).findings] == [
        "the stored bytes are corrupt (bytes from 4 on belong to two inner chunks)"
    ]
    index[1] = (40, 8)
    report = store(index)
    assert len(report.findings) == 1 and "in the index" in report.findings[0].reason and report.findings[0].inner


def test_names(store):
    (store / "junk").write_text("x")
    (store / "zstd/notes.txt").write_text("x")
    (store / "zstd/c/0/00").write_text("x")
    (store / "zstd/c/9").mkdir()
    (store / "zstd/c/9/0").write_text("x")
    (store / "zstd/c/0/.1f-2-3.partial").write_text("x")
    (store / "old/v2/0.0.1234.partial").write_text("x")
    (store / "old/v2/0.0.0").write_text("x")
    (store / "empty").mkdir()
    (store / "raw/c/0/0").unlink()
    (store / "raw/c/0/0").mkdir()
    (store / "raw/c/1/1").unlink()
    (store / "raw/c/1/1").symlink_to("nowhere")
    os.mkfifo(store / "raw/c/pipe")
    (store / zarrc._core.LOCK_NAME).write_text("")
    (store / "zstd" / zarrc._core.LOCK_NAME).write_text("")
    report = zarrc.verify(store)
    assert found(report) == {
        ("stray", "junk"),
        ("stray", "zstd/notes.txt"),
        ("stray", "zstd/c/0/00"),
        ("outside", "zstd/c/9/0"),
        ("orphan", "zstd/c/0/.1f-2-3.partial"),
        ("orphan", "old/v2/0.0.1234.partial"),
        ("stray", "old/v2/0.0.0"),
        ("stray", "empty"),
        ("io", "raw/c/0/0"),
        ("io", "raw/c/1/1"),
        ("stray", "raw/c/pipe"),
    }
    assert all(f.age is not None and f.age < 600 for f in report.findings if f.kind == "orphan")


def test_missing_chunks_are_fine(store):
    (store / "zstd/c/0/0").unlink()
    (store / "shards/c/0/0").unlink()
    assert zarrc.verify(store).ok


@pytest.mark.parametrize("document", ["raw/zarr.json", "old/v2/.zarray", "old/.zgroup"])
@pytest.mark.parametrize("content", [b"{]", b'{"zarr_format": 3}', b"\xff", b""])
def test_documents(store, document, content):
    (store / document).write_bytes(content)
    report = zarrc.verify(store)
    assert {kind for kind, _ in found(report)} == {"metadata"}
    assert len(report.findings) == 1 and report.arrays == (6 if document.endswith("group") else 5)


def test_codecs_that_are_not_known(store):
    file = store / "zstd/zarr.json"
    file.write_text(file.read_text().replace('"zstd"', '"unheard-of"'))
    assert zarrc.verify(store).counts() == {"metadata": 1}


@pytest.mark.filterwarnings("ignore:Consolidated metadata")
def test_consolidated_metadata_that_is_broken(store):
    zarrc.consolidate_metadata(store)
    assert zarrc.verify(store).ok
    file = store / "zarr.json"
    file.write_text(file.read_text().replace('"data_type": "int32"', '"data_type": "int33"'))
    assert zarrc.verify(store).counts() == {"metadata": 1}


@pytest.mark.parametrize("kind", ["zip", "memory"])
def test_other_stores(store, tmp_path, kind):
    (store / "zstd/c/0/0").write_bytes(b"x")
    (store / "bz2/c/0").write_bytes(b"x")
    (store / "junk").write_text("x")
    (store / "raw/c/7").mkdir()
    (store / "raw/c/7/7").write_bytes(b"x")
    files = {str(f.relative_to(store)): f.read_bytes() for f in store.rglob("*") if f.is_file()}
    target: object = files
    if kind == "zip":
        target = zarrc.storage.ZipStore(tmp_path / "s.zip", mode="w")
        for name, content in files.items():
            target.set_bytes(name, content)
    report = zarrc.verify(target)
    expected = {("damaged", "zstd/c/0/0"), ("damaged", "bz2/c/0"), ("stray", "junk"), ("outside", "raw/c/7/7")}
    assert found(report) == expected
    assert report.arrays == 6


@pytest.mark.parametrize("name", ["raw", "bz2"])  # by the engine, by Python codecs
def test_members_of_an_archive_that_are_damaged(store, tmp_path, name):
    content = (store / name / "c/0").read_bytes() if name == "bz2" else (store / name / "c/0/0").read_bytes()
    with zipfile.ZipFile(tmp_path / "s.zip", "w") as archive:
        for file in store.rglob("*"):
            archive.write(file, file.relative_to(store))
    packed = bytearray((tmp_path / "s.zip").read_bytes())
    packed[packed.index(content) + 20] ^= 1
    (tmp_path / "s.zip").write_bytes(packed)
    whole = zarrc.verify(store)
    report = zarrc.verify(tmp_path / "s.zip")
    key = "c/0" if name == "bz2" else "c/0/0"
    assert found(report) == {("io", f"{name}/{key}")}
    assert report.stored_chunks == whole.stored_chunks - 1
    with pytest.raises(StoreIOError, match=f"CRC.*s.zip/{name}/{key}"):
        zarrc.open_group(tmp_path / "s.zip", mode="r")[name][...]


def test_other_chunk_keys(tmp_path):
    keys = {"name": "suffix", "configuration": {"suffix": ".bin", "base_encoding": "default"}}
    array = zarrc.create_array(tmp_path / "a", shape=(9,), chunks=(2,), dtype="i4", chunk_key_encoding=keys)
    array[...] = 5
    assert zarrc.verify(tmp_path / "a").stored_chunks == 5
    (tmp_path / "a/c/1.bin").write_bytes(b"x")
    (tmp_path / "a/c/1").write_bytes(b"x")
    assert found(zarrc.verify(tmp_path / "a")) == {("damaged", "c/1.bin"), ("stray", "c/1")}


def test_irregular_chunks(tmp_path):
    with zarrc.config.set({"array.rectilinear_chunks": True}):
        array = zarrc.create_array(tmp_path / "a", shape=(9,), chunks=[[2, 3, 4]], dtype="i4", compressors=None)
    array[...] = np.arange(9)
    report = zarrc.verify(tmp_path / "a")
    assert report.ok and report.decoded_bytes == 36
    os.truncate(tmp_path / "a/c/1", 8)
    (tmp_path / "a/c/3").write_bytes(b"")
    assert found(zarrc.verify(tmp_path / "a")) == {("damaged", "c/1"), ("outside", "c/3")}


def test_nothing_is_there(tmp_path):
    for where in (tmp_path, tmp_path / "none"):
        with pytest.raises(NodeNotFoundError):
            zarrc.verify(where)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_what_cannot_be_read(store):
    os.chmod(store / "zstd/c/0/0", 0)
    os.chmod(store / "raw/c/1", 0)
    try:
        assert found(zarrc.verify(store)) == {("io", "zstd/c/0/0"), ("io", "raw")}
    finally:
        os.chmod(store / "raw/c/1", 0o755)


def test_progress_reaches_its_total(store):
    calls: dict[str, list[tuple[int, int]]] = {}
    zarrc.verify(store, progress=lambda path, done, total: calls.setdefault(path, []).append((done, total)))
    assert set(calls) == {"zstd", "raw", "shards", "bz2", "scalar", "old/v2"}
    assert all(steps[0][0] == 0 and steps[-1][0] == steps[-1][1] > 0 for steps in calls.values())


def test_report_is_json(store):
    import json

    (store / "zstd/c/0/0").write_bytes(b"x")
    data = json.loads(json.dumps(zarrc.verify(store).to_dict()))
    assert data["ok"] is False and data["counts"] == {"damaged": 1}
    assert data["findings"][0]["path"] == "zstd" and data["findings"][0]["key"] == "c/0/0"


def test_nothing_is_written(store):
    before = {f: f.stat().st_mtime_ns for f in store.rglob("*")}
    (store / "zstd/c/0/0").write_bytes(b"x")
    before[store / "zstd/c/0/0"] = (store / "zstd/c/0/0").stat().st_mtime_ns
    zarrc.verify(store)
    assert {f: f.stat().st_mtime_ns for f in store.rglob("*")} == before
