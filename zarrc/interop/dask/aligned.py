"""Dask chunks of which no two lie in one stored chunk, so that tasks in any process can write them without a lock."""

from __future__ import annotations

import itertools
from bisect import bisect_left
from collections.abc import Sequence

from zarrc.array import Array

Chunks = tuple[tuple[int, ...], ...]


def aligned_chunks(chunks: Chunks, array: Array, region: Sequence[slice] | None = None) -> Chunks:
    """The chunks nearest to the given ones that end where chunks (shards) of the array end.

    Every boundary moves up to the next edge of a stored chunk; chunks that so become empty are left out.

    Parameters
    ----------
    chunks
        Per axis the sizes, in elements, of the dask chunks that are to be written.
    array
        The array that they are written to.
    region
        Per axis the slice, with positive step, that they fill; default all of the array.

    Returns
    -------
    tuple of tuple of int
        ``chunks`` itself where it is aligned already.

    Raises
    ------
    ValueError
        Sizes that do not add up to the region's.
    """
    slices = tuple(region) if region is not None else (slice(None),) * array.ndim
    edges = array.metadata.grid.edges(array.shape)
    found = tuple(
        _aligned_axis(sizes, offsets, range(n)[part], axis)
        for axis, (sizes, offsets, n, part) in enumerate(zip(chunks, edges, array.shape, slices, strict=True))
    )
    return chunks if found == chunks else found


def _aligned_axis(sizes: tuple[int, ...], edges: Sequence[int], picked: range, axis: int) -> tuple[int, ...]:
    if sum(sizes) != len(picked):
        raise ValueError(f"axis {axis}: {sum(sizes)} elements are to be written to {len(picked)}")
    # where along the region stored chunks begin: the first picked element at or after each edge
    starts = sorted({min(len(picked), max(0, -(-(edge - picked.start) // picked.step))) for edge in edges})
    ends = {
        starts[bisect_left(starts, end)] if end < len(picked) else len(picked) for end in itertools.accumulate(sizes)
    }
    stops = sorted(ends - {0})
    return tuple(b - a for a, b in itertools.pairwise([0, *stops])) or (0,)
