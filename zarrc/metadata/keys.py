"""Chunk key encodings: chunk coordinates to store keys relative to the array."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from zarrc.dtypes.base import JSON, shown
from zarrc.errors import MetadataValidationError
from zarrc.metadata.document import named, refuse


@dataclass(frozen=True, slots=True)
class KeyEncoding:
    """``default``: ``c/0/1`` and ``c`` for 0-d arrays. ``v2``: ``0.1`` and ``0`` (Zarr v3 core, "Chunk key encoding").

    Parameters
    ----------
    name
        "default" or "v2".
    separator
        "/" or ".". MetadataValidationError for others.
    """

    name: str
    separator: str

    def __post_init__(self) -> None:
        if self.name not in ("default", "v2") or self.separator not in ("/", "."):
            raise MetadataValidationError(f"unknown chunk key encoding {shown(self.name)}, {shown(self.separator)}")

    def encode(self, coords: tuple[int, ...]) -> str:
        """Key of the chunk at these grid coordinates."""
        if self.name == "v2":
            return self.separator.join(map(str, coords)) if coords else "0"
        return self.separator.join(("c", *map(str, coords)))

    def to_dict(self) -> dict[str, Any]:
        """v3 metadata, the value of ``chunk_key_encoding``."""
        return {"name": self.name, "configuration": {"separator": self.separator}}


_KNOWN: dict[tuple[Any, Any], KeyEncoding] = {
    (name, separator): KeyEncoding(name, separator) for name in ("default", "v2") for separator in ("/", ".")
}
V2_DOT, V2_SLASH = _KNOWN["v2", "."], _KNOWN["v2", "/"]


def key_encoding(value: JSON, document: str) -> KeyEncoding:
    """From the value of ``chunk_key_encoding``; ``separator`` may be left out ("/" for default, "." for v2)."""
    name, configuration = named(value, document, "chunk_key_encoding")
    if not configuration:
        separator = "/" if name == "default" else "."
    elif len(configuration) == 1 and "separator" in configuration:
        separator = configuration["separator"]
    else:
        refuse(document, "chunk_key_encoding", f"bad configuration {shown(value)}")
    found = _KNOWN.get((name, separator)) if type(separator) is str else None
    if found is None:
        refuse(document, "chunk_key_encoding", f"unknown encoding or separator {shown(value)}")
    return found
