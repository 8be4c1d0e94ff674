"""Checks of configuration values, with messages that name codec and key."""

from __future__ import annotations

import operator
from collections.abc import Collection
from typing import Any

from zarrc.errors import CodecValidationError


def check_int(codec: str, key: str, value: Any, low: int, high: int | None = None) -> int:
    """``value`` as an int in ``low..high`` (both included); JSON's 1.0 passes, booleans do not."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    try:
        number = operator.index(value)
    except TypeError:
        raise CodecValidationError(f"codec {codec!r}: {key} must be an integer, got {value!r}") from None
    if isinstance(value, bool) or number < low or (high is not None and number > high):
        wanted = f"from {low} to {high}" if high is not None else f"of at least {low}"
        raise CodecValidationError(f"codec {codec!r}: {key} must be an integer {wanted}, got {value!r}")
    return number


def check_bool(codec: str, key: str, value: Any) -> bool:
    """``value`` when it is a boolean."""
    if not isinstance(value, bool):
        raise CodecValidationError(f"codec {codec!r}: {key} must be true or false, got {value!r}")
    return value


def check_choice(codec: str, key: str, value: Any, choices: Collection[str]) -> str:
    """``value`` when it is one of ``choices``; members of string enumerations (zarr-python) are unwrapped."""
    value = getattr(value, "value", value)
    if not isinstance(value, str) or value not in choices:
        raise CodecValidationError(f"codec {codec!r}: {key} must be one of {', '.join(sorted(choices))}, got {value!r}")
    return value


def check_number(codec: str, key: str, value: Any) -> int | float:
    """``value`` as a Python int or float that a float64 can hold; numpy scalars are unwrapped, booleans do not pass."""
    value = value.item() if hasattr(value, "item") else value
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise CodecValidationError(f"codec {codec!r}: {key} must be a number, got {value!r}")
    try:
        float(value)
    except OverflowError:
        raise CodecValidationError(f"codec {codec!r}: {key} is an integer beyond every float64") from None
    return value
