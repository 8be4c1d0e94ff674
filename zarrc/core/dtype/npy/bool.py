"""Under the name of ``zarr.core.dtype.npy.bool``."""

from zarrc.dtypes.numbers import Bool

__all__ = ["Bool"]
