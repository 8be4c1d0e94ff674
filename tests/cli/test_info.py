"""``zarrc info`` as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zarrc


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zarrc", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture(params=[2, 3], ids=["v2", "v3"])
def group(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    path = tmp_path / "store"
    root = zarrc.open_group(path, mode="w", zarr_format=request.param, attributes={"title": "weather", "n": 3})
    array = root.create_group("level").create_array(
        "rain", shape=(30, 20), chunks=(10, 10), dtype="float32", attributes={"units": "mm", "note": "x" * 200}
    )
    array[...] = np.arange(600, dtype="float32").reshape(30, 20)
    return path


def test_array_prints_its_table_and_attributes(group: Path) -> None:
    result = run("info", group / "level" / "rain")
    assert result.returncode == 0, result.stderr
    assert str(zarrc.open_array(group / "level" / "rain", mode="r").info).strip() in result.stdout
    assert "Attributes (2):" in result.stdout
    assert "  units: 'mm'" in result.stdout
    assert "x" * 40 in result.stdout
    assert "x" * 70 not in result.stdout


def test_complete_counts_the_store(group: Path) -> None:
    plain = run("info", group / "level" / "rain")
    complete = run("info", "--complete", group / "level" / "rain")
    assert complete.returncode == 0, complete.stderr
    assert len(complete.stdout) > len(plain.stdout)


def test_group_prints_tree_and_attributes(group: Path) -> None:
    result = run("info", group)
    assert result.returncode == 0, result.stderr
    for text in ("level", "rain", "(30, 20)", "float32", "title: 'weather'", "n: 3"):
        assert text in result.stdout


def test_many_attributes_are_counted(tmp_path: Path) -> None:
    zarrc.open_group(tmp_path / "g", mode="w", attributes={f"a{i:02}": i for i in range(25)})
    result = run("info", tmp_path / "g")
    assert "Attributes (25):" in result.stdout
    assert "  and 5 more" in result.stdout


def test_missing_path_is_one_line(tmp_path: Path) -> None:
    result = run("info", tmp_path / "absent")
    assert result.returncode == 1
    assert result.stdout == ""
    assert result.stderr.startswith("zarrc info: ")
    assert len(result.stderr.splitlines()) == 1


def test_broken_metadata_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "zarr.json").write_text("{")
    result = run("info", tmp_path)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1


def test_no_command_is_a_usage_error() -> None:
    assert run().returncode == 2
