"""Under the name of ``zarr.core.dtype.npy.bytes``."""

from zarrc.dtypes.fixed import NullTerminatedBytes, RawBytes
from zarrc.dtypes.variable import VariableLengthBytes

__all__ = ["NullTerminatedBytes", "RawBytes", "VariableLengthBytes"]
