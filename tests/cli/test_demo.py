"""``zarrc demo`` as a user runs it."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.cli import main
from zarrc.cli.demo import RECIPES, Recipe
from zarrc.cli.sample import CHUNKS, shape_of, temperature, ticks


def run(*args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "zarrc", *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    directory = tmp_path_factory.mktemp("demo") / "stores"
    return directory, run("demo", "--dir", directory, "--size-mib", 2)


def test_reports_every_array_as_equal(made: tuple[Path, subprocess.CompletedProcess[str]]) -> None:
    _, result = made
    assert result.returncode == 0, result.stderr
    assert result.stdout.count("equal") == len(RECIPES) + 1
    for recipe in RECIPES:
        assert f"v{recipe.zarr_format} {recipe.name}" in result.stdout
    assert "numpy .npy" in result.stdout
    assert "threads" in result.stdout


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_stores_hold_the_field(made: tuple[Path, subprocess.CompletedProcess[str]], recipe: Recipe) -> None:
    directory, _ = made
    field = temperature(shape_of(2))
    array = zarrc.open_array(directory / recipe.path, mode="r")
    np.testing.assert_array_equal(array[...], ticks(field) if recipe.integers else field)


@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: recipe.name)
def test_zarr_python_reads_the_stores(made: tuple[Path, subprocess.CompletedProcess[str]], recipe: Recipe) -> None:
    zarr = pytest.importorskip("zarr")
    directory, _ = made
    group = zarr.open_group(directory / f"v{recipe.zarr_format}.zarr", mode="r")
    field = temperature(shape_of(2))
    np.testing.assert_array_equal(group[recipe.name][...], ticks(field) if recipe.integers else field)


def test_second_run_replaces_the_first(tmp_path: Path) -> None:
    assert main(["demo", "--dir", str(tmp_path), "--size-mib", "1"]) == 0
    assert main(["demo", "--dir", str(tmp_path), "--size-mib", "2"]) == 0
    assert zarrc.open_array(tmp_path / "v3.zarr" / "zstd", mode="r").shape == shape_of(2)


def test_fails_when_a_value_differs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    opened = zarrc.open_array

    class Wrong:
        def __init__(self, array: zarrc.Array) -> None:
            self.array = array

        def __getitem__(self, key: object) -> np.ndarray:
            return np.asarray(self.array[key]) + 1

    monkeypatch.setattr(zarrc, "open_array", lambda *args, **kwargs: Wrong(opened(*args, **kwargs)))
    assert main(["demo", "--dir", str(tmp_path), "--size-mib", "1"]) == 1
    captured = capsys.readouterr()
    assert "DIFFERENT" in captured.out
    assert "values differ" in captured.err


def test_unwritable_directory_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = run("demo", "--dir", tmp_path / "file", "--size-mib", 1)
    assert result.returncode == 1
    assert result.stderr.startswith("zarrc demo: ")
    assert len(result.stderr.splitlines()) == 1


@pytest.mark.parametrize("name", ["v2.zarr", "v3.zarr", "field.npy"])
def test_what_others_made_stays(tmp_path: Path, name: str) -> None:
    if name == "field.npy":
        np.save(tmp_path / name, np.arange(3))
    else:
        zarrc.open_group(tmp_path / name, mode="w", zarr_format=int(name[1])).create_array("mine", data=np.arange(3))
    before = {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()}
    result = run("demo", "--dir", tmp_path, "--size-mib", 1)
    assert (result.returncode, result.stdout) == (2, "")
    assert str(tmp_path / name) in result.stderr and "--dir" in result.stderr
    assert len(result.stderr.splitlines()) == 1
    assert {path: path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()} == before


def test_all_that_is_in_the_way_is_named(tmp_path: Path) -> None:
    (tmp_path / "v2.zarr").write_text("a file")
    (tmp_path / "v3.zarr").mkdir()
    (tmp_path / "field.npy").symlink_to("nowhere")
    result = run("demo", "--dir", tmp_path, "--size-mib", 1)
    assert result.returncode == 2
    assert all(str(tmp_path / name) in result.stderr for name in ("v2.zarr", "v3.zarr", "field.npy"))


def test_a_store_beside_the_demos_own_stays(tmp_path: Path) -> None:
    assert run("demo", "--dir", tmp_path, "--size-mib", 1).returncode == 0
    shutil.rmtree(tmp_path / "v2.zarr")
    zarrc.open_group(tmp_path / "v2.zarr", mode="w", zarr_format=2, attributes={"title": "mine"})
    result = run("demo", "--dir", tmp_path, "--size-mib", 1)
    assert result.returncode == 2
    assert "v2.zarr" in result.stderr and "v3.zarr" not in result.stderr and "field.npy" not in result.stderr


@pytest.mark.parametrize("size", ["0", "-1", "much"])
def test_bad_size_is_a_usage_error(size: str) -> None:
    result = run("demo", "--size-mib", size)
    assert result.returncode == 2
    assert "such as 64" in result.stderr and "_size" not in result.stderr


@pytest.mark.parametrize("size_mib", [1, 2, 3, 7, 16, 64, 100])
def test_shape_has_the_size_asked_for(size_mib: int) -> None:
    shape = shape_of(size_mib)
    assert np.prod(shape) * 4 == size_mib << 20
    assert all(edge % chunk == 0 for edge, chunk in zip(shape, CHUNKS, strict=True))


def test_ticks_are_exact() -> None:
    field = temperature((64, 64, 64))
    np.testing.assert_array_equal(ticks(field) / np.float32(64), field)
