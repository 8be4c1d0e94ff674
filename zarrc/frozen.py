"""Small immutable records, compared by value: what ``dataclass(frozen=True, slots=True)`` and ``NamedTuple`` give,
without their cost.

Both write and compile methods at every import (a dataclass 0.5 to 2 ms, a named tuple 0.3); the few records that
``import zarrc`` needs share these instead.
"""

from __future__ import annotations

from operator import itemgetter
from typing import Any, ClassVar, NoReturn, Self

from zarrc.lazy import LazyModule

dataclasses = LazyModule("dataclasses")
inspect = LazyModule("inspect")


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


class DataclassView:
    """``__dataclass_fields__`` and ``__dataclass_params__``, made when first asked for.

    Metadata and data types of zarr-python are dataclasses, and its users call `dataclasses.replace` and
    `dataclasses.fields` on them. The fields are ``_fields``, or else the constructor's arguments.
    """

    def __init__(self, name: str) -> None:
        self.name = name

    def __get__(self, instance: object, owner: type) -> Any:
        said = (vars(cls)["_fields"] for cls in owner.__mro__ if cls is not Frozen and "_fields" in vars(cls))
        names = next(said, None)
        if names is None:
            names = inspect.signature(owner).parameters
        members = [(name, Any, dataclasses.field(default=None)) for name in names]
        return getattr(dataclasses.make_dataclass(owner.__name__, members, frozen=True), self.name)


# the only way to fill a slot
set_slot = object.__setattr__


class Record(tuple):
    """A tuple whose items have names: the annotations of the subclass, in order, all of them given by position."""

    __slots__ = ()

    def __init_subclass__(cls) -> None:
        for i, name in enumerate(cls.__annotations__):
            setattr(cls, name, property(itemgetter(i)))

    def __new__(cls, *items: Any) -> Self:
        return tuple.__new__(cls, items)

    def __getnewargs__(self) -> tuple:
        return tuple(self)

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(map(repr, self))})"
