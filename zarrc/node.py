"""Finds and reads the metadata documents of nodes."""

from __future__ import annotations

from collections import OrderedDict
from typing import Literal

from zarrc.chunkio import ArrayMetadata, ChunkIO
from zarrc.errors import ContainsArrayError, ContainsGroupError, NodeTypeValidationError
from zarrc.metadata import GroupMetadata, parse_array_json, parse_group_json
from zarrc.stores import StorePath

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

    @property
    def io(self) -> ChunkIO:
        io = self._io
        if io is None:
            io = self._io = ChunkIO(self.metadata)
        return io


# Documents parsed lately, by their bytes: to parse one and to compile its codecs costs more than to read a chunk.
_parsed: OrderedDict[tuple[int, bytes, bytes | None], Opened] = OrderedDict()


def _parse(raw: bytes, zattrs: bytes | None, zarr_format: ZarrFormat, path: str) -> Opened:
    key = (zarr_format, raw, zattrs)
    opened = _parsed.get(key)
    if opened is None:
        opened = Opened(parse_array_json(raw, zarr_format, path, zattrs))
        if len(raw) <= _LARGEST:
            _parsed[key] = opened
            while len(_parsed) > _REMEMBERED:
                try:
                    _parsed.popitem(last=False)
                except KeyError:  # another thread was first
                    break
    return opened


def read_node(place: StorePath, zarr_format: ZarrFormat | None = None) -> Opened | GroupMetadata | None:
    """The node at a place, by what lies there: ``zarr.json`` first, then ``.zarray``, then ``.zgroup``.

    Parameters
    ----------
    zarr_format : 2, 3 or None
        Look for this format only.

    Returns
    -------
    Opened, GroupMetadata or None
        An array, a group, nothing.

    Raises
    ------
    MetadataValidationError
        A document that breaks its specification.
    """
    get, key = place.store.get_sync, place.key
    if zarr_format != 2:
        raw = get(key("zarr.json"))
        if raw is not None:
            # The node type decides who parses; a group's document is the rarer one.
            if b'"group"' in raw:
                try:
                    return parse_group_json(raw, 3, str(place))
                except NodeTypeValidationError:
                    pass
            return _parse(raw, None, 3, str(place))
    if zarr_format != 3:
        raw = get(key(".zarray"))
        if raw is not None:
            return _parse(raw, get(key(".zattrs")), 2, str(place))
        raw = get(key(".zgroup"))
        if raw is not None:
            return parse_group_json(raw, 2, str(place), get(key(".zattrs")))
    return None


def ensure_empty(place: StorePath, overwrite: bool, zarr_format: ZarrFormat) -> None:
    """Makes room for a new node: removes what is there with ``overwrite``, else refuses.

    Raises
    ------
    ContainsArrayError, ContainsGroupError
        Something of the same format is there.
    ReadOnlyError
        The store refuses writes.
    """
    place.store._check_writable()
    if overwrite:
        place.store.delete_dir_sync(place.path)
        return
    names = ("zarr.json",) if zarr_format == 3 else (".zarray", ".zgroup")
    if not any(place.store.exists_sync(place.key(name)) for name in names):
        return
    node = read_node(place, zarr_format)
    if isinstance(node, GroupMetadata):
        raise ContainsGroupError(f"A group exists in store {str(place.store)!r} at path {place.path!r}.")
    raise ContainsArrayError(f"An array exists in store {str(place.store)!r} at path {place.path!r}.")


def write_documents(place: StorePath, documents: dict[str, bytes]) -> None:
    for name, data in documents.items():
        place.store.set_sync(place.key(name), data)


def write_parents(place: StorePath, zarr_format: ZarrFormat) -> None:
    """Makes the groups above a place that are missing."""
    documents: dict[str, bytes] = {}
    names = ("zarr.json",) if zarr_format == 3 else (".zgroup", ".zarray")
    parts = place.path.split("/")[:-1] if place.path else None
    while parts is not None:
        above = StorePath(place.store, "/".join(parts))
        if any(place.store.exists_sync(above.key(name)) for name in names):
            return  # what is there was made with those above it
        documents = documents or GroupMetadata(zarr_format=zarr_format).documents()
        write_documents(above, documents)
        parts = parts[:-1] if parts else None
