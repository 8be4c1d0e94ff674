"""Buffers as zarr-python's stores give and take them: bytes (`Buffer`) and arrays (`NDBuffer`) in host memory."""

from zarrc.buffer.core import (
    ArrayLike,
    Buffer,
    BufferPrototype,
    NDArrayLike,
    NDArrayLikeOrScalar,
    NDBuffer,
    default_buffer_prototype,
)
from zarrc.lazy import submodules

__all__ = [
    "ArrayLike",
    "Buffer",
    "BufferPrototype",
    "NDArrayLike",
    "NDArrayLikeOrScalar",
    "NDBuffer",
    "default_buffer_prototype",
]

__getattr__ = submodules(__name__, "core", "cpu")
