"""``zarr.api.synchronous``: the functions of the package, all loaded."""

from __future__ import annotations

from zarrc import api
from zarrc.api import *  # noqa: F403

__all__ = api.__all__
