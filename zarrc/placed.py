"""What arrays and groups alike know of the place in a store where they lie."""

from __future__ import annotations

from typing import Any

from zarrc.attributes import Attributes
from zarrc.stores import StorePath


class Placed:
    """Base of `Array` and `Group`, which provide ``_place``, ``metadata`` and ``_set_attributes``."""

    __slots__ = ()
    _place: StorePath
    metadata: Any

    def _set_attributes(self, attributes: dict[str, Any]) -> None:
        raise NotImplementedError

    @property
    def attrs(self) -> Attributes:
        return Attributes(self)

    @property
    def store(self) -> Any:
        """The store, as it was given."""
        return self._place.store.facade

    @property
    def store_path(self) -> StorePath:
        return self._place

    @property
    def path(self) -> str:
        return self._place.path

    @property
    def name(self) -> str:
        """Path with a leading "/", as h5py has it."""
        return f"/{self._place.path}"

    @property
    def basename(self) -> str:
        return self._place.path.rsplit("/", 1)[-1]

    @property
    def read_only(self) -> bool:
        return self._place.store.read_only
