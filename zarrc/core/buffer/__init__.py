"""`zarrc.buffer`, under its name of ``zarr.core.buffer``."""

from zarrc.buffer import *  # noqa: F403
from zarrc.buffer import __all__ as __all__
from zarrc.lazy import submodules

__getattr__ = submodules(__name__, "core", "cpu")
