"""Chunk grids in v3 metadata: the value of ``chunk_grid``."""

from __future__ import annotations

from zarrc.dtypes.base import JSON, shown
from zarrc.errors import MetadataValidationError, UnknownChunkGridError
from zarrc.grid import ChunkGrid, RectilinearGrid, RegularGrid
from zarrc.metadata.document import check_counts, named, refuse, sizes


def parse_grid(value: JSON, shape: tuple[int, ...], itemsize: int, document: str) -> ChunkGrid:
    """Grid of the value of ``chunk_grid``: regular, rectilinear, or zarrs' rectangular.

    Raises
    ------
    UnknownChunkGridError
        A name that zarrc does not know.
    MetadataValidationError
        A malformed grid, one that does not cover the shape, and chunks or arrays of impossible size.
    """
    name, configuration = named(value, document, "chunk_grid")
    if name == "regular":
        if len(configuration) != 1 or "chunk_shape" not in configuration:
            refuse(document, "chunk_grid", f"needs exactly a chunk_shape: {shown(value)}")
        chunk_shape = sizes(configuration["chunk_shape"], 1, document, "chunk_grid")
        check_counts(shape, chunk_shape, itemsize, document, "chunk_grid")
        return RegularGrid(chunk_shape)
    if name == "rectilinear":
        key = "chunk_shapes"
        if configuration.keys() != {"kind", key} or configuration["kind"] != "inline":
            refuse(document, "chunk_grid", f"needs the kind 'inline' and chunk_shapes: {shown(value)}")
    elif name in ("rectangular", "zarrs.rectangular"):
        key = "chunk_shape"
        if configuration.keys() != {key}:
            refuse(document, "chunk_grid", f"needs exactly a chunk_shape: {shown(value)}")
    else:
        refuse(document, "chunk_grid", f"unknown chunk grid {shown(value)}", UnknownChunkGridError)
    listed = configuration[key]
    if type(listed) is not list:
        refuse(document, "chunk_grid", f"{key} must be a list, not {shown(listed)}")
    axes = tuple([_axis(axis, key == "chunk_shapes", document) for axis in listed])
    grid = RectilinearGrid(axes, name)
    check_grid(grid, shape, itemsize, document)
    return grid


def _axis(value: JSON, pairs: bool, document: str) -> int | tuple[tuple[int, int], ...]:
    """Of a chunk length, or of a list of lengths and, where the grid has them, ``[length, count]``."""
    if type(value) is not list:
        return sizes([value], 1, document, "chunk_grid")[0]
    if not value:
        refuse(document, "chunk_grid", "an axis without chunks")
    runs = []
    for item in value:
        if pairs and type(item) is list:
            run = sizes(item, 1, document, "chunk_grid")
            if len(run) != 2:
                refuse(document, "chunk_grid", f"{shown(item)} must be a length and a count")
            runs.append((run[0], run[1]))
        else:
            runs.append((sizes([item], 1, document, "chunk_grid")[0], 1))
    return tuple(runs)


def check_grid(grid: ChunkGrid, shape: tuple[int, ...], itemsize: int, document: str) -> None:
    """Refuse grids that do not go with the shape, and sizes beyond 2**63 - 1."""
    check_counts(shape, grid.largest_chunk(), itemsize, document, "chunk_grid")
    if isinstance(grid, RectilinearGrid):
        try:
            grid.check(shape)
        except MetadataValidationError as e:
            refuse(document, "chunk_grid", str(e))
