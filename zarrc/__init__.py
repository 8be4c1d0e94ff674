"""zarrc: Zarr v2 and v3 for Python at the speed of the machine.

The functions and classes are zarr-python 3's; ``zarrc.codecs`` has the codecs, ``zarrc.kernels`` the C kernels,
``zarrc.errors`` the exceptions.
"""

from zarrc._core import get_num_threads, set_num_threads
from zarrc.api import (
    array,
    create,
    create_array,
    create_group,
    empty,
    empty_like,
    full,
    full_like,
    group,
    load,
    ones,
    ones_like,
    open,
    open_array,
    open_consolidated,
    open_group,
    open_like,
    save,
    save_array,
    save_group,
    zeros,
    zeros_like,
)
from zarrc.array import Array
from zarrc.config import config
from zarrc.group import Group

__version__ = "3.4.0"

__all__ = [
    "Array",
    "Group",
    "__version__",
    "array",
    "config",
    "create",
    "create_array",
    "create_group",
    "empty",
    "empty_like",
    "full",
    "full_like",
    "get_num_threads",
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
    "set_num_threads",
    "zeros",
    "zeros_like",
]
