"""Chunk grids: how an array's shape is cut into chunks, and what users may say for ``chunks``."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, SupportsIndex

from zarrc.errors import MetadataValidationError

# chunk sizes that the automatic choice aims at, in bytes
_AUTO_TARGET = 256 * 1024
_AUTO_LEAST = 128 * 1024
_AUTO_MOST = 64 * 1024 * 1024


class ChunkGrid:
    """What every grid answers. Shapes and coordinates are tuples with one int per axis, in elements and chunks."""

    __slots__ = ()
    name: ClassVar[str]
    chunk_shape: tuple[int, ...]  # regular grids only; AttributeError on others

    @property
    def ndim(self) -> int:
        raise NotImplementedError

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Number of chunks along each axis of an array of this shape."""
        raise NotImplementedError

    def edges(self, shape: tuple[int, ...]) -> tuple[Sequence[int], ...]:
        """Per axis the ``count + 1`` element offsets at which chunks begin and end.

        Chunks are stored whole, so the last offset may lie beyond the shape.
        """
        raise NotImplementedError

    def chunk_shape_at(self, coords: tuple[int, ...]) -> tuple[int, ...]:
        """Stored shape of the chunk at these grid coordinates."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """v3 metadata, the value of ``chunk_grid``."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class RegularGrid(ChunkGrid):
    """Chunks of one shape; those at the upper edges are stored whole (Zarr v3 core, "Regular grids").

    Parameters
    ----------
    chunk_shape
        Elements per chunk and axis, each at least 1.
    """

    chunk_shape: tuple[int, ...]
    name: ClassVar[str] = "regular"

    @property
    def ndim(self) -> int:
        return len(self.chunk_shape)

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([-(-size // edge) for size, edge in zip(shape, self.chunk_shape, strict=True)])

    def edges(self, shape: tuple[int, ...]) -> tuple[range, ...]:
        return tuple(
            range(0, count * edge + 1, edge) for count, edge in zip(self.counts(shape), self.chunk_shape, strict=True)
        )

    def chunk_shape_at(self, coords: tuple[int, ...]) -> tuple[int, ...]:
        return self.chunk_shape

    def to_dict(self) -> dict[str, Any]:
        return {"name": "regular", "configuration": {"chunk_shape": list(self.chunk_shape)}}


def guess_chunk_shape(shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Chunk shape for a user who does not care, the same that zarr-python 3 chooses.

    The aim is 256 KiB for an array of 1 MiB and doubles with every tenfold size, between 128 KiB and 64 MiB. Axes
    are halved in turn, rounding up, until the chunk is below the aim or within half of it.

    Parameters
    ----------
    shape
        Shape of the array.
    itemsize
        Bytes per element.
    """
    chunk = [max(size, 1) for size in shape]
    itemsize = max(itemsize, 1)
    if itemsize >= _AUTO_MOST:
        return (1,) * len(chunk)
    total = math.prod(chunk) * itemsize
    aim = min(max(_AUTO_TARGET * 2 ** math.log10(total / (1 << 20)), _AUTO_LEAST), _AUTO_MOST)
    axis = 0
    while (nitems := math.prod(chunk)) > 1:
        nbytes = nitems * itemsize
        if nbytes < min(1.5 * aim, _AUTO_MOST):
            break
        chunk[axis] = -(-chunk[axis] // 2)
        axis = (axis + 1) % len(chunk)
    return tuple(chunk)


def normalize_chunks(chunks: Any, shape: tuple[int, ...], itemsize: int) -> tuple[int, ...]:
    """Chunk shape of what a user gives for ``chunks``.

    Parameters
    ----------
    chunks
        ``"auto"`` or True: `guess_chunk_shape`. None or False: one chunk. An int: that many elements along every
        axis. A sequence: one entry per axis, None or -1 for the whole axis; missing trailing entries mean the whole
        axis.
    shape
        Shape of the array.
    itemsize
        Bytes per element.

    Raises
    ------
    MetadataValidationError
        Too many entries, or sizes below 1. TypeError for entries that are no integers.
    """
    if chunks is True or (isinstance(chunks, str) and chunks == "auto"):
        return guess_chunk_shape(shape, itemsize)
    if chunks is None or chunks is False:
        chunks = ()
    elif isinstance(chunks, SupportsIndex) and not hasattr(chunks, "__len__"):  # arrays have __index__ as well
        chunks = (chunks,) * len(shape)
    elif isinstance(chunks, (str, bytes)) or not hasattr(chunks, "__iter__"):
        raise TypeError(f"chunks: {chunks!r} is neither 'auto', an int, nor a sequence of ints")
    entries = list(chunks)
    if len(entries) > len(shape):
        raise MetadataValidationError(f"chunks: {len(entries)} entries for {len(shape)} axes")
    entries += [-1] * (len(shape) - len(entries))
    normal = []
    for axis, (entry, size) in enumerate(zip(entries, shape, strict=True)):
        if entry is None:
            entry = -1
        if not isinstance(entry, SupportsIndex) or isinstance(entry, bool):
            raise TypeError(f"chunks: {entry!r} of axis {axis} is no int")
        length = entry.__index__()
        if length == -1:
            length = max(size, 1)
        if length < 1:
            raise MetadataValidationError(f"chunks: size {length} of axis {axis} must be at least 1")
        normal.append(length)
    return tuple(normal)
