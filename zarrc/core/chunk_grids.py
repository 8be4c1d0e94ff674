"""Chunk grids, under their names of ``zarr.core.chunk_grids`` and of ``zarr.core.metadata.v3``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from zarrc.core.stand_in import StandIn
from zarrc.errors import MetadataValidationError
from zarrc.grid import ChunkGrid, RectilinearGrid, RegularGrid
from zarrc.metadata.document import copy_json, named
from zarrc.metadata.grids import parse_grid

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
    def from_dict(data: dict[str, Any]) -> RectilinearGrid:
        """From the value of ``chunk_grid``. Raises `MetadataValidationError`."""
        _, configuration = named(data, "", "chunk_grid")
        axes = configuration.get("chunk_shapes")
        shape = (0,) * len(axes) if isinstance(axes, list | tuple) else ()  # any that the grid covers
        grid = parse_grid(copy_json(data), shape, 1, "")
        if not isinstance(grid, RectilinearGrid):
            raise MetadataValidationError(f"chunk_grid: {data!r} is no rectilinear grid")
        return grid

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
