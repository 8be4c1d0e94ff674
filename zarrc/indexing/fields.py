"""Names of fields in keys of structured arrays."""

from __future__ import annotations

from typing import Any

import numpy as np

from zarrc.errors import ArrayIndexError
from zarrc.masked import is_masked

Fields = str | list[str] | None


def pop_fields(key: Any) -> tuple[Fields, Any]:
    """The names of fields in a key, and the key without them.

    ``"a"``, ``["a", "b"]``, and any of these behind other items, as in ``z[2:5, "a"]``. One name takes the items of
    that field, several the records of these fields.
    """
    if not isinstance(key, tuple):
        return (key, Ellipsis) if _is_names(key) else (None, key)
    names: list[str] = []
    listed = False
    for item in key:
        if isinstance(item, str):
            names.append(item)
        elif _is_names(item):
            names, listed = [*names, *item], True
    if not names:
        return None, key
    rest = tuple([item for item in key if not _is_names(item)])
    return names if listed or len(names) > 1 else names[0], rest if rest else Ellipsis


def _is_names(item: Any) -> bool:
    return isinstance(item, str) or (
        isinstance(item, list) and bool(item) and all(isinstance(name, str) for name in item)
    )


def field_dtype(fields: Any, dtype: np.dtype) -> np.dtype:
    """dtype of the items that are chosen by ``fields``: that of the one field, or a packed record of several.

    Raises `ArrayIndexError` where the dtype has no such fields.
    """
    if not isinstance(fields, str | list | tuple):
        raise ArrayIndexError(f"'fields' argument must be a string or list of strings; found {type(fields)!r}")
    if dtype.names is None:
        raise ArrayIndexError(f"invalid 'fields' argument, array does not have any fields: its dtype is {dtype}")
    for name in [fields] if isinstance(fields, str) else fields:
        if name not in dtype.names:
            raise ArrayIndexError(f"invalid 'fields' argument, field not found: {name!r} is not among {dtype.names}")
    if isinstance(fields, str):
        return dtype[fields]
    return np.dtype([(name, dtype[name]) for name in fields])


def take_fields(records: Any, fields: str | list[str], dtype: np.dtype) -> Any:
    """The fields of records (an ndarray, or one record) as `field_dtype` ``dtype``."""
    if isinstance(fields, str):
        part = records[fields]
        if is_masked(part):
            return part.copy() if part.ndim else part
        return np.ascontiguousarray(part) if isinstance(part, np.ndarray) and part.ndim else part
    masked = is_masked(records)
    packed = np.ma.empty(records.shape, dtype) if masked else np.empty(np.shape(records), dtype)
    for name in fields:
        packed[name] = records[name]
    return packed if np.ndim(records) else packed[()]
