"""What a document of ExZarr's means, in terms of Zarr: common to both formats."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple, NoReturn

from zarrc.chunkio import ArrayMetadata
from zarrc.codecs.base import Codec
from zarrc.dtypes.base import shown
from zarrc.interop.exzarr.errors import ExZarrError

FOREIGN = "ExZarr does not write this; zarrc.open_array reads what is plain Zarr"
FRAMING = "frames {!r} chunks in a way of its own"
INCOMPLETE = "writes the codec {!r} without the configuration that Zarr requires"


class Translation(NamedTuple):
    """An array's metadata as Zarr says them, and what Zarr cannot say.

    Attributes
    ----------
    metadata
        The translated document. Where ``private`` is not None it still has ExZarr's codecs.
    private
        Array -> bytes and bytes -> bytes codecs to read the chunks with, or None: those of ``metadata``.
    deviations
        Why the stored array is not Zarr, in words; empty when it is, and then it may be written.
    spliced
        Like ``private``, for chunks that those of ``metadata`` refuse.
    """

    metadata: ArrayMetadata
    private: tuple[Codec, ...] | None
    deviations: tuple[str, ...]
    spliced: tuple[Codec, ...] | None = None


class Codecs:
    """The codecs of a document, collected in order of encoding.

    Attributes
    ----------
    found : list of Codec
        Codecs that do what ExZarr does.
    private : bool
        Whether one of them has no name in Zarr.
    deviations : list of str
    """

    def __init__(self) -> None:
        self.found: list[Codec] = []
        self.private = False
        self.deviations: list[str] = []

    def own(self, codec: Codec, reason: str) -> None:
        """A codec that only ExZarr has."""
        self.found.append(codec)
        self.private = True
        self.deviations.append(reason)

    def result(self) -> tuple[Codec, ...] | None:
        return tuple(self.found) if self.private else None


def refuse(document: str, key: str, value: Any, reason: str) -> NoReturn:
    raise ExZarrError(f"{document}: key {key!r}: {shown(value)}: {reason}")


def unapplied(what: str) -> str:
    return f"names {what!r} and stores chunks without it"


def required(document: str, data: Mapping[str, Any], key: str) -> Any:
    """``data[key]``. Raises `ExZarrError` when it is missing."""
    if key not in data:
        refuse(document, key, None, "is required and missing")
    return data[key]


def rounded(document: str, key: str, config: Mapping[str, Any], default: int, low: int, high: int) -> int:
    """The level of a compressor: an int within bounds."""
    level = config.get("level", default)
    if type(level) is not int or not low <= level <= high:
        refuse(document, key, config, f"level must be an integer from {low} to {high}")
    return level
