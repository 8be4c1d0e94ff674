"""Buffers in host memory, under the names of ``zarr.buffer.cpu``."""

from zarrc.buffer.core import Buffer, NDBuffer, default_buffer_prototype

buffer_prototype = default_buffer_prototype()
numpy_buffer_prototype = default_buffer_prototype

__all__ = ["Buffer", "NDBuffer", "buffer_prototype", "numpy_buffer_prototype"]
