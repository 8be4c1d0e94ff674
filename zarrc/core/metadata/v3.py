"""Under the name of ``zarr.core.metadata.v3``."""

from __future__ import annotations

from collections.abc import Iterable

from zarrc.core.chunk_grids import RectilinearChunkGridMetadata, RectilinearDimSpecJSON, RegularChunkGridMetadata
from zarrc.core.common import parse_shapelike
from zarrc.metadata import ArrayV3Metadata


def parse_dimension_names(data: object) -> tuple[str | None, ...] | None:
    """Names of axes as a tuple; None stays None.

    Raises
    ------
    TypeError
        They are not strings or None, one an axis.
    """
    if data is None:
        return None
    names = tuple(data) if isinstance(data, Iterable) else (data,)
    if not isinstance(data, Iterable) or not all(name is None or isinstance(name, str) for name in names):
        raise TypeError(f"Expected either None or an iterable of str and None, got {data!r}")
    return names


__all__ = [
    "ArrayV3Metadata",
    "RectilinearChunkGridMetadata",
    "RectilinearDimSpecJSON",
    "RegularChunkGridMetadata",
    "parse_dimension_names",
    "parse_shapelike",
]
