"""`zarrc.dtype`, under its name of ``zarr.core.dtype``."""

from zarrc.dtype import *  # noqa: F403
from zarrc.dtype import __all__ as __all__
