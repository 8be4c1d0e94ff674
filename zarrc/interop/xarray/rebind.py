"""xarray's own functions, with zarrc where they name zarr-python."""

from __future__ import annotations

import functools
from types import FunctionType
from typing import Any

import zarrc


def rebound(function: Any, **names: Any) -> Any:
    """A copy of a function in which these global names mean something else.

    xarray's functions that open and write Zarr stores do all that is needed, but name the class of the store, or import
    zarr-python, themselves. A copy with other names follows xarray from version to version; the original is untouched,
    so that engine "zarr" works beside it.
    """
    copy = FunctionType(
        function.__code__,
        {**function.__globals__, **names},
        function.__name__,
        function.__defaults__,
        function.__closure__,
    )
    copy.__kwdefaults__ = function.__kwdefaults__
    functools.update_wrapper(copy, function)
    del copy.__dict__["__wrapped__"]  # the copy is what is called and what is inspected
    return copy


def _import_zarrc(name: str) -> Any:
    if name != "zarr":
        raise ImportError(f"{name} is not asked for here")
    return zarrc


# What functions of ``xarray.backends.zarr`` import zarr-python by, and, before 2026.9, ask for its version by.
ZARRC: dict[str, Any] = {"attempt_import": _import_zarrc, "_zarr_v3": lambda: True}
