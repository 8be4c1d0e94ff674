"""Lazy dask arrays over stored arrays."""

from __future__ import annotations

import os
from typing import Any

import dask.array
from dask.base import tokenize

from zarrc.api import open_array
from zarrc.array import Array
from zarrc.grid import RegularGrid
from zarrc.interop.dask.aligned import aligned_chunks


def from_zarr(
    url: Any,
    component: str | None = None,
    storage_options: dict[str, Any] | None = None,
    chunks: Any = None,
    name: str | None = None,
    inline_array: bool = False,
    **settings: Any,
) -> dask.array.Array:
    """A dask array that reads a stored array chunk by chunk.

    Parameters
    ----------
    url : zarrc.Array, str, path-like, store or mapping
        The array, or where it lies.
    component : str, optional
        Path of the array in the store.
    storage_options : dict, optional
        For fsspec, when ``url`` is a URL.
    chunks : optional
        Dask chunks; default the array's ``chunks`` (of a sharded array the inner chunks). "auto" takes multiples of the
        stored chunks (shards).
    name : str, optional
        Name of the dask array; default "from-zarr-" with a token of place, metadata and parameters.
    inline_array : bool
        As in `dask.array.from_array`.
    **settings
        For `zarrc.open_array`, such as ``zarr_format`` and ``config``.

    Returns
    -------
    dask.array.Array
        Of the array's shape and dtype. Its graph holds the place and the metadata, no values.

    Raises
    ------
    ArrayNotFoundError, NodeTypeValidationError
        There is no array.
    """
    if isinstance(url, Array):
        array = url
    else:
        where = os.fspath(url) if isinstance(url, os.PathLike) else url
        settings = {"mode": "r", "storage_options": storage_options, **settings}
        array = open_array(where, path=component, **settings)
    if isinstance(chunks, str) and chunks == "auto":
        chunks = automatic_chunks(array)
    regular = isinstance(array.metadata.grid, RegularGrid)
    if chunks is None:
        chunks = array.chunks if regular else array.read_chunk_sizes
    if name is None:
        name = f"from-zarr-{tokenize(array, chunks, inline_array)}"
    source = array if regular else Unchunked(array)
    return dask.array.from_array(source, chunks, name=name, inline_array=inline_array)


class Unchunked:
    """An array without ``chunks``: dask asks for them, and those of a rectilinear grid have no one shape."""

    def __init__(self, array: Array) -> None:
        self.array = array
        self.shape, self.dtype, self.ndim = array.shape, array.dtype, array.ndim

    def __getitem__(self, key: Any) -> Any:
        return self.array[key]


def automatic_chunks(array: Array) -> tuple[tuple[int, ...], ...]:
    """Chunks of about ``array.chunk-size`` of dask's configuration, made of whole stored chunks (shards)."""
    stored = array.write_chunk_sizes
    chunks = dask.array.core.normalize_chunks("auto", array.shape, dtype=array.dtype, previous_chunks=stored)
    return aligned_chunks(chunks, array)
