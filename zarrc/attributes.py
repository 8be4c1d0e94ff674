"""User attributes of an array or a group, as a mutable mapping."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, MutableMapping
from typing import Any, Protocol

from zarrc.errors import ConflictError
from zarrc.metadata.document import copy_json


class _Node(Protocol):
    @property
    def metadata(self) -> Any: ...

    def _change_attributes(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None: ...

    def refresh(self) -> Any: ...


class Attributes(MutableMapping[str, Any]):
    """JSON values by name. Every change is written at once; what is read is a copy, of what the array or group object
    knows (`zarrc.Array.refresh`). A change keeps what others, threads and processes, stored under other names
    meanwhile: it is made to the attributes as they are stored then.

    Raises
    ------
    TypeError
        A value that JSON cannot hold.
    MetadataValidationError
        Values that are nested too deeply.
    ReadOnlyError
        A change to something opened read-only.
    """

    __slots__ = ("_node",)

    def __init__(self, node: _Node) -> None:
        self._node = node

    def __getitem__(self, key: str) -> Any:
        return copy_json(self._node.metadata.attributes[key])

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delitem__(self, key: str) -> None:
        def without(stored: dict[str, Any]) -> dict[str, Any]:
            rest = dict(stored)
            del rest[key]
            return rest

        self._node._change_attributes(without)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._node.metadata.attributes))

    def __len__(self) -> int:
        return len(self._node.metadata.attributes)

    def __contains__(self, key: object) -> bool:
        return key in self._node.metadata.attributes

    def put(self, attributes: dict[str, Any]) -> None:
        """Replaces all attributes by these, in one write."""
        new = copy_json(dict(attributes))
        self._node._change_attributes(lambda _: new)

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Merges into the attributes, in one write."""
        new = copy_json(dict(*args, **kwargs))
        self._node._change_attributes(lambda stored: {**stored, **new})

    def compare_and_set(self, expected: Mapping[str, Any], new: Mapping[str, Any]) -> None:
        """Replaces all attributes by ``new`` where exactly ``expected`` is stored, in one step: of several who try, one
        succeeds.

        Raises
        ------
        ConflictError
            Something else is stored, and was left alone. `asdict` then gives it.
        """
        wanted, made = dict(expected), copy_json(dict(new))

        def replaced(stored: dict[str, Any]) -> dict[str, Any]:
            if stored != wanted:
                raise ConflictError("the stored attributes are not the expected ones", copy_json(dict(stored)))
            return made

        try:
            self._node._change_attributes(replaced)
        except ConflictError:
            self._node.refresh()
            raise

    def asdict(self) -> dict[str, Any]:
        """All attributes as a dictionary of the caller's own."""
        return copy_json(dict(self._node.metadata.attributes))

    def __repr__(self) -> str:
        return repr(self.asdict())
