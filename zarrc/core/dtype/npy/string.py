"""Under the name of ``zarr.core.dtype.npy.string``."""

from zarrc.dtypes.fixed import FixedLengthUTF32
from zarrc.dtypes.variable import VariableLengthUTF8

__all__ = ["FixedLengthUTF32", "VariableLengthUTF8"]
