"""The methods of ``zarr.abc.store.Store`` for stores that work synchronously.

They are coroutines over the ``*_sync`` methods, run in a worker thread where those may block, and give and take
buffers (`zarrc.buffer.Buffer`, or those of the prototype that the caller hands in).
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from typing import Any, ClassVar, Self

from zarrc.lazy import LazyModule
from zarrc.stores.range_methods import RangeMethods

asyncio = LazyModule("asyncio")
buffers = LazyModule("zarrc.buffer")


def byte_span(byte_range: Any) -> tuple[int, int]:
    """``(start, length)`` of `zarrc.stores.Store.get_bytes` for a byte request of zarr-python's, or None.

    A range with its end before its start is empty. Raises ValueError for anything else.
    """
    if byte_range is None:
        return 0, -1
    if hasattr(byte_range, "suffix"):
        return (-byte_range.suffix, -1) if byte_range.suffix else (0, 0)
    if hasattr(byte_range, "offset"):
        return byte_range.offset, -1
    if hasattr(byte_range, "start") and hasattr(byte_range, "end"):
        return byte_range.start, max(0, byte_range.end - byte_range.start)
    raise ValueError(f"Unexpected byte_range, got {byte_range!r}.")


def as_bytes(value: Any) -> bytes:
    """Bytes of a buffer of zarr-python's, or of anything that has the buffer protocol.

    Raises TypeError for what is neither.
    """
    if isinstance(value, bytes):
        return value
    if callable(getattr(value, "to_bytes", None)) and not isinstance(value, int):
        return value.to_bytes()
    try:
        return bytes(memoryview(value))
    except TypeError:
        raise TypeError(f"store values must be a Buffer or bytes-like, not {type(value).__name__}") from None


def as_buffer(prototype: Any, value: bytes | None) -> Any:
    """The bytes in a buffer of the prototype, None for the default one; None stays None."""
    if value is None:
        return None
    if prototype is None:
        prototype = buffers.default_buffer_prototype()
    return prototype.buffer.from_bytes(value)


class AsyncMethods(RangeMethods):
    """Mixin of `zarrc.stores.Store`: zarr-python's asynchronous store interface and its properties."""

    _blocking: ClassVar[bool] = True

    supports_writes: bool = True
    supports_deletes: bool = True
    supports_partial_writes: bool = False
    supports_listing: bool = True

    @property
    def supports_consolidated_metadata(self) -> bool:
        return True

    @property
    def facade(self) -> Any:
        """The object that users gave for this store: itself, or what an adapter adapts."""
        return self

    async def _run(self, call: Callable[..., Any], *args: Any) -> Any:
        if not self._blocking:
            return call(*args)
        return await asyncio.to_thread(call, *args)

    @classmethod
    async def open(cls, *args: Any, **kwargs: Any) -> Self:
        """Makes the store and opens it."""
        return cls(*args, **kwargs)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()  # type: ignore[attr-defined]

    async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
        """The value of a key, or part of it, as a buffer; None when there is no such key."""
        start, length = byte_span(byte_range)
        return as_buffer(prototype, await self._run(self.get_bytes, key, start, length))  # type: ignore[attr-defined]

    async def get_partial_values(self, prototype: Any, key_ranges: Iterable[tuple[str, Any]]) -> list[Any]:
        """`get` of several keys and byte ranges, in their order."""
        return [await self.get(key, prototype, byte_range) for key, byte_range in key_ranges]

    async def exists(self, key: str) -> bool:
        return await self._run(self.exists_sync, key)  # type: ignore[attr-defined]

    async def set(self, key: str, value: Any, byte_range: tuple[int, int] | None = None) -> None:
        """Stores a buffer, or puts it in the place of bytes [start, stop) of the value.

        Raises TypeError for what is no buffer, `ReadOnlyError`.
        """
        data = as_bytes(value)
        if byte_range is not None:
            old = await self._run(self.get_bytes, key) or b""  # type: ignore[attr-defined]
            data = old[: byte_range[0]] + data + old[byte_range[1] :]
        await self._run(self.set_bytes, key, data)  # type: ignore[attr-defined]

    async def set_if_not_exists(self, key: str, value: Any) -> None:
        """Stores a buffer unless the key has a value."""
        if not await self.exists(key):
            await self.set(key, value)

    async def delete(self, key: str) -> None:
        """Removes a key; fine when there is none."""
        await self._run(self.delete_sync, key)  # type: ignore[attr-defined]

    async def delete_dir(self, prefix: str) -> None:
        """Removes every key below a path."""
        await self._run(self.delete_dir_sync, prefix.strip("/"))  # type: ignore[attr-defined]

    async def clear(self) -> None:
        """Removes every key."""
        await self.delete_dir("")

    async def is_empty(self, prefix: str) -> bool:
        """Whether no key lies below a path."""

        def empty() -> bool:
            return next(iter(self.list_prefix_sync(prefix.strip("/"))), None) is None  # type: ignore[attr-defined]

        return await self._run(empty)

    async def getsize(self, key: str) -> int:
        """Bytes of a value. Raises FileNotFoundError when there is no such key."""
        value = await self._run(self.get_bytes, key)  # type: ignore[attr-defined]
        if value is None:
            raise FileNotFoundError(key)
        return len(value)

    async def getsize_prefix(self, prefix: str) -> int:
        """Bytes of all values below a path."""

        def total() -> int:
            return sum(size for _, size in self.list_prefix_sync(prefix.strip("/")))  # type: ignore[attr-defined]

        return await self._run(total)

    async def list(self) -> AsyncIterator[str]:
        """All keys."""
        async for key in self.list_prefix(""):
            yield key

    async def list_prefix(self, prefix: str) -> AsyncIterator[str]:
        """All keys that begin with a text."""
        above = prefix.rpartition("/")[0]

        def keys() -> Iterator[str]:
            listed = self.list_prefix_sync(above)  # type: ignore[attr-defined]
            return iter([key for key, _ in listed if key.startswith(prefix)])

        for key in await self._run(keys):
            yield key

    async def list_dir(self, prefix: str) -> AsyncIterator[str]:
        """Names directly below a path."""

        def names() -> Iterator[str]:
            return iter(sorted(self.list_dir_sync(prefix.strip("/"))))  # type: ignore[attr-defined]

        for name in await self._run(names):
            yield name
