"""`zarrc.buffer.core`, under its name of ``zarr.core.buffer.core``."""

from zarrc.buffer import *  # noqa: F403
from zarrc.buffer import __all__ as __all__
