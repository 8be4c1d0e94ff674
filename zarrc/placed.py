"""What arrays and groups alike know of the place in a store where they lie."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Self

from zarrc.array_config import CONCURRENCY, DURABILITY, policy
from zarrc.attributes import Attributes
from zarrc.node import document_lock, documents_of, write_documents
from zarrc.stores import StorePath
from zarrc.stores.locks import HeldLock, NoLock, shared_lock


class Placed:
    """Base of `Array` and `Group`, which provide ``_place``, ``metadata`` and the methods that raise here."""

    __slots__ = ()
    _place: StorePath
    metadata: Any
    #: For members of a consolidated group: it, and their path in it.
    _known_by: tuple[Any, str] | None

    def _stored_metadata(self) -> Any:
        """The metadata as they are stored now; those that this object has where nothing is stored."""
        raise NotImplementedError

    def _adopt(self, metadata: Any) -> None:
        """These are the object's metadata from now on."""
        raise NotImplementedError

    def _replace_metadata(self, metadata: Any, known: Any = None) -> bool:
        """`_adopt`, unless another thread was first and the object's metadata are no longer ``known``; whether."""
        with shared_lock(id(self)):
            if known is not None and self.metadata is not known:
                return False
            self._adopt(metadata)
        return True

    def _policies(self) -> tuple[str, str]:
        """``concurrency`` and ``durability``, as of `ArrayConfig`."""
        return policy("concurrency", CONCURRENCY), policy("durability", DURABILITY)

    def _check_writable(self) -> None:
        self._place.store._check_writable()

    def _change_lock(self) -> HeldLock | NoLock:
        """Held while the metadata are read, changed and stored: no other change comes in between."""
        return document_lock(self._place, self.metadata.documents(), self._policies()[0])

    def _store_metadata(self, metadata: Any, lock: HeldLock | NoLock | None = None) -> None:
        self._check_writable()
        write_documents(self._place, documents_of(self._place, metadata), self._policies()[1], lock)
        self._replace_metadata(metadata)
        if self._known_by is not None:
            group, path = self._known_by
            group._member_changed(path, metadata)

    def _change_attributes(self, change: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
        """Stores what ``change`` makes of the attributes as they are stored now."""
        self._check_writable()
        with self._change_lock() as lock:
            metadata = self._stored_metadata()
            self._store_metadata(metadata.with_attributes(change(metadata.attributes)), lock)

    def _set_attributes(self, attributes: dict[str, Any]) -> None:
        self._change_attributes(lambda _: attributes)

    def refresh(self) -> Self:
        """Reads the metadata anew: shape and attributes as others left them. Returns the object itself."""
        while True:
            known = self.metadata
            if self._replace_metadata(self._stored_metadata(), known):  # else these may be the older ones
                return self

    @property
    def attrs(self) -> Attributes:
        """The attributes, as a mapping of JSON values; every change is stored at once."""
        return Attributes(self)

    @property
    def store(self) -> Any:
        """The store, as it was given."""
        return self._place.store.facade

    @property
    def store_path(self) -> StorePath:
        """The store and the path in it; ``store_path / "a"`` is a place below."""
        return self._place

    @property
    def path(self) -> str:
        """Path in the store, without a leading "/"; "" at its root."""
        return self._place.path

    @property
    def name(self) -> str:
        """Path with a leading "/", as h5py has it."""
        return f"/{self._place.path}"

    @property
    def basename(self) -> str:
        """Last part of the path; "" at the root of the store."""
        return self._place.path.rsplit("/", 1)[-1]

    def __dask_tokenize__(self) -> tuple:
        """What dask names tasks by that read from here: the same wherever the same place is opened."""
        config = getattr(self, "_config", None)
        return (
            type(self).__name__,
            self._place.store._token(self._place.path),
            self._place.path,
            self.metadata.documents(),
            None if config is None else config._key(),
        )

    @property
    def read_only(self) -> bool:
        """Whether writes raise `ReadOnlyError`, because it was opened in mode "r" or the store refuses them."""
        return self._place.store.read_only
