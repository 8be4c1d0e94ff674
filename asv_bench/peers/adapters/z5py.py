"""z5py. It opens arrays through the group that holds them, and uses as many threads as it is told to."""

from __future__ import annotations

import os
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import z5py

from asv_bench.peers.adapters.base import Adapter, Unsupported
from asv_bench.peers.rows import Codec, Layout


def _options(codec: Codec) -> dict[str, Any]:
    if codec.filters:
        raise Unsupported("no v2 filters")
    if not codec.compressors:
        return {"compression": "raw"}
    (config,) = codec.compressors
    if codec.zarr_format == 2:
        return {"compression": config["id"], "level": config["level"]}
    name, options = config["name"], config["configuration"]
    if name == "blosc":
        return {"compression": name, "codec": options["cname"], "level": options["clevel"], "shuffle": 1}
    return {"compression": name, "level": options["level"]}


class Z5py(Adapter):
    name = "z5py"
    imports = "import z5py"

    def version(self) -> str:
        return version("z5py")

    def open(self, path: Path, codec: Codec) -> z5py.Dataset:
        dataset = z5py.File(path.parent, mode="r")[path.name]
        dataset.n_threads = len(os.sched_getaffinity(0))
        return dataset

    def read(self, handle: z5py.Dataset, key: Any) -> np.ndarray:
        return np.asarray(handle[key])

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        if layout.dtype == "string":
            raise Unsupported("no strings")
        separator = "/" if codec.zarr_format == 3 else "."
        group = z5py.ZarrFile(path.parent, mode="a", dimension_separator=separator, zarr_format=codec.zarr_format)
        dataset = group.create_dataset(
            path.name,
            shape=data.shape,
            chunks=layout.chunks,
            shards=layout.shards,
            dtype=data.dtype.name,
            n_threads=len(os.sched_getaffinity(0)),
            **_options(codec),
        )
        dataset[...] = data
