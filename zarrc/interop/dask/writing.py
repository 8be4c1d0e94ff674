"""Dask arrays into stored arrays."""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any, Literal

import dask.array
import numpy as np

from zarrc.api import create_array, open_array
from zarrc.array import Array
from zarrc.interop.dask.aligned import aligned_chunks
from zarrc.stores import MemoryStore


def to_zarr(
    arr: dask.array.Array,
    url: Any,
    component: str | None = None,
    storage_options: dict[str, Any] | None = None,
    region: Sequence[slice] | None = None,
    compute: bool = True,
    return_stored: bool = False,
    mode: Literal["a", "w", "w-", "r+"] = "a",
    **settings: Any,
) -> Any:
    """Writes a dask array.

    It is rechunked where its chunks do not end where the stored chunks (shards) end: every stored chunk is written
    whole by one task, in threads, processes and clusters alike, and no lock is taken.

    Parameters
    ----------
    arr : dask.array.Array
        With known chunk sizes.
    url : zarrc.Array, str, path-like, store or mapping
        The array, or where one is made.
    component : str, optional
        Path of the array in the store.
    storage_options : dict, optional
        For fsspec, when ``url`` is a URL.
    region : tuple of slices, optional
        Where to write in an array that exists; positive steps.
    compute : bool
        False: give a `dask.delayed.Delayed` that writes. A new array is made, and its metadata stored, at once.
    return_stored : bool
        Give a dask array that reads what was written.
    mode
        For what is not a `zarrc.Array`: "a" and "w-" make an array and fail if there is one, "w" replaces it, "r+"
        writes to one that exists. With ``region`` the array must exist, whatever the mode.
    **settings
        For `zarrc.create_array`: ``shards``, ``compressors``, ``fill_value`` and so on. Default ``chunks`` are the dask
        array's.

    Returns
    -------
    None, dask.delayed.Delayed or dask.array.Array
        As of `dask.array.store`.

    Raises
    ------
    ValueError
        Unknown chunk sizes, shapes that differ, negative steps, ``mode="r"``.
    ContainsArrayError, ContainsGroupError
        Something is there, and ``mode`` does not replace it.
    RuntimeError
        A store in the memory of this process while dask computes on a cluster.
    """
    if np.isnan(arr.shape).any():
        raise ValueError("chunk sizes are unknown: call compute_chunk_sizes() on the dask array first")
    if mode not in ("a", "w", "w-", "r+"):
        raise ValueError(f"mode must be 'a', 'w', 'w-' or 'r+', not {mode!r}")
    array = _target(arr, url, component, storage_options, region is not None or mode == "r+", mode == "w", settings)
    if isinstance(array.store_path.store, MemoryStore) and _on_a_cluster():
        raise RuntimeError("the array lies in the memory of this process, where workers of a cluster cannot write")
    slices = _slices(region, array)
    shape = tuple(len(range(n)[part]) for n, part in zip(array.shape, slices, strict=True))
    if shape != arr.shape:
        raise ValueError(f"a dask array of shape {arr.shape} does not fit the shape {shape} that is written to")
    chunks = aligned_chunks(arr.chunks, array, slices)
    if chunks != arr.chunks:
        arr = arr.rechunk(chunks)
    return arr.store(
        array,
        lock=False,
        compute=compute,
        return_stored=return_stored,
        regions=None if region is None else slices,
    )


def _target(
    arr: dask.array.Array,
    url: Any,
    component: str | None,
    storage_options: dict[str, Any] | None,
    exists: bool,
    overwrite: bool,
    settings: dict[str, Any],
) -> Array:
    """The array to write to: the one given, the one that exists, or a new one."""
    if isinstance(url, Array):
        return url
    where = os.fspath(url) if isinstance(url, os.PathLike) else url
    name = settings.pop("name", None)
    if component is not None and name is not None:
        raise ValueError("component and name cannot both be given")
    path = component or name
    if exists:
        if settings:
            raise ValueError(f"{', '.join(sorted(settings))}: the array exists, and is not made anew")
        return open_array(where, path=path, mode="r+", storage_options=storage_options)
    made = {"shape": arr.shape, "dtype": arr.dtype, "overwrite": overwrite, **settings}
    # an axis of length 0 has a dask chunk of size 0
    made.setdefault("chunks", tuple(max(1, *sizes) for sizes in arr.chunks))
    return create_array(where, name=path, storage_options=storage_options, **made)


def _slices(region: Any, array: Array) -> tuple[slice, ...]:
    if region is None:
        return (slice(None),) * array.ndim
    slices = (region,) if isinstance(region, slice) else tuple(region)
    if not all(isinstance(part, slice) for part in slices) or len(slices) > array.ndim:
        raise ValueError(f"region must be a slice per axis, not {region!r}")
    if any(part.step is not None and part.step < 1 for part in slices):
        raise ValueError(f"region must have positive steps: {region!r}")
    return slices + (slice(None),) * (array.ndim - len(slices))


def _on_a_cluster() -> bool:
    try:
        from distributed import default_client

        default_client()
    except (ImportError, ValueError):
        return False
    return True
