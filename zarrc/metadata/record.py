"""What array and group metadata share: immutable, compared by content, copied with changes."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar, Self

from zarrc.frozen import DataclassView, Frozen


class Record(Frozen):
    """Base. ``_fields`` are the constructor's keyword arguments, ``_slots`` everything that an instance holds."""

    __slots__ = ()
    _slots: ClassVar[tuple[str, ...]] = ()
    _puts: ClassVar[tuple[Callable[[Any, Any], None], ...]] = ()  # sets the slots, in the order of ``_slots``
    __dataclass_fields__ = DataclassView("__dataclass_fields__")
    __dataclass_params__ = DataclassView("__dataclass_params__")

    __hash__ = None  # type: ignore[assignment]

    def __init_subclass__(cls) -> None:
        cls._puts = tuple([getattr(cls, name).__set__ for name in cls._slots])

    @classmethod
    def _make(cls, *values: Any) -> Self:
        """An instance of the values of all slots, unchecked."""
        new = cls.__new__(cls)
        for put, value in zip(cls._puts, values, strict=True):
            put(new, value)
        return new

    def _values(self) -> tuple:
        return tuple([getattr(self, name) for name in self._slots])

    def _with(self, **changes: Any) -> Self:
        """The same with other values of some slots, unchecked."""
        return type(self)._make(*[changes.get(n, v) for n, v in zip(self._slots, self._values(), strict=True)])

    def __replace__(self, /, **changes: Any) -> Self:
        """`copy.replace`: through the constructor, so everything is checked again."""
        return type(self)(**{**{name: getattr(self, name) for name in self._fields}, **changes})

    def to_buffer_dict(self, prototype: Any) -> dict[str, Any]:
        """The documents, file names to buffers of the prototype."""
        return {name: prototype.buffer.from_bytes(data) for name, data in self.documents().items()}

    def documents(self) -> dict[str, bytes]:
        """File names, relative to the node, to the bytes to store there."""
        raise NotImplementedError

    def __reduce__(self) -> tuple:
        return (_restore, (type(self), self._values()))

    def __repr__(self) -> str:
        return f"{type(self).__name__}({', '.join(f'{name}={getattr(self, name)!r}' for name in self._fields)})"


def _restore(cls: type[Record], values: tuple) -> Record:
    return cls._make(*values)


def plain(value: Any, method: str = "to_dict") -> Any:
    """JSON data of an object that can say it, such as zarr-python's codecs and grids; other values as they are."""
    say = getattr(value, method, None)
    return say() if callable(say) else value
