"""Gives hierarchies of Zarr v2 the metadata of v3, under the names of ``zarr.metadata.migrate_v3``.

Chunks stay where and as they are. The documents of v2 are only read, so that nothing is lost when something fails.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterator
from typing import Any, Literal

from zarrc.api import open as open_node
from zarrc.array import Array
from zarrc.errors import BaseZarrError
from zarrc.group import Group
from zarrc.metadata import ArrayV3Metadata, GroupMetadata
from zarrc.metadata.v2_to_v3 import v3_metadata
from zarrc.node import ZarrFormat, write_documents
from zarrc.stores import StoreLike, StorePath, make_store_path

__all__ = ["migrate", "migrate_to_v3", "migrate_v2_to_v3", "remove_metadata"]

_DOCUMENTS: dict[int, tuple[str, ...]] = {2: (".zarray", ".zattrs", ".zgroup", ".zmetadata"), 3: ("zarr.json",)}
_NODES: dict[int, tuple[str, ...]] = {2: (".zarray", ".zgroup"), 3: ("zarr.json",)}
_logger = logging.getLogger("zarr.metadata.migrate_v3")  # below the one that `zarrc.set_log_level` sets


class DocumentExistsError(BaseZarrError, FileExistsError):
    """A document of v3 lies where one was to be stored. zarr-python raises a plain ``ValueError`` there."""


Plan = list[tuple[StorePath, ArrayV3Metadata | GroupMetadata]]


def migrate_v2_to_v3(*, input_store: StoreLike, output_store: StoreLike | None = None, dry_run: bool = False) -> None:
    """Stores a ``zarr.json`` for every group and array of a v2 hierarchy.

    Parameters
    ----------
    input_store : Store, StorePath, str, path-like or mapping
        Where the hierarchy lies. It may be read-only where there is an ``output_store``.
    output_store : Store, StorePath, str, path-like or mapping, optional
        Where the documents of v3 go, without any chunks; nothing may be there. Default: beside those of v2.
    dry_run : bool
        Only log what would be stored.

    Raises
    ------
    TypeError, ValueError, NotImplementedError
        As `migrate_to_v3`.
    GroupNotFoundError
        Nothing is at ``input_store``.
    FileExistsError
        Something is at ``output_store``.
    """
    migrate(input_store, output_store, dry_run=dry_run)


def migrate_to_v3(zarr_v2: Array | Group, output_path: StorePath, dry_run: bool = False) -> None:
    """Stores a ``zarr.json`` for a v2 array, or for a v2 group and everything below it.

    All documents are made before the first is stored, and that of the group itself is stored last: until then
    readers find v2. Where storing fails, what was stored is removed again.

    Parameters
    ----------
    zarr_v2 : Array or Group
        Of Zarr format 2.
    output_path : StorePath
        Where the documents go.
    dry_run : bool
        Only log what would be stored.

    Raises
    ------
    TypeError
        ``zarr_v2`` is not of format 2, or has filters in an order that v3 does not know.
    ValueError
        Something has no counterpart in v3, see `zarrc.metadata.v2_to_v3.v3_metadata`; or there is a ``zarr.json``.
    NotImplementedError
        The group was opened with consolidated metadata: open it with ``use_consolidated=False``.
    """
    plan = list(_plan(zarr_v2, make_store_path(output_path)))
    _check_room(plan)
    _save(plan, dry_run)


async def remove_metadata(
    store: StoreLike, zarr_format: ZarrFormat, force: bool = False, dry_run: bool = False
) -> None:
    """Removes the metadata documents of one format at all levels of a hierarchy.

    Parameters
    ----------
    store : Store, StorePath, str, path-like or mapping
    zarr_format : 2 or 3
        Whose documents are removed: ``.zarray``, ``.zattrs``, ``.zgroup`` and ``.zmetadata``, or ``zarr.json``.
    force : bool
        Remove also those of nodes that have no metadata of the other format.
    dry_run : bool
        Only log what would be removed.

    Raises
    ------
    ValueError
        The store cannot delete, or without ``force`` a node has no metadata of the other format; nothing was
        removed then.
    """
    await asyncio.to_thread(remove_documents, store, zarr_format, force=force, dry_run=dry_run)


def remove_documents(store: StoreLike, zarr_format: ZarrFormat, *, force: bool = False, dry_run: bool = False) -> int:
    """As `remove_metadata`, in this thread; returns how many documents it removed, or would."""
    documents = _removable(make_store_path(store), zarr_format, force)
    _remove(documents, dry_run)
    return len(documents)


def migrate(
    input_store: StoreLike,
    output_store: StoreLike | None = None,
    *,
    dry_run: bool = False,
    overwrite: bool = False,
    force: bool = False,
    remove_v2_metadata: bool = False,
    use_consolidated: bool | None = None,
) -> tuple[int, int]:
    """`migrate_v2_to_v3` and what may be done before and after it: the command ``zarrc migrate v3``.

    Parameters
    ----------
    input_store, output_store, dry_run
        As `migrate_v2_to_v3`.
    overwrite : bool
        Replace the documents of v3 that are at the output, and remove those that nothing replaces.
    force : bool
        With ``overwrite``, remove also those of nodes without metadata of v2.
    remove_v2_metadata : bool
        Remove the documents of v2 at the output, when those of v3 are stored.
    use_consolidated : bool, optional
        False: consolidated metadata are not looked at; every node is migrated as its own documents say. Groups of v3
        have none then, until `zarrc.consolidate_metadata` makes them.

    Returns
    -------
    tuple of int
        How many documents were stored and how many removed, or would be.

    Raises
    ------
    TypeError, ValueError, NotImplementedError, GroupNotFoundError, FileExistsError
        As `migrate_v2_to_v3` and `remove_metadata`.
    """
    mode: Literal["r", "r+"] = "r+" if output_store is None else "r"
    source = make_store_path(input_store)
    zarr_format: ZarrFormat | None = 2 if overwrite or _has_v2(source) else None
    node = open_node(source, mode=mode, zarr_format=zarr_format, use_consolidated=use_consolidated)
    place = node.store_path if output_store is None else make_store_path(output_store)
    if output_store is not None and not overwrite and next(iter(place.store.list_dir_sync(place.path)), None):
        raise FileExistsError(f"Store must be empty for mode 'w-': {place}")
    plan = list(_plan(node, place))
    surplus: list[StorePath] = []
    if overwrite:
        replaced = {str(where / "zarr.json") for where, _ in plan}
        surplus = [document for document in _removable(place, 3, force) if str(document) not in replaced]
    else:
        _check_room(plan)
    _save(plan, dry_run)
    _remove(surplus, dry_run)
    # a dry run has stored nothing to take their place
    old = _removable(place, 2, dry_run) if remove_v2_metadata else []
    _remove(old, dry_run)
    return len(plan), len(surplus) + len(old)


def _has_v2(place: StorePath) -> bool:
    return any(place.store.exists_sync(place.key(document)) for document in _NODES[2])


def _plan(node: Any, place: StorePath) -> Iterator[tuple[StorePath, ArrayV3Metadata | GroupMetadata]]:
    """Where which metadata go: members before their group."""
    if node.metadata.zarr_format != 2:
        raise TypeError("Only arrays / groups with zarr v2 metadata can be converted")
    if isinstance(node, Group):
        if node.metadata.consolidated_metadata is not None:
            raise NotImplementedError("Migration of consolidated metadata isn't supported.")
        for name, member in node.members():
            yield from _plan(member, place / name)
        yield place, GroupMetadata(attributes=dict(node.metadata.attributes), zarr_format=3)
    else:
        yield place, v3_metadata(node.metadata, node.path)


def _check_room(plan: Plan) -> None:
    for place, _ in plan:
        if place.store.exists_sync(place.key("zarr.json")):
            raise DocumentExistsError(f"zarr.json already exists at {place / 'zarr.json'}")


def _save(plan: Plan, dry_run: bool) -> None:
    contents = [(place, metadata.documents()) for place, metadata in plan]
    before: dict[StorePath, bytes | None] = {}
    try:
        for place, documents in contents:
            _logger.info("Saving metadata to %s", place / "zarr.json")
            if not dry_run:
                place.store._check_writable()
                before[place] = place.store.get_bytes(place.key("zarr.json"))
                write_documents(place, documents)
    except BaseException as e:
        for place, old in before.items():
            try:
                _put_back(place, old)
            except Exception as again:
                e.add_note(f"{place / 'zarr.json'} is not as it was: {again}")
        raise


def _put_back(place: StorePath, old: bytes | None) -> None:
    if old is not None:
        place.store.set_bytes(place.key("zarr.json"), old)
    elif place.store.supports_deletes:
        place.store.delete_sync(place.key("zarr.json"))


def _removable(place: StorePath, zarr_format: ZarrFormat, force: bool) -> list[StorePath]:
    """The documents of a format below a place. Raises ValueError where they must stay."""
    store = place.store
    if not store.supports_deletes:
        raise ValueError("Store must support deletes to remove metadata")
    store._check_writable()
    other: ZarrFormat = 3 if zarr_format == 2 else 2
    found = []
    for key in sorted(key for key, _ in store.list_prefix_sync(place.path)):
        parent, _, name = key.rpartition("/")
        if name not in _DOCUMENTS[zarr_format]:
            continue
        node = StorePath(store, parent)
        if not force and not any(store.exists_sync(node.key(document)) for document in _NODES[other]):
            raise ValueError(
                f"Cannot remove v{zarr_format} metadata at {node / name} - no v{other} metadata exists. To delete "
                "anyway, use the 'force' option."
            )
        found.append(node / name)
    return found


def _remove(documents: list[StorePath], dry_run: bool) -> None:
    for document in documents:
        _logger.info("Deleting metadata at %s", document)
        if not dry_run:
            document.store.delete_sync(document.path)
