"""The codecs that v3 metadata call ``numcodecs.*``, by the class names of ``zarr.codecs.numcodecs``."""

from __future__ import annotations

import importlib
from typing import Any

_CLASSES = {
    "Adler32": ("zarrc.codecs.adler32", "Adler32Codec"),
    "AsType": ("zarrc.codecs.numcodecs.astype", "AsType"),
    "BZ2": ("zarrc.codecs.bz2", "BZ2Codec"),
    "Base64": ("zarrc.codecs.base64", "Base64Codec"),
    "BitRound": ("zarrc.codecs.numcodecs.bitround", "BitRound"),
    "Blosc": ("zarrc.codecs.numcodecs.blosc", "Blosc"),
    "CRC32": ("zarrc.codecs.crc32", "Crc32Codec"),
    "CRC32C": ("zarrc.codecs.numcodecs.crc32c", "CRC32C"),
    "Categorize": ("zarrc.codecs.categorize", "CategorizeCodec"),
    "Delta": ("zarrc.codecs.numcodecs.delta", "Delta"),
    "FixedScaleOffset": ("zarrc.codecs.numcodecs.fixedscaleoffset", "FixedScaleOffset"),
    "Fletcher32": ("zarrc.codecs.fletcher32", "Fletcher32Codec"),
    "GZip": ("zarrc.codecs.numcodecs.gzip", "GZip"),
    "JSON": ("zarrc.codecs.json2", "JSON2Codec"),
    "JenkinsLookup3": ("zarrc.codecs.jenkins_lookup3", "JenkinsLookup3Codec"),
    "LZ4": ("zarrc.codecs.lz4", "LZ4Codec"),
    "LZMA": ("zarrc.codecs.lzma", "LZMACodec"),
    "MsgPack": ("zarrc.codecs.msgpack2", "MsgPack2Codec"),
    "PCodec": ("zarrc.codecs.pcodec", "PCodecCodec"),
    "PackBits": ("zarrc.codecs.numcodecs.packbits", "PackBits"),
    "Pickle": ("zarrc.codecs.pickle_", "PickleCodec"),
    "Quantize": ("zarrc.codecs.numcodecs.quantize", "Quantize"),
    "Shuffle": ("zarrc.codecs.shuffle", "ShuffleCodec"),
    "Snappy": ("zarrc.codecs.snappy", "SnappyCodec"),
    "VLenArray": ("zarrc.codecs.vlen_array", "VLenArrayCodec"),
    "VLenBytes": ("zarrc.codecs.numcodecs.vlen_bytes", "VLenBytes"),
    "VLenUTF8": ("zarrc.codecs.numcodecs.vlen_utf8", "VLenUTF8"),
    "ZFPY": ("zarrc.codecs.zfpy", "ZFPYCodec"),
    "Zlib": ("zarrc.codecs.zlib", "ZlibCodec"),
    "Zstd": ("zarrc.codecs.numcodecs.zstd", "Zstd"),
}

# zarr-python's base classes of these; here they have the base class of all codecs.
_BASES = (
    "_NumcodecsArrayArrayCodec",
    "_NumcodecsArrayBytesCodec",
    "_NumcodecsBytesBytesCodec",
    "_NumcodecsCodec",
)

__all__ = sorted(_CLASSES)


def __getattr__(name: str) -> Any:
    """The class, its module imported now (PEP 562)."""
    if name in _BASES:
        return importlib.import_module("zarrc.codecs.base").Codec
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _CLASSES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
