"""Group metadata of both formats."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Literal, Self

from zarrc.dtypes.base import shown
from zarrc.errors import MetadataValidationError, NodeTypeValidationError
from zarrc.frozen import set_slot
from zarrc.metadata.consolidated import (
    ConsolidatedMetadata,
    consolidated_v2,
    consolidated_v3,
    in_zarr_order,
    v2_entries,
)
from zarrc.metadata.document import attributes_of, copy_json, document_name, dump, load_object, refuse
from zarrc.metadata.record import Record
from zarrc.metadata.remembered import Remembered
from zarrc.metadata.v2 import ArrayV2Metadata
from zarrc.metadata.v3 import ArrayV3Metadata, extra_fields

# Hierarchies are opened again and again, by every task of a computation; their nodes stay parsed.
_groups_v3: Remembered = Remembered(16, 1 << 20)
_hierarchies_v2: Remembered = Remembered(16, 1 << 20)

_KNOWN_V3 = frozenset(("zarr_format", "node_type", "attributes", "consolidated_metadata"))


class GroupMetadata(Record):
    """What ``zarr.json`` (v3) or ``.zgroup`` and ``.zattrs`` (v2) say about a group.

    Attributes
    ----------
    attributes
        JSON object.
    zarr_format
        2 or 3.
    consolidated_metadata
        Metadata of all nodes below, by relative path, or None.
    extra_fields
        v3: unknown members that may be ignored. v2: unknown keys of ``.zgroup``.
    document
        The JSON data of ``zarr.json`` or ``.zgroup`` that was read.
    """

    __slots__ = _slots = _fields = (
        "attributes",
        "zarr_format",
        "consolidated_metadata",
        "extra_fields",
        "document",
    )
    attributes: dict[str, Any]
    zarr_format: Literal[2, 3]
    consolidated_metadata: ConsolidatedMetadata | None
    extra_fields: dict[str, Any]
    document: dict[str, Any]
    node_type: Literal["group"] = "group"

    def __init__(
        self,
        attributes: dict[str, Any] | None = None,
        zarr_format: Literal[2, 3] = 3,
        consolidated_metadata: ConsolidatedMetadata | None = None,
        extra_fields: dict[str, Any] | None = None,
        document: dict[str, Any] | None = None,
    ) -> None:
        if zarr_format not in (2, 3):
            raise MetadataValidationError(f"zarr_format must be 2 or 3, not {shown(zarr_format)}")
        attributes, extra_fields = attributes or {}, extra_fields or {}
        if not document:
            attributes = copy_json(dict(attributes))
            document = {"zarr_format": zarr_format}
            if zarr_format == 3:
                document |= {"node_type": "group", "attributes": attributes}
            document |= extra_fields
        values = (attributes, zarr_format, consolidated_metadata, extra_fields, document)
        for name, value in zip(self._slots, values, strict=True):
            set_slot(self, name, value)

    def __eq__(self, other: object) -> bool:
        """Same content, whatever the documents looked like."""
        if not isinstance(other, GroupMetadata):
            return NotImplemented
        return self is other or self._values()[:4] == other._values()[:4]

    @classmethod
    def from_dict(
        cls,
        data: dict[str, Any],
        path: str = "",
        *,
        attributes: dict[str, Any] | None = None,
        exact: Callable[[], dict[str, Any]] | None = None,
    ) -> Self:
        """From parsed JSON. ``data`` is kept and must not be changed afterwards.

        Parameters
        ----------
        data
            Content of ``zarr.json`` or of ``.zgroup``; its ``zarr_format`` tells which.
        path
            Path of the group, for messages.
        attributes
            v2: content of ``.zattrs``.
        exact
            v3: gives the same content with `zarrc.dtypes.ExactFloat` numbers.

        Raises
        ------
        MetadataValidationError
            With document, key and value in the message; NodeTypeValidationError for an array's document.
        """
        zarr_format = data.get("zarr_format")
        if type(zarr_format) is int and zarr_format == 2 and "node_type" not in data:
            if attributes is None:
                attributes = attributes_of(data.get("attributes"), document_name(path, ".zgroup"), "attributes")
            # zarr-python puts consolidated_metadata into the groups of .zmetadata
            data = {key: value for key, value in data.items() if key not in ("attributes", "consolidated_metadata")}
            return cls(attributes, 2, None, {key: data[key] for key in data if key != "zarr_format"}, data)
        document = document_name(path, "zarr.json" if "node_type" in data or zarr_format == 3 else ".zgroup")
        if type(zarr_format) is not int or zarr_format != 3:
            refuse(document, "zarr_format", f"must be 2 or 3, not {shown(zarr_format)}")
        if data.get("node_type") != "group":
            refuse(
                document, "node_type", f"must be 'group', not {shown(data.get('node_type'))}", NodeTypeValidationError
            )

        def node_exact(key: str) -> Callable[[], dict[str, Any]] | None:
            return None if exact is None else lambda: exact()["consolidated_metadata"]["metadata"][key]

        def parse(key: str, node: dict[str, Any]) -> Any:
            # what lies below a node, the root knows; in its own document it would be wrong
            node = {name: value for name, value in node.items() if name != "consolidated_metadata"}
            return node_from_dict(node, document_name(path, key), exact=node_exact(key))

        return cls(
            attributes_of(data.get("attributes"), document, "attributes"),
            3,
            consolidated_v3(data.get("consolidated_metadata"), path, parse),
            extra_fields(data, _KNOWN_V3, document),
            data,
        )

    def to_dict(self) -> dict[str, Any]:
        """JSON data: of ``zarr.json``, or of ``.zgroup`` with ``.zattrs`` under "attributes"; a copy."""
        found = copy_json(self.document)
        if self.zarr_format == 2:
            found["attributes"] = copy_json(self.attributes)
        return found

    def documents(self) -> dict[str, bytes]:
        """File names, relative to the group, to the bytes to store there."""
        if self.zarr_format == 3:
            return {"zarr.json": dump(self.document)}
        files = {".zgroup": dump(self.document), ".zattrs": dump(self.attributes, name="attributes")}
        if self.consolidated_metadata is not None:
            content = self.consolidated_metadata.to_dict()
            content["metadata"] = {**v2_entries("", self), **content["metadata"]}
            files[".zmetadata"] = dump(content, None)
        return files

    def with_attributes(self, attributes: dict[str, Any]) -> Self:
        """The same with other attributes, all replaced."""
        attributes = copy_json(dict(attributes))
        document = {**self.document, "attributes": attributes} if self.zarr_format == 3 else self.document
        return self._with(attributes=attributes, document=document)

    def without_consolidated(self) -> Self:
        """The same without consolidated metadata."""
        return self.with_consolidated(None)

    def with_zmetadata(self, raw: bytes, path: str = "") -> Self:
        """v2: the same with the nodes of a ``.zmetadata`` document. Raises `MetadataValidationError`."""
        return self._with(consolidated_metadata=parse_zmetadata(raw, path)[1])

    def without_member(self, path: str) -> Self:
        """The same whose consolidated metadata know neither a member nor what lies below it; the object itself where
        they know none."""
        known = self.consolidated_metadata
        left = None if known is None else known.without_node(path)
        if left is None or left is known:
            return self
        document = self.document
        if self.zarr_format == 3 and not left.is_part:
            document = {**document, "consolidated_metadata": left.to_dict()}
        return self._with(consolidated_metadata=left, document=document)

    def with_consolidated(self, nodes: Mapping[str, Any] | None) -> Self:
        """The same with the metadata of these nodes (relative path to metadata object) kept in it, or with none."""
        document = {key: value for key, value in self.document.items() if key != "consolidated_metadata"}
        if nodes is None:
            return self._with(consolidated_metadata=None, document=document)
        for path, node in nodes.items():
            if node.zarr_format != self.zarr_format:
                raise MetadataValidationError(f"node {path!r} is of Zarr format {node.zarr_format}, its root is not")
        consolidated = ConsolidatedMetadata(dict(nodes), self.zarr_format)
        if self.zarr_format == 3:
            document["consolidated_metadata"] = consolidated.to_dict()
        return self._with(consolidated_metadata=consolidated, document=document)


def consolidate(
    root: GroupMetadata, nodes: Mapping[str, ArrayV2Metadata | ArrayV3Metadata | GroupMetadata]
) -> GroupMetadata:
    """The root group with the metadata of everything below it: what ``consolidate_metadata`` stores.

    Parameters
    ----------
    root
        Metadata of the group at the root.
    nodes
        Paths relative to it ("a/b") to metadata. Consolidated metadata that groups among them have is left out.

    Returns
    -------
    GroupMetadata
        Its `GroupMetadata.documents` are to be stored: ``zarr.json``, or ``.zgroup``, ``.zattrs``, ``.zmetadata``.

    Raises
    ------
    MetadataValidationError
        Nodes of another Zarr format than the root's.
    """
    return root.with_consolidated(in_zarr_order(nodes))


def node_from_dict(
    data: dict[str, Any], path: str = "", *, exact: Callable[[], dict[str, Any]] | None = None
) -> ArrayV3Metadata | GroupMetadata:
    """Array or group metadata of the content of a ``zarr.json``, whichever ``node_type`` says."""
    if data.get("node_type") == "group":
        return GroupMetadata.from_dict(data, path, exact=exact)
    return ArrayV3Metadata.from_dict(data, path, exact=exact)


def parse_node_v3(raw: bytes, path: str = "") -> ArrayV3Metadata | GroupMetadata:
    """Array or group metadata of the bytes of ``zarr.json``."""
    document = document_name(path, "zarr.json")
    return node_from_dict(load_object(raw, document), path, exact=lambda: load_object(raw, document, exact=True))


def parse_group_json(
    raw: bytes,
    zarr_format: Literal[2, 3],
    path: str = "",
    zattrs: bytes | None = None,
    zmetadata: bytes | None = None,
) -> GroupMetadata:
    """Group metadata of the bytes of ``zarr.json`` (3) or of ``.zgroup``, ``.zattrs`` and ``.zmetadata`` (2).

    Raises
    ------
    MetadataValidationError
        With document, key and value in the message; NodeTypeValidationError for an array's document.
    """
    if zarr_format == 3:
        return _groups_v3.get(raw, path, lambda: _parse_group_v3(raw, path))
    data = load_object(raw, document_name(path, ".zgroup"))
    if data.get("zarr_format") != 2:
        refuse(document_name(path, ".zgroup"), "zarr_format", f"must be 2, not {shown(data.get('zarr_format'))}")
    attributes = {} if zattrs is None else load_object(zattrs, document_name(path, ".zattrs"))
    group = GroupMetadata.from_dict(data, path, attributes=attributes)
    return group if zmetadata is None else group.with_zmetadata(zmetadata, path)


def _parse_group_v3(raw: bytes, path: str) -> GroupMetadata:
    document = document_name(path, "zarr.json")
    data = load_object(raw, document)
    if data.get("zarr_format") != 3:
        refuse(document, "zarr_format", f"must be 3, not {shown(data.get('zarr_format'))}")
    return GroupMetadata.from_dict(data, path, exact=lambda: load_object(raw, document, exact=True))


def parse_zmetadata(raw: bytes, path: str = "") -> tuple[GroupMetadata, ConsolidatedMetadata]:
    """The root group and all nodes below it, of the bytes of ``.zmetadata`` alone."""
    return _hierarchies_v2.get(raw, path, lambda: _parse_zmetadata(raw, path))


def _parse_zmetadata(raw: bytes, path: str) -> tuple[GroupMetadata, ConsolidatedMetadata]:
    document = document_name(path, ".zmetadata")

    def parse(key: str, files: dict[str, Any]) -> ArrayV2Metadata | GroupMetadata:
        where = document_name(path, key)
        attributes = files.get(".zattrs", {})
        if ".zarray" not in files:
            return GroupMetadata.from_dict(files[".zgroup"], where, attributes=attributes)
        return ArrayV2Metadata.from_dict(
            files[".zarray"],
            where,
            attributes=attributes,
            exact=lambda: load_object(raw, document, exact=True)["metadata"][f"{key}/.zarray"],
        )

    root, nodes = consolidated_v2(load_object(raw, document), path, parse)
    if ".zgroup" not in root:
        refuse(document, "metadata", "has no entry '.zgroup'")
    group = GroupMetadata.from_dict(root[".zgroup"], path, attributes=root.get(".zattrs", {}))
    return group._with(consolidated_metadata=nodes), nodes
