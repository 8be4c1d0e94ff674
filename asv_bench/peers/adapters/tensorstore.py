"""tensorstore, without and with fsync of every file it writes (``file_io_sync``; on by default)."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import tensorstore as ts

from asv_bench.peers.adapters.base import Adapter, Unsupported, in_shards
from asv_bench.peers.rows import Codec, Layout


def _metadata(data: np.ndarray, layout: Layout, codec: Codec) -> dict[str, Any]:
    if layout.dtype == "string":
        raise Unsupported("no strings")
    if codec.zarr_format == 3:
        codecs = [{"name": "bytes", "configuration": {"endian": "little"}}, *map(_drop_checksum, codec.compressors)]
        return {
            "shape": list(data.shape),
            "data_type": data.dtype.name,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(layout.shards or layout.chunks)}},
            "codecs": in_shards(codecs, layout),
            "fill_value": 0,
        }
    if codec.filters:
        raise Unsupported("no v2 filters")
    compressor = codec.compressors[0] if codec.compressors else None
    return {
        "shape": list(data.shape),
        "dtype": data.dtype.str,
        "chunks": list(layout.chunks),
        "compressor": compressor,
        "fill_value": 0,
        "filters": None,
        "order": "C",
    }


def _drop_checksum(codec: dict[str, Any]) -> dict[str, Any]:
    """zstd's ``checksum`` key is not known to tensorstore; it never writes one."""
    options = {key: value for key, value in codec["configuration"].items() if key != "checksum"}
    return {"name": codec["name"], "configuration": options}


class TensorStore(Adapter):
    name = "tensorstore"
    imports = "import tensorstore"
    sync: ClassVar[bool] = False

    def version(self) -> str:
        return version("tensorstore")

    def _open(self, path: Path, codec: Codec, **options: Any) -> Any:
        spec = {
            "driver": "zarr3" if codec.zarr_format == 3 else "zarr",
            "kvstore": {"driver": "file", "path": str(path)},
            **options,
        }
        context = ts.Context({"file_io_sync": self.sync})
        return ts.open(spec, context=context).result()

    def open(self, path: Path, codec: Codec) -> Any:
        if self.sync:
            raise Unsupported("reads do not differ from those of tensorstore")
        return self._open(path, codec, open=True)

    def read(self, handle: Any, key: Any) -> np.ndarray:
        return np.asarray(handle[key].read().result())

    def pick(self, handle: Any, kind: str, key: Any) -> np.ndarray:
        return np.asarray((handle if kind == "basic" else getattr(handle, kind))[key].read().result())

    def read_into(self, handle: Any, out: np.ndarray) -> None:
        ts.array(out).write(handle).result()

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        handle = self._open(path, codec, create=True, metadata=_metadata(data, layout, codec))
        handle.write(data).result()


class TensorStoreSync(TensorStore):
    name = "tensorstore-sync"
    sync = True
