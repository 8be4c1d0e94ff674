"""Small immutable records, compared by value: what ``dataclass(frozen=True, slots=True)`` gives, without its cost.

A dataclass writes and compiles its methods at every import (0.5 to 2 ms each); the few records that ``import zarrc``
needs share these instead.
"""

from __future__ import annotations

from typing import ClassVar, NoReturn


class Frozen:
    """Base. A subclass names its slots, and in ``_fields`` the constructor's arguments; it sets them by `set_slot`."""

    __slots__ = ()
    _fields: ClassVar[tuple[str, ...]] = ()

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError(f"{type(self).__name__} is immutable")

    def _key(self) -> tuple:
        """The constructor's arguments: what equality, hash and pickle go by."""
        return tuple([getattr(self, name) for name in self._fields])

    def __eq__(self, other: object) -> bool:
        return self is other or (type(self) is type(other) and self._key() == other._key())  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash((type(self), self._key()))

    def __reduce__(self) -> tuple:
        return (type(self), self._key())

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self._key()))})"


# the only way to fill a slot
set_slot = object.__setattr__
