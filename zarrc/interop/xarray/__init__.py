"""xarray on zarrc: ``xr.open_dataset(path, engine="zarrc")``, and `to_zarr` to write.

xarray finds the engine through the entry point group ``xarray.backends``. Decoding after the CF conventions, indexes,
dask chunks and all checks of a write are xarray's own; zarr-python is not needed, and not imported where it is there.

Raises `zarrc.errors.MissingDependencyError` on import when xarray is not installed.
"""

from zarrc.errors import MissingDependencyError

try:
    import xarray as _xarray  # noqa: F401
except ImportError as e:
    raise MissingDependencyError("zarrc.interop.xarray needs xarray: pip install 'zarrc[xarray]'") from e

from zarrc.interop.xarray.backend import ZarrcBackendEntrypoint
from zarrc.interop.xarray.store import ZarrcStore
from zarrc.interop.xarray.writing import to_zarr

__all__ = ["ZarrcBackendEntrypoint", "ZarrcStore", "to_zarr"]
