"""`zarrc.buffer`, under its name of ``zarr.core.buffer``."""

from zarrc.buffer import ArrayLike, Buffer, BufferPrototype, NDArrayLike, NDBuffer, default_buffer_prototype
from zarrc.buffer.core import NDArrayLikeOrScalar

__all__ = [
    "ArrayLike",
    "Buffer",
    "BufferPrototype",
    "NDArrayLike",
    "NDArrayLikeOrScalar",
    "NDBuffer",
    "default_buffer_prototype",
]
