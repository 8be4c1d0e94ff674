"""Groups, under their names of ``zarr.core.group``."""

from zarrc.async_group import AsyncGroup
from zarrc.group import Group
from zarrc.metadata import ConsolidatedMetadata, GroupMetadata

__all__ = ["AsyncGroup", "ConsolidatedMetadata", "Group", "GroupMetadata"]
