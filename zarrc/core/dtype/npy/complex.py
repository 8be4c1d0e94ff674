"""Under the name of ``zarr.core.dtype.npy.complex``."""

from zarrc.dtypes.number_types import Complex64, Complex128

__all__ = ["Complex64", "Complex128"]
