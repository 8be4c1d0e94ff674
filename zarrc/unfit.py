"""Errors about indices and values that do not fit an array, with the array."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import (
    ArrayIndexError,
    BoundsCheckError,
    NegativeStepError,
    VindexInvalidSelectionError,
    ZeroStepError,
)

_INDEX_ERRORS = (ArrayIndexError, BoundsCheckError, NegativeStepError, VindexInvalidSelectionError, ZeroStepError)


def refuse_index(error: IndexError, array: Any) -> None:
    """Raises an error about an index again, with the array. Returns where ``error`` is about something else."""
    if type(error) in _INDEX_ERRORS:
        raise type(error)(f"{error} (array {array._label()!r} of shape {array.shape})") from None


def refuse_value(error: Exception, array: Any, value: Any) -> None:
    """Raises what numpy says of a value that is none of the array's dtype, as an error of the same type that names
    both. Returns where ``error`` is of a type of its own, which says enough."""
    if type(error) in (TypeError, ValueError, OverflowError):
        given = f"dtype {value.dtype}" if hasattr(value, "dtype") else f"type {type(value).__name__}"
        label = array._label()
        raise type(error)(
            f"array {label!r} of dtype {array.dtype} cannot hold this value of {given}: {error}"
        ) from None


def refuse_shape(error: ValueError, array: Any, given: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    """Raises ValueError about a value of shape ``given`` for a selection of shape ``wanted``. Returns where ``error``
    is about something else."""
    if type(error) is ValueError and not _broadcasts(given, wanted):
        raise ValueError(
            f"could not broadcast shape {given} to selection {wanted} of array {array._label()!r} "
            f"of shape {array.shape}"
        ) from None


def _broadcasts(given: tuple[int, ...], wanted: tuple[int, ...]) -> bool:
    try:
        return np.broadcast_shapes(given, wanted) == wanted
    except ValueError:
        return False
