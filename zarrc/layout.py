"""How an array is cut into chunks and shards, and which of them are stored."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterator
from typing import Any

from zarrc.chunkio import inner_chunk_shape
from zarrc.grid import RegularGrid
from zarrc.metadata import ArrayV2Metadata
from zarrc.stores import StorePath


class Layout:
    """Base of `Array`, which provides these attributes."""

    __slots__ = ()
    shape: Any
    metadata: Any
    _opened: Any
    _place: StorePath

    def _grid_shape(self) -> tuple[int, ...]:
        grid = self._opened.metadata.grid
        if not isinstance(grid, RegularGrid):
            raise NotImplementedError(
                "only regular chunk grids have chunks and shards of one shape; use read_chunk_sizes, write_chunk_sizes "
                "or metadata.chunk_grid"
            )
        return grid.chunk_shape

    @property
    def chunks(self) -> tuple[int, ...]:
        """Chunk shape, in elements; of a sharded array that of its inner chunks.

        Raises NotImplementedError for rectilinear grids, whose chunks differ: see `read_chunk_sizes`.
        """
        inner = self._inner_chunks()
        return self._grid_shape() if inner is None else inner

    @property
    def shards(self) -> tuple[int, ...] | None:
        """Shard shape, in elements; None when the array is not sharded."""
        return None if self._inner_chunks() is None else self._grid_shape()

    def _inner_chunks(self) -> tuple[int, ...] | None:
        """Shape of the inner chunks along the array's axes, None when the array is not sharded."""
        metadata = self._opened.metadata
        if isinstance(metadata, ArrayV2Metadata):
            return None
        return inner_chunk_shape(self._opened.io_at(self._place).chain)

    def _stored_sizes(self) -> tuple[tuple[int, ...], ...]:
        """Per axis the sizes of the stored chunks, clipped to the array."""
        edges = self.metadata.grid.edges(self.shape)
        return tuple(
            tuple(min(b, n) - a for a, b in itertools.pairwise(offsets))
            for offsets, n in zip(edges, self.shape, strict=True)
        )

    @property
    def write_chunk_sizes(self) -> tuple[tuple[int, ...], ...]:
        """Per axis the sizes of the chunks (shards) that are stored, clipped to the array."""
        return self._stored_sizes()

    @property
    def read_chunk_sizes(self) -> tuple[tuple[int, ...], ...]:
        """Per axis the sizes of the chunks (inner chunks of shards) that are read, clipped to the array."""
        stored, inner = self._stored_sizes(), self._inner_chunks()
        if inner is None:
            return stored
        return tuple(
            tuple(min(edge, size - start) for size in sizes for start in range(0, size, edge))
            for sizes, edge in zip(stored, inner, strict=True)
        )

    @property
    def cdata_shape(self) -> tuple[int, ...]:
        """Shape of the grid of chunks (inner chunks of a sharded array)."""
        grid, inner = self.metadata.grid, self._inner_chunks()
        if inner is None:
            return grid.counts(self.shape)
        if isinstance(grid, RegularGrid):
            return tuple(-(-n // edge) for n, edge in zip(self.shape, inner, strict=True))
        # axes with one chunk edge may have any number of chunks: those are counted, not listed
        bounds = grid.axis_bounds(self.shape)
        return tuple(
            n // bound * (bound // edge) + -(-(n % bound) // edge) if isinstance(bound, int) else _parts(bound, n, edge)
            for bound, n, edge in zip(bounds, self.shape, inner, strict=True)
        )

    @property
    def nchunks(self) -> int:
        """Number of chunks (inner chunks of a sharded array), stored or not."""
        return math.prod(self.cdata_shape)

    def _stored_chunks(self) -> Iterator[tuple[int, ...]]:
        """Grid coordinates of the chunks (shards) that are stored."""
        encoding, counts = self.metadata.key_encoding, self.metadata.grid.counts(self.shape)
        path = self._place.path
        keys = (key[len(path) + 1 if path else 0 :] for key, _ in self._place.store.list_prefix_sync(path))
        if not encoding.native:
            coords_of = {encoding.encode(coords): coords for coords in itertools.product(*map(range, counts))}
            yield from (coords_of[key] for key in keys if key in coords_of)
            return
        for key in keys:
            coords = tuple(map(int, re.findall("[0-9]{1,19}", key))) if counts else ()
            if (
                len(coords) == len(counts)
                and encoding.encode(coords) == key
                and all(c < n for c, n in zip(coords, counts, strict=True))
            ):
                yield coords

    @property
    def nchunks_initialized(self) -> int:
        """Number of chunks that are stored; of a sharded array all inner chunks of the shards that are."""
        inner = self._inner_chunks()
        if inner is None:
            return sum(1 for _ in self._stored_chunks())
        axes = list(zip(self.metadata.grid.edges(self.shape), self.shape, inner, strict=True))
        return sum(
            math.prod(
                -(-(min(offsets[c + 1], n) - offsets[c]) // edge)
                for c, (offsets, n, edge) in zip(coords, axes, strict=True)
            )
            for coords in self._stored_chunks()
        )

    def nbytes_stored(self) -> int:
        """Bytes of everything stored below the array's path, metadata included."""
        return sum(n for _, n in self._place.store.list_prefix_sync(self._place.path))


def _parts(offsets: tuple[int, ...], n: int, edge: int) -> int:
    """Inner chunks of this edge in the chunks between the offsets, clipped to n elements."""
    return sum(-(-(min(b, n) - a) // edge) for a, b in itertools.pairwise(offsets))
