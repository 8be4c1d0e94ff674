"""`zarrc.buffer.cpu`, under its name of ``zarr.core.buffer.cpu``."""

from zarrc.buffer.cpu import Buffer, NDBuffer, buffer_prototype, numpy_buffer_prototype

__all__ = ["Buffer", "NDBuffer", "buffer_prototype", "numpy_buffer_prototype"]
