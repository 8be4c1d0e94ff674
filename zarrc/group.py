"""A group: a place in a store that holds arrays and other groups."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from zarrc.array import Array
from zarrc.array_config import parse_array_config
from zarrc.consolidated_view import ConsolidatedView
from zarrc.creation import create_at, parse_zarr_format
from zarrc.errors import ContainsArrayError, ContainsGroupError, GroupNotFoundError
from zarrc.group_members import GroupMembers
from zarrc.info import GroupInfo, group_info
from zarrc.lazy import LazyModule
from zarrc.metadata import ArrayV2Metadata, GroupMetadata
from zarrc.node import (
    Documents,
    Opened,
    ZarrFormat,
    documents_at,
    read_node,
    read_nodes,
    store_new,
    warn_of_both_formats,
)
from zarrc.required import check_required
from zarrc.stores import StoreLike, StorePath, make_store_path, normalize_path

if TYPE_CHECKING:
    from zarrc.async_group import AsyncGroup

instead = LazyModule("zarrc.instead")

# zarr-python gives arrays in v2 groups numcodecs' historical default.
_V2_GROUP_COMPRESSOR = {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}


class Group(GroupMembers, ConsolidatedView):
    """Arrays and groups by name, as a mapping: ``group["a/b"]``, ``"a" in group``, ``for name in group``.

    Open one with `zarrc.open_group`, make one with `zarrc.create_group`. It holds metadata and no data: cheap to
    pickle, safe to share between threads. ``attrs`` are its attributes; what it writes is in the store at once.
    """

    __slots__ = ("__weakref__", "_known_by", "_place")

    _place: StorePath

    def __init__(self, place: StorePath | AsyncGroup, metadata: GroupMetadata | None = None) -> None:
        self._known_by = None
        if metadata is None:  # zarr-python's way to make one of an asynchronous group
            given: Group = place._group  # type: ignore[union-attr]
            place, metadata, self._known_by = given._place, given._metadata, given._known_by
            self._consolidated = given._consolidated
        else:
            self._consolidated = metadata.consolidated_metadata is not None
        assert isinstance(place, StorePath)
        self._place = place
        self._metadata = metadata

    @classmethod
    def open(cls, store: StoreLike, *, zarr_format: ZarrFormat | None = None) -> Group:
        """Opens an existing group. Raises `GroupNotFoundError`, `ContainsArrayError`."""
        return open_at(make_store_path(store), zarr_format)

    @classmethod
    def from_store(
        cls,
        store: StoreLike,
        *,
        attributes: dict[str, Any] | None = None,
        zarr_format: ZarrFormat = 3,
        overwrite: bool = False,
    ) -> Group:
        """Makes a new group at the root of a store."""
        return create_at_place(make_store_path(store), zarr_format, attributes, overwrite)

    # what it is ----------------------------------------------------------------------------------------------
    @property
    def metadata(self) -> GroupMetadata:
        """Format, attributes and consolidated metadata, as they were when the object last read or wrote them."""
        return self._metadata

    @property
    def info(self) -> GroupInfo:
        """What is known without looking at the members; prints as a table."""
        return group_info(self)

    def info_complete(self) -> GroupInfo:
        """`info` with the number of members at all depths."""
        return group_info(self, complete=True)

    # members -------------------------------------------------------------------------------------------------
    def _member(self, path: str) -> Array | Group | None:
        place = self._place / path
        known = self._metadata.consolidated_metadata
        if known is not None:
            if not normalize_path(path):
                return self
            found = known.get(normalize_path(path))
            if found is None:
                return None
            node: Array | Group | None
            if isinstance(found, GroupMetadata):
                below = known.below(normalize_path(path))
                node = Group(
                    place,
                    GroupMetadata(found.attributes, found.zarr_format, below, found.extra_fields, found.document),
                )
            else:
                node = as_node(place, Opened(found))
                assert node is not None
            node._known_by = (self, normalize_path(path))
            return node
        return self._found(path, as_node(place, read_node(place, self._metadata.zarr_format)))

    def _found(self, path: str, node: Array | Group | None) -> Array | Group | None:
        """A node of the store. What is consolidated with the group hears of what is deleted through it."""
        if self._consolidated and node is not None and normalize_path(path):
            node._known_by = (self, normalize_path(path))
        return node

    def __getitem__(self, path: str) -> Array | Group:
        """Member by relative path, "a" or "a/b"; "/" is the group itself. Raises KeyError when there is none."""
        if not isinstance(path, str):
            raise TypeError(f"group members are got by str, not {type(path).__name__}")
        node = self._member(path)
        if node is None:
            raise KeyError(f"no member {path!r} in group {str(self._place)!r}")
        return node

    def get(self, path: str, default: Any = None) -> Any:
        """Member by relative path, or ``default``."""
        try:
            return self[path]
        except KeyError:
            return default

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and self._member(path) is not None

    def _children(self) -> Iterator[tuple[str, Array | Group]]:
        known = self._metadata.consolidated_metadata
        if known is not None:
            for name in sorted({p.split("/", 1)[0] for p in known}):
                node = self._member(name)
                if node is not None:
                    yield name, node
            return
        listed = sorted(self._place.store.list_dir_sync(self.path))
        names = [name for name in listed if not name.startswith(".z") and name != "zarr.json"]
        yield from self._nodes(names)

    def _nodes(self, names: list[str]) -> Iterator[tuple[str, Array | Group]]:
        """The nodes among these names below the group's path; all documents are read together."""
        places = [self._place / name for name in names]
        found = read_nodes(places, self._metadata.zarr_format)
        for name, place, opened in zip(names, places, found, strict=True):
            if opened is not None:
                yield name, self._found(name, as_node(place, opened))  # type: ignore[misc]

    def members(
        self, max_depth: int | None = 0, *, use_consolidated_for_children: bool = True
    ) -> tuple[tuple[str, Array | Group], ...]:
        """``(path, node)`` of all members; down to ``max_depth`` levels further, None for all.

        Without ``use_consolidated_for_children`` the consolidated metadata of groups below one that has none are not
        used. Raises ValueError for a negative depth.
        """
        if max_depth is not None and max_depth < 0:
            raise ValueError(f"max_depth must be None or >= 0, not {max_depth}")
        found: list[tuple[str, Array | Group]] = []
        for name, node in self._children():
            if not use_consolidated_for_children and isinstance(node, Group):
                below = node._metadata.consolidated_metadata
                if below is not None and not below.is_part:
                    node = Group(node._place, node._metadata.without_consolidated())
            found.append((name, node))
            if isinstance(node, Group) and max_depth != 0:
                deeper = node.members(
                    None if max_depth is None else max_depth - 1,
                    use_consolidated_for_children=use_consolidated_for_children,
                )
                found.extend((f"{name}/{path}", below) for path, below in deeper)
        return tuple(found)

    def nmembers(self, max_depth: int | None = 0) -> int:
        """Number of members, counted as `members` lists them."""
        return len(self.members(max_depth))

    def __iter__(self) -> Iterator[str]:
        return (name for name, _ in self._children())

    def __len__(self) -> int:
        return self.nmembers()

    def keys(self) -> Iterator[str]:
        """Names of the members."""
        return iter(self)

    def arrays(self) -> Iterator[tuple[str, Array]]:
        """``(name, array)`` of the arrays directly in the group."""
        return ((name, node) for name, node in self._children() if isinstance(node, Array))

    def groups(self) -> Iterator[tuple[str, Group]]:
        """``(name, group)`` of the groups directly in the group."""
        return ((name, node) for name, node in self._children() if isinstance(node, Group))

    def array_keys(self) -> Iterator[str]:
        """Names of the arrays directly in the group, sorted."""
        return (name for name, _ in self.arrays())

    def array_values(self) -> Iterator[Array]:
        """The arrays directly in the group, by name."""
        return (node for _, node in self.arrays())

    def group_keys(self) -> Iterator[str]:
        """Names of the groups directly in the group, sorted."""
        return (name for name, _ in self.groups())

    def group_values(self) -> Iterator[Group]:
        """The groups directly in the group, by name."""
        return (node for _, node in self.groups())

    # creation ------------------------------------------------------------------------------------------------
    def create_group(self, name: str, *, overwrite: bool = False, attributes: dict[str, Any] | None = None) -> Group:
        """Makes a group at a relative path, and the groups above it that are missing.

        Raises `ContainsGroupError`, `ContainsArrayError` when something is there and ``overwrite`` is off.
        """
        place = self._place_for(name)
        return create_at_place(place, self._metadata.zarr_format, attributes, overwrite)

    def require_group(self, name: str, *, overwrite: bool = False, **kwargs: Any) -> Group:
        """The group at a relative path, made when there is none. Raises TypeError when an array is there."""
        if not overwrite:
            node = self.get(name)
            if isinstance(node, Group):
                return node
            if node is not None:
                raise TypeError(f"Incompatible object ({type(node).__name__}) already exists at {node.name!r}")
        try:
            return self.create_group(name, overwrite=overwrite, **kwargs)
        except ContainsGroupError:
            if overwrite:
                raise
            return self.require_group(name)  # another thread or process made it meanwhile

    def require_groups(self, *names: str) -> tuple[Group, ...]:
        """`require_group` of each name, in their order. Raises TypeError when an array is there."""
        return tuple(self.require_group(name) for name in names)

    def create_array(self, name: str, **settings: Any) -> Array:
        """Makes an array at a relative path; parameters as in `zarrc.create_array`.

        In v2 groups the default compressor is Blosc (LZ4, level 5, byte shuffle), as zarr-python has it.
        """
        zarr_format = self._metadata.zarr_format
        if "compressor" in settings:
            compressor = settings.pop("compressor")
            if compressor != "auto":
                if settings.get("compressors", "auto") != "auto":
                    raise ValueError("compressor and compressors cannot both be given")
                settings["compressors"] = compressor
        if zarr_format == 2 and settings.get("compressors", "auto") == "auto":
            settings["compressors"] = _V2_GROUP_COMPRESSOR
        settings.pop("storage_options", None)
        if settings.get("overwrite") and isinstance(name, str) and not normalize_path(name):
            raise ValueError("an array is not put in the place of the group that it is made in")
        return create_at(self._place_for(name), zarr_format=zarr_format, **settings)

    create = create_array

    def require_array(self, name: str, *, shape: Any, dtype: Any = None, exact: bool = False, **settings: Any) -> Array:
        """The array at a relative path, made when there is none.

        Raises TypeError when what is there is no array or has another shape or, with ``exact``, another dtype;
        without ``exact`` a dtype that casts safely will do.
        """
        node = self.get(name)
        if node is None:
            try:
                return self.create_array(name, shape=shape, dtype=dtype, **settings)
            except ContainsArrayError:
                node = self.get(name)  # another thread or process made it meanwhile
                if node is None:
                    raise
        check_required(node, shape, dtype, exact)
        config = settings.get("config")
        return node if config is None else node.with_config(parse_array_config(config))

    def __setitem__(self, name: str, value: Any) -> None:
        """Makes an array of the data, replacing what has the name."""
        self.create_array(name, data=value, overwrite=True)

    def __delitem__(self, name: str) -> None:
        """Removes a member and everything below it, also from consolidated metadata. Raises KeyError when there is
        none."""
        self._check_writable()
        path = normalize_path(name)
        if not path or not (name in self or self._is_there(path)):
            raise KeyError(f"no member {name!r} in group {str(self._place)!r}")
        self._place.store.delete_dir_sync((self._place / path).path)
        self._member_removed(path)

    def update_attributes(self, new_attributes: dict[str, Any]) -> Group:
        """Merges attributes, in one write; returns the group."""
        self.attrs.update(new_attributes)
        return self

    # manners -------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        return isinstance(other, Group) and self._place == other._place and self._metadata == other._metadata

    def __hash__(self) -> int:
        return hash(self._place)

    def __repr__(self) -> str:
        return f"<Group {self._place}>"

    def __reduce__(self) -> tuple:
        return (Group, (self._place, self._metadata))


def as_node(place: StorePath, found: Opened | GroupMetadata | None) -> Array | Group | None:
    """The object for what `read_node` found."""
    if found is None:
        return None
    if isinstance(found, GroupMetadata):
        return Group(place, found)
    meta = found.metadata
    return Array(place, found, parse_array_config(None, meta.order if isinstance(meta, ArrayV2Metadata) else None))


def create_at_place(
    place: StorePath, zarr_format: int | None, attributes: dict[str, Any] | None, overwrite: bool
) -> Group:
    """Makes a group. Raises `ContainsGroupError`, `ContainsArrayError` without ``overwrite``."""
    resolved = parse_zarr_format(zarr_format)
    metadata = GroupMetadata(zarr_format=resolved, attributes=dict(attributes or {}))
    store_new(place, metadata, overwrite)
    return Group(place, metadata)


def open_at(
    place: StorePath,
    zarr_format: ZarrFormat | None = None,
    use_consolidated: bool | str | None = None,
    node: Opened | GroupMetadata | None = None,
    documents: Documents | None = None,
) -> Group:
    """The group at a place.

    Parameters
    ----------
    use_consolidated : bool, str or None
        True: consolidated metadata must be there; False: it is not used; None: used when there. v2: the key of the
        document that has it, where that is not ".zmetadata"; it must be there.
    node, documents
        What `read_node` found there, and in what, if that was asked already.

    Raises
    ------
    ValueError
        Consolidated metadata was insisted on and is not there.
    GroupNotFoundError
        Nothing is there.
    ContainsArrayError
        An array is there.
    """
    if use_consolidated and not place.store.supports_consolidated_metadata:
        name = type(place.store.facade).__name__
        raise ValueError(f"The Zarr store in use ({name}) doesn't support consolidated metadata")
    if documents is None:
        documents = documents_at([place], zarr_format, use_consolidated is not False)[0]
    node = read_node(place, zarr_format, documents) if node is None else node
    if isinstance(node, GroupMetadata):
        if zarr_format is None:
            warn_of_both_formats(place, node, documents)
        if use_consolidated is False:
            node = node.without_consolidated()
        elif node.zarr_format == 2 and node.consolidated_metadata is None:
            raw = documents.get(use_consolidated if isinstance(use_consolidated, str) else ".zmetadata")
            if raw is not None:
                node = node.with_zmetadata(raw, str(place))
        if use_consolidated and node.consolidated_metadata is None:
            raise ValueError(f"Consolidated metadata requested with 'use_consolidated=True' but not found in {place}.")
        return Group(place, node)
    if node is None:
        raise GroupNotFoundError(instead.not_found("group", place, zarr_format))
    raise ContainsArrayError(f"{ContainsArrayError(str(place.store), place.path)} open_array opens it.")
