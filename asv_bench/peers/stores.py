"""The stores that are read, written once by zarr-python, so that every library reads the same bytes."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import zarr

from asv_bench.peers.adapters.zarr_python import create_array
from asv_bench.peers.data import AMPLITUDE, KEEP_BITS, NOISE, SEED, big_shape, counts, field, values_of, words
from asv_bench.peers.datasets import shape_of, write_dataset
from asv_bench.peers.rows import COUNTS, DATASET, SMALL, SMALL_SHARDS, STRINGS, TABLE, Layout, Row

_MANIFEST = "manifest.json"
READS = ("read", "read_into", "first_element", "select", "pick", "open_dataset")
STRING_COUNT = 1_000_000


@dataclass(frozen=True)
class Sizes:
    """Sizes of one run: MiB of the big array, number of small chunks (a multiple of 512)."""

    big_mib: int
    small_chunks: int

    def shape(self, layout: Layout) -> tuple[int, ...]:
        """Shape of the array of numbers of this layout."""
        if layout is DATASET:
            return shape_of(layout)
        if layout in (SMALL, SMALL_SHARDS):
            return (64 * (self.small_chunks // 512), 64, 64)
        big = big_shape(self.big_mib)
        return (big[0] * big[1], big[2]) if layout is TABLE else big


def expected_path(root: Path, layout: Layout) -> Path:
    """The .npy file with the values of all arrays of this layout."""
    return root / f"{layout.label}.npy"


def prepare(root: Path, sizes: Sizes, rows: Iterable[Row], say: Callable[[str], None]) -> None:
    """Writes what the rows need and is not yet there. A directory made for other sizes or formulas is emptied.

    Raises `FileExistsError` when ``root`` has content that this function did not make.
    """
    manifest = {"formula": [AMPLITUDE, NOISE, KEEP_BITS, SEED], "sizes": [sizes.big_mib, sizes.small_chunks]}
    known = root / _MANIFEST
    if root.exists() and any(root.iterdir()):
        if not known.exists():
            raise FileExistsError(f"{root} is not empty and was not made by this benchmark")
        if json.loads(known.read_text()) != manifest:
            shutil.rmtree(root)
    root.mkdir(parents=True, exist_ok=True)
    known.write_text(json.dumps(manifest))
    for zarr_format in (2, 3):
        zarr.open_group(root / f"v{zarr_format}", mode="a", zarr_format=zarr_format)
    for row in rows:
        if row.operation == "import":
            continue
        values_path = expected_path(root, row.layout)
        if not values_path.exists():
            shape = sizes.shape(row.layout)
            say(f"making {row.layout.label} values")
            if row.layout is STRINGS:
                np.save(values_path, words(STRING_COUNT))
            else:
                big = big_shape(sizes.big_mib) if row.layout is TABLE else shape
                values = counts(shape) if row.layout is COUNTS else field(big).reshape(shape)
                np.save(values_path, values)
        target, done = root / row.store, root / f"{row.store}.done"
        if row.operation in READS and not done.exists():
            say(f"writing {row.store}")
            shutil.rmtree(target, ignore_errors=True)
            values = values_of(values_path)
            if row.operation == "open_dataset":
                write_dataset(target, values, row.layout, row.codec)
            else:
                create_array(target, values, row.layout, row.codec)[...] = values
            done.touch()
