"""User attributes of an array or a group, as a mutable mapping."""

from __future__ import annotations

from collections.abc import Iterator, MutableMapping
from copy import deepcopy
from typing import Any, Protocol


class _Node(Protocol):
    _place: Any

    @property
    def metadata(self) -> Any: ...

    def _set_attributes(self, attributes: dict[str, Any]) -> None: ...


class Attributes(MutableMapping[str, Any]):
    """JSON values by name. Every change is written at once; what is read is a copy. Threads that change attributes
    through one array or group object lose nothing.

    Raises
    ------
    TypeError
        A value that JSON cannot hold.
    ReadOnlyError
        A change to something opened read-only.
    """

    __slots__ = ("_node",)

    def __init__(self, node: _Node) -> None:
        self._node = node

    def __getitem__(self, key: str) -> Any:
        return deepcopy(self._node.metadata.attributes[key])

    def __setitem__(self, key: str, value: Any) -> None:
        with self._node._place.store.lock:
            self._node._set_attributes({**self._node.metadata.attributes, key: deepcopy(value)})

    def __delitem__(self, key: str) -> None:
        with self._node._place.store.lock:
            rest = dict(self._node.metadata.attributes)
            del rest[key]
            self._node._set_attributes(rest)

    def __iter__(self) -> Iterator[str]:
        return iter(list(self._node.metadata.attributes))

    def __len__(self) -> int:
        return len(self._node.metadata.attributes)

    def __contains__(self, key: object) -> bool:
        return key in self._node.metadata.attributes

    def put(self, attributes: dict[str, Any]) -> None:
        """Replaces all attributes by these, in one write."""
        with self._node._place.store.lock:
            self._node._set_attributes(deepcopy(dict(attributes)))

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Merges into the attributes, in one write."""
        with self._node._place.store.lock:
            self._node._set_attributes({**self._node.metadata.attributes, **deepcopy(dict(*args, **kwargs))})

    def asdict(self) -> dict[str, Any]:
        """All attributes as a dictionary of the caller's own."""
        return deepcopy(dict(self._node.metadata.attributes))

    def __repr__(self) -> str:
        return repr(self.asdict())
