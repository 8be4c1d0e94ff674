"""zarrc."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

import zarrc
from asv_bench.peers.adapters.base import Adapter
from asv_bench.peers.datasets import open_dataset
from asv_bench.peers.rows import Codec, Layout


class Zarrc(Adapter):
    name = "zarrc"
    imports = "import zarrc"

    def version(self) -> str:
        return zarrc.__version__

    def open(self, path: Path, codec: Codec) -> zarrc.Array:
        return zarrc.open_array(path, mode="r", zarr_format=codec.zarr_format)

    def read(self, handle: zarrc.Array, key: Any) -> np.ndarray:
        return np.asarray(handle[key])

    def pick(self, handle: zarrc.Array, kind: str, key: Any) -> np.ndarray:
        return np.asarray(handle[key] if kind == "basic" else getattr(handle, kind)[key])

    def read_into(self, handle: zarrc.Array, out: np.ndarray) -> None:
        handle.get_basic_selection(Ellipsis, out=out)

    def open_dataset(self, path: Path) -> Any:
        return open_dataset(path, "zarrc")

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        array = zarrc.create_array(
            store=path,
            shape=data.shape,
            chunks=layout.chunks,
            shards=layout.shards,
            dtype=layout.dtype,
            fill_value="" if layout.dtype == "string" else 0,
            zarr_format=codec.zarr_format,
            compressors=[dict(config) for config in codec.compressors] or None,
            filters=[dict(config) for config in codec.filters] or None,
        )
        array[...] = data
