"""Which codecs the C core has: the one place where Python asks."""

from __future__ import annotations

from functools import lru_cache

from zarrc import _core

# What every build of the core has had; a core that can tell (``native_codecs``) says it itself.
_ALWAYS = frozenset(("blosc", "crc32c", "delta", "gzip", "lz4", "shuffle", "swap", "zlib", "zstd"))


@lru_cache(maxsize=1)
def native_codecs() -> frozenset[str]:
    """Names of the steps that the C core can run."""
    names = getattr(_core, "native_codecs", None)
    return _ALWAYS if names is None else frozenset(names())


def has_native(name: str) -> bool:
    """Whether the C core has a step of that name."""
    return name in native_codecs()
