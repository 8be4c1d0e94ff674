"""zarr-python with its default pipeline, with its fused pipeline, with zarrs' pipeline and with zarrc's."""

from __future__ import annotations

from importlib.metadata import version
from pathlib import Path
from typing import Any, ClassVar

import numcodecs
import numpy as np
import zarr
from zarr.core import codec_pipeline
from zarr.core.buffer import default_buffer_prototype

from asv_bench.peers.adapters.base import Adapter, Unsupported
from asv_bench.peers.datasets import open_dataset
from asv_bench.peers.rows import Codec, Layout


def create_array(path: Path, values: np.ndarray, layout: Layout, codec: Codec, **settings: Any) -> zarr.Array[Any]:
    """A new array at ``path`` that these values fit into."""
    common: dict[str, Any] = {
        **settings,
        "store": path,
        "shape": values.shape,
        "chunks": layout.chunks,
        "dtype": layout.dtype,
        "fill_value": "" if layout.dtype == "string" else 0,
    }
    if codec.zarr_format == 3:
        return zarr.create_array(**common, shards=layout.shards, compressors=list(codec.compressors) or None)
    return zarr.create_array(
        **common,
        zarr_format=2,
        filters=[numcodecs.get_codec(dict(config)) for config in codec.filters] or None,
        compressors=[numcodecs.get_codec(dict(config)) for config in codec.compressors] or None,
    )


class ZarrPython(Adapter):
    name = "zarr-python"
    imports = "import zarr"
    settings: ClassVar[dict[str, Any]] = {}

    def __init__(self) -> None:
        zarr.config.set(self.settings)

    def version(self) -> str:
        return version("zarr")

    def open(self, path: Path, codec: Codec) -> zarr.Array[Any]:
        return zarr.open_array(path, mode="r", zarr_format=codec.zarr_format)

    def read(self, handle: zarr.Array[Any], key: Any) -> np.ndarray:
        return np.asarray(handle[key])

    def pick(self, handle: zarr.Array[Any], kind: str, key: Any) -> np.ndarray:
        return np.asarray(handle[key] if kind == "basic" else getattr(handle, kind)[key])

    def open_dataset(self, path: Path) -> Any:
        return open_dataset(path, "zarr")

    def read_into(self, handle: zarr.Array[Any], out: np.ndarray) -> None:
        handle.get_basic_selection(Ellipsis, out=default_buffer_prototype().nd_buffer.from_numpy_array(out))

    def write(self, path: Path, data: np.ndarray, layout: Layout, codec: Codec) -> None:
        create_array(path, data, layout, codec)[...] = data


class ZarrPythonFused(ZarrPython):
    name = "zarr-fused"
    settings: ClassVar[dict[str, Any]] = {"codec_pipeline.path": "zarr.core.codec_pipeline.FusedCodecPipeline"}

    def __init__(self) -> None:
        if not hasattr(codec_pipeline, "FusedCodecPipeline"):
            raise Unsupported(f"zarr-python {version('zarr')} has no FusedCodecPipeline")
        super().__init__()


class Zarrs(ZarrPython):
    """Strict: what zarrs does not do is refused, where it would by default be left to zarr-python."""

    name = "zarrs"
    imports = "import zarr, zarrs"
    settings: ClassVar[dict[str, Any]] = {
        "codec_pipeline.path": "zarrs.ZarrsCodecPipeline",
        "codec_pipeline.strict": True,
    }

    def __init__(self) -> None:
        import zarrs  # noqa: F401  (registers its pipeline)

        super().__init__()

    def version(self) -> str:
        return version("zarrs")


class ZarrcPipeline(ZarrPython):
    """zarr-python on zarrc's pipeline."""

    name = "zarr-zarrc"
    settings: ClassVar[dict[str, Any]] = {"codec_pipeline.path": "zarrc.ZarrcCodecPipeline"}
