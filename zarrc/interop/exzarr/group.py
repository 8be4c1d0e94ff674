"""Groups of ExZarr's: Zarr v2, with arrays of both formats in them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from zarrc.array import Array
from zarrc.errors import ContainsArrayError, GroupNotFoundError
from zarrc.group import Group
from zarrc.interop.exzarr.array import Mode, array_at, place_of
from zarrc.interop.exzarr.create import create_array
from zarrc.metadata import GroupMetadata, parse_group_json
from zarrc.node import missing_parents, write_documents
from zarrc.stores import StoreLike, StorePath


class ExZarrGroup(Group):
    """A `zarrc.Group` that has ExZarr's v3 arrays among its members, which a v2 group of Zarr has not.

    ``.zmetadata`` is not used: ExZarr does not either, and with v3 arrays it is no consolidated metadata of Zarr.
    """

    __slots__ = ()

    def _member(self, path: str) -> Array | Group | None:
        place = self._place / path
        array = array_at(place)
        return group_at(place) if array is None else array

    def _nodes(self, names: list[str]) -> Iterator[tuple[str, Array | Group]]:
        for name in names:
            node = self._member(name)
            if node is not None:
                yield name, node

    def create_array(self, name: str, **settings: Any) -> Array:
        """Makes an array at a relative path; parameters as in `zarrc.interop.exzarr.create_array`."""
        place = self._new_place(name)
        above = missing_parents(place, 2)
        array = create_array(place, **settings)
        for parent, documents in above:
            write_documents(parent, documents)
        return array

    create = create_array

    def __reduce__(self) -> tuple:
        return (ExZarrGroup, (self._place, self._metadata))


def group_at(place: StorePath) -> ExZarrGroup | None:
    """The group at a place, or None."""
    raw = place.store.get_bytes(place.key(".zgroup"))
    if raw is None:
        return None
    metadata: GroupMetadata = parse_group_json(raw, 2, str(place), place.store.get_bytes(place.key(".zattrs")))
    return ExZarrGroup(place, metadata)


def open_group(store: StoreLike, *, path: str | None = None, mode: Mode = "r") -> ExZarrGroup:
    """Opens a group that ExZarr wrote.

    Parameters
    ----------
    store, path, mode
        As in `zarrc.interop.exzarr.open_array`.

    Raises
    ------
    GroupNotFoundError, ContainsArrayError
        Nothing, or an array, is there. ExZarr has no v3 groups.
    """
    place = place_of(store, path, mode)
    group = group_at(place)
    if group is not None:
        return group
    if any(place.store.exists_sync(place.key(name)) for name in ("zarr.json", ".zarray")):
        raise ContainsArrayError(f"{place}: not a group of ExZarr's, which are v2: an array or a v3 node is here")
    raise GroupNotFoundError(f"No group found in store {str(place.store)!r} at path {place.path!r}")
