from __future__ import annotations

import asyncio
import json
import logging
import warnings
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import GroupNotFoundError, ReadOnlyError
from zarrc.metadata import migrate_v3
from zarrc.metadata.migrate_v3 import migrate, migrate_to_v3, migrate_v2_to_v3, remove_metadata
from zarrc.node import write_documents
from zarrc.stores import MemoryStore, StorePath

V2 = (".zarray", ".zgroup", ".zattrs")


def made(path: Path, zarr_format: int = 2) -> None:
    root = zarrc.create_group(path, zarr_format=zarr_format, attributes={"at": "root"})
    root.create_array("a", shape=(5, 4), chunks=(2, 2), dtype="<i2", attributes={"at": "a"})[...] = np.ones((5, 4))
    below = root.create_group("g", attributes={"at": "g"})
    below.create_array("b", shape=(3,), chunks=(2,), dtype=">f4", fill_value=2)[...] = [1, 2, 3]
    below.create_group("empty")


def contents(path: Path) -> dict[str, bytes]:
    return {str(file.relative_to(path)): file.read_bytes() for file in path.rglob("*") if file.is_file()}


def documents(path: Path) -> list[str]:
    return sorted(str(file.relative_to(path)) for file in path.rglob("zarr.json"))


ALL = ["a/zarr.json", "g/b/zarr.json", "g/empty/zarr.json", "g/zarr.json", "zarr.json"]


def check_read(path: Path) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # both formats are there
        root = zarrc.open_group(path, mode="r", zarr_format=3)
    assert root.attrs.asdict() == {"at": "root"}
    assert root["g"].attrs.asdict() == {"at": "g"}
    assert root["a"].attrs.asdict() == {"at": "a"}
    assert (root["a"][...] == 1).all()
    assert root["g/b"][...].tolist() == [1, 2, 3]
    assert [name for name, _ in root.members(max_depth=None)] == ["a", "g", "g/b", "g/empty"]


def test_in_place(tmp_path):
    made(tmp_path)
    before = contents(tmp_path)
    migrate_v2_to_v3(input_store=tmp_path)
    after = contents(tmp_path)
    assert documents(tmp_path) == ALL
    assert {name: data for name, data in after.items() if not name.endswith("zarr.json")} == before
    check_read(tmp_path)


def test_to_another_place(tmp_path):
    made(tmp_path / "in")
    before = contents(tmp_path / "in")
    migrate_v2_to_v3(input_store=tmp_path / "in", output_store=tmp_path / "out")
    assert contents(tmp_path / "in") == before
    assert sorted(contents(tmp_path / "out")) == ALL
    with pytest.raises(FileExistsError, match="must be empty"):
        migrate_v2_to_v3(input_store=tmp_path / "in", output_store=tmp_path / "out")


def test_a_part_of_a_store(tmp_path):
    made(tmp_path)
    migrate_v2_to_v3(input_store=tmp_path / "g")
    assert documents(tmp_path) == ["g/b/zarr.json", "g/empty/zarr.json", "g/zarr.json"]
    migrate_v2_to_v3(input_store=StorePath(zarrc.storage.LocalStore(tmp_path), "a"))
    assert documents(tmp_path)[0] == "a/zarr.json"


def test_of_an_object(tmp_path):
    made(tmp_path)
    root = zarrc.open_group(tmp_path, zarr_format=2)
    migrate_to_v3(root["a"], root.store_path / "a")
    assert documents(tmp_path) == ["a/zarr.json"]


def test_in_memory():
    store = MemoryStore()
    zarrc.create_array(store, shape=(3,), chunks=(2,), dtype="i2", zarr_format=2)[...] = [4, 5, 6]
    migrate_v2_to_v3(input_store=store)
    assert zarrc.open_array(store, zarr_format=3)[...].tolist() == [4, 5, 6]


def test_dry_run_changes_nothing(tmp_path, caplog):
    made(tmp_path)
    before = contents(tmp_path)
    with caplog.at_level(logging.INFO, "zarr"):
        migrate_v2_to_v3(input_store=tmp_path, dry_run=True)
        migrate(tmp_path, overwrite=True, force=True, remove_v2_metadata=True, dry_run=True)
        asyncio.run(remove_metadata(tmp_path, 2, force=True, dry_run=True))
    assert contents(tmp_path) == before
    saved = [record.getMessage() for record in caplog.records if record.getMessage().startswith("Saving")]
    assert len(saved) == 2 * len(ALL)
    assert saved[0].endswith("/a/zarr.json")
    assert sum(message.startswith("Deleting metadata at") for message in caplog.messages) == 2 * 10


@pytest.mark.parametrize("kind", ["array", "group"])
def test_only_v2(tmp_path, kind):
    if kind == "array":
        node = zarrc.create_array(tmp_path, shape=(1,), dtype="i1")
    else:
        node = zarrc.create_group(tmp_path)
    for call in (lambda: migrate_v2_to_v3(input_store=tmp_path), lambda: migrate_to_v3(node, node.store_path)):
        with pytest.raises(TypeError, match=r"^Only arrays / groups with zarr v2 metadata can be converted$"):
            call()


def test_input_that_is_read_only(tmp_path):
    with zarrc.storage.ZipStore(tmp_path / "in.zip", mode="w") as store:
        zarrc.open_group(store, mode="w", zarr_format=2).create_array("a", data=[1, 2], chunks=(1,))
    with pytest.raises(ReadOnlyError, match=r"in\.zip"):
        migrate_v2_to_v3(input_store=tmp_path / "in.zip")
    migrate_v2_to_v3(input_store=tmp_path / "in.zip", output_store=tmp_path / "out")
    assert documents(tmp_path / "out") == ["a/zarr.json", "zarr.json"]


def test_nothing_there(tmp_path):
    with pytest.raises(GroupNotFoundError):
        migrate_v2_to_v3(input_store=tmp_path / "none")


def test_consolidated_metadata(tmp_path):
    made(tmp_path)
    zarrc.consolidate_metadata(tmp_path)
    with pytest.raises(NotImplementedError, match="consolidated metadata isn't supported"):
        migrate_v2_to_v3(input_store=tmp_path)
    assert documents(tmp_path) == []
    group = zarrc.open_group(tmp_path, use_consolidated=False)
    migrate_to_v3(group, group.store_path)
    check_read(tmp_path)


def test_what_cannot_be_converted_leaves_all_as_it_was(tmp_path):
    made(tmp_path)
    document = json.loads((tmp_path / "g/b/.zarray").read_text())
    (tmp_path / "g/b/.zarray").write_text(json.dumps({**document, "filters": [{"id": "nonesuch"}]}))
    before = contents(tmp_path)
    with pytest.raises(ValueError, match="codec for nonesuch \\(array 'g/b'\\)"):
        migrate(tmp_path, overwrite=True, remove_v2_metadata=True)
    assert contents(tmp_path) == before


@pytest.mark.parametrize("stored", range(5))
def test_failed_store_leaves_v2_whole(tmp_path, monkeypatch, stored):
    made(tmp_path)
    before = contents(tmp_path)
    write, calls = migrate_v3.write_documents, []

    def failing(place, content):
        calls.append(place)
        if len(calls) > stored:
            raise OSError("no space left")
        write(place, content)

    monkeypatch.setattr(migrate_v3, "write_documents", failing)
    with pytest.raises(OSError, match="no space"):
        migrate(tmp_path, remove_v2_metadata=True)
    assert contents(tmp_path) == before
    monkeypatch.undo()
    migrate(tmp_path)
    check_read(tmp_path)


def test_what_is_there_stays_without_overwrite(tmp_path):
    made(tmp_path)
    migrate_v2_to_v3(input_store=tmp_path / "g" / "b")
    before = contents(tmp_path)
    with pytest.raises(ValueError, match=r"zarr\.json already exists at .*g/b/zarr\.json"):
        migrate_v2_to_v3(input_store=tmp_path)
    assert contents(tmp_path) == before
    migrate(tmp_path, overwrite=True)
    assert documents(tmp_path) == ALL
    migrate(tmp_path, overwrite=True, dry_run=True)
    (tmp_path / "only3").mkdir()
    zarrc.create_group(tmp_path / "only3", zarr_format=3)
    with pytest.raises(ValueError, match=r"Cannot remove v3 metadata at .*only3/zarr\.json - no v2 metadata exists"):
        migrate(tmp_path, overwrite=True)
    migrate(tmp_path, overwrite=True, force=True, remove_v2_metadata=True)
    assert documents(tmp_path) == ALL
    assert not any(name.rpartition("/")[2] in V2 for name in contents(tmp_path))
    check_read(tmp_path)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_remove_metadata(tmp_path, zarr_format):
    made(tmp_path)
    migrate_v2_to_v3(input_store=tmp_path)
    (tmp_path / ".zmetadata").write_text("{}")
    asyncio.run(remove_metadata(tmp_path, zarr_format))
    left = {name.rpartition("/")[2] for name in contents(tmp_path)}
    assert left & {*V2, ".zmetadata", "zarr.json"} == ({"zarr.json"} if zarr_format == 2 else {*V2, ".zmetadata"})
    if zarr_format == 2:
        check_read(tmp_path)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_last_metadata_are_kept(tmp_path, zarr_format):
    made(tmp_path, zarr_format)
    before = contents(tmp_path)
    with pytest.raises(ValueError, match=f"^Cannot remove v{zarr_format} metadata at file"):
        asyncio.run(remove_metadata(tmp_path, zarr_format))
    assert contents(tmp_path) == before
    asyncio.run(remove_metadata(tmp_path, zarr_format, force=True))
    assert not any(name.rpartition("/")[2] in (*V2, "zarr.json") for name in contents(tmp_path))


def test_remove_needs_a_store_that_deletes(tmp_path):
    store = zarrc.storage.ZipStore(tmp_path / "a.zip", mode="w")
    zarrc.create_group(store, zarr_format=2)
    with pytest.raises(ValueError, match="must support deletes"):
        asyncio.run(remove_metadata(store, 2, force=True))
    migrate_v2_to_v3(input_store=store)
    assert zarrc.open_group(store, zarr_format=3).metadata.zarr_format == 3


def test_zarr_python_reads_it(tmp_path):
    zarr = pytest.importorskip("zarr")
    made(tmp_path)
    migrate(tmp_path, remove_v2_metadata=True)
    root = zarr.open_group(tmp_path, mode="r")
    assert (root["a"][...] == 1).all()
    assert root["g/b"][...].tolist() == [1, 2, 3]


def test_overwriting_that_fails_leaves_the_old_documents(tmp_path, monkeypatch):
    for zarr_format in (2, 3):
        root = zarrc.create_group(tmp_path, zarr_format=zarr_format, attributes={"format": zarr_format})
        for name in ("a", "b"):
            root.create_array(name, shape=3, dtype="i4", attributes={"format": zarr_format})
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    stored = []

    def fails(place, documents):
        if len(stored) == 2:
            raise OSError(28, "No space left on device")
        stored.append(place)
        write_documents(place, documents)

    monkeypatch.setattr(migrate_v3, "write_documents", fails)
    with pytest.raises(OSError, match="No space"):
        migrate(tmp_path, overwrite=True)
    assert len(stored) == 2
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before
    monkeypatch.undo()
    migrate(tmp_path, overwrite=True)
    assert zarrc.open_group(tmp_path, zarr_format=3)["b"].attrs["format"] == 2


def test_values_that_no_v3_codecs_give(tmp_path):
    array = zarrc.create_array(
        tmp_path, shape=4, dtype=">M8[ns]", zarr_format=2, compressors=None,
        filters=[{"id": "fixedscaleoffset", "offset": 0, "scale": 1, "dtype": ">i8", "astype": "<i8"}],
    )  # fmt: skip
    array[...] = np.array([300, 2, 77, 5], dtype="M8[ns]")
    try:
        migrate_to_v3(array, array.store_path)
    except ValueError:
        return
    assert (zarrc.open_array(tmp_path, zarr_format=3)[...] == array[...]).all()
