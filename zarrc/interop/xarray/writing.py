"""Datasets, data arrays and trees into Zarr stores."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from types import SimpleNamespace
from typing import Any, Literal

from xarray import DataArray, Dataset, DataTree
from xarray.backends import writers
from xarray.backends.api import DATAARRAY_NAME, DATAARRAY_VARIABLE

from zarrc.interop.xarray.rebind import rebound
from zarrc.interop.xarray.store import ZarrcStore

_writable_store = rebound(writers.get_writable_zarr_store, backends=SimpleNamespace(ZarrStore=ZarrcStore))
_write_dataset = rebound(writers.to_zarr, get_writable_zarr_store=_writable_store)
_write_tree = rebound(writers._datatree_to_zarr, get_writable_zarr_store=_writable_store)


def to_zarr(
    ds: Dataset | DataArray | DataTree,
    store: Any = None,
    mode: Literal["w", "w-", "a", "a-", "r+"] | None = None,
    group: str | None = None,
    encoding: Mapping[Any, Any] | None = None,
    *,
    compute: bool = True,
    consolidated: bool | None = None,
    append_dim: Hashable | None = None,
    region: Mapping[Any, slice | Literal["auto"]] | Literal["auto"] | None = None,
    safe_chunks: bool = True,
    align_chunks: bool = False,
    storage_options: dict[str, Any] | None = None,
    zarr_format: Literal[2, 3] | None = None,
    write_empty_chunks: bool | None = None,
    chunkmanager_store_kwargs: dict[str, Any] | None = None,
    write_inherited_coords: bool = False,
) -> Any:
    """Writes to a Zarr store, as ``ds.to_zarr`` does with zarr-python.

    Parameters
    ----------
    ds : Dataset, DataArray or DataTree
        A DataArray is written as ``DataArray.to_zarr`` writes it: `xarray.open_dataarray` gives it back.
    store
        Path, URL, dictionary or store of zarrc or zarr-python; None is a new store in memory.
    mode
        "w": replace what is there. "w-": fail if something is there. "a": make or overwrite variables. "a-": the same,
        but only those with ``append_dim``. "r+": change values of what is there, nothing else. Default: "a" with
        ``append_dim``, "r+" with ``region``, else "w-".
    group
        Path of the group in the store; for a Dataset or DataArray.
    encoding
        Per variable its ``chunks``, ``shards``, ``compressors``, ``filters``, ``serializer``, ``fill_value`` (v3),
        ``dtype``, ``scale_factor`` and so on; of a DataTree per group. Codecs as `zarrc.create_array` takes them.
    compute
        False: dask arrays are not written now; the result is a ``dask.delayed.Delayed`` that writes them.
    consolidated
        Consolidate the metadata afterwards; None: yes, unless ``mode="r+"``, which then looks for consolidated
        metadata to read.
    append_dim
        Dimension along which variables that exist grow.
    region
        Per dimension the slice to write to, or "auto" to find it from the coordinates.
    safe_chunks
        Refuse dask chunks of which several would write to one chunk (shard) of the store.
    align_chunks
        Rechunk dask arrays so that no two write to one chunk (shard).
    storage_options
        For fsspec, when ``store`` is a URL.
    zarr_format
        2 or 3 for a new store; default ``zarrc.config["default_zarr_format"]``.
    write_empty_chunks
        Store chunks that hold nothing but the fill value.
    chunkmanager_store_kwargs
        For ``dask.array.store``.
    write_inherited_coords
        For a DataTree: write coordinates also where they are inherited.

    Returns
    -------
    ZarrcStore or dask.delayed.Delayed

    Raises
    ------
    ValueError
        Dask chunks that do not fit the store's, regions or appended dimensions that do not fit, encodings for
        variables that exist, unknown encodings.
    zarrc.errors.ContainsGroupError
        ``mode="w-"`` and there is something.
    """
    settings: dict[str, Any] = {
        "compute": compute,
        "consolidated": consolidated,
        "append_dim": append_dim,
        "region": region,
        "safe_chunks": safe_chunks,
        "align_chunks": align_chunks,
        "storage_options": storage_options,
        "zarr_format": zarr_format,
        "write_empty_chunks": write_empty_chunks,
        "chunkmanager_store_kwargs": chunkmanager_store_kwargs,
    }
    if isinstance(ds, DataTree):
        settings["write_inherited_coords"] = write_inherited_coords
        return _write_tree(ds, store, mode=mode or "w-", group=group, encoding=encoding, **settings)
    if isinstance(ds, DataArray):
        ds = _as_dataset(ds)
    if not isinstance(ds, Dataset):
        raise TypeError(f"to_zarr writes a Dataset, DataArray or DataTree, not {type(ds).__name__}")
    return _write_dataset(ds, store, mode=mode, group=group, encoding=encoding, **settings)


def _as_dataset(array: DataArray) -> Dataset:
    """As ``DataArray.to_zarr`` does: an array without a name, or with that of a coordinate, gets another meanwhile."""
    if array.name is not None and array.name not in array.coords and array.name not in array.dims:
        return array.to_dataset()
    dataset = array.to_dataset(name=DATAARRAY_VARIABLE)
    if array.name is not None:
        dataset.attrs[DATAARRAY_NAME] = array.name
    return dataset
