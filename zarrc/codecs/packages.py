"""Optional packages, imported when a codec first works with them and not before."""

from __future__ import annotations

import importlib
from types import ModuleType

from zarrc.errors import MissingDependencyError


def require(module: str, package: str, codec: str) -> ModuleType:
    """The module, imported now if it was not yet.

    Parameters
    ----------
    module
        Dotted name to import, such as ``"lz4.block"``.
    package
        Name to install it by, such as ``"lz4"``.
    codec
        Name of the codec that asks.

    Raises
    ------
    MissingDependencyError
        When the package is absent.
    """
    try:
        return importlib.import_module(module)
    except ImportError as e:
        raise MissingDependencyError(
            f"codec {codec!r} needs the package {package!r} when it works in Python: pip install {package} ({e})"
        ) from e
