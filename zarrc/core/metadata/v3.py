"""Under the name of ``zarr.core.metadata.v3``."""

from zarrc.metadata import ArrayV3Metadata

__all__ = ["ArrayV3Metadata"]
