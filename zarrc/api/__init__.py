"""The functions of the package. Names and parameters are zarr-python 3's."""

from __future__ import annotations

import importlib
import sys
from typing import Any

from zarrc.api.creating import array, create, create_array, create_group, empty, full, ones, zeros
from zarrc.api.opening import group, open, open_array, open_consolidated, open_group
from zarrc.group_members import GroupMembers

__all__ = [
    "array",
    "consolidate_metadata",
    "copy",
    "copy_all",
    "copy_store",
    "create",
    "create_array",
    "create_group",
    "create_hierarchy",
    "empty",
    "empty_like",
    "from_array",
    "full",
    "full_like",
    "group",
    "load",
    "ones",
    "ones_like",
    "open",
    "open_array",
    "open_consolidated",
    "open_group",
    "open_like",
    "save",
    "save_array",
    "save_group",
    "tree",
    "zeros",
    "zeros_like",
]

# Imported when first used: they are not needed to open and read.
_LAZY = {
    **dict.fromkeys(("empty_like", "full_like", "ones_like", "open_like", "zeros_like"), "zarrc.api.likes"),
    **dict.fromkeys(("load", "save", "save_array", "save_group"), "zarrc.api.saving"),
    "consolidate_metadata": "zarrc.hierarchy",
    "copy": "zarrc.api.copies",
    "copy_all": "zarrc.api.copies",
    "copy_store": "zarrc.api.copies",
    "create_hierarchy": "zarrc.hierarchy",
    "from_array": "zarrc.array_copy",
    "tree": "zarrc.hierarchy",
}


def __getattr__(name: str) -> Any:
    """A function of another module, imported now (PEP 562)."""
    if name in ("asynchronous", "synchronous"):
        return importlib.import_module(f"{__name__}.{name}")
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_LAZY[name]), name)
    return value


GroupMembers._makers = sys.modules[__name__]
