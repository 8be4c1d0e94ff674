"""Plain Zarr arrays that ExZarr 1.0.1 reads correctly."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NoReturn

import numpy as np

from zarrc.array import Array
from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.codecs.base import Codec
from zarrc.codecs.registry import parse_codec
from zarrc.creation import new_metadata, parse_shape
from zarrc.dtypes import from_numpy
from zarrc.interop.exzarr.errors import ExZarrError
from zarrc.metadata import ArrayMetadata, ArrayV2Metadata
from zarrc.node import Opened, ensure_empty, write_documents
from zarrc.stores import StoreLike, make_store_path

_NUMBERS = ("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8")
_COMPRESSORS: dict[int, dict[str, dict[str, Any]]] = {
    2: {
        "zlib": {"id": "zlib", "level": 5},
        "zstd": {"id": "zstd", "level": 3},
        "blosc": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0},
    },
    3: {
        "gzip": {"name": "gzip", "configuration": {"level": 5}},
        "zstd": {"name": "zstd", "configuration": {"level": 3, "checksum": False}},
        "blosc": {"name": "blosc", "configuration": {"cname": "lz4", "clevel": 5}},
    },
}
# Why ExZarr cannot be given these, by the name of a parameter or codec.
_SETTINGS = {
    "shards": "its shards have a layout of their own",
    "order": "it ignores 'order' and reads C order",
    "dimension_separator": "it ignores the separator and looks for its own chunk keys",
    "chunk_key_encoding": "it ignores the encoding and looks for its own chunk keys",
    "serializer": "it ignores the byte order and knows the codec 'bytes' only",
    "compressors": "it has one compressor: use 'compressor'",
    "storage_transformers": "it knows none",
}
_PLAIN_SETTINGS = {"order": "C"}  # values that change nothing; None and "auto" do not either
_CODECS = {
    "gzip": "in v2 it does not know it (use zlib)",
    "zlib": "in v3 it does not know it (use gzip)",
    "lz4": "its chunks have a header of eight bytes, not of four",
    "bz2": "it calls it 'bzip2', and its chunks have a header of eight bytes",
    "snappy": "it writes and reads it under a configuration that is not Zarr's",
    "bitround": "it rounds otherwise whenever it rewrites a chunk",
    "fixedscaleoffset": "it multiplies by the scale where Zarr divides by it",
    "packbits": "it reads the packed bits as elements",
    "categorize": "it reads the category numbers as elements",
}
_DIMENSION = re.compile(r"[A-Za-z0-9_-]+\Z")


def _refuse(setting: str, value: Any, reason: str) -> NoReturn:
    raise ExZarrError(f"{setting} {value!r}: ExZarr does not read it correctly: {reason}")


def _check_dtype(dtype: np.dtype, zarr_format: int) -> None:
    if not dtype.isnative and dtype.itemsize > 1:
        _refuse("dtype", dtype.str, "it takes all bytes for little-endian")
    if dtype.str[1:] in _NUMBERS or (zarr_format == 2 and dtype.kind in "bc"):
        return
    if dtype.kind in "bc":
        _refuse("dtype", str(dtype), "it has no form for fill values of it that Zarr v3 has (v2 has)")
    if dtype.kind in "Mm":
        _refuse("dtype", str(dtype), "its times have no unit; store int64 microseconds")
    _refuse("dtype", str(dtype), "it has bool, 8 to 64 bit integers, float32, float64, complex64 and complex128 only")


def _check_fill(value: Any, dtype: np.dtype) -> Any:
    """The fill value as a scalar of ``dtype``."""
    if value is None:
        _refuse("fill_value", value, "it fails on null when a chunk is missing or new")
    scalar = from_numpy(dtype).cast_fill(value)
    if dtype.kind in "fc" and not np.isfinite(scalar):
        _refuse("fill_value", value, "it fails on values that JSON has no number for")
    if dtype.kind == "c" and scalar != 0:
        _refuse("fill_value", value, "of complex numbers it takes 0 only")
    return scalar


def _checked_compressor(given: Any, zarr_format: Literal[2, 3]) -> Codec | None:
    if given is None:
        return None
    known = _COMPRESSORS[zarr_format]
    if isinstance(given, str):
        if given not in known:
            _refuse("compressor", given, _CODECS.get(given, f"use {', '.join(known)} or None"))
        given = known[given]
    codec = parse_codec(given, zarr_format)
    name = codec.codec_id if zarr_format == 2 else codec.name
    if name not in known:
        _refuse("compressor", name, _CODECS.get(name, f"use {', '.join(known)} or None"))
    if getattr(codec, "cname", None) == "snappy":
        _refuse("compressor", "blosc with snappy", "its blosc may be built without")
    return codec


def _checked_filters(given: Any, zarr_format: Literal[2, 3], dtype: np.dtype) -> list[Codec]:
    if given is None:
        return []
    entries = [given] if isinstance(given, str | Mapping | Codec) else list(given)
    if zarr_format == 3:
        for entry in entries:
            _refuse("filters", entry, "its array -> array codecs of v3 are not Zarr's")
    codecs = [parse_codec(entry, 2) for entry in entries]
    for codec in codecs:
        config = codec.get_config()
        name = config["id"]
        if name in ("shuffle", "quantize"):
            continue
        if name == "delta":
            if config["dtype"] != config["astype"]:
                _refuse("filters", config, "it ignores 'astype' of delta")
        elif name == "astype":
            decoded, encoded = np.dtype(config["decode_dtype"]), np.dtype(config["encode_dtype"])
            if not np.can_cast(decoded, encoded, "safe"):
                _refuse("filters", config, "it converts to floats and wider integers only")
        else:
            _refuse("filters", name, _CODECS.get(name, "it does not know it"))
        for key in ("dtype", "astype", "decode_dtype", "encode_dtype"):
            if key in config:
                _check_dtype(np.dtype(config[key]), 2)
    if dtype.kind not in "iuf" and codecs:
        _refuse("filters", [c.codec_id for c in codecs], f"its filters are for integers and floats, not {dtype}")
    return codecs


def _check_names(names: Sequence[str | None] | None, attributes: Mapping[str, Any] | None, zarr_format: int) -> None:
    if zarr_format == 2:
        if attributes:
            _refuse("attributes", dict(attributes), "it does not read '.zattrs' (v3 attributes it does)")
        if names is not None:
            _refuse("dimension_names", list(names), "v2 has none")
    elif names is not None and not (
        len(set(names)) == len(names) and all(isinstance(name, str) and _DIMENSION.match(name) for name in names)
    ):
        _refuse("dimension_names", list(names), "it wants unique names of letters, digits, '_' and '-'")


def create_array(
    store: StoreLike,
    *,
    path: str | None = None,
    shape: Any = None,
    dtype: Any = None,
    data: Any = None,
    chunks: Any = "auto",
    zarr_format: Literal[2, 3] = 2,
    compressor: Any = "zstd",
    filters: Any = None,
    fill_value: Any = 0,
    attributes: Mapping[str, Any] | None = None,
    dimension_names: Sequence[str | None] | None = None,
    overwrite: bool = False,
    config: ArrayConfig | Mapping[str, Any] | None = None,
    **refused: Any,
) -> Array:
    """Makes an array that is plain Zarr and that ExZarr reads correctly; writes ``data`` to it, if given.

    Parameters
    ----------
    store, path
        Where; a directory for ExZarr's file system storage.
    shape, dtype, data
        Either the first two or the last. dtypes: bool and complex (v2 only), integers, float32 and float64.
    chunks
        Chunk shape in elements, or "auto".
    zarr_format
        2, ExZarr's default, or 3.
    compressor
        None, "zstd", "blosc", "zlib" (v2) or "gzip" (v3), or a codec of one of these names.
    filters
        v2: shuffle, delta of one type, quantize, astype to wider types.
    fill_value
        A finite number.
    attributes, dimension_names
        v3 only.
    overwrite
        Replace what is there.
    config
        As in `zarrc.create_array`.

    Returns
    -------
    zarrc.Array

    Raises
    ------
    ExZarrError
        A setting that ExZarr would read wrongly or not at all, by name, with the reason. So for every other setting of
        `zarrc.create_array`.
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off.
    """
    for name, value in refused.items():
        if name not in _SETTINGS:
            raise TypeError(f"create_array() got an unexpected keyword argument {name!r}")
        if value is not None and value != _PLAIN_SETTINGS.get(name, "auto"):
            _refuse(name, value, _SETTINGS[name])
    if zarr_format not in (2, 3):
        raise ValueError(f"zarr_format must be 2 or 3, not {zarr_format!r}")
    if data is not None:
        if shape is not None or dtype is not None:
            raise ValueError("give either data, or shape and dtype")
        data = np.asarray(data)
        shape, dtype = data.shape, data.dtype
    if shape is None or dtype is None:
        raise ValueError("give either data, or shape and dtype")
    shape, dtype = parse_shape(shape), from_numpy(dtype).dtype
    if not shape or math.prod(shape) == 0:
        _refuse("shape", shape, "it has no arrays without axes or elements")
    _check_dtype(dtype, zarr_format)
    scalar = _check_fill(fill_value, dtype)
    _check_names(dimension_names, attributes, zarr_format)
    codec = _checked_compressor(compressor, zarr_format)
    codecs = _checked_filters(filters, zarr_format, dtype)
    metadata = new_metadata(
        zarr_format=zarr_format,
        shape=shape,
        dtype=dtype,
        chunks=_regular(chunks),
        filters=codecs,
        compressors=[] if codec is None else [codec],
        fill_value=scalar,
        order="C" if zarr_format == 2 else None,
        attributes=attributes,
        dimension_names=dimension_names,
    )
    metadata = _number_fill(metadata)
    array_config = parse_array_config(config)
    place = make_store_path(store, path)
    ensure_empty(place, overwrite, zarr_format)
    write_documents(place, metadata.documents())
    array = Array(place, Opened(metadata), array_config)
    if data is not None:
        array[...] = data
    return array


def _regular(chunks: Any) -> Any:
    if not isinstance(chunks, str | int | np.integer) and any(not isinstance(n, int | np.integer) for n in chunks):
        _refuse("chunks", chunks, "it cannot open arrays whose chunks differ in shape")
    return chunks


def _number_fill(metadata: ArrayMetadata) -> ArrayMetadata:
    """v2: fill values of bool and complex as one number, which all of v2 allows and ExZarr requires."""
    if not isinstance(metadata, ArrayV2Metadata) or metadata.dtype.kind not in "bc":
        return metadata
    return ArrayV2Metadata.from_dict(
        {**metadata.document, "fill_value": int(metadata.fill_value.real)}, attributes=metadata.attributes
    )
