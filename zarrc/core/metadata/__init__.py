"""Metadata of arrays, under the name of ``zarr.core.metadata``."""

from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata

ArrayMetadata = ArrayV2Metadata | ArrayV3Metadata

__all__ = ["ArrayMetadata", "ArrayV2Metadata", "ArrayV3Metadata"]
