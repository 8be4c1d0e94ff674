"""Chunk grids that older software stored malformed, read as what was meant.

Only documents that their parser refused come here, and each is parsed again afterwards, as strictly as any other.
What is read so is stored well-formed with the next change of the array's metadata and, where readers that do not repair
would look for chunks elsewhere, before the next chunk. Groups consolidate it as it is stored.
"""

from __future__ import annotations

from typing import Any

from zarrc.dtypes.base import JSON, shown

_STORE_IT = (
    "Open it for writing and call `array.update_attributes({})` to store it as read, and `zarr.consolidate_metadata` "
    "where a group keeps it consolidated."
)


def repaired_v2(data: dict[str, Any]) -> tuple[dict[str, Any], str, bool] | None:
    """A document of ``.zarray`` with chunk sizes of 0 or ``true`` read as 1, what its user should know ("" where
    nothing was lost), and whether sizes became others. None where that is not what is wrong."""
    read = _chunk_shape(data.get("chunks"), data.get("shape"), None)
    if read is None or any(type(edge) is list for edge in read[0]):
        return None
    return {**data, "chunks": read[0]}, read[1], read[0] != data["chunks"]


def repaired_v3(data: dict[str, Any]) -> tuple[dict[str, Any], str, bool] | None:
    """As `repaired_v2`, for ``zarr.json``.

    Of regular grids chunk sizes of 0 and ``true``, the former as 1 or the inner chunk of a shard; a mix of chunk
    sizes and of lists of chunk lengths is a rectilinear grid. Of rectilinear ones lengths that are ``true`` or floats
    without a fraction.
    """
    grid = data.get("chunk_grid")
    if type(grid) is not dict or type(grid.get("configuration")) is not dict:
        return None
    configuration = grid["configuration"]
    if grid.get("name") == "rectilinear":
        listed = configuration.get("chunk_shapes")
        if type(listed) is not list:
            return None
        axes = [[_entry(entry) for entry in axis] if type(axis) is list else axis for axis in listed]
        return {**data, "chunk_grid": {**grid, "configuration": {**configuration, "chunk_shapes": axes}}}, "", False
    codecs, inner = _inner_chunks(data.get("codecs"))
    if inner is not None and not all(type(edge) is int and edge > 0 for edge in inner):
        return None
    read = _chunk_shape(configuration.get("chunk_shape"), data.get("shape"), inner)
    if grid.get("name") != "regular" or read is None:
        return None
    chunk_shape, warning = read
    lists = [axis for axis, edge in enumerate(chunk_shape) if type(edge) is list]
    if not lists:
        fixed = {**configuration, "chunk_shape": chunk_shape}
        moved = chunk_shape != configuration["chunk_shape"]
        return {**data, "codecs": codecs, "chunk_grid": {**grid, "configuration": fixed}}, warning, moved
    if len(lists) == len(chunk_shape):
        return None
    chunk_shape = [[_entry(entry) for entry in axis] if type(axis) is list else axis for axis in chunk_shape]
    warning += (
        f"The stored chunk grid is named 'regular', but lists the lengths of its chunks along the axes {lists}: it is "
        f"read as that rectilinear chunk grid. {_STORE_IT}"
    )
    rectilinear = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": chunk_shape}}
    return {**data, "codecs": codecs, "chunk_grid": rectilinear}, warning, True


def _chunk_shape(stored: JSON, shape: JSON, inner: list[int] | None) -> tuple[list[Any], str] | None:
    """A chunk shape with impossible sizes replaced, and what to say of it; None where they are of another kind."""
    if type(stored) is not list or type(shape) is not list or len(stored) != len(shape):
        return None
    units = inner if inner is not None and len(inner) == len(stored) else [1] * len(stored)
    read: list[Any] = []
    lost = []
    for axis, (edge, size, unit) in enumerate(zip(stored, shape, units, strict=True)):
        if edge is True or (type(edge) is int and edge > 0) or type(edge) is list:
            read.append(1 if edge is True else edge)
        elif edge is False or (type(edge) is int and edge == 0):
            read.append(unit)
            if type(size) is int and size > 0:
                lost.append(axis)
        else:
            return None
    if not lost:
        return read, ""
    return read, (
        f"The stored chunk shape {shown(stored)} is invalid, chunk sizes must be at least 1: it is read as "
        f"{shown(read)}. No chunk can be stored where the size is 0, along the axes {lost}, so the array holds "
        "nothing but its fill value, and nothing is lost by making it anew with better chunks: "
        "`zarr.from_array(array.store, name=array.path, data=array, chunks=<chunk shape>, overwrite=True, "
        "write_data=False)`. Or: "
        f"{_STORE_IT} "
    )


def _inner_chunks(codecs: JSON) -> tuple[JSON, list[int] | None]:
    """The codecs with inner chunk sizes of ``true`` as 1, and the inner chunk shape if there is a shard."""
    inner = None
    found = []
    for codec in codecs if type(codecs) is list else ():
        if type(codec) is dict and codec.get("name") == "sharding_indexed":
            configuration = codec.get("configuration")
            if type(configuration) is dict and type(configuration.get("chunk_shape")) is list:
                inner = [1 if edge is True else edge for edge in configuration["chunk_shape"]]
                codec = {**codec, "configuration": {**configuration, "chunk_shape": inner}}
        found.append(codec)
    return (found if type(codecs) is list else codecs), inner


def _entry(entry: JSON) -> JSON:
    """A chunk length, or a length and a count, with the length as an int where it equals one."""
    if type(entry) is list and len(entry) == 2:
        return [_length(entry[0]), entry[1]]
    return _length(entry)


def _length(edge: JSON) -> JSON:
    if edge is True:
        return 1
    return int(edge) if isinstance(edge, float) and edge >= 1 and edge.is_integer() else edge
