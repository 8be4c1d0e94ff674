"""Under the name of ``zarr.core.dtype.npy.time``."""

from zarrc.dtypes.times import DateTime64, TimeDelta64

__all__ = ["DateTime64", "TimeDelta64"]
