"""Data sets as xarray opens them: a group of a hundred variables on three dimensions, consolidated."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np

from asv_bench.peers.adapters.base import Unsupported
from asv_bench.peers.rows import Codec, Layout

VARIABLES = 100
DIMENSIONS = ("time", "y", "x")


def shape_of(layout: Layout) -> tuple[int, int, int]:
    """Shape of the values of all variables, one below the other along the first axis: two chunks along each axis."""
    steps, *rest = (2 * edge for edge in layout.chunks)
    return (VARIABLES * steps, *rest)  # type: ignore[return-value]


def write_dataset(target: Path, values: np.ndarray, layout: Layout, codec: Codec) -> None:
    """Writes the group with zarr-python, as ``Dataset.to_zarr`` would, replacing what is there."""
    import zarr

    from asv_bench.peers.adapters.zarr_python import create_array

    shutil.rmtree(target, ignore_errors=True)
    zarr.open_group(target, mode="w", zarr_format=codec.zarr_format)
    parts = np.split(values, VARIABLES)
    members = {f"v{i:03d}": (part, DIMENSIONS) for i, part in enumerate(parts)}
    members |= {name: (np.arange(size), (name,)) for name, size in zip(DIMENSIONS, parts[0].shape, strict=True)}
    for name, (data, dims) in members.items():
        here = Layout(name, layout.chunks if data.ndim == 3 else data.shape, data.dtype.name)  # type: ignore[arg-type]
        names = {"dimension_names": dims} if codec.zarr_format == 3 else {}
        array = create_array(target / name, data, here, codec, **names)
        array[...] = data
        if not names:
            array.attrs["_ARRAY_DIMENSIONS"] = list(dims)
        array.attrs.update({"units": "K", "long_name": f"variable {name}"})
    zarr.consolidate_metadata(target, zarr_format=codec.zarr_format)


def open_dataset(path: Path, engine: str) -> Any:
    """The group as an ``xarray.Dataset``. Raises `Unsupported` without xarray."""
    try:
        import xarray
    except ImportError as e:
        raise Unsupported("xarray is not installed") from e
    return xarray.open_dataset(path, engine=engine)


def values_of_variables(dataset: Any) -> np.ndarray:
    """What `write_dataset` was given."""
    return np.concatenate([dataset[f"v{i:03d}"].values for i in range(VARIABLES)])
