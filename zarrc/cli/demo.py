"""``zarrc demo``: the same field in several arrays of both formats, written, checked and timed beside a .npy file."""

from __future__ import annotations

import os
import platform
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter
from typing import Any, Literal

import numpy as np
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table

import zarrc
from zarrc import _core
from zarrc.cli.sample import CHUNKS, shape_of, temperature, ticks
from zarrc.errors import BaseZarrError

_NPY = "field.npy"
_MARK = {"made_by": "zarrc demo"}  # attributes of the demo's groups: what has them may be replaced by the next one
_REPEAT = 3
_FORMATS: tuple[Literal[2, 3], ...] = (2, 3)


@dataclass(frozen=True)
class Recipe:
    """One array of the demo. ``options`` are those of ``create_array``."""

    name: str
    zarr_format: Literal[2, 3]
    options: dict[str, Any]
    integers: bool = False

    @property
    def path(self) -> str:
        return f"{_store_name(self.zarr_format)}/{self.name}"


@dataclass
class Outcome:
    """Sizes in bytes and times in seconds of one array, and whether every value read was the one written."""

    label: str
    stored: int
    write: float
    read: float
    part: float
    equal: bool


def _store_name(zarr_format: int) -> str:
    return f"v{zarr_format}.zarr"


def _blosc(cname: str) -> dict[str, Any]:
    return {"name": "blosc", "configuration": {"cname": cname, "clevel": 5, "shuffle": "shuffle", "typesize": 4}}


RECIPES = (
    Recipe("none", 3, {"compressors": None}),
    Recipe("zstd", 3, {"compressors": [{"name": "zstd", "configuration": {"level": 3, "checksum": False}}]}),
    Recipe("blosc-lz4", 3, {"compressors": [_blosc("lz4")]}),
    Recipe("blosc-zstd", 3, {"compressors": [_blosc("zstd")]}),
    Recipe("gzip", 3, {"compressors": [{"name": "gzip", "configuration": {"level": 5}}]}),
    Recipe("zlib", 2, {"compressors": [{"id": "zlib", "level": 5}]}),
    Recipe(
        "delta-shuffle-zstd",
        2,
        {
            "filters": [{"id": "delta", "dtype": "<i4"}, {"id": "shuffle", "elementsize": 4}],
            "compressors": [{"id": "zstd", "level": 3}],
        },
        integers=True,
    ),
)


def _best(operation: Callable[[], Any]) -> tuple[float, Any]:
    """Fewest seconds of a few calls, and the last result."""
    best, result = float("inf"), None
    for _ in range(_REPEAT):
        result = None
        start = perf_counter()
        result = operation()
        best = min(best, perf_counter() - start)
    return best, result


def _part(shape: tuple[int, ...]) -> tuple[slice, ...]:
    """Half of every axis, from a place where no chunk begins."""
    return tuple(slice(edge // 4 + 1, edge // 4 + 1 + edge // 2) for edge in shape)


def _stored_bytes(path: Path) -> int:
    return sum(file.stat().st_size for file in path.rglob("*") if file.is_file())


def _npy(directory: Path, field: np.ndarray, part: tuple[slice, ...]) -> Outcome:
    path = directory / _NPY
    write, _ = _timed(lambda: np.save(path, field))
    read, whole = _best(lambda: np.load(path))
    partly, box = _best(lambda: np.array(np.load(path, mmap_mode="r")[part]))
    equal = np.array_equal(whole, field) and np.array_equal(box, field[part])
    return Outcome("numpy .npy", path.stat().st_size, write, read, partly, equal)


def _timed(operation: Callable[[], Any]) -> tuple[float, Any]:
    start = perf_counter()
    result = operation()
    return perf_counter() - start, result


def _zarr(directory: Path, recipe: Recipe, field: np.ndarray, part: tuple[slice, ...]) -> Outcome:
    path = directory / recipe.path
    values = ticks(field) if recipe.integers else field

    def write() -> None:
        array = zarrc.create_array(
            store=path,
            shape=values.shape,
            chunks=CHUNKS,
            dtype=values.dtype,
            zarr_format=recipe.zarr_format,
            fill_value=0,
            attributes={"units": "degree_Celsius / 64" if recipe.integers else "degree_Celsius"},
            **recipe.options,
        )
        array[...] = values

    written, _ = _timed(write)
    read, whole = _best(lambda: zarrc.open_array(path, mode="r")[...])
    partly, box = _best(lambda: zarrc.open_array(path, mode="r")[part])
    equal = np.array_equal(whole, values) and np.array_equal(box, values[part])
    return Outcome(f"v{recipe.zarr_format} {recipe.name}", _stored_bytes(path), written, read, partly, equal)


def _table(outcomes: list[Outcome], field: np.ndarray, part: tuple[slice, ...]) -> Table:
    table = Table(title="GB of values a second, files in the page cache", title_justify="left")
    table.add_column("array", no_wrap=True)
    for title in ("stored MiB", "ratio", "write", "read", "part", "values"):
        table.add_column(title, justify="right", no_wrap=True)
    for outcome in outcomes:
        table.add_row(
            outcome.label,
            f"{outcome.stored / 2**20:.1f}",
            f"{field.nbytes / outcome.stored:.2f}",
            f"{field.nbytes / outcome.write / 1e9:.2f}",
            f"{field.nbytes / outcome.read / 1e9:.2f}",
            f"{field[part].nbytes / outcome.part / 1e9:.2f}",
            "equal" if outcome.equal else "[bold red]DIFFERENT[/]",
        )
    return table


def _is_own(path: Path, zarr_format: Literal[2, 3]) -> bool:
    """Whether an earlier demo made what lies there."""
    try:
        attributes = zarrc.open_group(path, mode="r", zarr_format=zarr_format, use_consolidated=False).attrs.asdict()
    except (BaseZarrError, OSError, TypeError):
        return False
    return attributes.items() >= _MARK.items()


def _in_the_way(directory: Path) -> list[Path]:
    """What the demo would replace and did not make. A .npy file has no place for a mark: it counts as the demo's where
    one of the demo's stores lies beside it."""
    stores = {directory / _store_name(zarr_format): zarr_format for zarr_format in _FORMATS}
    own = {path for path, zarr_format in stores.items() if _is_own(path, zarr_format)}
    if own:
        own.add(directory / _NPY)
    return [path for path in (*stores, directory / _NPY) if os.path.lexists(path) and path not in own]


def run_demo(directory: Path, size_mib: int) -> int:
    """Writes ``directory``/v2.zarr, v3.zarr and field.npy, anew if a demo made them; 1 if any value read differs, 2 if
    something else is in their place.

    Every array holds ``size_mib`` MiB in chunks of 1 MiB. A write is timed once, a read as the best of three.
    Raises `OSError` when the directory cannot be written.
    """
    foreign = _in_the_way(directory)
    if foreign:
        names = ", ".join(map(str, foreign))
        print(
            f"zarrc demo: it would replace what it did not make: {names}. Move that away, or give another directory "
            "with --dir",
            file=sys.stderr,
        )
        return 2
    console = Console()
    field = temperature(shape_of(size_mib))
    part = _part(field.shape)
    directory.mkdir(parents=True, exist_ok=True)
    for zarr_format in _FORMATS:
        zarrc.open_group(
            directory / _store_name(zarr_format),
            mode="w",
            zarr_format=zarr_format,
            attributes={**_MARK, "values": "a smooth temperature field with noise, exact to 1/64 degree"},
        )
    columns = (TextColumn("{task.description:24}"), BarColumn(), MofNCompleteColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("numpy .npy", total=1 + len(RECIPES))
        outcomes = [_npy(directory, field, part)]
        for recipe in RECIPES:
            progress.update(task, description=recipe.path, advance=1)
            outcomes.append(_zarr(directory, recipe, field, part))
        progress.advance(task)

    console.print(
        f"zarrc {zarrc.__version__}, kernels {_core.kernel_tier()}, {zarrc.get_num_threads()} threads, "
        f"Python {platform.python_version()}, numpy {np.__version__}",
        highlight=False,
    )
    box = field[part].shape
    console.print(
        f"{' x '.join(map(str, field.shape))} values of 4 bytes ({size_mib} MiB) in chunks of "
        f"{' x '.join(map(str, CHUNKS))}; part: a box of {' x '.join(map(str, box))}",
        highlight=False,
    )
    console.print(_table(outcomes, field, part))
    console.print("\nThe stores stay. zarr-python opens them:\n", highlight=False)
    console.print("  import zarr", highlight=False)
    for zarr_format in (3, 2):
        group = repr(str(directory / _store_name(zarr_format)))
        name = "zstd" if zarr_format == 3 else "zlib"
        line = f'  zarr.open_group({group}, mode="r")["{name}"][:2, :2, :2]'
        console.print(line, markup=False, highlight=False, soft_wrap=True)
    console.print("\nor, on the command line:\n", highlight=False)
    shown = f"  zarrc info {shlex.quote(str(directory / _store_name(3)))}"
    console.print(shown, markup=False, highlight=False, soft_wrap=True)
    if not all(outcome.equal for outcome in outcomes):
        Console(stderr=True).print("[bold red]values differ from those written[/]")
        return 1
    return 0
