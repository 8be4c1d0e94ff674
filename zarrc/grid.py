"""Chunk grids: how an array's shape is cut into chunks, and what users may say for ``chunks``."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar, SupportsIndex

from zarrc.config import config
from zarrc.errors import MetadataValidationError
from zarrc.frozen import Frozen, set_slot

# chunk sizes that the automatic choice aims at, in bytes
_AUTO_TARGET = 256 * 1024
_AUTO_LEAST = 128 * 1024
_AUTO_MOST = 64 * 1024 * 1024

# an axis of more chunks of differing lengths than this is refused: its edges are kept in memory
MOST_EDGES = 1 << 22

Run = tuple[int, int]
Axis = int | tuple[Run, ...]


class ChunkGrid(Frozen):
    """What every grid answers. Shapes and coordinates are tuples with one int per axis, in elements and chunks."""

    __slots__ = ()
    name: str

    @property
    def ndim(self) -> int:
        raise NotImplementedError

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        """Number of chunks along each axis that an array of this shape touches."""
        raise NotImplementedError

    def edges(self, shape: tuple[int, ...]) -> tuple[Sequence[int], ...]:
        """Per axis the ``count + 1`` element offsets at which chunks begin and end.

        Chunks are stored whole, so the last offset may lie beyond the shape.
        """
        raise NotImplementedError

    def axis_bounds(self, shape: tuple[int, ...]) -> tuple[int | tuple[int, ...], ...]:
        """The normal form that engines work with: per axis the one length of all its chunks, or its `edges`."""
        raise NotImplementedError

    def chunk_shape_at(self, coords: tuple[int, ...]) -> tuple[int, ...]:
        """Stored shape of the chunk at these grid coordinates. IndexError where the grid has no chunk."""
        raise NotImplementedError

    def largest_chunk(self) -> tuple[int, ...]:
        """Per axis the greatest chunk length: no chunk has more elements than their product."""
        raise NotImplementedError

    def resized(self, shape: tuple[int, ...], unit: tuple[int, ...] | None = None) -> ChunkGrid:
        """The grid of the array after a change to this shape; chunks that lie in both keep their place.

        Parameters
        ----------
        unit
            Per axis what chunks must be multiples of, in elements: the inner chunks of shards; default 1.
        """
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        """v3 metadata, the value of ``chunk_grid``."""
        raise NotImplementedError


class RegularGrid(ChunkGrid):
    """Chunks of one shape; those at the upper edges are stored whole (Zarr v3 core, "Regular grids").

    Parameters
    ----------
    chunk_shape
        Elements per chunk and axis, each at least 1.
    """

    __slots__ = ("chunk_shape",)
    _fields = ("chunk_shape",)
    name: ClassVar[str] = "regular"  # type: ignore[misc]
    chunk_shape: tuple[int, ...]

    def __init__(self, chunk_shape: tuple[int, ...]) -> None:
        set_slot(self, "chunk_shape", chunk_shape)

    @property
    def ndim(self) -> int:
        return len(self.chunk_shape)

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return tuple([-(-size // edge) for size, edge in zip(shape, self.chunk_shape, strict=True)])

    def edges(self, shape: tuple[int, ...]) -> tuple[range, ...]:
        return tuple(
            range(0, count * edge + 1, edge) for count, edge in zip(self.counts(shape), self.chunk_shape, strict=True)
        )

    def axis_bounds(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return self.chunk_shape

    def chunk_shape_at(self, coords: tuple[int, ...]) -> tuple[int, ...]:
        return self.chunk_shape

    def largest_chunk(self) -> tuple[int, ...]:
        return self.chunk_shape

    def resized(self, shape: tuple[int, ...], unit: tuple[int, ...] | None = None) -> RegularGrid:
        return self

    def to_dict(self) -> dict[str, Any]:
        return {"name": "regular", "configuration": {"chunk_shape": list(self.chunk_shape)}}


class RectilinearGrid(ChunkGrid):
    """Chunks whose length differs along an axis (zarr-extensions, "rectilinear"; zarrs ``rectangular``).

    Every chunk has its full declared length in storage, also where it reaches beyond the shape.

    Parameters
    ----------
    axes
        Per axis one length for all chunks, or runs ``(length, count)``, all at least 1.
    name
        "rectilinear", or zarrs' "rectangular" and "zarrs.rectangular", which list every length.
    """

    __slots__ = ("axes", "name")
    _fields = ("axes", "name")
    axes: tuple[Axis, ...]
    name: str

    def __init__(self, axes: tuple[Axis, ...], name: str = "rectilinear") -> None:
        set_slot(self, "axes", tuple(axis if isinstance(axis, int) else merge_runs(axis) for axis in axes))
        set_slot(self, "name", name)

    @property
    def ndim(self) -> int:
        return len(self.axes)

    @property
    def chunk_shapes(self) -> tuple[int | tuple[int, ...], ...]:
        """Per axis one length for all chunks, or the lengths of all chunks."""
        return tuple(
            axis if isinstance(axis, int) else tuple(n for n, count in axis for _ in range(count)) for axis in self.axes
        )

    def counts(self, shape: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(
            -(-size // axis) if isinstance(axis, int) else sum(count for _, count in _touched(axis, size))
            for size, axis in zip(shape, self.axes, strict=True)
        )

    def edges(self, shape: tuple[int, ...]) -> tuple[Sequence[int], ...]:
        found: list[Sequence[int]] = []
        for size, axis in zip(shape, self.axes, strict=True):
            if isinstance(axis, int):
                found.append(range(0, -(-size // axis) * axis + 1, axis))
                continue
            offsets = [0]
            for length, count in _touched(axis, size):
                start = offsets[-1]
                offsets.extend(range(start + length, start + length * count + 1, length))
            found.append(tuple(offsets))
        return tuple(found)

    def axis_bounds(self, shape: tuple[int, ...]) -> tuple[int | tuple[int, ...], ...]:
        lengths = self._lengths(shape)
        if None not in lengths:
            return lengths  # type: ignore[return-value]
        return tuple(tuple(e) if n is None else n for n, e in zip(lengths, self.edges(shape), strict=True))

    def _lengths(self, shape: tuple[int, ...]) -> tuple[int | None, ...]:
        """Per axis the one length of the chunks that an array of this shape touches, None where they differ."""
        found: list[int | None] = []
        for size, axis in zip(shape, self.axes, strict=True):
            if isinstance(axis, int):
                found.append(axis)
            else:
                runs = _touched(axis, size)
                found.append(axis[0][0] if not runs else runs[0][0] if len(runs) == 1 else None)
        return tuple(found)

    def chunk_shape_at(self, coords: tuple[int, ...]) -> tuple[int, ...]:
        found = []
        for index, axis in zip(coords, self.axes, strict=True):
            if isinstance(axis, int):
                found.append(axis)
                continue
            left = index
            for length, count in axis:
                if 0 <= left < count:
                    found.append(length)
                    break
                left -= count
            else:
                raise IndexError(f"no chunk at {coords}")
        return tuple(found)

    def largest_chunk(self) -> tuple[int, ...]:
        return tuple(axis if isinstance(axis, int) else max(length for length, _ in axis) for axis in self.axes)

    def resized(self, shape: tuple[int, ...], unit: tuple[int, ...] | None = None) -> RectilinearGrid:
        """Where an axis grows beyond its chunks, one chunk is added for the rest, as zarr-python does; a shard of whole
        inner chunks."""
        axes: list[Axis] = []
        for size, axis, edge in zip(shape, self.axes, unit or (1,) * len(shape), strict=True):
            rest = 0 if isinstance(axis, int) else -(-(size - _total(axis)) // edge) * edge
            axes.append((*axis, (rest, 1)) if rest > 0 and not isinstance(axis, int) else axis)
        return RectilinearGrid(tuple(axes), self.name)

    def check(self, shape: tuple[int, ...]) -> None:
        """Raises `MetadataValidationError` where chunks and shape do not go together."""
        if len(shape) != len(self.axes):
            raise MetadataValidationError(f"{len(self.axes)} axes, but shape has {len(shape)}")
        for i, (size, axis) in enumerate(zip(shape, self.axes, strict=True)):
            if not isinstance(axis, int) and _total(axis) < size:
                raise MetadataValidationError(f"the chunks of axis {i} cover {_total(axis)} of {size} elements")
        for i, (length, count) in enumerate(zip(self._lengths(shape), self.counts(shape), strict=True)):
            if length is None and count > MOST_EDGES:
                raise MetadataValidationError(f"axis {i} has {count} chunks of differing lengths")

    def to_dict(self) -> dict[str, Any]:
        if self.name != "rectilinear":
            shapes = [axis if isinstance(axis, int) else list(axis) for axis in self.chunk_shapes]
            return {"name": self.name, "configuration": {"chunk_shape": shapes}}
        runs = [
            axis if isinstance(axis, int) else [n if count == 1 else [n, count] for n, count in axis]
            for axis in self.axes
        ]
        return {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": runs}}


def merge_runs(runs: Iterable[Run]) -> tuple[Run, ...]:
    """The same sequence with neighbouring runs of one length joined."""
    merged: list[Run] = []
    for length, count in runs:
        if merged and merged[-1][0] == length:
            merged[-1] = (length, merged[-1][1] + count)
        else:
            merged.append((length, count))
    return tuple(merged)


def _total(runs: tuple[Run, ...]) -> int:
    return sum(length * count for length, count in runs)


def _touched(runs: tuple[Run, ...], size: int) -> list[Run]:
    """The runs of the chunks that begin before ``size``."""
    found = []
    for length, count in runs:
        if size <= 0:
            break
        found.append((length, min(count, -(-size // length))))
        size -= length * count
    return found


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


def normalize_chunks(
    chunks: Any, shape: tuple[int, ...], itemsize: int, unit: Sequence[int] | None = None
) -> tuple[int, ...] | RectilinearGrid:
    """Chunk shape, or where lengths differ along an axis the grid, of what a user gives for ``chunks``.

    Parameters
    ----------
    chunks
        ``"auto"`` or True: `guess_chunk_shape`. None or False: one chunk. An int: that many elements along every
        axis. A sequence: one entry per axis, None or -1 for the whole axis. An entry that is itself a sequence lists
        the lengths of the axis' chunks, ``[length, count]`` standing for several of one length; together they must
        cover the axis. Lists of one length only give a regular grid, unless ``array.rectilinear_chunks`` is set. A
        grid is taken as it is.
    shape
        Shape of the array.
    itemsize
        Bytes per element.
    unit
        Per axis what a chunk over the whole axis must be a multiple of, in elements; default 1.

    Raises
    ------
    MetadataValidationError
        Another number of entries than axes, sizes below 1, or chunks that do not cover their axis. TypeError for
        entries that are no integers.
    """
    if chunks is True or (isinstance(chunks, str) and chunks == "auto"):
        return guess_chunk_shape(shape, itemsize)
    if isinstance(chunks, RegularGrid):
        return chunks.chunk_shape
    if isinstance(chunks, RectilinearGrid):
        return chunks
    if chunks is None or chunks is False:
        chunks = (-1,) * len(shape)
    elif isinstance(chunks, SupportsIndex) and not hasattr(chunks, "__len__"):  # arrays have __index__ as well
        chunks = (chunks,) * len(shape)
    elif isinstance(chunks, (str, bytes)) or not hasattr(chunks, "__iter__"):
        raise _no_chunks(chunks)
    try:
        entries = list(chunks)
    except TypeError:  # arrays without axes
        raise _no_chunks(chunks) from None
    if len(entries) != len(shape):
        raise MetadataValidationError(f"chunks has {len(entries)} dimensions but shape has {len(shape)} dimensions")
    units = (1,) * len(shape) if unit is None else unit
    axes = [_chunks_of_axis(*each) for each in zip(entries, range(len(shape)), shape, units, strict=True)]
    lengths = [axis for axis in axes if isinstance(axis, int)]
    if len(lengths) == len(axes):
        return tuple(lengths)
    grid = RectilinearGrid(tuple(axes))
    grid.check(shape)
    return grid


def _no_chunks(chunks: Any) -> TypeError:
    return TypeError(
        f"Chunk specification must be an integer or an iterable of integers, or 'auto'; got {chunks!r} of type "
        f"{type(chunks).__name__}"
    )


def _chunks_of_axis(entry: Any, axis: int, size: int, unit: int) -> Axis:
    whole = unit * max(1, -(-size // unit))
    if entry is None:
        return whole
    if hasattr(entry, "__iter__") and not isinstance(entry, (str, bytes)) and getattr(entry, "ndim", 1) != 0:
        runs = []
        for item in entry:
            listed = isinstance(item, (list, tuple)) and len(item) == 2
            length, count = item if listed else (item, 1)
            runs.append((_chunk_size(length, axis), _chunk_size(count, axis)))
        merged = merge_runs(runs)
        if not merged:
            raise MetadataValidationError(f"chunks: axis {axis} has none")
        regular = len(merged) == 1 and _total(merged) >= size and not config.get("array.rectilinear_chunks")
        return merged[0][0] if regular else merged
    length = _integer(entry, axis)
    return whole if length == -1 else _chunk_size(length, axis)


def _chunk_size(value: Any, axis: int) -> int:
    size = _integer(value, axis)
    if size < 1:
        raise MetadataValidationError(f"Chunk size must be positive or -1, got {size} for axis {axis}")
    return size


def _integer(value: Any, axis: int) -> int:
    if not isinstance(value, SupportsIndex) or isinstance(value, bool):
        raise TypeError(
            f"Chunk specification must be an integer or an iterable of integers; got {value!r} of type "
            f"{type(value).__name__} for axis {axis}"
        )
    return value.__index__()
