"""What lies where a node was looked for in vain, for the message that says so."""

from __future__ import annotations

import os
from contextlib import suppress

from zarrc.errors import MetadataValidationError, StoreIOError
from zarrc.node import Opened, ZarrFormat, read_node
from zarrc.stores import StorePath


def not_found(what: str, place: StorePath, zarr_format: ZarrFormat | None, make: str = "") -> str:
    """The message of a `NodeNotFoundError`. It costs a look at what else is there.

    Parameters
    ----------
    what : str
        "array", "group" or "array or group".
    zarr_format : 2, 3 or None
        What was looked for.
    make : str
        What would make one; said where nothing else is there.
    """
    found = f"No {what} found in store {str(place.store)!r} at path {place.path!r}"
    hint = _of_other_format(place, zarr_format) or _file(place) or make
    return f"{found}. {hint}" if hint else found


def _of_other_format(place: StorePath, zarr_format: ZarrFormat | None) -> str:
    if zarr_format is None:
        return ""
    other: ZarrFormat = 2 if zarr_format == 3 else 3
    with suppress(MetadataValidationError, StoreIOError):  # a node that does not work is none to point to
        node = read_node(place, other)
        if node is not None:
            kind = "An array" if isinstance(node, Opened) else "A group"
            return f"{kind} of Zarr format {other} is there: say zarr_format={other}, or leave zarr_format out"
    return ""


def _file(place: StorePath) -> str:
    root = place.store.native_root("")
    if root is None:
        return ""
    path = root.rstrip(b"/")
    for part in ["", *place.path.split("/")]:
        path = os.path.join(path, os.fsencode(part)) if part else path
        if os.path.isfile(path):
            return f"{os.fsdecode(path)!r} is a file, and no directory: of files only those named *.zip are opened"
    return ""
