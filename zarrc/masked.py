"""Masked arrays, without importing numpy.ma where nobody else has."""

from __future__ import annotations

import sys
from typing import Any


def is_masked(value: Any) -> bool:
    """Whether a value is a numpy masked array.

    numpy imports ``numpy.ma`` when it is first named. A process that is forked while another thread does so waits for
    ever at its next import of it; and where it was never imported there are no masked arrays.
    """
    found = sys.modules.get("numpy.ma")
    return found is not None and isinstance(value, getattr(found, "MaskedArray", ()))
