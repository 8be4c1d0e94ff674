"""``.zarray`` as ExZarr means it."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.codecs.base import Codec
from zarrc.codecs.registry import get_codec
from zarrc.dtypes import parse_v2
from zarrc.interop.exzarr.codecs import FramedBzip2, FramedLZ4, ReciprocalScale, Unapplied
from zarrc.interop.exzarr.translation import (
    FOREIGN,
    FRAMING,
    INCOMPLETE,
    Codecs,
    Translation,
    refuse,
    required,
    rounded,
    unapplied,
)
from zarrc.metadata import ArrayV2Metadata
from zarrc.metadata.document import document_name, load_object

UNIT = "us"
TIMES = ("<M8", "<m8")
# what ExZarr writes, and what it reads besides: one-byte types as numpy writes them
DTYPES = frozenset(
    (*("<i1", "<u1", "<i2", "<u2", "<i4", "<u4", "<i8", "<u8", "<f4", "<f8", "|b1", "<b1", "<c8", "<c16"), *TIMES)
) | {"|i1", "|u1"}
WITHOUT_MEMBERS = (
    "ExZarr 1.0.1 fails to write chunks with it, so the array has no data of ExZarr; zarrc.open_array reads the array"
)
PLAIN_FILTERS = ("shuffle", "delta", "quantize", "astype", "bitround")
SEPARATOR = "ExZarr ignores it and would find no chunk; zarrc.open_array reads it"


def translate_v2(raw: bytes, zattrs: bytes | None, path: str) -> Translation:
    """From the bytes of ``.zarray`` and ``.zattrs``.

    Raises
    ------
    ExZarrError
        The document says something that ExZarr does not write or that it cannot have stored data with.
    MetadataValidationError
        The document breaks the specification besides.
    """
    document = document_name(path, ".zarray")
    data = load_object(raw, document)
    translated = dict(data)
    codecs = Codecs()
    dtype = required(document, data, "dtype")
    if type(dtype) is not str or dtype not in DTYPES:
        refuse(document, "dtype", dtype, FOREIGN)
    if dtype in TIMES:
        translated["dtype"] = f"{dtype}[{UNIT}]"
        codecs.deviations.append(f"writes times as {dtype!r}, without a unit (they are microseconds)")
    if data.get("order", "C") != "C":
        refuse(document, "order", data["order"], "ExZarr ignores it and reads C order; zarrc.open_array reads it")
    if data.get("dimension_separator", ".") != ".":
        refuse(document, "dimension_separator", data["dimension_separator"], SEPARATOR)
    filters = data.get("filters")
    if filters is not None:
        if type(filters) is not list:
            refuse(document, "filters", filters, "must be null or a list")
        translated["filters"] = [_filter(entry, dtype, codecs, document) for entry in filters]
    if data.get("compressor") is not None:
        translated["compressor"] = _compressor(data["compressor"], codecs, document)
    attributes = {} if zattrs is None else load_object(zattrs, document_name(path, ".zattrs"))
    metadata = ArrayV2Metadata.from_dict(
        translated, path, attributes=attributes, exact=lambda: load_object(raw, document, exact=True)
    )
    return Translation(metadata, codecs.result(), tuple(codecs.deviations))


def _config(entry: Any, key: str, document: str) -> str:
    name = entry.get("id") if type(entry) is dict else None
    if type(name) is not str:
        refuse(document, key, entry, "needs an object with an id")
    return name


def _plain(config: dict[str, Any], codecs: Codecs, reason: str | None = None) -> dict[str, Any]:
    codecs.found.append(get_codec(config, 2))
    if reason is not None:
        codecs.deviations.append(reason)
    return config


def _own(codec: Codec, reason: str, entry: dict[str, Any], codecs: Codecs) -> dict[str, Any]:
    codecs.own(codec, reason)
    return entry


def _filter(entry: Any, dtype: str, codecs: Codecs, document: str) -> dict[str, Any]:
    name = _config(entry, "filters", document)
    if name == "astype":
        decoded, encoded = (parse_v2(entry.get(key)).dtype for key in ("decode_dtype", "encode_dtype"))
        if decoded.kind == "f" and encoded.kind in "iu":
            refuse(document, "filters", entry, WITHOUT_MEMBERS)
    if name in PLAIN_FILTERS:
        return _plain(entry, codecs)
    if name == "fixedscaleoffset":
        config = {key: value for key, value in entry.items() if key != "id"}
        codec = ReciprocalScale.from_config({"dtype": np.dtype(dtype).str, **config})
        return _own(codec, "uses the reciprocal scale in 'fixedscaleoffset'", entry, codecs)
    if name in ("packbits", "categorize"):
        return _own(Unapplied(name), unapplied(name), entry, codecs)
    refuse(document, "filters", entry, "a filter that is not one of ExZarr's own")


def _compressor(entry: Any, codecs: Codecs, document: str) -> dict[str, Any]:
    """ExZarr writes ``{"id", "level": 5}`` for all of them, and always compresses with its defaults."""
    name = _config(entry, "compressor", document)
    if name in ("zlib", "zstd"):
        return _plain(entry, codecs)
    if name == "gzip":
        refuse(document, "compressor", entry, WITHOUT_MEMBERS)
    if name in ("lz4", "bzip2"):
        if "level" not in entry:
            refuse(document, "compressor", entry, FOREIGN)
        return _own(FramedLZ4() if name == "lz4" else FramedBzip2(), FRAMING.format(name), entry, codecs)
    if name == "blosc" and "cname" not in entry:
        level = rounded(document, "compressor", entry, 5, 0, 9)
        config = {"id": name, "cname": "blosclz", "clevel": level, "shuffle": 1, "blocksize": 0}
        return _plain(config, codecs, INCOMPLETE.format(name))
    if name == "blosc":
        return _plain(entry, codecs)
    if name == "crc32c":
        if "level" not in entry and entry.get("location", "end") != "end":
            refuse(document, "compressor", entry, FOREIGN)
        reason = INCOMPLETE.format(name) if "level" in entry else None
        return _plain({"id": name, "location": "end"}, codecs, reason)
    if name == "snappy":
        return _plain({"id": name}, codecs, INCOMPLETE.format(name) if "level" in entry else None)
    refuse(document, "compressor", entry, "a compressor that is not one of ExZarr's own")
