"""The codecs that v3 metadata call ``numcodecs.*``, by the class names of ``zarr.codecs.numcodecs``."""

from __future__ import annotations

import importlib
from typing import Any

_CLASSES = {
    "Blosc": ("zarrc.codecs.numcodecs.blosc", "Blosc"),
    "CRC32C": ("zarrc.codecs.numcodecs.crc32c", "CRC32C"),
    "Delta": ("zarrc.codecs.numcodecs.delta", "Delta"),
    "GZip": ("zarrc.codecs.numcodecs.gzip", "GZip"),
    "LZ4": ("zarrc.codecs.lz4", "LZ4Codec"),
    "Shuffle": ("zarrc.codecs.shuffle", "ShuffleCodec"),
    "Zlib": ("zarrc.codecs.zlib", "ZlibCodec"),
    "Zstd": ("zarrc.codecs.numcodecs.zstd", "Zstd"),
}

__all__ = sorted(_CLASSES)


def __getattr__(name: str) -> Any:
    """The class, its module imported now (PEP 562)."""
    if name not in _CLASSES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module, attribute = _CLASSES[name]
    value = getattr(importlib.import_module(module), attribute)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
