"""``zarr.json`` as ExZarr means it; also in ``.zarray``, where ExZarr's zip files and object stores have it."""

from __future__ import annotations

from typing import Any

from zarrc.codecs.base import Codec
from zarrc.codecs.registry import get_codec
from zarrc.dtypes import parse_v3
from zarrc.interop.exzarr.codecs import FramedBzip2, FramedLZ4, SplicedGzip, Unapplied
from zarrc.interop.exzarr.shards import ExZarrShard
from zarrc.interop.exzarr.translation import FOREIGN, FRAMING, INCOMPLETE, Codecs, Translation, refuse, required
from zarrc.interop.exzarr.translation import unapplied as unapplied_reason
from zarrc.interop.exzarr.v2 import UNIT
from zarrc.metadata import ArrayV3Metadata
from zarrc.metadata.document import document_name, load_object, named

NUMBERS = frozenset(
    (*("int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"), "bool")
)
COMPLEX = ("complex64", "complex128")
TIMES = ("datetime64", "timedelta64")
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
UNFIT = "ExZarr 1.0.1 cannot store an array with it"
REFUSED = {
    "transpose": UNFIT,
    "fixedscaleoffset": UNFIT,
    "astype": UNFIT,
    "packbits": UNFIT,
    "quantize": "ExZarr has a meaning of its own for it in v3 (linear scale and offset) and no written description",
    "snappy": "ExZarr stores no such chunks in v3",
}


def translate_v3(raw: bytes, name: str, path: str) -> Translation:
    """From the bytes of a document called ``name``.

    Raises
    ------
    ExZarrError
        The document says something that ExZarr does not write or that it cannot have stored data with.
    MetadataValidationError
        The document breaks the specification besides.
    """
    document = document_name(path, name)
    data = load_object(raw, document)
    translated = dict(data)
    deviations: list[str] = []
    translated["data_type"], fill = _type_and_fill(data, deviations, document)
    translated["fill_value"] = fill
    grid, configuration = named(required(document, data, "chunk_grid"), document, "chunk_grid")
    if grid != "regular":
        refuse(document, "chunk_grid", data["chunk_grid"], "ExZarr cannot open arrays with other grids than regular")
    keys = named(data.get("chunk_key_encoding", {"name": "default"}), document, "chunk_key_encoding")
    if keys[0] != "default" or keys[1].get("separator", "/") != "/":
        refuse(document, "chunk_key_encoding", data["chunk_key_encoding"], f"ExZarr ignores it; {FOREIGN}")
    if name == ".zarray":
        translated["chunk_key_encoding"] = {"name": "v2", "configuration": {"separator": "."}}
        deviations.append("stores v3 metadata in '.zarray' and chunks under v2 keys")
    entries = required(document, data, "codecs")
    if type(entries) is not list or not entries:
        refuse(document, "codecs", entries, "must be a list of at least one codec")
    first, settings = named(entries[0], document, "codecs")
    private: tuple[Codec, ...] | None
    if first == "sharding_indexed":
        if len(entries) > 1:
            refuse(document, "codecs", entries, "ExZarr has no codecs around its shards")
        inner = configuration.get("chunk_shape")
        codec, shape = _shard(inner, settings, document)
        translated["chunk_grid"] = {"name": "regular", "configuration": {"chunk_shape": shape}}
        changed = {**settings, "chunk_shape": list(codec.chunk_shape)}
        translated["codecs"] = [{"name": first, "configuration": changed}]
        private = (codec,)
        deviations.append("has shards with a layout of its own")
    else:
        codecs = Codecs()
        translated["codecs"] = _codecs(entries, codecs, document)
        private = codecs.result()
        deviations += codecs.deviations
    metadata = ArrayV3Metadata.from_dict(translated, path, exact=lambda: load_object(raw, document, exact=True))
    spliced = _spliced(metadata) if private is None else None
    return Translation(metadata, private, tuple(deviations), spliced)


def _type_and_fill(data: dict[str, Any], deviations: list[str], document: str) -> tuple[Any, Any]:
    data_type, fill = required(document, data, "data_type"), required(document, data, "fill_value")
    if type(data_type) is not str or (data_type not in NUMBERS and data_type not in (*COMPLEX, *TIMES)):
        refuse(document, "data_type", data_type, FOREIGN)
    if data_type in TIMES:
        deviations.append(f"writes times as {data_type!r}, without a unit (they are microseconds)")
        json_type: Any = {"name": f"numpy.{data_type}", "configuration": {"unit": UNIT, "scale_factor": 1}}
    else:
        json_type = data_type
    if fill is None:
        deviations.append("writes a fill value of null")
        known = parse_v3(json_type)
        return json_type, known.fill_to_json(known.from_bytes(bytes(known.dtype.itemsize)), 3)  # zero, of times too
    if data_type in COMPLEX and type(fill) in (int, float):
        deviations.append("writes the fill value of complex numbers as one number")
        return json_type, [fill, 0]
    if data_type == "bool" and type(fill) is int and fill == 1:
        deviations.append("writes the fill value true as 1")
        return json_type, True
    return json_type, fill


def _codecs(entries: list[Any], codecs: Codecs, document: str) -> list[Any]:
    """The codecs of an array or of inner chunks, as Zarr has them where it can. ``codecs`` gets the array -> bytes
    codec first: what ExZarr does before it, it does to bytes."""
    result: list[Any] = []
    before: list[Codec] = []
    serialized = False
    for entry in entries:
        name, configuration = named(entry, document, "codecs")
        if name == "bytes":
            if serialized:
                refuse(document, "codecs", entries, "has two codecs 'bytes'")
            serialized = True
            if configuration.get("endian", "little") != "little":
                codecs.deviations.append("stores little-endian elements whatever 'endian' says")
                entry = LITTLE
            codecs.found[:0] = [get_codec(LITTLE, 3), *before]
        elif serialized:
            entry = _compressor(entry, name, configuration, codecs, document)
        elif name == "shuffle":
            width = configuration.get("elementsize")
            if width is None:
                refuse(document, "codecs", entry, "has no elementsize")
            before.append(get_codec({"id": "shuffle", "elementsize": width}, 2))
            codecs.private = True
            codecs.deviations.append("has 'shuffle' before 'bytes', which is no codec of Zarr v3")
        elif name in ("delta", "bitround"):
            before.append(Unapplied(name))
            codecs.private = True
            reason = unapplied_reason(name) if name == "delta" else f"has a codec {name!r} of its own"
            codecs.deviations.append(reason)
        else:
            refuse(document, "codecs", entry, REFUSED.get(name, "not one of ExZarr's own codecs"))
        result.append(entry)
    if not serialized:
        refuse(document, "codecs", entries, "no codec 'bytes'")
    return result


def _compressor(entry: Any, name: str, configuration: dict[str, Any], codecs: Codecs, document: str) -> Any:
    if name in ("lz4", "bz2"):
        codecs.own(FramedLZ4() if name == "lz4" else FramedBzip2(), FRAMING.format(name))
        return entry
    if name not in ("gzip", "zstd", "crc32c", "blosc"):
        refuse(document, "codecs", entry, REFUSED.get(name, "not one of ExZarr's own codecs"))
    if name == "blosc" and "cname" not in configuration:
        codecs.deviations.append(INCOMPLETE.format(name))
    codecs.found.append(get_codec(entry, 3))
    return entry


def _shard(inner: Any, settings: dict[str, Any], document: str) -> tuple[ExZarrShard, list[int]]:
    """The codec, and the shape of a shard in elements."""
    counts: Any = settings.get("chunk_shape")
    for shape in (inner, counts):
        if type(shape) is not list or not all(type(edge) is int and 0 < edge < 1 << 31 for edge in shape):
            refuse(document, "chunk_shape", shape, "must be a list of positive integers")
    if len(inner) != len(counts):
        refuse(document, "chunk_shape", counts, f"must have as many axes as the chunk {inner}")
    codecs = Codecs()
    _codecs(settings.get("codecs") or [], codecs, document)
    if any(codec.name in ("exzarr.unapplied", "numcodecs.shuffle") for codec in codecs.found):
        refuse(document, "codecs", settings["codecs"], "ExZarr applies the codecs in shards twice, also to bytes")
    index = [named(entry, document, "index_codecs")[0] for entry in settings.get("index_codecs") or ["bytes", "crc32c"]]
    if index not in (["bytes"], ["bytes", "crc32c"]):
        refuse(document, "index_codecs", settings["index_codecs"], "must be 'bytes', or 'bytes' and 'crc32c'")
    codec = ExZarrShard(tuple(inner), tuple(codecs.found[1:]), "crc32c" in index)
    return codec, [edge * n for edge, n in zip(inner, counts, strict=True)]


def _spliced(metadata: ArrayV3Metadata) -> tuple[Codec, ...] | None:
    """Codecs for chunks that ExZarr rewrote after reopening the array, where the codecs leave them readable."""
    names = [codec["name"] for codec in metadata.named_codecs]
    return (get_codec(LITTLE, 3), SplicedGzip()) if names == ["bytes", "gzip"] else None
