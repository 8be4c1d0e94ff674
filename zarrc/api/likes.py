"""Makes arrays like others."""

from __future__ import annotations

from typing import Any

from zarrc.api.creating import create
from zarrc.api.opening import open_array
from zarrc.array import Array
from zarrc.creation import parse_zarr_format
from zarrc.metadata import ArrayV2Metadata
from zarrc.node import ZarrFormat


def _like(a: Any, zarr_format: ZarrFormat | None, given: dict[str, Any]) -> dict[str, Any]:
    """`create`'s keyword arguments for an array like ``a``, those that are given in place of its own.

    A Zarr array also gives its format, and where the new array has the same, its codecs. Shards are kept unless other
    chunks are asked for.
    """
    settings: dict[str, Any] = {"shape": a.shape}
    if hasattr(a, "dtype"):
        settings["dtype"] = a.dtype
    if isinstance(a, Array):
        settings["fill_value"] = a.fill_value
        zarr_format = zarr_format or a.metadata.zarr_format
        recut = bool({"chunks", "chunk_shape", "codecs"} & given.keys())
        inner = a._inner_chunks()
        if zarr_format != a.metadata.zarr_format:
            settings["chunks"] = inner or a.metadata.grid
        elif isinstance(a.metadata, ArrayV2Metadata):
            settings |= {"chunks": a.chunks, "order": a.metadata.order}
            settings |= {"compressor": a.compressor, "filters": a.filters or None}
        elif recut:
            settings |= {"chunks": inner or a.metadata.grid, "codecs": (*a.filters, a.serializer, *a.compressors)}
        else:
            settings |= {"chunks": a.metadata.grid, "codecs": a._chain.codecs}
    elif isinstance(getattr(a, "chunks", None), tuple) and len(a.chunks) == len(a.shape):
        settings["chunks"] = a.chunks
    if "chunk_shape" in given:
        settings.pop("chunks", None)
    if zarr_format is not None:
        settings["zarr_format"] = zarr_format
    return {**settings, **given}


def empty_like(a: Any, *, zarr_format: ZarrFormat | None = None, **kwargs: Any) -> Array:
    """`empty` with shape, dtype, chunks, codecs and fill value of another array, be it of Zarr, numpy or dask.

    Keyword arguments as in `create`, in place of what ``a`` has. Without ``store`` it is made in memory.
    """
    return create(**_like(a, zarr_format, kwargs))


def zeros_like(a: Any, *, zarr_format: ZarrFormat | None = None, **kwargs: Any) -> Array:
    """`zeros` with shape, dtype, chunks and codecs of another array. Keyword arguments as in `empty_like`."""
    return create(**{**_like(a, zarr_format, kwargs), "fill_value": 0})


def ones_like(a: Any, *, zarr_format: ZarrFormat | None = None, **kwargs: Any) -> Array:
    """`ones` with shape, dtype, chunks and codecs of another array. Keyword arguments as in `empty_like`."""
    return create(**{**_like(a, zarr_format, kwargs), "fill_value": 1})


def full_like(a: Any, *, zarr_format: ZarrFormat | None = None, **kwargs: Any) -> Array:
    """`full` with shape, dtype, chunks and codecs of another array; its fill value unless ``fill_value`` is given.
    Keyword arguments as in `empty_like`."""
    return create(**_like(a, zarr_format, kwargs))


def open_like(a: Any, path: str, *, zarr_format: ZarrFormat | None = None, **kwargs: Any) -> Array:
    """Opens an array, or makes it with shape, dtype, chunks and codecs of another.

    Parameters
    ----------
    a : array-like
    path : str
        Path inside the store.
    zarr_format : 2 or 3, optional
        None opens an array of either format, and makes one of the configured default. That of ``a`` does not count.
    **kwargs
        As in `open_array`; the mode is "a" unless given.
    """
    settings = _like(a, parse_zarr_format(zarr_format), kwargs)
    settings["zarr_format"] = zarr_format
    settings["mode"] = settings.get("mode") or "a"
    return open_array(path=path, **settings)
