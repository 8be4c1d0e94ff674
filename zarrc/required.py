"""Whether what is stored is what ``require_array`` asks for."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.array import Array


def check_required(node: Any, shape: Any, dtype: Any, exact: bool) -> None:
    """Raises TypeError, with the node's path, where it is no array, or has another shape or, with ``exact``, another
    dtype; without ``exact`` a dtype that casts safely will do."""
    if not isinstance(node, Array):
        raise TypeError(f"Incompatible object ({type(node).__name__}) already exists at {node.name!r}")
    wanted = (int(shape),) if isinstance(shape, int) else tuple(shape)
    if node.shape != wanted:
        raise TypeError(f"Incompatible shape ({node.shape} vs {wanted}): an array exists at {node.name!r}")
    if dtype is not None:
        dtype = np.dtype(dtype)
        if (exact and node.dtype != dtype) or not np.can_cast(node.dtype, dtype):
            raise TypeError(f"Incompatible dtype ({node.dtype} vs {dtype}): an array exists at {node.name!r}")
