"""Block keys: integers and slices that count chunks."""

from __future__ import annotations

from typing import Any

from zarrc.errors import ArrayIndexError, BoundsCheckError
from zarrc.grid import ChunkGrid
from zarrc.indexing.basic import Axis, Selection, expand_ellipsis, parse_axis


def block_selection(key: Any, shape: tuple[int, ...], grid: ChunkGrid) -> Selection:
    """Parses a block key (``blocks``) to the items of the chosen chunks. Integers keep their axis.

    Raises
    ------
    BoundsCheckError
        A block outside the grid.
    ArrayIndexError
        A slice with another step than 1, or an index of another kind.
    """
    items = expand_ellipsis(key if isinstance(key, tuple) else (key,), len(shape))
    counts = grid.counts(shape)
    axes: list[Axis] = []
    for item, length, nblocks in zip(items, shape, counts, strict=True):
        axis = len(axes)
        if isinstance(item, slice) and item.step not in (None, 1):
            raise ArrayIndexError("blocks are selected by slices with step 1 only")
        try:
            blocks = parse_axis(item, nblocks, axis)
        except BoundsCheckError:
            raise BoundsCheckError(
                f"block index {item} is out of bounds for axis {axis} with {nblocks} blocks"
            ) from None
        if isinstance(item, slice) and nblocks and item.indices(nblocks)[0] >= nblocks:
            raise BoundsCheckError(f"block slice {item} begins out of bounds for axis {axis} with {nblocks} blocks")
        if blocks.count == 0:
            axes.append(Axis(0, 1, 0, True))
            continue
        offsets = grid.edges(shape)[axis]
        start = offsets[blocks.start]
        stop = min(offsets[blocks.start + blocks.count], length)
        axes.append(Axis(start, 1, stop - start, True))
    return Selection(tuple(axes), tuple(ax.count for ax in axes))
