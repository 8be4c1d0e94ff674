"""Arrays made from other arrays."""

from __future__ import annotations

import itertools
import warnings
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import numpy as np

from zarrc.array import Array
from zarrc.creation import DEFAULT_FILL_VALUE, create_at
from zarrc.errors import ZarrUserWarning
from zarrc.grid import RegularGrid
from zarrc.metadata import ArrayV2Metadata
from zarrc.node import ZarrFormat
from zarrc.stores import StoreLike, StorePath, make_store_path


def from_array(
    store: StoreLike | None,
    *,
    data: Any,
    write_data: bool = True,
    name: str | None = None,
    chunks: Any = "keep",
    shards: Any = "keep",
    filters: Any = "keep",
    compressors: Any = "keep",
    serializer: Any = "keep",
    fill_value: Any = DEFAULT_FILL_VALUE,
    order: Literal["C", "F"] | None = None,
    zarr_format: ZarrFormat | None = None,
    attributes: Mapping[str, Any] | None = None,
    chunk_key_encoding: Any = None,
    dimension_names: Sequence[str | None] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    config: Any = None,
) -> Array:
    """Makes an array like another one, and copies its data.

    Parameters
    ----------
    store : Store, StorePath, str, path-like, mapping or None
    data : Array or array-like
        A Zarr array is copied region by region, never whole.
    write_data : bool
        Copy the data.
    name : str, optional
        Path inside the store.
    chunks, shards, filters, compressors, serializer
        "keep": as of ``data`` where that is a Zarr array of the same format, otherwise the defaults. Else as in
        `zarrc.create_array`.
    fill_value, order, zarr_format, attributes, chunk_key_encoding, dimension_names
        As in `zarrc.create_array`; by default those of a Zarr array.
    overwrite : bool
        Remove what is there first.
    config : mapping, optional
        Run-time configuration.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    ValueError
        ``data`` would be overwritten before it is copied.
    """
    place = make_store_path(store, name, storage_options=storage_options)
    given = {
        "chunks": chunks,
        "shards": shards,
        "filters": filters,
        "compressors": compressors,
        "serializer": serializer,
    }
    kept = {key: value for key, value in given.items() if isinstance(value, str) and value == "keep"}
    if not isinstance(data, Array):
        settings: dict[str, Any] = {**given, **{key: None if key == "shards" else "auto" for key in kept}}
        settings |= {"fill_value": fill_value, "chunk_key_encoding": chunk_key_encoding, "attributes": attributes}
        return create_at(
            place,
            data=data if hasattr(data, "dtype") and hasattr(data, "shape") else np.array(data),
            write_data=write_data,
            zarr_format=zarr_format or 3,
            order=order,
            overwrite=overwrite,
            config=config,
            dimension_names=dimension_names,
            **settings,
        )
    if write_data and overwrite:
        _refuse_overlap(data.store_path, place)
    theirs = data.metadata
    zarr_format = zarr_format or theirs.zarr_format
    settings = {**given, **_kept(data, kept, zarr_format)}
    if theirs.zarr_format == 2 and zarr_format == 3 and data.order == "F":
        warnings.warn(
            "Zarr format 3 has no direct analogue of the 'order' of a Zarr format 2 array. The existing order='F' of "
            "the source Zarr format 2 array will be ignored.",
            category=ZarrUserWarning,
            stacklevel=2,
        )
    elif order is None and zarr_format == 2:
        order = data.order  # type: ignore[assignment]
    if chunk_key_encoding is None and zarr_format == theirs.zarr_format:
        chunk_key_encoding = theirs.key_encoding
    if dimension_names is None and zarr_format == 3:
        dimension_names = getattr(theirs, "dimension_names", None)  # v2 has none
    made = create_at(
        place,
        shape=data.shape,
        dtype=theirs.data_type,
        zarr_format=zarr_format,
        order=order,
        overwrite=overwrite,
        config=config,
        fill_value=data.fill_value if fill_value is DEFAULT_FILL_VALUE else fill_value,
        chunk_key_encoding=chunk_key_encoding,
        dimension_names=dimension_names,
        attributes=data.attrs.asdict() if attributes is None else attributes,
        **settings,
    )
    if write_data:
        for region in _regions(made):
            made[region] = data[region]
    return made


def _kept(data: Array, kept: Mapping[str, Any], zarr_format: int) -> dict[str, Any]:
    same = zarr_format == data.metadata.zarr_format
    grid = data.metadata.grid
    stored = grid.chunk_shape if isinstance(grid, RegularGrid) else grid
    inner = data._inner_chunks()
    values = {
        "chunks": inner or stored,
        "shards": None if inner is None or zarr_format == 2 else stored,
        "filters": (data.filters or None) if same else "auto",
        "compressors": (data.compressors or None) if same else "auto",
        "serializer": data.serializer if same and zarr_format == 3 else "auto",
    }
    if isinstance(data.metadata, ArrayV2Metadata) and same and not data.filters:
        values["filters"] = None
    return {key: values[key] for key in kept}


def _refuse_overlap(source: StorePath, target: StorePath) -> None:
    if source.store != target.store.with_read_only(source.store.read_only):
        return
    one, other = (f"{place.path}/" if place.path else "" for place in (source, target))
    if one.startswith(other) or other.startswith(one):
        raise ValueError(
            f"Cannot overwrite {target.path!r} with the array at {source.path!r} because the paths overlap. Write to a "
            "different path, or pass data=array[...]."
        )


def _regions(array: Array) -> Iterator[tuple[slice, ...]]:
    """Regions of whole stored chunks that cover the array."""
    if 0 in array.shape:
        return iter(())
    per_axis = []
    for sizes in array.write_chunk_sizes:
        ends = list(itertools.accumulate(sizes))
        per_axis.append([slice(end - size, end) for end, size in zip(ends, sizes, strict=True) if size])
    return itertools.product(*per_axis)
