"""zarrista, the Python binding of the zarrs crate."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
import zarrista
from zarrista.store import FilesystemStore

from asv_bench.peers.adapters.base import Adapter, Unsupported, in_shards
from asv_bench.peers.rows import Codec, Layout


class Zarrista(Adapter):
    name = "zarrista"
    imports = "import zarrista"

    def version(self) -> str:
        return version("zarrista")

    def open(self, path: Path, codec: Codec) -> zarrista.Array:
        return zarrista.Array.open(FilesystemStore(path))

    def read(self, handle: zarrista.Array, key: Any) -> np.ndarray:
        tensor: Any = handle[key]
        values: np.ndarray = tensor.to_numpy()
        if not isinstance(key, tuple):
            return values
        return values[tuple(0 if isinstance(part, int) else slice(None) for part in key)]  # it keeps axes of ints

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        if codec.zarr_format == 2:
            raise Unsupported("does not write v2")
        if layout.dtype == "string":
            raise Unsupported("takes no strings of numpy's")
        codecs: list[dict[str, Any]] = [
            {"name": "bytes", "configuration": {"endian": "little"}},
            *codec.compressors,
        ]
        metadata: Any = {
            "zarr_format": 3,
            "node_type": "array",
            "shape": list(data.shape),
            "data_type": data.dtype.name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(layout.shards or layout.chunks)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": 0,
            "codecs": in_shards(codecs, layout),
            "attributes": {},
        }
        array = zarrista.Array.from_metadata(metadata, FilesystemStore(path))
        array.store_metadata()
        array[...] = data
