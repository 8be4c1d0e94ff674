"""The names of the package under those of zarr-python's modules."""

from __future__ import annotations

import inspect

import pytest

import zarrc
from zarrc.api import asynchronous, copies, synchronous


def test_public_names():
    assert set(zarrc.__all__) >= set(zarrc.api.__all__)
    assert all(hasattr(zarrc, name) for name in zarrc.__all__)
    assert synchronous.__all__ == asynchronous.__all__ == zarrc.api.__all__
    assert all(getattr(synchronous, name) is getattr(zarrc, name) for name in synchronous.__all__)


@pytest.mark.parametrize("name", [name for name in synchronous.__all__ if name != "create_hierarchy"])
def test_coroutines_have_the_signatures_of_the_functions(name):
    function, coroutine = getattr(synchronous, name), getattr(asynchronous, name)
    assert inspect.signature(coroutine) == inspect.signature(function)
    assert inspect.iscoroutinefunction(coroutine)


def test_copies():
    for use in (copies.copy, zarrc.copy_all, zarrc.copy_store):
        with pytest.raises(NotImplementedError, match="not part of the Zarr v3 API"):
            use({}, {})
