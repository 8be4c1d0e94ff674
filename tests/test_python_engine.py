"""The Python engine. That it does what the native one does is shown in tests/engine; here its own parts."""

from __future__ import annotations

import numpy as np

from zarrc.python_engine import same_items


def test_same_items():
    assert same_items(np.array([np.nan]), np.array([np.nan]))
    assert not same_items(np.array([0.0]), np.array([-0.0]))
    assert same_items(np.array([1, 2])[::-1], np.array([2, 1]))
    assert same_items(np.array(["a", None], object), np.array(["a", None], object))
    assert not same_items(np.array(["a", None], object), np.array(["b", None], object))
