"""What a name in an array's or a group's directory is."""

from __future__ import annotations

import itertools
import math
import os
import re
from collections.abc import Callable

from zarrc import _core
from zarrc.chunkio import ArrayMetadata
from zarrc.metadata.keys import KeyEncoding

DOCUMENTS = frozenset(("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata"))
_OWN = re.compile(r"\.([0-9a-f]{1,8})-[0-9a-f]+-[0-9a-f]+\.partial$")  # csrc/engine/replace.c
_SUFFIXES = (".partial", ".__lock")  # zarrc and zarr-python; tensorstore
_MOST_KEYS = 1 << 20

Coords = tuple[int, ...]


def is_expected(name: str) -> bool:
    """A metadata document, or the lock file of an array."""
    return name in DOCUMENTS or name == _core.LOCK_NAME


def is_temporary(name: str) -> bool:
    """A file that a writer was to rename or to remove."""
    return name.endswith(_SUFFIXES)


def owner_of(name: str) -> int | None:
    """Process id in a temporary file's name, where the name has one."""
    found = _OWN.search(name)
    return int(found[1], 16) if found else None


def is_alive(pid: int) -> bool:
    """Whether this machine has a process of that id."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


def key_parser(metadata: ArrayMetadata) -> Callable[[str], Coords | None] | None:
    """Gives the grid coordinates of a chunk key, also outside the shape; None for what is no chunk key.

    None itself for an encoding whose keys can only be looked up, of a grid too large for that.
    """
    encoding, ndim = metadata.key_encoding, len(metadata.shape)
    if encoding.native:
        return _native_parser(encoding, ndim)
    counts = metadata.grid.counts(metadata.shape)
    if math.prod(counts) > _MOST_KEYS:
        return None
    table = {encoding.encode(coords): coords for coords in itertools.product(*map(range, counts))}
    return table.get


def _native_parser(encoding: KeyEncoding, ndim: int) -> Callable[[str], Coords | None]:
    separator, default = encoding.separator, encoding.name == "default"

    def parse(key: str) -> Coords | None:
        parts = key.split(separator)
        if default and parts.pop(0) != "c":
            return None
        if not default and ndim == 0:
            return () if key == "0" else None
        if len(parts) != ndim or not all(_is_number(part) for part in parts):
            return None
        return tuple(map(int, parts))

    return parse


def _is_number(text: str) -> bool:
    """As keys have numbers: ASCII digits without leading zeros, of 64 bits."""
    return text.isascii() and text.isdigit() and (len(text) == 1 or text[0] != "0") and len(text) <= 19
