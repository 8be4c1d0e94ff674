"""Abstract classes under the names of ``zarr.abc``."""

from zarrc.lazy import submodules

__getattr__ = submodules(__name__, "buffer", "codec", "metadata", "numcodec", "store")
