"""Under the name of ``zarr.core.dtype.npy.float``."""

from zarrc.dtypes.number_types import Float16, Float32, Float64

__all__ = ["Float16", "Float32", "Float64"]
