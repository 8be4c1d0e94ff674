"""Under the name of ``zarr.core.metadata.v2``."""

from zarrc.metadata import ArrayV2Metadata

__all__ = ["ArrayV2Metadata"]
