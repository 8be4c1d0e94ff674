"""Metadata documents of Zarr v2 and v3, checked and brought to one normal form."""

from __future__ import annotations

from zarrc.metadata.build import ArrayMetadata, array_metadata, build_array_metadata, parse_array_json
from zarrc.metadata.consolidated import ConsolidatedMetadata
from zarrc.metadata.group import GroupMetadata, consolidate, parse_group_json, parse_node_v3, parse_zmetadata
from zarrc.metadata.keys import KeyEncoding
from zarrc.metadata.v2 import ArrayV2Metadata, parse_array_v2
from zarrc.metadata.v3 import ArrayV3Metadata, parse_array_v3

__all__ = [
    "ArrayMetadata",
    "ArrayV2Metadata",
    "ArrayV3Metadata",
    "ConsolidatedMetadata",
    "GroupMetadata",
    "KeyEncoding",
    "array_metadata",
    "build_array_metadata",
    "consolidate",
    "parse_array_json",
    "parse_array_v2",
    "parse_array_v3",
    "parse_group_json",
    "parse_node_v3",
    "parse_zmetadata",
]
