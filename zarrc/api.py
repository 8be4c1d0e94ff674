"""The functions of the package: open, create, save, load. Names and parameters are zarr-python 3's."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np

from zarrc.array import Array
from zarrc.array import open_at as open_array_at
from zarrc.codecs.registry import parse_codec
from zarrc.creation import DEFAULT_FILL_VALUE, create_at, parse_zarr_format
from zarrc.errors import (
    ArrayNotFoundError,
    GroupNotFoundError,
    NodeNotFoundError,
    ReadOnlyError,
)
from zarrc.group import Group, as_node, create_at_place
from zarrc.group import open_at as open_group_at
from zarrc.metadata import ArrayV2Metadata
from zarrc.node import ZarrFormat, read_node
from zarrc.stores import StoreLike, StorePath, make_store_path

Mode = Literal["r", "r+", "a", "w", "w-", "x"]
_MODES: tuple[Mode, ...] = ("r", "r+", "a", "w", "w-", "x")
# Settings of zarr-python 2 that mean nothing here; accepted where zarr-python 3 accepts them.
_IGNORED = ("synchronizer", "chunk_store", "cache_metadata", "cache_attrs", "meta_array", "storage_options")


def _place(store: StoreLike | None, path: Any, mode: Mode | None) -> tuple[StorePath, Mode]:
    if mode is None:
        mode = "r" if getattr(store, "read_only", False) else "a"
    if mode not in _MODES:
        raise ValueError(f"mode must be one of {', '.join(map(repr, _MODES))}, not {mode!r}")
    place = make_store_path(store, path, read_only=mode == "r")
    if mode != "r" and place.read_only:
        raise ReadOnlyError(f"Store is read-only but mode is {mode!r}: {place.store} cannot be written")
    return place, mode


def _refuse_existing(place: StorePath, zarr_format: ZarrFormat | None) -> None:
    if read_node(place, zarr_format) is not None:
        raise FileExistsError(f"something is stored at {place} already; mode 'w' would replace it")


def open(
    store: StoreLike | None = None,
    *,
    mode: Mode | None = None,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Array | Group:
    """Opens an array or a group, by what is stored.

    Parameters
    ----------
    store : Store, StorePath, str, path-like or mapping
        None is a new store in memory.
    mode : {"r", "r+", "a", "w", "w-"}
        "r" read only, must exist; "r+" read and write, must exist; "a" (default) read and write, made if missing;
        "w" made, replacing what is there; "w-" made, must not exist. An array is made when ``shape`` is given,
        else a group.
    zarr_format : 2 or 3, optional
        Look for (or make) this format only.
    path : str, optional
        Path inside the store.
    config : mapping, optional
        Run-time configuration of an array.
    **kwargs
        For `create` or `zarrc.open_group`.

    Raises
    ------
    NodeNotFoundError
        Nothing is there (also a FileNotFoundError).
    """
    place, mode = _place(store, path, mode)
    if mode in ("r", "r+", "a"):
        node = read_node(place, zarr_format)
        if node is not None:
            found = as_node(place, node)
            assert found is not None
            return found.with_config(config) if isinstance(found, Array) and config else found
        if mode != "a":
            raise NodeNotFoundError(f"No array or group found in store {str(place.store)!r} at path {place.path!r}")
    if "shape" in kwargs or "data" in kwargs:
        return open_array(place, mode=mode, zarr_format=zarr_format, config=config, **kwargs)
    return open_group(place, mode=mode, zarr_format=zarr_format, **kwargs)


def open_array(
    store: StoreLike | None = None,
    *,
    mode: Mode | None = None,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Array:
    """Opens an array; in the modes that make, makes it with `create`'s keyword arguments.

    Parameters
    ----------
    store, mode, zarr_format, path, config
        As `open`.

    Raises
    ------
    ArrayNotFoundError
        Nothing is there (also a FileNotFoundError).
    NodeTypeValidationError
        A group is there.
    FileExistsError
        Mode "w-" and something is there.
    """
    place, mode = _place(store, path, mode)
    if mode in ("r", "r+", "a"):
        try:
            return open_array_at(place, zarr_format, config)
        except ArrayNotFoundError:
            if mode != "a" or not ("shape" in kwargs or "data" in kwargs):
                raise
    elif mode in ("w-", "x"):
        _refuse_existing(place, zarr_format)
    kwargs.setdefault("overwrite", mode == "w")
    return create(store=place, zarr_format=zarr_format, config=config, **kwargs)


def open_group(
    store: StoreLike | None = None,
    *,
    mode: Mode = "a",
    path: str | None = None,
    zarr_format: ZarrFormat | None = None,
    storage_options: Mapping[str, Any] | None = None,
    attributes: dict[str, Any] | None = None,
    use_consolidated: bool | str | None = None,
    **kwargs: Any,
) -> Group:
    """Opens a group; in the modes that make, makes it with ``attributes``.

    Parameters
    ----------
    store, mode, path, zarr_format
        As `open`.
    use_consolidated : bool, optional
        True: consolidated metadata must be there (ValueError otherwise); False: it is not used; None: used when
        there.

    Raises
    ------
    GroupNotFoundError
        Nothing is there (also a FileNotFoundError).
    ContainsArrayError
        An array is there.
    FileExistsError
        Mode "w-" and something is there.
    """
    unknown = set(kwargs) - set(_IGNORED)
    if unknown:
        raise TypeError(f"open_group() got unexpected keyword arguments {sorted(unknown)}")
    place, mode = _place(store, path, mode)
    if mode in ("r", "r+", "a"):
        try:
            return open_group_at(place, zarr_format, use_consolidated)
        except GroupNotFoundError:
            if mode != "a":
                raise
    elif mode in ("w-", "x"):
        _refuse_existing(place, zarr_format)
    return create_at_place(place, zarr_format, attributes, mode == "w")


def create_array(
    store: StoreLike | None,
    *,
    name: str | None = None,
    shape: int | Sequence[int] | None = None,
    dtype: Any = None,
    data: Any = None,
    chunks: Any = "auto",
    shards: Any = None,
    filters: Any = "auto",
    compressors: Any = "auto",
    serializer: Any = "auto",
    fill_value: Any = DEFAULT_FILL_VALUE,
    order: Literal["C", "F"] | None = None,
    zarr_format: ZarrFormat | None = 3,
    attributes: Mapping[str, Any] | None = None,
    chunk_key_encoding: Any = None,
    dimension_names: Sequence[str | None] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    overwrite: bool = False,
    config: Mapping[str, Any] | None = None,
    write_data: bool = True,
) -> Array:
    """Makes an array.

    Parameters
    ----------
    store : Store, StorePath, str, path-like, mapping or None
    name : str, optional
        Path inside the store.
    shape, dtype
        Of the array; both are taken from ``data`` when that is given.
    data : array-like, optional
        Written to the new array unless ``write_data`` is False.
    chunks : "auto", int or sequence
        Chunk shape in elements; -1 is the whole axis. A list for an axis gives the lengths of all its chunks
        (v3, rectilinear grid).
    shards : "auto", int, sequence or mapping, optional
        v3: shape of the shards, which ``chunks`` must divide, as for ``chunks``; or ``{"shape", "index_location"}``
        with "start" or "end". With ``chunks`` "auto" they are chosen to divide the shards.
    filters : "auto", None, codec or sequence of codecs
        v2: filters; v3: array -> array codecs. A codec is an object of `zarrc.codecs`, a metadata dictionary, or an
        object of numcodecs or zarr-python.
    compressors : "auto", None, codec or sequence of codecs
        v2: at most one; v3: bytes -> bytes codecs. "auto" is Zstandard.
    serializer : "auto" or codec
        v3: the array -> bytes codec.
    fill_value
        Of elements never written; default: the data type's zero.
    order : "C" or "F"
        v2: order of elements in stored chunks. Both formats: memory order of results.
    zarr_format : 2 or 3
    attributes : mapping, optional
    chunk_key_encoding : KeyEncoding, (name, separator) or mapping, optional
        v3 "default" (``c/0/1``) or "v2" (``0.1``), each with separator "/" or ".".
    dimension_names : sequence of str or None
        v3 only.
    overwrite : bool
        Remove what is there first.
    config : mapping, optional
        Run-time configuration, see `zarrc.array_config.ArrayConfig`.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    MetadataValidationError
        Or a subclass: settings that do not fit each other or the format.
    """
    return create_at(
        make_store_path(store, name),
        zarr_format=zarr_format,
        shape=shape,
        dtype=dtype,
        data=data,
        overwrite=overwrite,
        config=config,
        order=order,
        write_data=write_data,
        chunks=chunks,
        shards=shards,
        filters=filters,
        compressors=compressors,
        serializer=serializer,
        fill_value=fill_value,
        attributes=attributes,
        chunk_key_encoding=chunk_key_encoding,
        dimension_names=dimension_names,
    )


def create(
    shape: int | Sequence[int] | None = None,
    *,
    chunks: Any = None,
    dtype: Any = None,
    compressor: Any = "auto",
    compressors: Any = "auto",
    fill_value: Any = DEFAULT_FILL_VALUE,
    order: Literal["C", "F"] | None = None,
    store: StoreLike | None = None,
    overwrite: bool = False,
    path: str | None = None,
    filters: Any = None,
    dimension_separator: Literal[".", "/"] | None = None,
    write_empty_chunks: bool | None = None,
    zarr_format: ZarrFormat | None = None,
    attributes: Mapping[str, Any] | None = None,
    chunk_shape: Any = None,
    chunk_key_encoding: Any = None,
    codecs: Sequence[Any] | None = None,
    dimension_names: Sequence[str | None] | None = None,
    config: Mapping[str, Any] | None = None,
    data: Any = None,
    serializer: Any = "auto",
    **ignored: Any,
) -> Array:
    """Makes an array; the older way, with v2's names. New code uses `create_array`.

    ``chunks`` (or ``chunk_shape``) of None or True is "auto", False is one chunk. ``codecs`` is a whole v3 chain.
    ``dtype`` defaults to float64.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    """
    unknown = set(ignored) - {*_IGNORED, "read_only", "object_codec", "shards"}
    if unknown:
        raise TypeError(f"create() got unexpected keyword arguments {sorted(unknown)}")
    for name in _IGNORED:
        if ignored.get(name) is not None and name != "storage_options":
            warnings.warn(f"{name} is not yet implemented", RuntimeWarning, stacklevel=2)
    if order is not None and parse_zarr_format(zarr_format) == 3:
        warnings.warn(
            "The `order` keyword argument has no effect for Zarr format 3 arrays. Use the array's config instead: "
            "config={'order': ...}.",
            RuntimeWarning,
            stacklevel=2,
        )
    if chunk_shape is not None:
        if chunks is not None:
            raise ValueError("Only one of chunk_shape or chunks can be provided.")
        chunks = chunk_shape
    if chunks is None or chunks is True:
        chunks = "auto"
    if not (isinstance(compressor, str) and compressor == "auto"):
        compressors = compressor
    place = make_store_path(store, path)
    if dimension_separator is not None:
        if chunk_key_encoding is not None:
            raise ValueError("dimension_separator and chunk_key_encoding cannot both be given")
        chunk_key_encoding = ("v2" if zarr_format == 2 else "default", dimension_separator)
    if codecs is not None:
        filters, serializer, compressors = _split(codecs)
    settings = dict(config or {})
    if write_empty_chunks is not None:
        settings["write_empty_chunks"] = write_empty_chunks
    if data is None and dtype is None:
        dtype = "float64"
    return create_at(
        place,
        zarr_format=zarr_format,
        shape=shape,
        dtype=dtype,
        data=data,
        overwrite=overwrite,
        config=settings,
        order=order,
        chunks=chunks,
        filters="auto" if filters is None else filters,
        compressors=compressors,
        serializer=serializer,
        fill_value=fill_value,
        attributes=attributes,
        chunk_key_encoding=chunk_key_encoding,
        dimension_names=dimension_names,
        shards=ignored.get("shards"),
    )


def _split(codecs: Sequence[Any]) -> tuple[list, Any, list]:
    """A v3 chain as filters, serializer and compressors."""
    parsed = [parse_codec(c, 3) for c in codecs]
    middle = [c for c in parsed if c.kind == "array_bytes"]
    return (
        [c for c in parsed if c.kind == "array_array"],
        middle[0] if middle else "auto",
        [c for c in parsed if c.kind == "bytes_bytes"],
    )


def create_group(
    store: StoreLike | None,
    *,
    path: str | None = None,
    zarr_format: ZarrFormat | None = None,
    overwrite: bool = False,
    attributes: dict[str, Any] | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Group:
    """Makes a group. Raises `ContainsGroupError`, `ContainsArrayError` when something is there and ``overwrite`` is
    off."""
    return create_at_place(make_store_path(store, path), zarr_format, attributes, overwrite)


def group(
    store: StoreLike | None = None,
    *,
    overwrite: bool = False,
    path: str | None = None,
    zarr_format: ZarrFormat | None = None,
    attributes: dict[str, Any] | None = None,
    **ignored: Any,
) -> Group:
    """Opens a group, or makes it when there is none."""
    return open_group(
        store, mode="w" if overwrite else "a", path=path, zarr_format=zarr_format, attributes=attributes, **ignored
    )


def open_consolidated(*args: Any, use_consolidated: Literal[True] = True, **kwargs: Any) -> Group:
    """`open_group` that insists on consolidated metadata. Raises ValueError when there is none."""
    return open_group(*args, use_consolidated=use_consolidated, **kwargs)


def save(
    store: StoreLike, *args: Any, zarr_format: ZarrFormat | None = None, path: str | None = None, **kwargs: Any
) -> None:
    """Saves one array, or several as members of a group: positional ones as ``arr_0``, ``arr_1`` ..., others by name.

    Raises ValueError when there is nothing to save.
    """
    kwargs.pop("storage_options", None)
    if not args and not kwargs:
        raise ValueError("at least one array must be provided")
    if len(args) == 1 and not kwargs:
        save_array(store, args[0], zarr_format=zarr_format, path=path)
    else:
        save_group(store, *args, zarr_format=zarr_format, path=path, **kwargs)


def save_array(
    store: StoreLike, arr: Any, *, zarr_format: ZarrFormat | None = None, path: str | None = None, **kwargs: Any
) -> None:
    """Saves one array, replacing what is there. Keyword arguments as in `create`."""
    kwargs.pop("storage_options", None)
    place, _ = _place(store, path, "w")
    create(store=place, data=arr, zarr_format=zarr_format, overwrite=True, **kwargs)


def save_group(
    store: StoreLike, *args: Any, zarr_format: ZarrFormat | None = None, path: str | None = None, **kwargs: Any
) -> None:
    """Saves arrays as members of a group."""
    kwargs.pop("storage_options", None)
    if not args and not kwargs:
        raise ValueError("at least one array must be provided")
    target = group(store, path=path, zarr_format=zarr_format)
    named = {**{f"arr_{i}": arr for i, arr in enumerate(args)}, **kwargs}
    for name, arr in named.items():
        target.create_array(name, data=np.asarray(arr), overwrite=True)


def load(store: StoreLike, path: str | None = None, zarr_format: ZarrFormat | None = None) -> Any:
    """A whole array as ndarray; of a group a dictionary of its arrays."""
    node = open(store, mode="r", path=path, zarr_format=zarr_format)
    if isinstance(node, Array):
        return node[...]
    return {name: array[...] for name, array in node.arrays()}


def array(data: Any, **kwargs: Any) -> Array:
    """Makes an array of the data, in memory unless ``store`` is given. Keyword arguments as in `create`.

    ``dtype`` casts the data. The chunks of a Zarr array are kept unless others are given.
    """
    if isinstance(data, Array):
        if not {"chunks", "chunk_shape"} & kwargs.keys():
            kwargs["chunks"] = data._inner_chunks() or data.metadata.grid
        data = data[...]
    return create(data=np.asarray(data, dtype=kwargs.pop("dtype", None)), **kwargs)


def zeros(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array with fill value 0. Keyword arguments as in `create`."""
    return create(shape, fill_value=0, **kwargs)


def ones(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array with fill value 1. Keyword arguments as in `create`."""
    return create(shape, fill_value=1, **kwargs)


def full(shape: int | Sequence[int], fill_value: Any, **kwargs: Any) -> Array:
    """Makes an array with this fill value. Keyword arguments as in `create`."""
    return create(shape, fill_value=fill_value, **kwargs)


def empty(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array whose contents matter to nobody yet: they read as the fill value."""
    return create(shape, **kwargs)


def _whole_chain(a: Array) -> dict[str, Any]:
    """All codecs of an array, shards included, as `create` takes them."""
    chain = a._opened.io.chain
    if isinstance(a.metadata, ArrayV2Metadata):
        return {"filters": a.filters, "compressors": a.compressors}
    return {"filters": chain.array_array, "serializer": chain.array_bytes, "compressors": chain.bytes_bytes}


def _like(a: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
    settings: dict[str, Any] = {"shape": a.shape}
    if hasattr(a, "dtype"):
        settings["dtype"] = a.dtype
    if isinstance(a, Array):
        settings["zarr_format"] = a.metadata.zarr_format
        if (kwargs.get("zarr_format") or a.metadata.zarr_format) == 2:
            settings["order"] = a.order  # v3 has none
        same_codecs = kwargs.get("zarr_format") in (None, a.metadata.zarr_format)
        if same_codecs and not {"chunks", "shards", "chunk_shape", "codecs"} & kwargs.keys():
            settings["chunks"] = a.metadata.grid
            settings.update(_whole_chain(a))
        else:
            if not {"chunks", "chunk_shape"} & kwargs.keys():
                settings["chunks"] = a._inner_chunks() or a.metadata.grid
            if same_codecs and "codecs" not in kwargs:
                settings.update(filters=a.filters, compressors=a.compressors)
                settings.update({} if a.serializer is None else {"serializer": a.serializer})
    settings.update({k: v for k, v in kwargs.items() if v is not None or k != "zarr_format"})
    return settings


def empty_like(a: Any, **kwargs: Any) -> Array:
    """`empty` with shape, dtype, chunks and codecs of another array."""
    settings = _like(a, kwargs)
    if isinstance(a, Array):
        settings.setdefault("fill_value", a.fill_value)
    return create(**settings)


def zeros_like(a: Any, **kwargs: Any) -> Array:
    """`zeros` with shape, dtype, chunks and codecs of another array."""
    return create(**{**_like(a, kwargs), "fill_value": 0})


def ones_like(a: Any, **kwargs: Any) -> Array:
    """`ones` with shape, dtype, chunks and codecs of another array."""
    return create(**{**_like(a, kwargs), "fill_value": 1})


def full_like(a: Any, **kwargs: Any) -> Array:
    """`full` with shape, dtype, chunks and codecs of another array; its fill value unless another is given."""
    settings = _like(a, kwargs)
    if isinstance(a, Array):
        settings.setdefault("fill_value", a.fill_value)
    return create(**settings)


def open_like(a: Any, path: str, **kwargs: Any) -> Array:
    """Opens an array, or makes it with shape, dtype, chunks and codecs of another."""
    settings = _like(a, kwargs)
    if isinstance(a, Array):
        settings.setdefault("fill_value", a.fill_value)
    return open_array(path=path, **settings)


__all__ = [
    "array",
    "create",
    "create_array",
    "create_group",
    "empty",
    "empty_like",
    "full",
    "full_like",
    "group",
    "load",
    "ones",
    "ones_like",
    "open",
    "open_array",
    "open_consolidated",
    "open_group",
    "open_like",
    "save",
    "save_array",
    "save_group",
    "zeros",
    "zeros_like",
]


# Lets ``zarr.api.synchronous`` and ``zarr.api.asynchronous`` be imported from here, with `__getattr__` below.
__path__: list[str] = []


_ELSEWHERE = {
    "consolidate_metadata": "zarrc.hierarchy",
    "copy": "zarrc.logs",
    "copy_all": "zarrc.logs",
    "copy_store": "zarrc.logs",
    "create_hierarchy": "zarrc.hierarchy",
    "from_array": "zarrc.array_copy",
    "tree": "zarrc.hierarchy",
}


def __getattr__(name: str) -> Any:
    """``zarr.api.synchronous``, ``zarr.api.asynchronous``, and what other modules of the package have."""
    if name == "synchronous":
        return importlib.import_module("zarrc.api")
    if name == "asynchronous":
        return importlib.import_module("zarrc.asynchronous")
    if name in _ELSEWHERE:
        return getattr(importlib.import_module(_ELSEWHERE[name]), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
