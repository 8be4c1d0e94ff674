"""From what a user asks of a new array to its metadata."""

from __future__ import annotations

import math
import warnings
from collections.abc import Iterable, Mapping, Sequence
from operator import index as as_index
from typing import Any, Literal, NoReturn

import numpy as np

from zarrc.array import Array
from zarrc.array_config import parse_array_config
from zarrc.chunkio import ArrayMetadata, chain_of
from zarrc.codecs.base import Codec
from zarrc.codecs.registry import parse_codec
from zarrc.config import config as global_config
from zarrc.dtypes import DataType, from_numpy
from zarrc.dtypes.optional import Optional
from zarrc.dtypes.variable import Variable
from zarrc.errors import CodecValidationError, MetadataValidationError, ZarrRuntimeWarning, ZarrUserWarning
from zarrc.grid import RectilinearGrid, guess_chunk_shape, normalize_chunks
from zarrc.lazy import LazyModule
from zarrc.metadata import KeyEncoding, build_array_metadata
from zarrc.metadata.keys import key_encoding
from zarrc.node import Opened, ZarrFormat, check_zarr_format, store_new
from zarrc.stores import StorePath

nearest = LazyModule("zarrc.nearest")

#: Marks a fill value that was not given: the data type's default is taken.
DEFAULT_FILL_VALUE: Any = type("DefaultFillValue", (), {"__repr__": lambda self: "<default fill value>"})()

DEFAULT_COMPRESSOR = {
    2: {"id": "zstd", "level": 0, "checksum": False},
    3: {"name": "zstd", "configuration": {"level": 0, "checksum": False}},
}


def parse_shape(shape: Any) -> tuple[int, ...]:
    """Raises TypeError for what is no shape and ValueError for negative edges."""
    if isinstance(shape, int | np.integer):
        shape = (shape,)
    try:
        result = tuple(as_index(n) for n in shape)
    except TypeError:
        raise TypeError(f"shape: Expected an iterable of integers. Got {shape!r} instead.") from None
    if any(n < 0 for n in result):
        raise ValueError(f"shape: Expected all values to be non-negative. Got {result} instead.")
    return result


def parse_zarr_format(zarr_format: int | None) -> ZarrFormat:
    """None is the configured default. Raises `MetadataValidationError` for other than 2 and 3."""
    if zarr_format is None:
        zarr_format = int(global_config.get("default_zarr_format"))
    check_zarr_format(zarr_format)
    return zarr_format  # type: ignore[return-value]


def parse_key_encoding(given: Any, zarr_format: ZarrFormat) -> KeyEncoding:
    """``chunk_key_encoding``: None, a `KeyEncoding`, ``(name, separator)``, or a dict with name and separator."""
    default = KeyEncoding("default", "/") if zarr_format == 3 else KeyEncoding("v2", ".")
    if given is None:
        return default
    if isinstance(given, KeyEncoding):
        encoding = given
    else:
        if callable(getattr(given, "to_dict", None)):
            given = given.to_dict()
        if isinstance(given, str):
            given = {"name": given}
        elif not isinstance(given, Mapping):
            name, separator = given
            given = {"name": name, "configuration": {"separator": separator}}
        if "configuration" not in given:
            given = {"name": given.get("name"), "configuration": {k: v for k, v in given.items() if k != "name"}}
        given["configuration"] = {k: v for k, v in given["configuration"].items() if v is not None}
        encoding = key_encoding(dict(given), "chunk_key_encoding")
    if zarr_format == 2 and encoding.name != "v2":
        raise MetadataValidationError(f"Zarr format 2 has the chunk key encoding 'v2' only, not {encoding.name!r}")
    return encoding


def _listed(given: Any) -> list[Any]:
    """filters and compressors may be given as None, one codec, or several."""
    if given is None:
        return []
    if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
        return [given]
    return list(given)


def _is_auto(given: Any) -> bool:
    return isinstance(given, str) and given == "auto"


def _default_serializer(data_type: DataType) -> dict[str, Any]:
    if isinstance(data_type, Variable):
        return {"name": data_type.object_codec, "configuration": {}}
    if isinstance(data_type, Optional):
        chains = {
            "mask_codecs": [{"name": "packbits", "configuration": {}}],
            "data_codecs": [_default_serializer(data_type.inner)],
        }
        return {"name": data_type.name, "configuration": chains}
    if data_type.dtype.itemsize <= 1:
        return {"name": "bytes"}
    return {"name": "bytes", "configuration": {"endian": "little"}}


def _shard_shape(shards: Any, shape: tuple[int, ...], chunks: Any, itemsize: int) -> tuple[Any, str]:
    """Shard shape and place of the index of what a user gives for ``shards``."""
    location = "end"
    if isinstance(shards, Mapping):
        location = shards.get("index_location", "end")
        shards = shards["shape"]
    if _is_auto(shards) or shards is True:
        shards = _auto_shards(shape, chunks, itemsize)
    return normalize_chunks(shards, shape, itemsize, chunks), location


def _auto_shards(shape: tuple[int, ...], chunks: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Two chunks along each axis of more than eight; or as many along all as ``array.target_shard_size_bytes`` and
    the array have room for."""
    warnings.warn(
        "Automatic shard shape inference is experimental and may change without notice.",
        ZarrUserWarning,
        stacklevel=6,
    )
    target = global_config.get("array.target_shard_size_bytes", None)
    if target is None:
        return tuple(2 * c if n // c > 8 else c for n, c in zip(shape, chunks, strict=True))
    nbytes, edge = math.prod(chunks) * itemsize, 1
    while (
        chunks
        and nbytes * (edge + 1) ** len(chunks) <= target
        and all(c * (edge + 1) <= n for n, c in zip(shape, chunks, strict=True))
    ):
        edge += 1
    return tuple(c * edge for c in chunks)


def _inner_chunks(shards: tuple[int, ...] | RectilinearGrid, itemsize: int) -> tuple[int, ...]:
    """Inner chunks for a user who gave the shards only: per axis the largest divisor of all shard edges that is at most
    what `guess_chunk_shape` chooses."""
    if isinstance(shards, RectilinearGrid):
        shards = tuple(n if isinstance(n, int) else math.gcd(*n) for n in shards.chunk_shapes)
    return tuple(
        next(size for size in range(wanted, 0, -1) if edge % size == 0)
        for edge, wanted in zip(shards, guess_chunk_shape(shards, itemsize), strict=True)
    )


def _sharded(codecs: Sequence[Codec], chunks: tuple[int, ...], location: str) -> list[Codec]:
    index_codecs = [{"name": "bytes", "configuration": {"endian": "little"}}, {"name": "crc32c"}]
    configuration = {
        "chunk_shape": list(chunks),
        "codecs": codecs,
        "index_codecs": index_codecs,
        "index_location": location,
    }
    return [parse_codec({"name": "sharding_indexed", "configuration": configuration}, 3)]


def _v3_codecs(data_type: DataType, filters: Any, serializer: Any, compressors: Any) -> list[Codec]:
    array_array = [] if _is_auto(filters) else [parse_codec(c, 3) for c in _listed(filters)]
    if _is_auto(serializer):
        array_bytes = parse_codec(_default_serializer(data_type), 3)
    else:
        array_bytes = parse_codec(serializer, 3)
    if _is_auto(compressors):
        compressors = [DEFAULT_COMPRESSOR[3]]
    bytes_bytes = [parse_codec(c, 3) for c in _listed(compressors)]
    for role, codecs, kind in (
        ("filters", array_array, "array_array"),
        ("serializer", [array_bytes], "array_bytes"),
        ("compressors", bytes_bytes, "bytes_bytes"),
    ):
        for codec in codecs:
            if codec.kind != kind:
                raise CodecValidationError(f"{role}: {codec!r} is a codec of kind {codec.kind}, not {kind}")
    return [*array_array, array_bytes, *bytes_bytes]


def new_metadata(
    *,
    zarr_format: ZarrFormat,
    shape: tuple[int, ...],
    dtype: Any,
    chunks: Any = "auto",
    shards: Any = None,
    filters: Any = "auto",
    compressors: Any = "auto",
    serializer: Any = "auto",
    fill_value: Any = DEFAULT_FILL_VALUE,
    order: Literal["C", "F"] | None = None,
    chunk_key_encoding: Any = None,
    dimension_names: Sequence[str | None] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> ArrayMetadata:
    """Metadata of a new array, every codec resolved for its chunks.

    Raises
    ------
    MetadataValidationError
        Or a subclass: settings that do not fit each other or the format.
    """
    data_type = dtype if isinstance(dtype, DataType) else from_numpy(dtype)
    if _is_auto(chunks) and shards is not None and not _is_auto(shards) and shards is not True:
        chunk_shape: Any = _inner_chunks(_shard_shape(shards, shape, None, 1)[0], data_type.dtype.itemsize)
    else:
        chunk_shape = normalize_chunks(chunks, shape, data_type.dtype.itemsize)
    if fill_value is DEFAULT_FILL_VALUE or (fill_value is None and zarr_format == 3):
        fill_value = data_type.default_fill()
    key_encoding = parse_key_encoding(chunk_key_encoding, zarr_format)
    if zarr_format == 2:
        if serializer is not None and not _is_auto(serializer):
            raise CodecValidationError("Zarr format 2 arrays do not support `serializer`.")
        if shards is not None:
            raise CodecValidationError(
                "Zarr format 2 arrays can only be created with `shard_shape` set to `None`. "
                f"Got `shard_shape={shards}` instead. Leave `shards` out, or use zarr_format=3, which has shards"
            )
        if dimension_names is not None:
            raise MetadataValidationError("Zarr format 2 arrays do not support dimension names.")
        if not isinstance(chunk_shape, tuple):
            raise MetadataValidationError("Zarr format 2 does not support rectilinear chunk grids.")
        given = [DEFAULT_COMPRESSOR[2]] if _is_auto(compressors) else _listed(compressors)
        if len(given) > 1:
            raise CodecValidationError("Zarr format 2 arrays have at most one compressor; give others as filters")
        metadata = build_array_metadata(
            2,
            shape,
            data_type,
            chunk_shape,
            fill_value=fill_value,
            filters=_v2_filters(data_type, filters),
            compressor=parse_codec(given[0], 2).get_config() if given else None,
            order=order or global_config.get("array.order"),
            key_encoding=key_encoding,
            dimension_names=dimension_names,
            attributes=attributes,
        )
        chain_of(metadata)
        return metadata

    grid, location = chunk_shape, "end"
    if shards is not None:
        if not isinstance(chunk_shape, tuple):
            raise CodecValidationError(
                "Rectilinear chunks with sharding is not supported: the inner chunks of shards have one shape. Use "
                "rectilinear shards instead, chunks=(inner_size, ...), shards=[[shard_sizes], ...]"
            )
        grid, location = _shard_shape(shards, shape, chunk_shape, data_type.dtype.itemsize)

    def build(codecs: Sequence[Codec]) -> ArrayMetadata:
        return build_array_metadata(
            3,
            shape,
            data_type,
            grid,
            fill_value=fill_value,
            codecs=codecs,
            key_encoding=key_encoding,
            dimension_names=dimension_names,
            attributes=attributes,
        )

    codecs = _v3_codecs(data_type, filters, serializer, compressors)
    metadata = build(codecs if shards is None else _sharded(codecs, chunk_shape, location))
    chain = chain_of(metadata)
    if chain.array_bytes.has_inner_chunks and chain.bytes_bytes:
        warnings.warn(
            "Combining a `sharding_indexed` codec disables partial reads and writes, which may lead to inefficient "
            f"performance: give {chain.bytes_bytes[0].label()!r} to the sharding codec, for the inner chunks",
            ZarrUserWarning,
            stacklevel=4,
        )
    return build(chain.codecs)


def _v2_filters(data_type: DataType, filters: Any) -> list[dict[str, Any]]:
    configs = [parse_codec(c, 2).get_config() for c in _listed(None if _is_auto(filters) else filters)]
    if isinstance(data_type, Variable) and not configs:
        configs = [{"id": data_type.object_codec}]
    return configs


def warn_of_order() -> None:
    warnings.warn(
        "The `order` keyword argument has no effect for Zarr format 3 arrays: use the array's config instead, "
        "config={'order': ...}.",
        ZarrRuntimeWarning,
        stacklevel=4,
    )


_SETTINGS = frozenset(new_metadata.__kwdefaults__ or ())


def _refuse_unknown(settings: Mapping[str, Any]) -> NoReturn:
    known = {*_SETTINGS, *(create_at.__kwdefaults__ or ())}
    name = next(name for name in settings if name not in known)
    raise TypeError(f"create_array() got an unexpected keyword argument {name!r}{nearest.did_you_mean(name, known)}")


def create_at(
    place: StorePath,
    *,
    zarr_format: int | None = None,
    shape: Any = None,
    dtype: Any = None,
    data: Any = None,
    overwrite: bool = False,
    config: Any = None,
    order: Literal["C", "F"] | None = None,
    write_data: bool = True,
    **settings: Any,
) -> Array:
    """Makes an array at a place and writes ``data`` to it, if given. Settings as in `new_metadata`.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    ValueError
        Neither data nor both shape and dtype are given, or both.
    TypeError
        Other settings.
    """
    if not settings.keys() <= _SETTINGS:
        _refuse_unknown(settings)
    if data is not None:
        if not isinstance(data, Array):
            data = np.asarray(data)
        if shape is not None:
            raise ValueError("The data parameter was used, but the shape parameter was also used: give one of them")
        if dtype is not None:
            raise ValueError("The data parameter was used, but the dtype parameter was also used: give one of them")
        shape, dtype = data.shape, data.dtype
    if shape is None:
        raise ValueError("shape must be given when data is not")
    if dtype is None:
        raise ValueError("dtype must be given when data is not")
    resolved_format = parse_zarr_format(zarr_format)
    array_config = parse_array_config(config)
    if order is not None and order not in ("C", "F"):
        raise ValueError(f"order must be 'C' or 'F', not {order!r}")
    if order is not None and resolved_format == 3:
        warn_of_order()
        order = None
    metadata = new_metadata(zarr_format=resolved_format, shape=parse_shape(shape), dtype=dtype, order=order, **settings)
    if order is not None and order != array_config.order:
        array_config = parse_array_config({**array_config.to_dict(), "order": order})
    store_new(place, metadata, overwrite, array_config.durability)
    array = Array(place, Opened(metadata), array_config)
    if data is not None and write_data and array.size:
        array[...] = data
    return array
