"""The asynchronous methods of a place in a store, as zarr-python's ``StorePath`` has them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Literal, Self

from zarrc.lazy import LazyModule

if TYPE_CHECKING:
    from zarrc.stores.base import Store

places = LazyModule("zarrc.stores.path")

Mode = Literal["r", "r+", "a", "w", "w-"]


class AsyncPath:
    """Mixin of `zarrc.stores.StorePath`: reads, writes and removes the value whose key is the path."""

    __slots__ = ()
    store: Store
    path: str

    @classmethod
    async def open(cls, store: Any, path: str = "", mode: Mode | None = None) -> Self:
        """A place in a store, prepared for a mode: "w" empties it, "w-" refuses what exists, "r" is read-only.

        Raises
        ------
        FileExistsError
            Mode "w-" and something is there.
        ValueError
            An unknown mode, or one that writes with a read-only store.
        """
        if mode not in (None, "r", "r+", "a", "w", "w-"):
            raise ValueError(f"Invalid mode: {mode}, expected one of r, r+, a, w, w-")
        made = places.make_store_path(store, path, read_only=mode == "r")
        if mode not in (None, "r") and made.read_only:
            raise ValueError(f"Store is read-only but mode is {mode!r}. Create a writable store or use 'r' mode.")
        if mode == "w-" and not await made.is_empty():
            raise FileExistsError(f"Store must be empty for mode 'w-': {made}")
        if mode == "w":
            await made.delete_dir()
        return made  # type: ignore[return-value]

    async def get(self, prototype: Any = None, byte_range: Any = None) -> Any:
        """The value as a buffer, or part of it; None when there is none."""
        return await self.store.get(self.path, prototype, byte_range)

    def _synchronous(self, what: str) -> Any:
        # the store that users gave: without get_sync for those of zarrc's that may wait
        store = getattr(self.store, "facade", self.store)
        if not hasattr(store, "get_sync"):
            raise TypeError(f"Store {type(store).__name__} does not support synchronous {what}.")
        return store

    def get_sync(self, prototype: Any = None, byte_range: Any = None) -> Any:
        """As `get`, without an event loop. Raises TypeError when the store cannot; so do the next two."""
        return self._synchronous("get").get_sync(self.path, prototype=prototype, byte_range=byte_range)

    def set_sync(self, value: Any) -> None:
        """As `set`, without an event loop."""
        self._synchronous("set").set_sync(self.path, value)

    def delete_sync(self) -> None:
        """As `delete`, without an event loop."""
        self._synchronous("delete").delete_sync(self.path)

    async def get_json(self) -> Any:
        """The value, parsed. Raises FileNotFoundError when there is none."""
        found = await self.get()
        if found is None:
            raise FileNotFoundError(self.path)
        return json.loads(found.to_bytes())

    async def set(self, value: Any, byte_range: None = None) -> None:
        """Stores a buffer."""
        await self.store.set(self.path, value)

    async def delete(self) -> None:
        """Removes the value."""
        await self.store.delete(self.path)

    async def delete_dir(self) -> None:
        """Removes everything below the path."""
        await self.store.delete_dir(self.path)

    async def set_if_not_exists(self, default: Any) -> None:
        """Stores a buffer unless there is a value."""
        await self.store.set_if_not_exists(self.path, default)

    async def exists(self) -> bool:
        """Whether there is a value."""
        return await self.store.exists(self.path)

    async def is_empty(self) -> bool:
        """Whether nothing lies below the path."""
        return await self.store.is_empty(self.path)
