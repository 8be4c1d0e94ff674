"""Finds and reads the metadata documents of nodes."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from typing import Any, Literal

from zarrc.array_config import DURABILITY, policy
from zarrc.chunkio import ArrayMetadata, ChunkIO
from zarrc.errors import (
    ContainsArrayAndGroupError,
    ContainsArrayError,
    ContainsGroupError,
    MetadataValidationError,
    NodeTypeValidationError,
    ZarrUserWarning,
)
from zarrc.grid import RegularGrid
from zarrc.lazy import LazyModule
from zarrc.metadata import ArrayV3Metadata, GroupMetadata, document, parse_array_json, parse_group_json
from zarrc.metadata.document import RepairedDocument, max_bytes
from zarrc.metadata.remembered import keep
from zarrc.stores import StorePath
from zarrc.stores.base import Store
from zarrc.stores.locks import HeldLock, NoLock, shared_lock

_repairing_io = LazyModule("zarrc.repairing_io")

ZarrFormat = Literal[2, 3]

_REMEMBERED = 256
_LARGEST = 1 << 16


class Opened:
    """An array's metadata with its chunk mover, made at the first use and shared by all arrays that were opened
    from equal documents."""

    __slots__ = ("_io", "metadata")

    def __init__(self, metadata: ArrayMetadata) -> None:
        self.metadata = metadata
        self._io: ChunkIO | None = None

    def changed(self, metadata: ArrayMetadata) -> Opened:
        """The same with other metadata. Where only shape and attributes differ, and the grid is regular, chunks are
        moved as before."""
        ours = self.metadata.data_type
        if metadata.data_type != ours and metadata.zarr_format == 3 and metadata.data_type.to_v3() == ours.to_v3():
            metadata = metadata._with(data_type=ours)  # the byte order in memory is no part of what is stored
        if isinstance(self.metadata, ArrayV3Metadata) and self.metadata.write_orders and metadata.zarr_format == 3:
            metadata = metadata._with(write_orders=self.metadata.write_orders)  # neither are these
        made = Opened(metadata)
        alike = type(metadata.document) is type(self.metadata.document) and isinstance(metadata.grid, RegularGrid)
        if alike and _fixed(metadata) == _fixed(self.metadata):
            made._io = self._io
        return made

    @property
    def io(self) -> ChunkIO:
        io = self._io
        if io is None:
            make = _repairing_io.RepairingIO if type(self.metadata.document) is RepairedDocument else ChunkIO
            io = self._io = make(self.metadata)
        return io

    def io_at(self, place: StorePath) -> ChunkIO:
        """`io`, for the array at this place: errors about its codecs name the document there."""
        io = self._io
        if io is None:
            try:
                return self.io
            except MetadataValidationError as e:
                name = "zarr.json" if self.metadata.zarr_format == 3 else ".zarray"
                raise type(e)(f"{document.document_name(str(place), name)}: {e}") from None
        return io


def _fixed(metadata: ArrayMetadata) -> dict[str, Any]:
    """What an array keeps when its shape and attributes change."""
    return {key: value for key, value in metadata.document.items() if key not in ("shape", "attributes")}


# Documents parsed lately, by their bytes: to parse one and to compile its codecs costs more than to read a chunk.
_parsed: dict[tuple[int, bytes, bytes | None], Opened] = {}


def _parse(raw: bytes, zattrs: bytes | None, zarr_format: ZarrFormat, path: str) -> Opened:
    key = (zarr_format, raw, zattrs)
    opened = _parsed.get(key)
    if opened is None:
        refusals = document.refusals
        opened = Opened(parse_array_json(raw, zarr_format, path, zattrs))
        if len(raw) <= _LARGEST and refusals == document.refusals:
            keep(_parsed, key, opened, _REMEMBERED)
    return opened


def _parse_v3(raw: bytes, place: StorePath) -> Opened | GroupMetadata:
    # The node type decides who parses; a group's document is the rarer one.
    if b'"group"' in raw:
        try:
            return parse_group_json(raw, 3, str(place))
        except NodeTypeValidationError:
            pass
    return _parse(raw, None, 3, str(place))


def _reader(store: Store) -> Callable[[str], bytes | None]:
    """Reads documents: of files no more than shows that they are too large."""
    if store.native_root("") is None:
        return store.get_bytes
    most = max_bytes() + 1
    return lambda key: store.get_bytes(key, 0, most)


class Documents:
    """The metadata documents at a place; `documents_at` makes them.

    Parameters
    ----------
    known : dict
        Those that were read, by name; None for what is not there.
    """

    __slots__ = ("_known", "_place", "_read")

    def __init__(self, place: StorePath, known: dict[str, bytes | None]) -> None:
        self._place = place
        self._known = known
        self._read = _reader(place.store)

    def get(self, name: str) -> bytes | None:
        """The bytes of the document ``name``; None when there is none."""
        return self._known[name] if name in self._known else self._read(self._place.key(name))

    def exists(self, name: str) -> bool:
        """Whether there is a document of this name."""
        if name in self._known:
            return self._known[name] is not None
        return self._place.store.exists_sync(self._place.key(name))


def documents_at(places: list[StorePath], zarr_format: ZarrFormat | None, group: bool = False) -> list[Documents]:
    """The documents at places in one store. Those which may be needed come all at once from a store that does not have
    them in files: an object store answers five questions as quickly as one.

    Parameters
    ----------
    zarr_format : 2, 3 or None
        The format that is looked for.
    group : bool
        A group may be opened: consolidated metadata may be needed.
    """
    names = ("zarr.json",) * (zarr_format != 2) + (".zarray", ".zgroup", ".zattrs") * (zarr_format != 3)
    names += (".zmetadata",) * (group and zarr_format != 3)
    if not places or places[0].store.native_root("") is not None or len(places) * len(names) == 1:
        return [Documents(place, {}) for place in places]
    raws = iter(places[0].store.get_many_sync([place.key(name) for place in places for name in names]))
    return [Documents(place, {name: next(raws) for name in names}) for place in places]


def read_node(
    place: StorePath, zarr_format: ZarrFormat | None = None, documents: Documents | None = None
) -> Opened | GroupMetadata | None:
    """The node at a place, by what lies there: ``zarr.json`` first, then ``.zarray``, then ``.zgroup``.

    Parameters
    ----------
    zarr_format : 2, 3 or None
        Look for this format only.
    documents
        Of the place, where more is to be asked of them.

    Returns
    -------
    Opened, GroupMetadata or None
        An array, a group, nothing.

    Raises
    ------
    MetadataValidationError
        A document that breaks its specification.
    """
    get = (documents_at([place], zarr_format)[0] if documents is None else documents).get
    if zarr_format != 2:
        raw = get("zarr.json")
        if raw is not None:
            return _parse_v3(raw, place)
    if zarr_format != 3:
        raw = get(".zarray")
        if raw is not None:
            return _parse(raw, get(".zattrs"), 2, str(place))
        raw = get(".zgroup")
        if raw is not None:
            return parse_group_json(raw, 2, str(place), get(".zattrs"))
    return None


def read_nodes(places: list[StorePath], zarr_format: ZarrFormat) -> list[Opened | GroupMetadata | None]:
    """`read_node` of places in one store; a store that can reads several documents at once."""
    found = zip(places, documents_at(places, zarr_format), strict=True)
    return [read_node(place, zarr_format, documents) for place, documents in found]


def check_zarr_format(zarr_format: Any) -> None:
    """Raises `MetadataValidationError` for what is neither None nor a Zarr format."""
    if zarr_format is not None and zarr_format != 2 and zarr_format != 3:
        raise MetadataValidationError(f"Invalid value for 'zarr_format'. Expected 2, 3, or None. Got '{zarr_format}'.")


def warn_of_both_formats(place: StorePath, node: Opened | GroupMetadata, documents: Documents) -> None:
    """Warns where a node of Zarr format 3 was found, whichever was asked for, and one of format 2 lies there too."""
    array = isinstance(node, Opened)
    found = node.metadata if isinstance(node, Opened) else node
    name = ".zarray" if array else ".zgroup"
    if found.zarr_format == 3 and documents.exists(name):
        warnings.warn(
            f"Both zarr.json (Zarr format 3) and {name} (Zarr format 2) metadata objects exist at {place}. "
            f"Zarr {'v' if array else 'format '}3 will be used. Say zarr_format=2 for the other.",
            ZarrUserWarning,
            stacklevel=4,
        )


def ensure_empty(place: StorePath, overwrite: bool, zarr_format: ZarrFormat) -> None:
    """Makes room for a new node: removes what is there with ``overwrite``, else refuses. A store that cannot delete
    cannot overwrite.

    Raises
    ------
    ContainsArrayError, ContainsGroupError, ContainsArrayAndGroupError
        Something of the same format is there.
    ReadOnlyError
        The store refuses writes.
    """
    place.store._check_writable()
    if overwrite and place.store.supports_deletes:
        place.store.delete_dir_sync(place.path)
        return
    if zarr_format == 2 and all(place.store.exists_sync(place.key(name)) for name in (".zarray", ".zgroup")):
        raise ContainsArrayAndGroupError(str(place.store), place.path)
    node = read_node(place, zarr_format)
    if node is not None:
        kind = ContainsGroupError if isinstance(node, GroupMetadata) else ContainsArrayError
        what_to_do = "This store cannot delete it." if overwrite else "With overwrite=True it is replaced."
        raise kind(f"{kind(str(place.store), place.path)} {what_to_do}")


def store_new(
    place: StorePath, metadata: ArrayMetadata | GroupMetadata, overwrite: bool, durability: str | None = None
) -> None:
    """Stores the metadata of a new node, and the groups above it that are missing.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something is there and ``overwrite`` is off, or the store cannot delete.
    TypeError, ValueError
        Metadata that cannot be stored, or an array above the node; nothing was removed then.
    """
    place.store._check_writable()
    documents = documents_of(place, metadata)
    parents = missing_parents(place, metadata.zarr_format)
    with shared_lock(str(place)):  # of threads that make the same node at once, one does
        ensure_empty(place, overwrite, metadata.zarr_format)
        if not parents:
            write_documents(place, documents, durability)
            return
    for above, content in parents:
        with shared_lock(str(above)):  # and it may be made with attributes meanwhile
            if read_node(above, metadata.zarr_format) is None:
                write_documents(above, content, durability)
    with shared_lock(str(place)):
        if not overwrite:
            ensure_empty(place, overwrite, metadata.zarr_format)
        write_documents(place, documents, durability)


# The document that makes a place a node, and that the node's lock lies on.
FIRST = ("zarr.json", ".zarray", ".zgroup")


def document_lock(place: StorePath, documents: Iterable[str], concurrency: str) -> HeldLock | NoLock:
    """The lock of the node with these documents, held while they are read, changed and written."""
    name = next((name for name in documents if name in FIRST), "zarr.json")
    return place.store.document_lock(place.path, name, concurrency)


def documents_of(place: StorePath, metadata: ArrayMetadata | GroupMetadata) -> dict[str, bytes]:
    """File names, relative to the node, to the bytes to store there. Raises TypeError for attributes that JSON cannot
    hold, with the node."""
    try:
        return metadata.documents()
    except TypeError as e:
        raise TypeError(f"{place}: {e}") from None


def write_documents(
    place: StorePath,
    documents: dict[str, bytes],
    durability: str | None = None,
    lock: HeldLock | NoLock | None = None,
) -> None:
    """Stores the documents, that which makes the node last. ``lock``: the held `document_lock`. ``durability``: of
    `ArrayConfig`, default as configured."""
    if durability is None:
        durability = policy("durability", DURABILITY)
    for name in sorted(documents, key=FIRST.__contains__):
        held = lock if name in FIRST else None
        place.store.put_sync(place.key(name), documents[name], durability, held)


def missing_parents(place: StorePath, zarr_format: ZarrFormat) -> list[tuple[StorePath, dict[str, bytes]]]:
    """The groups above a place that are missing, with their documents.

    Raises `ContainsArrayError` where an array is above it.
    """
    missing: list[tuple[StorePath, dict[str, bytes]]] = []
    parts = place.path.split("/")[:-1] if place.path else None
    while parts is not None:
        above = StorePath(place.store, "/".join(parts))
        node = read_node(above, zarr_format)
        if isinstance(node, Opened):
            raise ContainsArrayError(
                f"A parent of {place} is an array - only groups may have child nodes: an array exists in store "
                f"{str(above.store)!r} at path {above.path!r}."
            )
        if node is not None:
            break  # what is there was made with those above it
        missing.append((above, GroupMetadata(zarr_format=zarr_format).documents()))
        parts = parts[:-1] if parts else None
    return missing
