"""Chunk grids, under their names of ``zarr.core.chunk_grids`` and of ``zarr.core.metadata.v3``."""

from __future__ import annotations

from collections.abc import Sequence

from zarrc.core.stand_in import StandIn
from zarrc.grid import ChunkGrid, RectilinearGrid, RegularGrid

RegularChunkGrid = RegularChunkGridMetadata = RegularGrid
RectilinearDimSpecJSON = int | list[int | list[int]]


class RectilinearChunkGridMetadata(metaclass=StandIn):
    """Calling it with ``chunk_shapes``, per axis one length or the lengths of all chunks, gives a `RectilinearGrid`."""

    @staticmethod
    def make(chunk_shapes: Sequence[int | Sequence[int]]) -> RectilinearGrid:
        return RectilinearGrid(
            tuple(axis if isinstance(axis, int) else tuple((int(n), 1) for n in axis) for axis in chunk_shapes)
        )

    @staticmethod
    def holds(instance: object) -> bool:
        return isinstance(instance, RectilinearGrid)


__all__ = [
    "ChunkGrid",
    "RectilinearChunkGridMetadata",
    "RectilinearDimSpecJSON",
    "RegularChunkGrid",
    "RegularChunkGridMetadata",
]
