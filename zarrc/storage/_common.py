"""Names that zarr-python keeps in ``zarr.storage._common`` and that clients import from there."""

from __future__ import annotations

import asyncio
from typing import Any

from zarrc.metadata import GroupMetadata
from zarrc.node import Opened, ZarrFormat, read_node
from zarrc.storage import make_store
from zarrc.stores import StoreLike, StorePath
from zarrc.stores import make_store_path as _make_store_path


async def make_store_path(
    store_like: StoreLike | None,
    *,
    path: str | None = "",
    mode: str | None = None,
    storage_options: dict[str, Any] | None = None,
) -> StorePath:
    """A place in a store; see `zarrc.stores.make_store_path`."""
    return _make_store_path(store_like, path, read_only=mode == "r", storage_options=storage_options)


async def contains_array(store_path: StorePath, zarr_format: ZarrFormat) -> bool:
    """Whether an array of a format is at a place."""
    return isinstance(await asyncio.to_thread(read_node, store_path, zarr_format), Opened)


async def contains_group(store_path: StorePath, zarr_format: ZarrFormat) -> bool:
    """Whether a group of a format is at a place."""
    return isinstance(await asyncio.to_thread(read_node, store_path, zarr_format), GroupMetadata)


__all__ = ["StoreLike", "StorePath", "contains_array", "contains_group", "make_store", "make_store_path"]
