"""The libraries compared, by name. An adapter's module is loaded in its worker only."""

from __future__ import annotations

from importlib import import_module

from asv_bench.peers.adapters.base import Adapter, Unsupported

__all__ = ["ADAPTERS", "Adapter", "Unsupported", "load"]

_HERE = "asv_bench.peers.adapters"
ADAPTERS = {
    "zarrc": ("zarrc", "Zarrc"),
    "zarr-python": ("zarr_python", "ZarrPython"),
    "zarr-fused": ("zarr_python", "ZarrPythonFused"),
    "zarrs": ("zarr_python", "Zarrs"),
    "zarr-zarrc": ("zarr_python", "ZarrcPipeline"),
    "zarrista": ("zarrista", "Zarrista"),
    "tensorstore": ("tensorstore", "TensorStore"),
    "tensorstore-sync": ("tensorstore", "TensorStoreSync"),
    "z5py": ("z5py", "Z5py"),
}


def load(name: str) -> Adapter:
    """The adapter of this name; raises `ImportError` when its library is not installed."""
    module, cls = ADAPTERS[name]
    adapter: Adapter = getattr(import_module(f"{_HERE}.{module}"), cls)()
    return adapter
