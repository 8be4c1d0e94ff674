"""Known names that look like one that is unknown, for messages. Imported when there is something to say."""

from __future__ import annotations

import difflib
from collections.abc import Iterable


def nearest(name: str, known: Iterable[str], most: int = 3, alike: float = 0.6) -> list[str]:
    """Up to ``most`` names among ``known`` that resemble ``name``, the likeliest first. Of dotted names the last part
    alone may do: "lz4" is near to "numcodecs.lz4". None is near to a name of more than 64 characters. ``alike``, from
    0 to 1: how much a near name has in common."""
    if len(name) > 64:
        return []
    names = sorted(known)
    found = difflib.get_close_matches(name, names, most, alike)
    last = {other.rpartition(".")[2]: other for other in reversed(names)}
    found += [last[part] for part in difflib.get_close_matches(name.rpartition(".")[2], last, most, alike)]
    return list(dict.fromkeys(found))[:most]


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """``" (did you mean 'zstd'?)"``, or "" where no known name is near."""
    names = nearest(name, known)
    return f" (did you mean {' or '.join(map(repr, names))}?)" if names else ""
