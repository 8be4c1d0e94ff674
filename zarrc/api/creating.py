"""Makes arrays and groups."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NoReturn

import numpy as np

from zarrc.api.modes import Mode, open_place, warn_of_ignored
from zarrc.array import Array
from zarrc.array_config import parse_array_config
from zarrc.codecs.registry import parse_codec
from zarrc.creation import DEFAULT_FILL_VALUE, create_at, parse_zarr_format
from zarrc.errors import CodecValidationError, ZarrRuntimeWarning, ZarrUserWarning
from zarrc.group import Group, create_at_place
from zarrc.node import ZarrFormat
from zarrc.stores import StoreLike, make_store_path


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
    **unknown: NoReturn,
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
        Chunk shape in elements; -1 is the whole axis, False one chunk. A list for an axis gives the lengths of all
        its chunks (v3, rectilinear grid).
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
        v2: order of elements in stored chunks, and memory order of results. v3: ignored with a warning; see
        ``config``.
    zarr_format : 2 or 3
    attributes : mapping, optional
    chunk_key_encoding : KeyEncoding, (name, separator) or mapping, optional
        v3 "default" (``c/0/1``) or "v2" (``0.1``), each with separator "/" or ".".
    dimension_names : sequence of str or None
        v3 only.
    storage_options : mapping, optional
        For the fsspec file system of a URL.
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
    TypeError
        Other keyword arguments: the message names the one that is near.
    """
    return create_at(
        make_store_path(store, name, storage_options=storage_options),
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
        **unknown,
    )


def create(
    shape: int | Sequence[int] | None = None,
    *,
    chunks: Any = None,
    dtype: Any = None,
    compressor: Any = "auto",
    fill_value: Any = DEFAULT_FILL_VALUE,
    order: Literal["C", "F"] | None = None,
    store: StoreLike | None = None,
    synchronizer: Any = None,
    overwrite: bool = False,
    path: str | None = None,
    chunk_store: StoreLike | None = None,
    filters: Any = None,
    cache_metadata: bool | None = None,
    cache_attrs: bool | None = None,
    read_only: bool | None = None,
    object_codec: Any = None,
    dimension_separator: Literal[".", "/"] | None = None,
    write_empty_chunks: bool | None = None,
    zarr_format: ZarrFormat | None = None,
    meta_array: Any = None,
    attributes: Mapping[str, Any] | None = None,
    chunk_shape: Any = None,
    chunk_key_encoding: Any = None,
    codecs: Iterable[Any] | None = None,
    dimension_names: Sequence[str | None] | None = None,
    storage_options: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    mode: Mode | None = None,
    data: Any = None,
) -> Array:
    """Makes an array; the older way, with v2's names. New code uses `create_array`.

    Parameters
    ----------
    shape : int or sequence of int, optional
        Default: that of ``data``.
    chunks, chunk_shape : int, sequence, bool or None
        Chunk shape in elements; one of the two. None or True: chosen, False: one chunk.
    dtype
        Default: float64, or that of ``data`` where it gives the shape.
    compressor, filters : codec, sequence of codecs, "auto" or None
        v2 only.
    codecs : sequence of codecs, optional
        v3 only: the whole chain.
    dimension_separator : "." or "/", optional
        v2 only.
    chunk_key_encoding, dimension_names
        v3 only; as in `create_array`.
    mode : {"r", "r+", "a", "w", "w-"}, optional
        "w" is ``overwrite=True``, "w-" refuses a place where anything is stored, "r" always fails.
    data : array-like, optional
        Written to the new array, which keeps its own dtype.
    write_empty_chunks : bool, optional
        Deprecated; give it in ``config``.
    synchronizer, chunk_store, cache_metadata, cache_attrs, read_only, object_codec, meta_array
        Ignored with a warning, as in zarr-python 3.
    fill_value, order, store, path, overwrite, zarr_format, attributes, storage_options, config
        As in `create_array`.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    ReadOnlyError, FileExistsError
        The mode or the store forbids it.
    ValueError
        Settings that the format does not have, or that do not fit each other.
    """
    warn_of_ignored(
        synchronizer=synchronizer,
        chunk_store=chunk_store,
        cache_metadata=cache_metadata,
        cache_attrs=cache_attrs,
        object_codec=object_codec,
        read_only=read_only,
        meta_array=meta_array,
    )
    resolved = parse_zarr_format(zarr_format)
    if chunk_shape is not None:
        if chunks is not None:
            raise ValueError("Only one of chunk_shape or chunks can be provided.")
        chunks = chunk_shape
    settings: dict[str, Any] = {}
    if resolved == 2:
        _refuse(2, codecs=(codecs, "Use filters and compressor instead."), dimension_names=(dimension_names, ""))
        _refuse(2, chunk_key_encoding=(chunk_key_encoding, "Use dimension_separator instead."))
        if order is None and config is not None:
            order = parse_array_config(config).order  # type: ignore[assignment]
        settings |= {"filters": "auto" if filters is None else filters, "compressors": compressor}
        settings["chunk_key_encoding"] = None if dimension_separator is None else ("v2", dimension_separator)
    else:
        given = None if isinstance(compressor, str) and compressor == "auto" else (compressor,)
        _refuse(3, dimension_separator=(dimension_separator, "Use chunk_key_encoding instead."))
        _refuse(3, filters=(filters, "Use array-to-array codecs instead."))
        _refuse(3, compressor=(given, "Use bytes-to-bytes codecs instead."))
        settings |= {"chunk_key_encoding": chunk_key_encoding, "dimension_names": dimension_names}
        if codecs is not None:
            settings |= split_codecs(codecs)
    if mode is None and not overwrite:
        mode = "a"  # a store that refuses writes is named in the error
    place, mode = open_place(store, path, mode, storage_options)
    if shape is None and data is not None:
        data = data if isinstance(data, Array) else np.asarray(data)
        shape, dtype = data.shape, data.dtype if dtype is None else dtype
    array = create_at(
        place,
        zarr_format=resolved,
        shape=shape,
        dtype="float64" if dtype is None else dtype,
        overwrite=overwrite or mode == "w",
        config=_with_empty_chunks(config, write_empty_chunks),
        order=order,
        chunks="auto" if chunks is None or chunks is True else chunks,
        fill_value=fill_value,
        attributes=attributes,
        **settings,
    )
    if data is not None and array.size:
        array[...] = data
    return array


def _refuse(zarr_format: int, **given: tuple[Any, str]) -> None:
    for name, (value, instead) in given.items():
        if value is not None:
            raise CodecValidationError(
                f"{name} cannot be used for arrays with zarr_format {zarr_format}. {instead}".rstrip()
            )


def _with_empty_chunks(config: Any, write_empty_chunks: bool | None) -> Any:
    if write_empty_chunks is None:
        return config
    warnings.warn(
        "The `write_empty_chunks` keyword argument is deprecated: give config={'write_empty_chunks': ...}, or set "
        "'array.write_empty_chunks' in the configuration.",
        ZarrRuntimeWarning,
        stacklevel=3,
    )
    if config is None:
        return {"write_empty_chunks": write_empty_chunks}
    warnings.warn(
        "Both write_empty_chunks and config are given; the former is what counts.", ZarrUserWarning, stacklevel=3
    )
    return {**(config if isinstance(config, Mapping) else config.to_dict()), "write_empty_chunks": write_empty_chunks}


def split_codecs(codecs: Iterable[Any]) -> dict[str, Any]:
    """A v3 chain as filters, serializer and compressors. Raises `CodecValidationError`, `UnknownCodecError`."""
    parsed = [parse_codec(c, 3) for c in codecs]
    middle = [c for c in parsed if c.kind == "array_bytes"]
    if len(middle) > 1:
        raise CodecValidationError(f"codecs: only one array -> bytes codec is possible, not {middle!r}")
    return {
        "filters": [c for c in parsed if c.kind == "array_array"],
        "serializer": middle[0] if middle else "auto",
        "compressors": [c for c in parsed if c.kind == "bytes_bytes"],
    }


def create_group(
    store: StoreLike | None,
    *,
    path: str | None = None,
    zarr_format: ZarrFormat | None = None,
    overwrite: bool = False,
    attributes: dict[str, Any] | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Group:
    """Makes a group, and the groups above it that are missing.

    Parameters
    ----------
    store, path, storage_options
        As `zarrc.open`.
    zarr_format : 2 or 3, optional
        Default: as configured (``default_zarr_format``).
    overwrite : bool
        Remove what is there first, with everything below it.
    attributes : dict, optional
        JSON values by name.

    Raises
    ------
    ContainsGroupError, ContainsArrayError
        Something is there and ``overwrite`` is off.
    TypeError
        Attributes that JSON cannot hold.
    """
    place = make_store_path(store, path, storage_options=storage_options)
    return create_at_place(place, zarr_format, attributes, overwrite)


def array(data: Any, **kwargs: Any) -> Array:
    """Makes an array of the data, in memory unless ``store`` is given. Keyword arguments as in `create`.

    ``dtype`` casts the data. The chunks of a Zarr array are kept unless others are given.
    """
    if kwargs.pop("read_only", False):
        raise ValueError("read_only=True is no longer supported when creating new arrays")
    if isinstance(data, Array):
        if not {"chunks", "chunk_shape"} & kwargs.keys():
            kwargs["chunks"] = data._inner_chunks() or data.metadata.grid
        data = data[...]
    data = np.asanyarray(data)
    if kwargs.get("chunks") is None and kwargs.get("chunk_shape") is None:
        chunks = getattr(data, "chunks", None)
        kwargs["chunks"] = chunks if isinstance(chunks, tuple) and len(chunks) == data.ndim else None
    kwargs["dtype"] = data.dtype if kwargs.get("dtype") is None else kwargs["dtype"]
    kwargs["shape"] = data.shape
    return create(data=data, **kwargs)


def zeros(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array that reads as 0 everywhere: 0 is its fill value, and no chunk is written.

    ``shape`` is the elements per axis; the other keyword arguments, and what is raised, as in `create`. The dtype is
    float64 unless given.
    """
    return create(shape, fill_value=0, **kwargs)


def ones(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array that reads as 1 everywhere: 1 is its fill value, and no chunk is written.

    ``shape`` is the elements per axis; the other keyword arguments, and what is raised, as in `create`. The dtype is
    float64 unless given.
    """
    return create(shape, fill_value=1, **kwargs)


def full(shape: int | Sequence[int], fill_value: Any, **kwargs: Any) -> Array:
    """Makes an array that reads as ``fill_value`` everywhere; no chunk is written.

    ``shape`` is the elements per axis; the other keyword arguments, and what is raised, as in `create`. The dtype is
    float64 unless given, whatever ``fill_value`` is. Raises `FillValueError` for one that the dtype cannot hold.
    """
    return create(shape, fill_value=fill_value, **kwargs)


def empty(shape: int | Sequence[int], **kwargs: Any) -> Array:
    """Makes an array whose contents matter to nobody yet: they read as the fill value, and no chunk is written.

    ``shape`` is the elements per axis; the other keyword arguments, and what is raised, as in `create`. The dtype is
    float64 unless given.
    """
    return create(shape, **kwargs)
