"""Codecs: names and parameters as in ``zarr.codecs``. A module is imported when its class is first used."""

from __future__ import annotations

import importlib
from typing import Any

_CLASSES = {
    "Adler32Codec": "zarrc.codecs.adler32",
    "AsTypeCodec": "zarrc.codecs.astype",
    "BZ2Codec": "zarrc.codecs.bz2",
    "Base64Codec": "zarrc.codecs.base64",
    "BitRoundCodec": "zarrc.codecs.bitround",
    "BitRoundFilter": "zarrc.codecs.bitround",
    "BloscCname": "zarrc.codecs.choices",
    "BloscCodec": "zarrc.codecs.blosc",
    "BloscShuffle": "zarrc.codecs.choices",
    "BytesCodec": "zarrc.codecs.bytes_",
    "CastValueCodec": "zarrc.codecs.cast_value",
    "CategorizeCodec": "zarrc.codecs.categorize",
    "Chain": "zarrc.codecs.chain",
    "ChunkSpec": "zarrc.codecs.base",
    "Codec": "zarrc.codecs.base",
    "Crc32Codec": "zarrc.codecs.crc32",
    "Crc32cCodec": "zarrc.codecs.crc32c",
    "DeltaCodec": "zarrc.codecs.delta",
    "FixedScaleOffsetCodec": "zarrc.codecs.fixedscaleoffset",
    "Fletcher32Codec": "zarrc.codecs.fletcher32",
    "GzipCodec": "zarrc.codecs.gzip",
    "JSON2Codec": "zarrc.codecs.json2",
    "JenkinsLookup3Codec": "zarrc.codecs.jenkins_lookup3",
    "LZ4Codec": "zarrc.codecs.lz4",
    "LZMACodec": "zarrc.codecs.lzma",
    "MsgPack2Codec": "zarrc.codecs.msgpack2",
    "NativePlan": "zarrc.codecs.native_plan",
    "NativeShard": "zarrc.codecs.native_plan",
    "NativeStep": "zarrc.codecs.base",
    "NumcodecsCodec": "zarrc.codecs.fallback",
    "PCodecCodec": "zarrc.codecs.pcodec",
    "PackBitsCodec": "zarrc.codecs.packbits",
    "PackBitsFilter": "zarrc.codecs.packbits_filter",
    "PickleCodec": "zarrc.codecs.pickle_",
    "QuantizeCodec": "zarrc.codecs.quantize",
    "ReshapeCodec": "zarrc.codecs.reshape",
    "ScaleOffsetCodec": "zarrc.codecs.scale_offset",
    "ShardingCodec": "zarrc.codecs.sharding",
    "ShuffleCodec": "zarrc.codecs.shuffle",
    "SnappyCodec": "zarrc.codecs.snappy",
    "TransposeCodec": "zarrc.codecs.transpose",
    "TrustedPickleCodec": "zarrc.codecs.pickle_",
    "VLenArrayCodec": "zarrc.codecs.vlen_array",
    "VLenBytesCodec": "zarrc.codecs.vlen_bytes",
    "VLenUTF8Codec": "zarrc.codecs.vlen_utf8",
    "ZFPYCodec": "zarrc.codecs.zfpy",
    "ZfpCodec": "zarrc.codecs.zfp",
    "ZlibCodec": "zarrc.codecs.zlib",
    "ZstdCodec": "zarrc.codecs.zstd",
    "codec_names": "zarrc.codecs.registry",
    "get_codec": "zarrc.codecs.registry",
    "get_codec_class": "zarrc.codecs.registry",
    "parse_codec": "zarrc.codecs.registry",
    "register_codec": "zarrc.codecs.registry",
    "unregister_codec": "zarrc.codecs.registry",
}

# zarr-python's names of what has another name here, or lies in another module.
_OTHER_NAMES = {
    "CastValue": ("zarrc.codecs.cast_value", "CastValueCodec"),
    "Endian": ("zarrc.codecs.choices", "Endian"),
    "ScaleOffset": ("zarrc.codecs.scale_offset", "ScaleOffsetCodec"),
    "ShardingCodecIndexLocation": ("zarrc.codecs.choices", "ShardingCodecIndexLocation"),
    "SubchunkWriteOrder": ("zarrc.codecs.choices", "SubchunkWriteOrder"),
}

__all__ = sorted({*_CLASSES, *_OTHER_NAMES})


def __getattr__(name: str) -> Any:
    """The public name, its module imported now (PEP 562)."""
    if name in _CLASSES:
        module, attribute = _CLASSES[name], name
    elif name in _OTHER_NAMES:
        module, attribute = _OTHER_NAMES[name]
    elif name in importlib.import_module("zarrc.codecs.numcodecs").__all__:
        module, attribute = "zarrc.codecs.numcodecs", name
    else:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
