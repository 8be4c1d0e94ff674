"""The v3 metadata under which the chunks of a v2 array read as before."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from zarrc.chunkio import chain_of
from zarrc.codecs.base import ChunkSpec, Codec
from zarrc.codecs.components import Endian, byte_order, component_widths
from zarrc.codecs.fallback import NumcodecsCodec
from zarrc.codecs.registry import get_codec, get_codec_class
from zarrc.errors import CodecError, CodecValidationError, MetadataValidationError, UnknownCodecError
from zarrc.metadata.keys import V2_DOT, V2_SLASH
from zarrc.metadata.v2 import ArrayV2Metadata
from zarrc.metadata.v3 import ArrayV3Metadata

# v2 ids that v3 has under a name without "numcodecs.", for the same bytes
_CORE = {"blosc", "gzip", "vlen-bytes", "vlen-utf8", "zstd"}
# What is read here under such a name too, and by nobody else.
_OURS = {"base64", "categorize", "json2", "msgpack2", "pickle", "snappy", "vlen-array"}
# Arrays of v3 are in the machine's byte order when they reach the filters, so that these say "<" there; the order of
# what is stored becomes that of the codec "bytes".
_DTYPE_KEYS = ("dtype", "astype", "encode_dtype", "decode_dtype")


def v3_metadata(metadata: ArrayV2Metadata, path: str = "") -> ArrayV3Metadata:
    """Metadata of Zarr v3 for an array of v2 and the same chunks under the same keys.

    Order "F" becomes ``transpose``. Filters and compressor become the v3 codecs that store the same bytes: of one name
    where there are (blosc, gzip, zstd, vlen-utf8, vlen-bytes), else ``numcodecs.*``. An undefined fill value becomes
    what missing chunks read as, zero. What v2 does not know (dimension names) is left out.

    Parameters
    ----------
    path
        Of the array, for messages.

    Raises
    ------
    ValueError
        A codec, data type or mixture of byte orders that v3 does not have, and codecs with which chunks would not
        read as before.
    TypeError
        A filter that works on arrays stands after one that works on bytes.
    """
    where = f" (array {path!r})" if path else ""
    parsed = [_parsed(config, where) for config in metadata.codec_configs]
    codecs: list[dict[str, Any]] = []
    at = ChunkSpec(metadata.chunks, metadata.dtype, None)
    if metadata.order == "F" and len(metadata.shape) > 1 and not _keeps_order(metadata):
        axes = list(range(len(metadata.shape) - 1, -1, -1))
        codecs.append({"name": "transpose", "configuration": {"order": axes}})
        at = at.replaced(shape=at.shape[::-1])
    while parsed and parsed[0].kind == "array_array":
        codec = _resolved(parsed.pop(0), at, where)
        codecs.append(_in_little_endian(codec))
        at = codec.output_spec(at)
    if parsed and parsed[0].kind == "array_bytes":
        codecs.append(parsed.pop(0).to_dict())
    else:
        codecs.append(_bytes_codec(at.dtype, where))
    for codec in parsed:
        if codec.kind != "bytes_bytes":
            raise TypeError(
                f"Codec {type(codec)} is not a BytesBytesCodec, and does not stand before those that are{where}"
            )
        codecs.append(_resolved(codec, at, where).to_dict())
    try:
        made = ArrayV3Metadata(
            shape=metadata.shape,
            data_type=metadata.data_type,
            chunk_grid={"name": "regular", "configuration": {"chunk_shape": list(metadata.chunks)}},
            chunk_key_encoding=V2_SLASH if metadata.dimension_separator == "/" else V2_DOT,
            fill_value=metadata.fill_scalar,
            codecs=codecs,
            attributes=metadata.attributes,
        )
        made = ArrayV3Metadata.from_dict(made.document)  # the data type as readers have it
        _check_values(metadata, made, where)
    except MetadataValidationError as e:
        raise type(e)(f"{e}{where}") from e
    return made


def _keeps_order(metadata: ArrayV2Metadata) -> bool:
    """Whether the first filter stores elements in logical order, whatever ``order`` says."""
    return not any(codec.name == "transpose" for codec in chain_of(metadata).array_array)


def _parsed(config: dict[str, Any], where: str) -> Codec:
    """The v3 codec of a v2 configuration. Raises ValueError where there is none."""
    codec_id = config["id"]
    name = codec_id if codec_id in _CORE else f"numcodecs.{codec_id}"
    try:
        found = get_codec_class(name, 3)
    except UnknownCodecError:
        found = None
    by_numcodecs = found is not None and issubclass(found, NumcodecsCodec)
    if found is None or by_numcodecs or (codec_id in _OURS and found.__module__.startswith("zarrc.")):
        raise ValueError(f"Couldn't find corresponding zarr.codecs.numcodecs codec for {codec_id}{where}")
    configuration = get_codec(config, 2).get_config()
    del configuration["id"]
    if codec_id == "blosc":
        configuration["shuffle"] = ("noshuffle", "shuffle", "bitshuffle", None)[configuration["shuffle"]]
    return get_codec({"name": name, "configuration": configuration}, 3)


def _resolved(codec: Codec, at: ChunkSpec, where: str) -> Codec:
    try:
        return codec.resolve(at)
    except CodecValidationError as e:
        raise CodecValidationError(f"{e}{where}") from e


def _in_little_endian(codec: Codec) -> dict[str, Any]:
    data = codec.to_dict()
    configuration = dict(data.get("configuration") or {})
    for key in _DTYPE_KEYS:
        if isinstance(configuration.get(key), str):
            configuration[key] = configuration[key].replace(">", "<")
    return {**data, "configuration": configuration}


def _bytes_codec(dtype: np.dtype, where: str) -> dict[str, Any]:
    orders = _byte_orders(dtype)
    if len(orders) > 1:
        raise ValueError(f"fields of both byte orders have no data type in Zarr v3: {dtype}{where}")
    return {"name": "bytes", "configuration": {"endian": next(iter(orders))} if orders else {}}


def _byte_orders(dtype: np.dtype) -> set[Endian]:
    if dtype.subdtype is not None:
        return _byte_orders(dtype.subdtype[0])
    if dtype.fields is not None:
        return set().union(*(_byte_orders(field[0]) for field in dtype.fields.values()))
    return {byte_order(dtype)} if component_widths(dtype) else set()


def _check_values(metadata: ArrayV2Metadata, made: ArrayV3Metadata, where: str) -> None:
    """Raises ValueError where a small chunk, encoded as v2 says, has other values as v3 says."""
    shape = tuple(min(edge, 3) if axis >= len(metadata.chunks) - 2 else 1 for axis, edge in enumerate(metadata.chunks))
    new = chain_of(made, shape)
    old = chain_of(metadata, shape)
    dtype, count = metadata.data_type.carrier, math.prod(shape)
    if dtype.hasobject:
        return  # codecs of objects take no other codec before them
    for sample in _samples(dtype, count):
        try:
            stored = old.encode_chunk(sample.reshape(shape))
            expected = old.decode_chunk(stored)
        except (CodecError, ImportError):
            continue  # the codec does not take every value, or its library is not installed: nobody reads them here
        try:
            found = new.decode_chunk(stored)
            same = found.astype(dtype, casting="equiv").tobytes() == expected.tobytes()
        except (CodecError, TypeError):
            same = False
        if not same:
            raise ValueError(f"no codecs of Zarr v3 give the values of {old.describe()} on {metadata.dtype}{where}")


def _samples(dtype: np.dtype, count: int) -> Iterator[np.ndarray]:
    """Elements of few bits, and for numbers and times, ordinary ones: the former are no floats worth the name."""
    yield (np.arange(count * dtype.itemsize) % 7 % 2).astype("u1").view(dtype)
    if dtype.kind in "iufcmM":
        numbers = np.resize([300.0, -7.5, 1e5, 2.0, 77.0], count)
        with np.errstate(all="ignore"):
            items = numbers.astype("i8" if dtype.kind in "mM" else dtype.newbyteorder("="))
        yield items.view(dtype.newbyteorder("=")).astype(dtype) if dtype.kind in "mM" else items.astype(dtype)
