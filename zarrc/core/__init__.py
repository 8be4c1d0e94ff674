"""A few modules of zarr-python's ``zarr.core`` that clients import although they are not public."""

from zarrc.array import Array
from zarrc.core import dtype

__all__ = ["Array", "dtype"]
