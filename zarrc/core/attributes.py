"""Under the name of ``zarr.core.attributes``."""

from zarrc.attributes import Attributes

__all__ = ["Attributes"]
