"""Masked arrays, without importing numpy.ma where nobody else has."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeGuard

if TYPE_CHECKING:
    import numpy as np


def is_masked(value: Any) -> TypeGuard[np.ma.MaskedArray]:
    """Whether a value is a numpy masked array.

    numpy imports ``numpy.ma`` when it is first named. A process that is forked while another thread does so waits for
    ever at its next import of it; and where it was never imported there are no masked arrays.
    """
    found = sys.modules.get("numpy.ma")
    return found is not None and isinstance(value, getattr(found, "MaskedArray", ()))
