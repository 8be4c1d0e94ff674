"""Large documents parsed lately, by their bytes."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


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
        self._known: OrderedDict = OrderedDict()
        self._count, self._largest = count, largest

    def get(self, raw: bytes | bytearray | memoryview | str, path: str, parse: Callable[[], T]) -> T:
        """What ``parse`` makes of the document ``raw`` at ``path``, or made of its equal. Its errors are raised."""
        if type(raw) is not bytes or len(raw) > self._largest:
            return parse()
        key = (raw, path)
        found = self._known.get(key)
        if found is None:
            found = self._known[key] = parse()
            while len(self._known) > self._count:
                try:
                    self._known.popitem(last=False)
                except KeyError:  # another thread was first
                    break
        return found
