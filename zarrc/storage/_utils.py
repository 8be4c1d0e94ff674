"""Names that zarr-python keeps in ``zarr.storage._utils``."""

from zarrc.stores import normalize_path

__all__ = ["normalize_path"]
