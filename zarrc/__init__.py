"""zarrc: Zarr v2 and v3 for Python at the speed of the machine.

The functions and classes are zarr-python 3's; ``zarrc.codecs`` has the codecs, ``zarrc.kernels`` the C kernels,
``zarrc.errors`` the exceptions.
"""

import importlib
from typing import Any

from zarrc._core import get_num_threads, set_num_threads
from zarrc.api import (
    array,
    create,
    create_array,
    create_group,
    empty,
    full,
    group,
    ones,
    open,
    open_array,
    open_consolidated,
    open_group,
    zeros,
)
from zarrc.array import Array
from zarrc.config import config
from zarrc.group import Group

__version__ = "3.4.0"

__all__ = [
    "Array",
    "AsyncArray",
    "AsyncGroup",
    "Group",
    "__version__",
    "array",
    "config",
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
    "get_num_threads",
    "group",
    "install_as_zarr",
    "load",
    "ones",
    "ones_like",
    "open",
    "open_array",
    "open_consolidated",
    "open_group",
    "open_like",
    "print_debug_info",
    "repair",
    "save",
    "save_array",
    "save_group",
    "set_format",
    "set_log_level",
    "set_num_threads",
    "tree",
    "verify",
    "zeros",
    "zeros_like",
]


# Imported when first used: each costs time that most programs need not spend, or needs an optional package.
_LAZY = {
    **dict.fromkeys(("empty_like", "full_like", "ones_like", "open_like", "zeros_like"), "zarrc.api.likes"),
    **dict.fromkeys(("load", "save", "save_array", "save_group"), "zarrc.api.saving"),
    "AsyncArray": "zarrc.async_array",
    "AsyncGroup": "zarrc.async_group",
    "ZarrcCodecPipeline": "zarrc.interop.pipeline",
    "consolidate_metadata": "zarrc.hierarchy",
    "copy": "zarrc.api.copies",
    "copy_all": "zarrc.api.copies",
    "copy_store": "zarrc.api.copies",
    "create_hierarchy": "zarrc.hierarchy",
    "from_array": "zarrc.array_copy",
    "install_as_zarr": "zarrc.alias",
    "print_debug_info": "zarrc.logs",
    "set_format": "zarrc.logs",
    "set_log_level": "zarrc.logs",
    "repair": "zarrc.verifying",
    "tree": "zarrc.hierarchy",
    "verify": "zarrc.verifying",
}
_MODULES = ("abc", "buffer", "codecs", "core", "dtype", "kernels", "registry", "storage")


def __getattr__(name: str) -> Any:
    """A public name or module, imported now (PEP 562)."""
    if name in _MODULES:
        return importlib.import_module(f"zarrc.{name}")
    if name not in _LAZY:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = globals()[name] = getattr(importlib.import_module(_LAZY[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_MODULES})
