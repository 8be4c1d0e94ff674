"""`zarrc.config`, under its name of ``zarr.core.config``."""

from zarrc.config import Config, config
from zarrc.errors import BadConfigError

__all__ = ["BadConfigError", "Config", "config"]
