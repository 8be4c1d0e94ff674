"""``zarrc verify`` and ``zarrc repair`` as a user runs them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.cli.verify import Bar


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zarrc", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


@pytest.fixture
def store(tmp_path: Path) -> Path:
    array = zarrc.create_array(tmp_path / "s", name="a/b", shape=(20,), chunks=(5,), dtype="i4")
    array[...] = np.arange(20)
    return tmp_path / "s"


def test_whole_store(store, tmp_path):
    result = run("verify", store, "--json", tmp_path / "report.json")
    assert (result.returncode, result.stderr) == (0, "")
    assert "1 array, 2 groups; 4 stored chunks, " in result.stdout and "nothing found" in result.stdout
    assert ", 80 bytes decoded in " in result.stdout and "shards" not in result.stdout
    report = json.loads((tmp_path / "report.json").read_text())
    assert report["ok"] is True and report["findings"] == []


def test_damage_and_repair(store, tmp_path):
    (store / "a/b/c/0").write_bytes(b"torn")
    (store / "a/junk").write_text("x")
    (store / "a/b/c/.partial").write_text("x")
    os.utime(store / "a/b/c/.partial", (0, 0))
    result = run("verify", store)
    assert result.returncode == 1
    assert "damaged: a/b/c/0: codec" in result.stdout
    assert "found: 1 damaged, 1 orphan, 1 stray" in result.stdout

    result = run("repair", store)
    assert result.returncode == 1 and "nothing was changed" in result.stdout
    assert (store / "a/b/c/0").exists() and (store / "a/b/c/.partial").exists()

    result = run("repair", store, "--remove-torn", "--remove-orphans", "--json", tmp_path / "r.json")
    assert result.returncode == 1 and "2 removed, 1 kept" in result.stdout  # the stray file stays
    assert not (store / "a/b/c/0").exists() and not (store / "a/b/c/.partial").exists()
    assert {a["done"] for a in json.loads((tmp_path / "r.json").read_text())["actions"]} == {"removed", "kept"}

    (store / "a/junk").unlink()
    assert run("repair", store, "--remove-torn").returncode == 0
    assert run("verify", store).returncode == 0


@pytest.mark.parametrize(
    "args",
    [
        ("verify",),
        ("verify", "nowhere"),
        ("repair", "nowhere"),
        ("repair", ".", "--min-age", "-1"),
        ("verify", ".", "--remove-torn"),
    ],
)
def test_bad_arguments(args, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = run(*args)
    assert result.returncode == 2 and result.stderr and "Traceback" not in result.stderr


def test_shards_are_counted(tmp_path):
    array = zarrc.create_array(tmp_path / "s", shape=(16,), chunks=(2,), shards=(8,), dtype="i4")
    array[...] = np.arange(16)
    assert "1 array, 0 groups; 2 stored chunks (8 with those in shards), " in run("verify", tmp_path / "s").stdout


@pytest.mark.parametrize("command", ["verify", "repair"])
def test_json_alone_on_standard_output(store, command):
    (store / "a/junk").write_text("x")
    result = run(command, store, "--json", "-")
    assert result.returncode == 1
    assert json.loads(result.stdout)["ok"] is False
    assert "stray: a/junk" in result.stderr and "found: 1 stray" in result.stderr


def test_report_that_cannot_be_written(store, tmp_path):
    result = run("verify", store, "--json", tmp_path / "no" / "such" / "directory.json")
    assert result.returncode == 2 and "Traceback" not in result.stderr
    assert result.stdout == ""  # it was known before anything was read


def test_names_do_not_steer_the_terminal(store):
    (store / "a" / "x\x1b[2J]").write_text("")
    result = run("verify", store)
    assert result.returncode == 1 and "stray: a/x\\x1b[2J]: " in result.stdout


def test_bar_shows_any_path():
    with Bar() as bar:
        bar("a[/b]", 0, 10)
        bar("a[/b]", 10, 10)
        bar("x" * 100, 0, 0)
