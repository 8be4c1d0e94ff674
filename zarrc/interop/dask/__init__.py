"""dask arrays from Zarr arrays and into them.

`from_zarr` and `to_zarr` have the parameters of their namesakes in ``dask.array``. ``dask.array.from_array(array)`` and
``dask.array.store(x, array, lock=False)`` take a `zarrc.Array` as it is; what these two add is paths in place of arrays
and chunks that fit those of the store.

Raises `zarrc.errors.MissingDependencyError` on import when ``dask.array`` is not installed.
"""

from zarrc.errors import MissingDependencyError

try:
    import dask.array as _dask_array  # noqa: F401
except ImportError as e:
    raise MissingDependencyError("zarrc.interop.dask needs dask: pip install 'zarrc[dask]'") from e

from zarrc.interop.dask.aligned import aligned_chunks
from zarrc.interop.dask.reading import from_zarr
from zarrc.interop.dask.writing import to_zarr

__all__ = ["aligned_chunks", "from_zarr", "to_zarr"]
