"""Which class is which codec: by v3 name and by v2 id, imported when first asked for."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from zarrc.codecs.base import Codec
from zarrc.config import config
from zarrc.errors import CodecValidationError, UnknownCodecError
from zarrc.lazy import LazyModule

entry_points = LazyModule("zarrc.codecs.entry_points")
fallback = LazyModule("zarrc.codecs.fallback")
implementations = LazyModule("zarrc.codecs.implementations")
nearest = LazyModule("zarrc.nearest")
providers = LazyModule("zarrc.codecs.providers")

# Module and class, so that opening an array imports only the codecs that it uses.
BUILTIN: dict[int, dict[str, tuple[str, str]]] = {
    2: {
        "adler32": ("zarrc.codecs.adler32", "Adler32Codec"),
        "astype": ("zarrc.codecs.astype", "AsTypeCodec"),
        "base64": ("zarrc.codecs.base64", "Base64Codec"),
        "bitround": ("zarrc.codecs.bitround", "BitRoundFilter"),
        "blosc": ("zarrc.codecs.blosc", "BloscCodec"),
        "bz2": ("zarrc.codecs.bz2", "BZ2Codec"),
        "categorize": ("zarrc.codecs.categorize", "CategorizeCodec"),
        "crc32": ("zarrc.codecs.crc32", "Crc32Codec"),
        "crc32c": ("zarrc.codecs.crc32c", "Crc32cCodec"),
        "delta": ("zarrc.codecs.delta", "DeltaCodec"),
        "fixedscaleoffset": ("zarrc.codecs.fixedscaleoffset", "FixedScaleOffsetCodec"),
        "fletcher32": ("zarrc.codecs.fletcher32", "Fletcher32Codec"),
        "gzip": ("zarrc.codecs.gzip", "GzipCodec"),
        "jenkins_lookup3": ("zarrc.codecs.jenkins_lookup3", "JenkinsLookup3Codec"),
        "json2": ("zarrc.codecs.json2", "JSON2Codec"),
        "lz4": ("zarrc.codecs.lz4", "LZ4Codec"),
        "lzma": ("zarrc.codecs.lzma", "LZMACodec"),
        "msgpack2": ("zarrc.codecs.msgpack2", "MsgPack2Codec"),
        "packbits": ("zarrc.codecs.packbits_filter", "PackBitsFilter"),
        "pcodec": ("zarrc.codecs.pcodec", "PCodecCodec"),
        "pickle": ("zarrc.codecs.pickle_", "PickleCodec"),
        "quantize": ("zarrc.codecs.quantize", "QuantizeCodec"),
        "shuffle": ("zarrc.codecs.shuffle", "ShuffleCodec"),
        "snappy": ("zarrc.codecs.snappy", "SnappyCodec"),
        "vlen-array": ("zarrc.codecs.vlen_array", "VLenArrayCodec"),
        "vlen-bytes": ("zarrc.codecs.vlen_bytes", "VLenBytesCodec"),
        "vlen-utf8": ("zarrc.codecs.vlen_utf8", "VLenUTF8Codec"),
        "zfpy": ("zarrc.codecs.zfpy", "ZFPYCodec"),
        "zlib": ("zarrc.codecs.zlib", "ZlibCodec"),
        "zstd": ("zarrc.codecs.zstd", "ZstdCodec"),
    },
    3: {
        "bitround": ("zarrc.codecs.bitround", "BitRoundCodec"),
        "blosc": ("zarrc.codecs.blosc", "BloscCodec"),
        "bytes": ("zarrc.codecs.bytes_", "BytesCodec"),
        "cast_value": ("zarrc.codecs.cast_value", "CastValueCodec"),
        "crc32c": ("zarrc.codecs.crc32c", "Crc32cCodec"),
        "endian": ("zarrc.codecs.bytes_", "BytesCodec"),  # the name of "bytes" in drafts of the specification
        "gzip": ("zarrc.codecs.gzip", "GzipCodec"),
        "numcodecs.adler32": ("zarrc.codecs.adler32", "Adler32Codec"),
        "numcodecs.astype": ("zarrc.codecs.numcodecs.astype", "AsType"),
        "numcodecs.base64": ("zarrc.codecs.base64", "Base64Codec"),
        "numcodecs.bitround": ("zarrc.codecs.numcodecs.bitround", "BitRound"),
        "numcodecs.blosc": ("zarrc.codecs.numcodecs.blosc", "Blosc"),
        "numcodecs.bz2": ("zarrc.codecs.bz2", "BZ2Codec"),
        "numcodecs.categorize": ("zarrc.codecs.categorize", "CategorizeCodec"),
        "numcodecs.crc32": ("zarrc.codecs.crc32", "Crc32Codec"),
        "numcodecs.crc32c": ("zarrc.codecs.numcodecs.crc32c", "CRC32C"),
        "numcodecs.delta": ("zarrc.codecs.numcodecs.delta", "Delta"),
        "numcodecs.fixedscaleoffset": ("zarrc.codecs.numcodecs.fixedscaleoffset", "FixedScaleOffset"),
        "numcodecs.fletcher32": ("zarrc.codecs.fletcher32", "Fletcher32Codec"),
        "numcodecs.gzip": ("zarrc.codecs.numcodecs.gzip", "GZip"),
        "numcodecs.jenkins_lookup3": ("zarrc.codecs.jenkins_lookup3", "JenkinsLookup3Codec"),
        "numcodecs.json2": ("zarrc.codecs.json2", "JSON2Codec"),
        "numcodecs.lz4": ("zarrc.codecs.lz4", "LZ4Codec"),
        "numcodecs.lzma": ("zarrc.codecs.lzma", "LZMACodec"),
        "numcodecs.msgpack2": ("zarrc.codecs.msgpack2", "MsgPack2Codec"),
        "numcodecs.packbits": ("zarrc.codecs.numcodecs.packbits", "PackBits"),
        "numcodecs.pcodec": ("zarrc.codecs.pcodec", "PCodecCodec"),
        "numcodecs.pickle": ("zarrc.codecs.pickle_", "PickleCodec"),
        "numcodecs.quantize": ("zarrc.codecs.numcodecs.quantize", "Quantize"),
        "numcodecs.shuffle": ("zarrc.codecs.shuffle", "ShuffleCodec"),
        "numcodecs.snappy": ("zarrc.codecs.snappy", "SnappyCodec"),
        "numcodecs.vlen-array": ("zarrc.codecs.vlen_array", "VLenArrayCodec"),
        "numcodecs.vlen-bytes": ("zarrc.codecs.numcodecs.vlen_bytes", "VLenBytes"),
        "numcodecs.vlen-utf8": ("zarrc.codecs.numcodecs.vlen_utf8", "VLenUTF8"),
        "numcodecs.zfpy": ("zarrc.codecs.zfpy", "ZFPYCodec"),
        "numcodecs.zlib": ("zarrc.codecs.zlib", "ZlibCodec"),
        "numcodecs.zstd": ("zarrc.codecs.numcodecs.zstd", "Zstd"),
        "optional": ("zarrc.codecs.optional", "OptionalCodec"),
        "packbits": ("zarrc.codecs.packbits", "PackBitsCodec"),
        "reshape": ("zarrc.codecs.reshape", "ReshapeCodec"),
        "scale_offset": ("zarrc.codecs.scale_offset", "ScaleOffsetCodec"),
        "sharding_indexed": ("zarrc.codecs.sharding", "ShardingCodec"),
        "transpose": ("zarrc.codecs.transpose", "TransposeCodec"),
        "vlen-bytes": ("zarrc.codecs.vlen_bytes", "VLenBytesCodec"),
        "vlen-utf8": ("zarrc.codecs.vlen_utf8", "VLenUTF8Codec"),
        "zfp": ("zarrc.codecs.zfp", "ZfpCodec"),
        "zarrs.optional": ("zarrc.codecs.optional", "OptionalCodec"),
        "zstd": ("zarrc.codecs.zstd", "ZstdCodec"),
    },
}
_REGISTERED: dict[int, dict[str, type[Codec]]] = {2: {}, 3: {}}


def register_codec(cls: type[Codec]) -> type[Codec]:
    """Makes ``cls`` the codec of its ``name`` (v3) and of its ``codec_id`` (v2), before any built-in one.

    Returns the class, so that it can be used as a decorator. Raises `CodecValidationError` when it has neither,
    TypeError for what is no subclass of `Codec`.
    """
    if not isinstance(cls, type) or not issubclass(cls, Codec):
        raise TypeError(f"register_codec takes a subclass of zarrc.codecs.Codec, not {cls!r}")
    if not cls.name and not cls.codec_id:
        raise CodecValidationError(f"{cls.__name__} has neither a name (v3) nor a codec_id (v2)")
    for zarr_format, name in ((3, cls.name), (2, cls.codec_id)):
        if name:
            _REGISTERED[zarr_format][name] = cls
    return cls


def unregister_codec(cls: type[Codec]) -> None:
    """Undoes `register_codec`; built-in codecs of the same names are back."""
    for table in _REGISTERED.values():
        for name in [name for name, registered in list(table.items()) if registered is cls]:
            del table[name]


def codec_names(zarr_format: int) -> list[str]:
    """Known v3 names or v2 ids, sorted."""
    return sorted({*BUILTIN[zarr_format], *_REGISTERED[zarr_format]})


def get_codec_class(name: str, zarr_format: int) -> type[Codec]:
    """Class of a v3 name or a v2 id. Raises `UnknownCodecError`, which names those that are near."""
    if name in _REGISTERED[zarr_format]:
        return _REGISTERED[zarr_format][name]
    builtin = _builtin_class(name, zarr_format)
    if zarr_format == 3 and (_implementations() is not None or config.get("codecs", None)):
        found = named_class(name, builtin)
        if found is not None:
            return found
    if builtin is not None:
        return builtin
    # Both look into other packages, and cost some milliseconds: for unknown names only.
    found = entry_points.entry_point_class(name, zarr_format)
    if found is None and (zarr_format == 2 or name.startswith("numcodecs.")):
        found = fallback.numcodecs_class(name.removeprefix("numcodecs."))
    if found is not None:
        return found
    raise UnknownCodecError(
        f"unknown codec {name!r} in Zarr v{zarr_format} metadata. "
        f"An implementation for codec {name!r} is not available"
        f"{nearest.did_you_mean(name, codec_names(zarr_format))}. "
        f"zarrc.codecs.codec_names({zarr_format}) lists the known ones. "
        "Install the package that provides it, or give its class to zarrc.codecs.register_codec"
        + providers.hint(name, zarr_format)
    )


def _builtin_class(name: str, zarr_format: int) -> type[Codec] | None:
    if name not in BUILTIN[zarr_format]:
        return None
    module, attribute = BUILTIN[zarr_format][name]
    return getattr(importlib.import_module(module), attribute)


def _implementations() -> Any:
    """`zarrc.codecs.implementations`, once somebody has registered a class there."""
    return sys.modules.get("zarrc.codecs.implementations")


def named_class(name: str, builtin: type[Codec] | None) -> type[Codec] | None:
    """The class that was registered for a v3 name as zarr-python does it, or that the configuration chooses."""
    found = implementations.chosen(name, builtin)
    return None if found is None else implementations.adapted(found, name)


def get_codec(config: dict[str, Any] | str, zarr_format: int) -> Codec:
    """Codec of one entry of the metadata.

    Parameters
    ----------
    config
        v3: ``{"name": ..., "configuration": {...}}`` or the name alone; v2: ``{"id": ..., ...}``.
    zarr_format
        2 or 3.

    Raises
    ------
    UnknownCodecError
        No codec has that name.
    CodecValidationError
        The entry or its configuration is malformed.
    """
    key = "name" if zarr_format == 3 else "id"
    if isinstance(config, str):
        config = {key: config}
    if not isinstance(config, dict) or not isinstance(config.get(key), str):
        raise CodecValidationError(f"a codec of Zarr v{zarr_format} is an object with {key!r}, got {config!r}")
    cls = get_codec_class(config[key], zarr_format)
    if zarr_format == 2:
        return cls.from_config(config)
    if not isinstance(config.get("configuration") or {}, dict):
        raise CodecValidationError(f"codec {config['name']!r}: configuration must be an object, got {config!r}")
    return cls.from_dict(config)


def parse_codec(obj: Any, zarr_format: int) -> Codec:
    """A codec in the form that the format has, from whatever users write for one.

    Parameters
    ----------
    obj
        A `Codec`, an entry of v2 or v3 metadata, a name, a numcodecs codec or one of zarr-python.
    zarr_format
        2 or 3, the format of the array that it is for.

    Raises
    ------
    UnknownCodecError, CodecValidationError
        As `get_codec`; also when the codec does not exist in that format.
    """
    if isinstance(obj, str):
        return get_codec(obj, zarr_format)
    if isinstance(obj, Codec):
        return _in_format(obj, zarr_format)
    if isinstance(obj, dict):
        return _in_format(get_codec(obj, 3 if "name" in obj else 2), zarr_format)
    if callable(getattr(obj, "to_dict", None)):
        return _in_format(get_codec(_zarr_python_dict(obj), 3), zarr_format)
    if callable(getattr(obj, "get_config", None)):
        return _in_format(get_codec(dict(obj.get_config()), 2), zarr_format)
    raise CodecValidationError(f"not a codec: {obj!r}")


def _zarr_python_dict(obj: Any) -> dict[str, Any]:
    """Metadata of a zarr-python codec, without the values that it holds only until it sees an array."""
    data = dict(obj.to_dict())
    tunable = getattr(obj, "_tunable_attrs", ())
    if tunable and isinstance(data.get("configuration"), dict):
        data["configuration"] = {k: v for k, v in data["configuration"].items() if k not in tunable}
    return data


def _in_format(codec: Codec, zarr_format: int) -> Codec:
    """The same codec as the class that stands for it in that format."""
    if zarr_format == 2:
        if not codec.codec_id:
            raise CodecValidationError(f"codec {codec.name!r} does not exist in Zarr v2")
        cls = get_codec_class(codec.codec_id, 2) if codec.codec_id in codec_names(2) else type(codec)
        return codec if type(codec) is cls else cls.from_config(codec.get_config())
    if not codec.name:
        raise CodecValidationError(f"codec {codec.codec_id!r} does not exist in Zarr v3")
    data = codec.to_dict()
    cls = get_codec_class(data["name"], 3) if data["name"] in codec_names(3) else type(codec)
    return codec if type(codec) is cls else cls.from_dict(data)
