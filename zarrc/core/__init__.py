"""A few modules of zarr-python's ``zarr.core`` that clients import although they are not public."""

from zarrc.array import Array
from zarrc.core import dtype
from zarrc.lazy import submodules

__all__ = ["Array", "dtype"]

__getattr__ = submodules(
    __name__, "array", "array_spec", "attributes", "buffer", "chunk_grids", "chunk_key_encodings", "common", "config",
    "group", "indexing", "metadata", "sync",
)  # fmt: skip
