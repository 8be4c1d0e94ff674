"""Which value of a document it is that JSON cannot hold, for the error that says so."""

from __future__ import annotations

from typing import Any

_HOLDS = (str, int, float, bool, type(None))


def complaint(data: dict[str, Any], name: str, error: TypeError) -> str:
    """What ``json.dumps`` said about ``data``, behind the place of the value, ``attributes['a'][3]``, and before what
    to do."""
    found = _find(data, name)
    if found is None:
        return str(error)
    place, value = found
    instead = ""
    if hasattr(value, "tolist"):  # of numpy
        instead = ": store its tolist()"
    elif isinstance(value, set | frozenset):
        instead = ": store a list"
    return f"{place}: {error}{instead}"


def _find(value: Any, place: str) -> tuple[str, Any] | None:
    if isinstance(value, dict):
        for key, item in value.items():
            if not isinstance(key, _HOLDS):
                return f"{place}[{key!r}]", key
            found = _find(item, f"{place}[{key!r}]" if place else str(key))
            if found is not None:
                return found
    elif isinstance(value, list | tuple):
        for i, item in enumerate(value):
            found = _find(item, f"{place}[{i}]")
            if found is not None:
                return found
    elif not isinstance(value, _HOLDS):
        return place, value
    return None
