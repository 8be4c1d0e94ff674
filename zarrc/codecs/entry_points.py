"""Codec classes that other packages offer through their entry points, looked up only for names that are unknown."""

from __future__ import annotations

from functools import lru_cache
from importlib import metadata
from typing import Any

from zarrc.codecs.base import Codec
from zarrc.codecs.zarr_python import zarr_python_class
from zarrc.errors import CodecValidationError

OWN_GROUP = "zarrc.codecs"
ZARR_GROUP = "zarr.codecs"


@lru_cache(maxsize=256)
def entry_point_class(name: str, zarr_format: int) -> type[Codec] | None:
    """The class of a v3 name or v2 id from an installed package, or None.

    The group ``zarrc.codecs`` holds subclasses of `Codec`, named by v3 name or v2 id; the group ``zarr.codecs`` is
    zarr-python's, for v3 alone.

    Raises
    ------
    CodecValidationError
        The entry point cannot be loaded, or is no codec class of a kind that can be used.
    """
    found = _load(OWN_GROUP, name)
    if found is not None:
        if not isinstance(found, type) or not issubclass(found, Codec):
            raise CodecValidationError(f"entry point {name!r} of {OWN_GROUP}: {found!r} is no subclass of Codec")
        if name == (found.name if zarr_format == 3 else found.codec_id):
            return found
    if zarr_format == 3:
        found = _load(ZARR_GROUP, name)
        if found is not None:
            return zarr_python_class(found, name)
    return None


def _load(group: str, name: str) -> Any:
    points = [*metadata.entry_points(group=group, name=name), *metadata.entry_points(group=f"{group}.{name}")]
    if not points:
        return None
    try:
        return points[0].load()
    except Exception as e:  # whatever importing another package's module raises
        raise CodecValidationError(f"entry point {name!r} of {group}: {type(e).__name__}: {e}") from e
