"""Codecs: names and parameters as in ``zarr.codecs``. A module is imported when its class is first used."""

from __future__ import annotations

import importlib
from typing import Any

_CLASSES = {
    "BloscCname": "zarrc.codecs.blosc",
    "BloscCodec": "zarrc.codecs.blosc",
    "BloscShuffle": "zarrc.codecs.blosc",
    "BytesCodec": "zarrc.codecs.bytes_",
    "Chain": "zarrc.codecs.chain",
    "ChunkSpec": "zarrc.codecs.base",
    "Codec": "zarrc.codecs.base",
    "Crc32cCodec": "zarrc.codecs.crc32c",
    "DeltaCodec": "zarrc.codecs.delta",
    "GzipCodec": "zarrc.codecs.gzip",
    "LZ4Codec": "zarrc.codecs.lz4",
    "NativePlan": "zarrc.codecs.chain",
    "NativeStep": "zarrc.codecs.base",
    "ShuffleCodec": "zarrc.codecs.shuffle",
    "TransposeCodec": "zarrc.codecs.transpose",
    "ZlibCodec": "zarrc.codecs.zlib",
    "ZstdCodec": "zarrc.codecs.zstd",
    "codec_names": "zarrc.codecs.registry",
    "get_codec": "zarrc.codecs.registry",
    "get_codec_class": "zarrc.codecs.registry",
    "parse_codec": "zarrc.codecs.registry",
    "register_codec": "zarrc.codecs.registry",
    "unregister_codec": "zarrc.codecs.registry",
}

__all__ = sorted(_CLASSES)


def __getattr__(name: str) -> Any:
    """The public name, its module imported now (PEP 562)."""
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(importlib.import_module(_CLASSES[name]), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
