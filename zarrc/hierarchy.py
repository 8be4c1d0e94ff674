"""Work on whole hierarchies: consolidated metadata, and many nodes at once."""

from __future__ import annotations

import warnings
from collections.abc import Iterator, Mapping
from typing import Any

from zarrc.array import Array
from zarrc.errors import ContainsArrayError, ContainsGroupError, ZarrDeprecationWarning, ZarrUserWarning
from zarrc.group import Group, as_node
from zarrc.group import open_at as open_group_at
from zarrc.group_tree import group_tree
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata, GroupMetadata
from zarrc.metadata.group import consolidate
from zarrc.node import Opened, ZarrFormat, ensure_empty, read_node, write_documents
from zarrc.stores import StoreLike, StorePath, make_store_path, normalize_path


def consolidate_metadata(store: StoreLike, path: str | None = None, zarr_format: ZarrFormat | None = None) -> Group:
    """Stores the metadata of all nodes below a group with the group, so that opening them needs no further reads.

    Parameters
    ----------
    store : Store, StorePath, str, path-like or mapping
    path : str, optional
        Of the group, inside the store.
    zarr_format : 2 or 3, optional
        Of the group; default: whichever is there.

    Returns
    -------
    Group
        With the consolidated metadata in use.

    Raises
    ------
    TypeError
        The store does not support consolidated metadata.
    GroupNotFoundError
        There is no group.

    Warns
    -----
    ZarrUserWarning
        For v3, whose specification does not have this.
    """
    place = make_store_path(store, path)
    if not place.store.supports_consolidated_metadata:
        name = type(place.store.facade).__name__
        raise TypeError(f"The Zarr Store in use ({name}) doesn't support consolidated metadata")
    group = open_group_at(place, zarr_format, use_consolidated=False)
    place.store._check_writable()
    nodes = {name: _bare(node.metadata) for name, node in group.members(max_depth=None)}
    if group.metadata.zarr_format == 3:
        warnings.warn(
            "Consolidated metadata is currently not part in the Zarr format 3 specification. It may not be supported "
            "by other zarr implementations and may change in the future.",
            category=ZarrUserWarning,
            stacklevel=2,
        )
    metadata = consolidate(group.metadata, nodes)
    write_documents(place, metadata.documents())
    return Group(place, metadata)


def _bare(metadata: Any) -> Any:
    return metadata.without_consolidated() if isinstance(metadata, GroupMetadata) else metadata


def create_hierarchy(
    *, store: StoreLike, nodes: Mapping[str, Any], overwrite: bool = False
) -> Iterator[tuple[str, Array | Group]]:
    """Makes many nodes; groups above them that are missing are made too.

    Parameters
    ----------
    store : Store, StorePath, str, path-like or mapping
    nodes : mapping of str to metadata
        Paths to `zarrc.metadata` objects, all of one Zarr format.
    overwrite : bool
        Replace nodes that exist, with all that lies below them. Without it, groups that exist with the same metadata
        stay.

    Returns
    -------
    iterator of (str, Array or Group)
        The nodes. All of them are made when the first is asked for.

    Raises
    ------
    ValueError
        Nodes of different formats, a node below an array, or two paths that are the same.
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off, or an array is where a group above a node would be. Nothing was
        changed then.
    """
    return create_below(make_store_path(store), nodes, overwrite, root=True)


def create_below(
    root_place: StorePath, nodes: Mapping[str, Any], overwrite: bool, *, root: bool
) -> Iterator[tuple[str, Array | Group]]:
    """`create_hierarchy` below a place; with ``root``, the root group is among the implied ones."""
    wanted = _normalized(nodes)
    if not wanted:
        return iter(())
    formats = {node.zarr_format for node in wanted.values()}
    if len(formats) > 1:
        raise ValueError(
            "All zarr_format values must be the same. "
            f"Got zarr_format={sorted(formats)} among {len(wanted)} metadata documents"
        )
    (zarr_format,) = formats
    for path, node in wanted.items():
        if isinstance(node, GroupMetadata) and node.consolidated_metadata is not None:
            wanted[path] = node.without_consolidated()
    implied: dict[str, GroupMetadata] = {}
    for path in wanted:
        parts = path.split("/") if path else []
        for depth in range(0 if root else 1, len(parts)):
            above = "/".join(parts[:depth])
            node = wanted.get(above)
            if node is None:
                implied[above] = GroupMetadata(zarr_format=zarr_format)
            elif not isinstance(node, GroupMetadata):
                raise ValueError(
                    f"The node at {above} contains other nodes, but it is not a Zarr group. This is invalid. "
                    "Only Zarr groups can contain other nodes."
                )
    root_place.store._check_writable()
    if not overwrite:
        _check_room(root_place, wanted)
    for path in list(implied):
        if overwrite and any(f"{path}/".startswith(f"{above}/" if above else "") for above in wanted):
            continue  # what is there goes with the node above it
        found = read_node(root_place / path, zarr_format)
        if isinstance(found, Opened):
            raise ContainsArrayError(f"An array exists in store {str(root_place.store)!r} at path {path!r}.")
        if found is not None:
            del implied[path]
    return _make(root_place, wanted, implied, overwrite)


def _make(
    root: StorePath, wanted: Mapping[str, Any], implied: Mapping[str, Any], overwrite: bool
) -> Iterator[tuple[str, Array | Group]]:
    """Makes all nodes when the first is asked for."""
    nodes = {path: (node, node.documents()) for path, node in sorted({**wanted, **implied}.items())}
    if overwrite:
        for path, node in sorted(wanted.items()):
            ensure_empty(root / path, True, node.zarr_format)
    for path, (_, documents) in nodes.items():
        write_documents(root / path, documents)
    for path, (metadata, _) in nodes.items():
        made = as_node(root / path, metadata if isinstance(metadata, GroupMetadata) else Opened(metadata))
        assert made is not None
        yield path, made


def _normalized(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Raises ValueError where two paths mean the same node."""
    wanted: dict[str, Any] = {}
    given: dict[str, str] = {}
    for path, node in nodes.items():
        normal = normalize_path(path)
        if normal in given:
            raise ValueError(
                f"After normalization, the value '{path}' collides with '{given[normal]}'. "
                f"Both '{path}' and '{given[normal]}' normalize to the same value: '{normal}'. "
                f"You should use either '{path}' or '{given[normal]}', but not both."
            )
        given[normal] = path
        wanted[normal] = _as_own(node)
    return wanted


def _as_own(node: Any) -> Any:
    """Metadata of zarr-python's classes as that of this package."""
    if type(node).__module__.partition(".")[0] == "zarrc" or not callable(getattr(node, "to_dict", None)):
        return node
    data = node.to_dict()
    if "shape" not in data:
        return GroupMetadata(data.get("attributes"), data["zarr_format"])
    return (ArrayV2Metadata if data["zarr_format"] == 2 else ArrayV3Metadata).from_dict(data)


def _check_room(root: StorePath, wanted: Mapping[str, Any]) -> None:
    for path, node in wanted.items():
        found = read_node(root / path, node.zarr_format)
        if isinstance(found, GroupMetadata):
            if not (isinstance(node, GroupMetadata) and _bare(found) == node):
                raise ContainsGroupError(f"A group exists in store {str(root.store)!r} at path {path!r}.")
        elif found is not None:
            raise ContainsArrayError(f"An array exists in store {str(root.store)!r} at path {path!r}.")


def tree(grp: Group, expand: bool | None = None, level: int | None = None) -> Any:
    """``grp.tree()``, which is what to use. Raises NotImplementedError for ``expand``."""
    warnings.warn("Use Group.tree instead.", ZarrDeprecationWarning, stacklevel=2)
    if expand is not None:
        raise NotImplementedError("'expand' is not yet implemented.")
    return group_tree(grp, level)
