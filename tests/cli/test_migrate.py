"""``zarrc migrate`` and ``zarrc remove-metadata`` as a user runs them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import zarrc


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zarrc", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    path = tmp_path / "in.zarr"
    group = zarrc.create_group(path, zarr_format=2)
    group.create_array("a", shape=(4,), chunks=(2,), dtype="<u2")[...] = [1, 2, 3, 4]
    return path


def names(path: Path) -> set[str]:
    return {str(file.relative_to(path)) for file in path.rglob("*") if file.is_file()}


CHUNKS = {"a/0", "a/1"}
V2 = {".zgroup", ".zattrs", "a/.zarray", "a/.zattrs"}
V3 = {"zarr.json", "a/zarr.json"}


def test_migrate_and_remove(store: Path) -> None:
    result = run("migrate", "v3", store)
    assert (result.returncode, result.stdout, result.stderr) == (0, "2 metadata documents of v3 stored\n", "")
    assert names(store) == CHUNKS | V2 | V3
    again = run("migrate", "v3", store)
    assert again.returncode == 1
    assert "zarr.json already exists" in again.stderr and "Warning" not in again.stderr
    assert "--overwrite" in again.stderr and len(again.stderr.splitlines()) == 1
    result = run("migrate", "v3", store, "--overwrite", "--remove-v2-metadata")
    assert (result.returncode, result.stdout) == (0, "2 metadata documents of v3 stored, 4 removed\n")
    assert names(store) == CHUNKS | V3
    again = run("migrate", "v3", store)
    assert again.returncode == 1
    assert again.stderr.splitlines()[-1].endswith(
        f"{store}: Only arrays / groups with zarr v2 metadata can be converted"
    )
    assert zarrc.open_array(store / "a", mode="r")[...].tolist() == [1, 2, 3, 4]


def test_output_and_verbose(store: Path, tmp_path: Path) -> None:
    result = run("migrate", "v3", store, tmp_path / "out", "--verbose")
    assert result.returncode == 0
    assert [line.rpartition("out/")[2] for line in result.stderr.splitlines()] == ["a/zarr.json", "zarr.json"]
    assert names(tmp_path / "out") == V3
    assert names(store) == CHUNKS | V2
    again = run("migrate", "v3", store, tmp_path / "out")
    assert again.returncode == 1
    assert "must be empty" in again.stderr and "--overwrite" in again.stderr
    assert run("migrate", "v3", store, tmp_path / "out", "--overwrite", "--force").returncode == 0


def test_dry_run(store: Path) -> None:
    result = run("migrate", "v3", store, "--dry-run", "--remove-v2-metadata")
    assert result.returncode == 0
    assert result.stderr.startswith("dry run, nothing is changed")
    assert result.stderr.count("Saving metadata to") == 2
    assert result.stderr.count("Deleting metadata at") == 4
    assert result.stdout == "2 metadata documents of v3 would be stored, 4 would be removed\n"
    assert names(store) == CHUNKS | V2


def test_remove_metadata(store: Path) -> None:
    refused = run("remove-metadata", "v2", store)
    assert refused.returncode == 1
    assert "no v3 metadata exists" in refused.stderr and "use --force" in refused.stderr
    assert names(store) == CHUNKS | V2
    result = run("remove-metadata", "v2", store, "--force", "--dry-run")
    assert (result.returncode, result.stdout) == (0, "4 metadata documents of v2 would be removed\n")
    assert names(store) == CHUNKS | V2
    result = run("remove-metadata", "v2", store, "--force")
    assert (result.returncode, result.stdout, result.stderr) == (0, "4 metadata documents of v2 removed\n", "")
    assert names(store) == CHUNKS
    again = run("remove-metadata", "v2", store, "--force")
    assert (again.returncode, again.stdout) == (1, "")
    assert "no metadata of v2" in again.stderr and len(again.stderr.splitlines()) == 1


def test_consolidated(store: Path) -> None:
    zarrc.consolidate_metadata(store)
    group = zarrc.open_group(store, use_consolidated=False)
    name = next(iter(group))
    group[name].attrs["later"] = True  # which the consolidated metadata do not know
    result = run("migrate", "v3", store, "--remove-v2-metadata")
    assert (result.returncode, result.stderr) == (0, "")
    assert names(store) == CHUNKS | V3
    migrated = zarrc.open_group(store, mode="r", zarr_format=3)
    assert migrated.metadata.consolidated_metadata is None
    assert migrated[name].attrs["later"] is True


@pytest.mark.parametrize("command", [("migrate", "v3"), ("remove-metadata", "v2")])
def test_nothing_there(tmp_path: Path, command: tuple[str, str]) -> None:
    result = run(*command, tmp_path / "nosuch")
    assert result.returncode == 2 and "nosuch" in result.stderr and len(result.stderr.splitlines()) == 1
