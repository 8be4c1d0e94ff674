"""Buffers, under the names of ``zarr.abc.buffer``."""

from zarrc.buffer import ArrayLike, Buffer, BufferPrototype, NDArrayLike, NDBuffer

__all__ = ["ArrayLike", "Buffer", "BufferPrototype", "NDArrayLike", "NDBuffer"]
