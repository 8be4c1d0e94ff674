"""Under the name of ``zarr.core.dtype.npy.structured``."""

from zarrc.dtypes.struct import Struct, Structured

__all__ = ["Struct", "Structured"]
