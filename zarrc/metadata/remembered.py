"""Large documents parsed lately, by their bytes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")


def keep(known: dict[Any, Any], key: Any, value: Any, count: int) -> None:
    """Puts a value into a dictionary that keeps the ``count`` latest ones, and that threads share without a lock."""
    known[key] = value
    while len(known) > count:
        try:
            known.pop(next(iter(known)), None)
        except (StopIteration, RuntimeError):  # another thread changed it meanwhile, and looks at the length itself
            break


class Remembered:
    """What was made of the documents asked for last. Thread-safe; what it gives is shared and must not be changed.

    Parameters
    ----------
    count
        Number of documents kept.
    largest
        Length in bytes above which a document is parsed anew every time.
    """

    __slots__ = ("_count", "_known", "_largest")

    def __init__(self, count: int, largest: int) -> None:
        self._known: dict[tuple[bytes, str], Any] = {}
        self._count, self._largest = count, largest

    def get(self, raw: bytes | bytearray | memoryview | str, path: str, parse: Callable[[], T]) -> T:
        """What ``parse`` makes of the document ``raw`` at ``path``, or made of its equal. Its errors are raised."""
        if type(raw) is not bytes or len(raw) > self._largest:
            return parse()
        key = (raw, path)
        found = self._known.get(key)
        if found is None:
            found = parse()
            keep(self._known, key, found, self._count)
        return found
