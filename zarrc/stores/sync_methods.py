"""zarr-python's synchronous store interface (``zarr.abc.store.SupportsSyncStore``)."""

from __future__ import annotations

from typing import Any

from zarrc.stores.async_methods import as_buffer, as_bytes, byte_span


class SyncMethods:
    """Mixin of the stores that never wait for a network or an archive. ``delete_sync``, which belongs to the
    interface, is a method of every `zarrc.stores.Store`; code of this package itself uses ``get_bytes`` and
    ``set_bytes``."""

    def get_sync(self, key: str, *, prototype: Any = None, byte_range: Any = None) -> Any:
        """The value of a key, or part of it, as a buffer of the prototype; None when there is no such key."""
        return as_buffer(prototype, self.get_bytes(key, *byte_span(byte_range)))  # type: ignore[attr-defined]

    def set_sync(self, key: str, value: Any) -> None:
        """Stores a buffer. Raises TypeError for what is no buffer, `ReadOnlyError`."""
        self.set_bytes(key, as_bytes(value))  # type: ignore[attr-defined]
