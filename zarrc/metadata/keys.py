"""Chunk key encodings: chunk coordinates to store keys relative to the array."""

from __future__ import annotations

from typing import Any, ClassVar

from zarrc.dtypes.base import JSON, shown
from zarrc.errors import MetadataValidationError, UnknownKeyEncodingError
from zarrc.frozen import Frozen, set_slot
from zarrc.lazy import LazyModule
from zarrc.metadata.document import named, refuse

more_keys = LazyModule("zarrc.metadata.more_keys")


class KeyEncoding(Frozen):
    """``default``: ``c/0/1`` and ``c`` for 0-d arrays. ``v2``: ``0.1`` and ``0`` (Zarr v3 core, "Chunk key encoding").

    Those of zarr-extensions are subclasses (`zarrc.metadata.more_keys`).

    Parameters
    ----------
    name
        "default" or "v2".
    separator
        "/" or ".". MetadataValidationError for others.

    Attributes
    ----------
    native : bool
        Whether name and separator say it all, so that the C engine can make the keys.
    """

    __slots__ = ("name", "separator")
    _fields: ClassVar[tuple[str, ...]] = ("name", "separator")
    name: str
    separator: str
    native: ClassVar[bool] = True

    def __init__(self, name: str, separator: str) -> None:
        if name not in ("default", "v2") or separator not in ("/", "."):
            raise UnknownKeyEncodingError(f"unknown chunk key encoding {shown(name)}, {shown(separator)}")
        set_slot(self, "name", name)
        set_slot(self, "separator", separator)

    def encode(self, coords: tuple[int, ...]) -> str:
        """Key of the chunk at these grid coordinates."""
        if self.name == "v2":
            return self.separator.join(map(str, coords)) if coords else "0"
        return self.separator.join(("c", *map(str, coords)))

    def encode_chunk_key(self, chunk_coords: tuple[int, ...]) -> str:
        """`encode`, by zarr-python's name for it."""
        return self.encode(chunk_coords)

    def check_ndim(self, ndim: int) -> None:
        """Raises `MetadataValidationError` where arrays of this rank cannot have these keys."""

    def to_dict(self) -> dict[str, Any]:
        """v3 metadata, the value of ``chunk_key_encoding``."""
        return {"name": self.name, "configuration": {"separator": self.separator}}


_KNOWN: dict[tuple[Any, Any], KeyEncoding] = {
    (name, separator): KeyEncoding(name, separator) for name in ("default", "v2") for separator in ("/", ".")
}
V2_DOT, V2_SLASH = _KNOWN["v2", "."], _KNOWN["v2", "/"]

# functions of zarrc.metadata.more_keys, which is imported when one is first met
_MORE = {
    "suffix": "suffix_keys",
    "zarrs.default_suffix": "default_suffix_keys",
    "fanout": "fanout_keys",
    "template": "template_keys",
}


def key_encoding(value: JSON, document: str) -> KeyEncoding:
    """From the value of ``chunk_key_encoding``; ``separator`` may be left out ("/" for default, "." for v2).

    Raises
    ------
    UnknownKeyEncodingError
        A name that zarrc does not know.
    MetadataValidationError
        A configuration that the encoding does not have.
    """
    name, configuration = named(value, document, "chunk_key_encoding")
    if name != "default" and name != "v2":
        return _more(name, configuration, document)
    if not configuration:
        separator = "/" if name == "default" else "."
    elif len(configuration) == 1 and "separator" in configuration:
        separator = configuration["separator"]
    else:
        refuse(document, "chunk_key_encoding", f"bad configuration {shown(value)}")
    found = _KNOWN.get((name, separator)) if type(separator) is str else None
    if found is None:
        refuse(document, "chunk_key_encoding", f"separator must be '/' or '.', not {shown(separator)}")
    return found


def _more(name: str, configuration: dict[str, Any], document: str) -> KeyEncoding:
    if name not in _MORE:
        refuse(document, "chunk_key_encoding", f"unknown encoding {shown(name)}", UnknownKeyEncodingError)
    make = getattr(more_keys, _MORE[name])
    try:
        return make(configuration)
    except MetadataValidationError as e:
        refuse(document, "chunk_key_encoding", f"{name!r}: {e}", type(e))
    except RecursionError:
        refuse(document, "chunk_key_encoding", "nested too deeply")
