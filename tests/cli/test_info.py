"""``zarrc info`` as a user runs it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zarrc


def run(*args: object, env: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zarrc", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60, env=env)


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
    assert result.returncode == 2
    assert result.stdout == ""
    assert result.stderr.startswith("zarrc info: ")
    assert len(result.stderr.splitlines()) == 1


def test_broken_metadata_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "zarr.json").write_text("{")
    result = run("info", tmp_path)
    assert result.returncode == 1
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["absent.zip", "absent/below"])
def test_nothing_at_the_path(tmp_path: Path, name: str) -> None:
    result = run("info", tmp_path / name)
    assert (result.returncode, len(result.stderr.splitlines())) == (2, 1)


def test_unknown_codec_is_shown_as_stored(tmp_path: Path) -> None:
    zarrc.create_array(tmp_path / "a", shape=(4,), chunks=(2,), dtype="i4", compressors=None)[...] = 1
    document = json.loads((tmp_path / "a" / "zarr.json").read_text())
    document["codecs"].append({"name": "nosuch", "configuration": {"level": 7}})
    (tmp_path / "a" / "zarr.json").write_text(json.dumps(document))
    result = run("info", "--complete", tmp_path / "a")
    assert (result.returncode, result.stderr) == (0, "")
    assert "'nosuch', 'configuration': {'level': 7}" in result.stdout
    assert "unknown codec 'nosuch'" in result.stdout


def test_complete_counts_a_group(group: Path) -> None:
    result = run("info", "--complete", group)
    for line in ("No. members : 2", "No. arrays  : 1", "No. groups  : 1"):
        assert line in result.stdout


def test_names_do_not_steer_the_terminal(tmp_path: Path) -> None:
    zarrc.open_group(tmp_path, mode="w", attributes={"a\x1b[2J\nb": 1})
    assert "  a\\x1b[2J\\nb: 1\n" in run("info", tmp_path).stdout


def test_a_terminal_without_lines_gets_the_tree(group: Path) -> None:
    result = run("info", group, env={**os.environ, "PYTHONIOENCODING": "ascii"})
    assert (result.returncode, result.stderr) == (0, "")
    assert "??? level" in result.stdout and "rain (30, 20) float32" in result.stdout and "title:" in result.stdout


def test_no_command_is_a_usage_error() -> None:
    assert run().returncode == 2
