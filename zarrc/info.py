"""The tables that ``info`` shows."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from zarrc.errors import MetadataValidationError, MissingDependencyError
from zarrc.grid import RegularGrid
from zarrc.metadata import ArrayV2Metadata

if TYPE_CHECKING:
    from zarrc.array import Array
    from zarrc.group import Group


def _text(value: Any) -> str:
    if isinstance(value, np.datetime64) and np.datetime_data(value)[0] == "generic" and not np.isnat(value):
        return str(value.view("i8"))  # numpy has no text for a time without unit
    return str(value)


class _Info:
    """Labelled lines; ``repr`` is the aligned table."""

    width: int

    def __init__(self, items: dict[str, Any]) -> None:
        self.items = items

    def __getattr__(self, name: str) -> Any:
        """Items under zarr-python's names, which clients read: ``_zarr_format`` is "Zarr format"."""
        for label, value in self.__dict__.get("items", {}).items():
            if name == "_" + label.lower().replace("no. ", "count_").replace("-", "_").replace(" ", "_"):
                return value
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        width = self.width
        return "\n".join(f"{label:<{width}} : {_text(value)}" for label, value in self.items.items())

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self.items == other.items

    __hash__ = None  # type: ignore[assignment]


class ArrayInfo(_Info):
    """Of an array."""

    width = len("Chunks Initialized")


class GroupInfo(_Info):
    """Of a group."""

    width = len("Zarr format")


def human_size(nbytes: int) -> str:
    """Bytes with a binary unit: 2048 is "2.0K"."""
    if nbytes < 1 << 10:
        return str(nbytes)
    power = min((nbytes.bit_length() - 1) // 10, 5)
    return f"{nbytes / (1 << 10 * power):.1f}{' KMGTP'[power]}"


def _bytes_line(nbytes: int) -> str:
    return f"{nbytes} ({human_size(nbytes)})" if nbytes >= 1 << 10 else str(nbytes)


# What an array's codecs raise where one of them is unknown, or cannot be made here.
_NO_CODECS = (MetadataValidationError, MissingDependencyError)


def _chunk_lines(array: Array) -> dict[str, Any]:
    stored = array.metadata.chunks if isinstance(array.metadata.grid, RegularGrid) else _variable(array)
    try:
        inner = array._inner_chunks()
    except _NO_CODECS:
        return {"Shard shape" if _names_shards(array) else "Chunk shape": stored}
    return {"Chunk shape": stored} if inner is None else {"Shard shape": stored, "Chunk shape": inner}


def _names_shards(array: Array) -> bool:
    metadata = array.metadata
    named = () if isinstance(metadata, ArrayV2Metadata) else metadata.named_codecs
    return any(codec["name"] == "sharding_indexed" for codec in named)


def _codec_lines(array: Array) -> dict[str, Any]:
    """The codecs; where they cannot be made, their configurations as stored, and why."""
    metadata = array.metadata
    try:
        lines: dict[str, Any] = {"Filters": array.filters}
        if array.serializer is not None:
            lines["Serializer"] = array.serializer
        return lines | {"Compressors": array.compressors}
    except _NO_CODECS as e:
        why = str(e).partition("\n")[0]
        if isinstance(metadata, ArrayV2Metadata):
            compressors = () if metadata.compressor is None else (metadata.compressor,)
            return {"Filters": metadata.filters or (), "Compressors": compressors, "Not readable": why}
        return {"Codecs": metadata.named_codecs, "Not readable": why}


def _variable(array: Array) -> str:
    """The lengths of the stored chunks; of long axes only the first and the last two."""
    axes: list[list[int | str]] = []
    for offsets, n in zip(array.metadata.grid.edges(array.shape), array.shape, strict=True):
        count = len(offsets) - 1  # may be any number: nothing is made of that size
        shown = range(count) if count <= 8 else (*range(5), count - 2, count - 1)
        axes.append([min(offsets[i + 1], n) - offsets[i] for i in shown])
        if count > 8:
            axes[-1].insert(5, "...")
    return "<variable> (" + ", ".join(f"({', '.join(map(str, axis))})" for axis in axes) + ")"


def array_info(array: Array, complete: bool = False) -> ArrayInfo:
    items: dict[str, Any] = {
        "Type": "Array",
        "Zarr format": array.metadata.zarr_format,
        "Data type": array.dtype,
        "Fill value": array.fill_value,
        "Shape": array.shape,
        **_chunk_lines(array),
        "Order": array.order,
        "Read-only": array.read_only,
        "Store type": type(array.store).__name__,
        **_codec_lines(array),
        "No. bytes": _bytes_line(array.nbytes),
    }
    if complete:
        stored = array.nbytes_stored()
        items["No. bytes stored"] = _bytes_line(stored)
        if stored:
            items["Storage ratio"] = f"{array.nbytes / stored:.1f}"
        label = "Shards Initialized" if "Shard shape" in items else "Chunks Initialized"
        items[label] = f"{sum(1 for _ in array._stored_chunks())}/{math.prod(array.metadata.grid.counts(array.shape))}"
    return ArrayInfo(items)


def group_info(group: Group, complete: bool = False) -> GroupInfo:
    items: dict[str, Any] = {
        "Name": group.path,
        "Type": "Group",
        "Zarr format": group.metadata.zarr_format,
        "Read-only": group.read_only,
        "Store type": type(group.store).__name__,
    }
    if complete:
        kinds = [type(node).__name__ for _, node in group.members(max_depth=None)]
        items["No. members"] = len(kinds)
        items["No. arrays"] = kinds.count("Array")
        items["No. groups"] = kinds.count("Group")
    return GroupInfo(items)
