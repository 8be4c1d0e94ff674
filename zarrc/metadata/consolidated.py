"""Consolidated metadata: the documents of a whole hierarchy, kept with its root group.

v3: ``consolidated_metadata`` of the root's ``zarr.json``. v2: the file ``.zmetadata``.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Literal

from zarrc.dtypes.base import JSON, shown
from zarrc.lazy import LazyModule
from zarrc.metadata.document import as_stored, copy_json, document_name, refuse
from zarrc.metadata.v2 import ArrayV2Metadata

_unicodedata = LazyModule("unicodedata")  # a megabyte of tables

ParseNode = Callable[[str, dict[str, Any]], Any]


class ConsolidatedMetadata(Mapping[str, Any]):
    """Paths relative to the root group (``"a/b"``) to array and group metadata, in the order stored.

    Nodes are parsed and checked at first access, so that opening a large hierarchy costs nothing per node. An object is
    shared by all who opened equal documents, and never changes: a change makes another.

    Parameters
    ----------
    nodes
        Paths to metadata objects, or to their unparsed documents: for v3 the content of ``zarr.json``, for v2 a
        dict of file names (".zarray", ".zgroup", ".zattrs") to contents. Kept, and must not be changed afterwards.
    zarr_format
        2 or 3.
    parse
        Makes the metadata object of a path and its unparsed documents.
    is_part
        Whether these are the nodes below a group of a hierarchy that knows more.
    """

    __slots__ = ("_changed", "_nodes", "_parse", "_parsed", "is_part", "zarr_format")

    def __init__(
        self,
        nodes: dict[str, Any],
        zarr_format: Literal[2, 3],
        parse: ParseNode | None = None,
        is_part: bool = False,
    ) -> None:
        self._nodes, self._parse = nodes, parse
        self._parsed: dict[str, Any] = {}  # apart, as unparsed nodes are stored as they were read
        self.zarr_format = zarr_format
        self.is_part = is_part
        self._changed: dict[str, tuple[Any, Any]] = {}  # what members were before the first change, and are now

    def __reduce__(self) -> tuple:
        return (ConsolidatedMetadata, (self.flattened_metadata, self.zarr_format, None, self.is_part))

    def __getitem__(self, key: str) -> Any:
        return self._metadata_of(key, self._nodes[key])

    def _metadata_of(self, key: str, node: Any) -> Any:
        if type(node) is not dict or self._parse is None:
            return node
        found = self._parsed.get(key)
        if found is None:
            found = self._parsed[key] = self._parse(key, node)
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._nodes)

    def __len__(self) -> int:
        return len(self._nodes)

    def __contains__(self, key: object) -> bool:
        return key in self._nodes

    def __repr__(self) -> str:
        return f"ConsolidatedMetadata({list(self)!r})"

    @property
    def flattened_metadata(self) -> dict[str, Any]:
        """All nodes, parsed."""
        return {key: self._metadata_of(key, node) for key, node in self._nodes.items()}

    @property
    def metadata(self) -> dict[str, Any]:
        """The nodes directly below, parsed; groups among them have what lies below them."""
        found = {}
        for path, node in self._nodes.items():
            if "/" not in path:
                node = self._metadata_of(path, node)
                if node.node_type == "group":
                    node = node._with(consolidated_metadata=self.below(path))
                found[path] = node
        return found

    def below(self, path: str) -> ConsolidatedMetadata:
        """The nodes below a group of the hierarchy, their paths relative to it."""
        start, parse = f"{path}/", self._parse
        nodes = {
            key[len(start) :]: self._parsed.get(key, node) for key, node in self._nodes.items() if key.startswith(start)
        }
        parse_below = None if parse is None else lambda key, node: parse(start + key, node)
        return ConsolidatedMetadata(nodes, self.zarr_format, parse_below, is_part=True)

    def with_node(self, path: str, node: Any) -> ConsolidatedMetadata:
        """The same after a member changed its own metadata. A node that was removed stays so."""
        before = self._nodes.get(path)
        if before is None:
            return self
        made = self._of({**self._nodes, path: node})
        made._changed = {**self._changed, path: (self._changed.get(path, (before, None))[0], node)}
        return made

    def without_node(self, path: str) -> ConsolidatedMetadata:
        """The same without a node and those below it; the object itself where there are none."""
        start = f"{path}/"
        left = {key: node for key, node in self._nodes.items() if key != path and not key.startswith(start)}
        if len(left) == len(self._nodes):
            return self
        made = self._of(left)
        made._changed = {key: change for key, change in self._changed.items() if key in left}
        return made

    def _of(self, nodes: dict[str, Any]) -> ConsolidatedMetadata:
        """Of other nodes, with what was parsed of those that stayed."""
        made = ConsolidatedMetadata(nodes, self.zarr_format, self._parse, self.is_part)
        parsed = self._parsed.copy()  # other threads parse meanwhile
        made._parsed = {key: known for key, known in parsed.items() if nodes.get(key) is self._nodes[key]}
        return made

    def with_changes_of(self, other: ConsolidatedMetadata) -> ConsolidatedMetadata:
        """The same with what members changed in an earlier reading of the same hierarchy, unless it was consolidated
        anew since."""
        made = self
        for path, (before, node) in other._changed.items():
            if path in self._nodes and self._is_same(self._nodes[path], before):
                made = made.with_node(path, node)
        return made

    def _is_same(self, one: Any, other: Any) -> bool:
        """Whether two nodes, parsed or not, are the same. Groups of format 3 may or may not say that they are
        consolidated; those of format 2 are compared as they are."""
        if one == other or self.zarr_format == 2:
            return bool(one == other)
        left, right = (dict(node) if type(node) is dict else as_stored(node.document) for node in (one, other))
        return {**left, "consolidated_metadata": None} == {**right, "consolidated_metadata": None}

    def to_dict(self) -> dict[str, Any]:
        """v3: the value of ``consolidated_metadata``. v2: the content of ``.zmetadata`` without the root itself.

        As zarr-python 3 writes them: groups below the root say that they are consolidated, with nothing in it.
        """
        if self.zarr_format == 3:
            found = {}
            for key, node in self._nodes.items():
                document = copy_json(node if type(node) is dict else as_stored(node.document))
                if document.get("node_type") == "group":
                    document["consolidated_metadata"] = _nothing()
                found[key] = document
            return {"kind": "inline", "must_understand": False, "metadata": found}
        flat: dict[str, Any] = {}
        for key, node in self._nodes.items():
            if type(node) is dict:
                flat |= {document_name(key, name): copy_json(content) for name, content in node.items()}
            else:
                flat |= v2_entries(key, node)
        return {"metadata": flat, "zarr_consolidated_format": 1}


def _nothing() -> dict[str, Any]:
    return {"kind": "inline", "must_understand": False, "metadata": {}}


def in_zarr_order(nodes: Mapping[str, Any]) -> dict[str, Any]:
    """Nodes by depth, then by path without regard to case: the order in which zarr-python 3 writes them."""
    return dict(sorted(nodes.items(), key=lambda item: (item[0].count("/"), _folded(item[0]), item[0])))


def _folded(path: str) -> str:
    if path.isascii():
        return path.casefold()
    return _unicodedata.normalize("NFKC", path).casefold()


def v2_entries(path: str, node: Any) -> dict[str, Any]:
    """The entries of one node in ``.zmetadata``; ``path`` is "" for the root."""
    document = copy_json(as_stored(node.document))
    name = ".zarray" if isinstance(node, ArrayV2Metadata) else ".zgroup"
    if path and name == ".zgroup":
        document["consolidated_metadata"] = _nothing()
    entries = {document_name(path, ".zattrs"): copy_json(node.attributes), document_name(path, name): document}
    return entries if path else dict(reversed(entries.items()))


def consolidated_v3(value: JSON, path: str, parse: ParseNode) -> ConsolidatedMetadata | None:
    """From ``consolidated_metadata`` of a ``zarr.json``; None for null and for kinds that may be ignored."""
    document = document_name(path, "zarr.json")
    if value is None:
        return None
    if type(value) is not dict:
        refuse(document, "consolidated_metadata", f"must be an object, not {shown(value)}")
    if value.get("kind", "inline") != "inline":
        if value.get("must_understand") is not False:
            refuse(document, "consolidated_metadata", f"unknown kind {shown(value['kind'])}")
        return None
    nodes = value.get("metadata")
    if type(nodes) is not dict:
        refuse(document, "consolidated_metadata", f"metadata must be an object, not {shown(nodes)}")
    for key, node in nodes.items():
        _check_path(key, document)
        if type(node) is not dict:
            refuse(document, "consolidated_metadata", f"entry {key!r} must be an object, not {shown(node)}")
    return ConsolidatedMetadata(dict(nodes), 3, parse)


def consolidated_v2(data: dict[str, Any], path: str, parse: ParseNode) -> tuple[dict[str, Any], ConsolidatedMetadata]:
    """From the content of ``.zmetadata``: the root's own documents by file name, and all other nodes."""
    document = document_name(path, ".zmetadata")
    version = data.get("zarr_consolidated_format")
    if version != 1 or type(version) is not int:
        refuse(document, "zarr_consolidated_format", f"must be 1, not {shown(version)}")
    entries = data.get("metadata")
    if type(entries) is not dict:
        refuse(document, "metadata", f"must be an object, not {shown(entries)}")
    nodes: dict[str, Any] = {}
    for key, content in entries.items():
        parent, _, name = key.rpartition("/")
        if name not in (".zarray", ".zgroup", ".zattrs"):
            continue
        if type(content) is not dict:
            refuse(document, "metadata", f"entry {key!r} must be an object, not {shown(content)}")
        if parent:
            _check_path(parent, document)
        nodes.setdefault(parent, {})[name] = content
    root = nodes.pop("", {})
    # attributes alone are no node: their group or array was deleted
    nodes = {key: node for key, node in nodes.items() if ".zarray" in node or ".zgroup" in node}
    return root, ConsolidatedMetadata(nodes, 2, parse)


def _check_path(path: str, document: str) -> None:
    """Refuse paths that could lead out of the hierarchy."""
    if "\0" in path or any(part in ("", ".", "..") for part in path.replace("\\", "/").split("/")):
        refuse(document, "metadata", f"impossible path {shown(path)}")
