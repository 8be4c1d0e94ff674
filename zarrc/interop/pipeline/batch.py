"""A batch of chunks: where the bytes come from and go to, and on which thread the work is done."""

from __future__ import annotations

import asyncio
import errno
import os
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

import numpy as np
from zarr.core.common import concurrent_map
from zarr.core.config import config
from zarr.storage import StorePath

from zarrc import _core
from zarrc.errors import StoreIOError
from zarrc.interop.pipeline.chain_batch import policies, read_with_chain, write_with_chain
from zarrc.interop.pipeline.mover import Mover, same_but_order
from zarrc.interop.pipeline.places import dictionary_of, directory_of, lock_of, split_keys

T = TypeVar("T")

# Bytes (a file counts as 4 KiB) up to which a batch is done on the event loop's thread: to hand it to another takes
# some 100 us.
_SMALL_READ = 1 << 18
_SMALL_WRITE = 1 << 16


class Declined(Exception):
    """A batch that is zarr-python's own pipeline's; nothing of it was done."""


class Work:
    """What every step of a batch needs.

    Attributes
    ----------
    mover : Mover
    items : list
        (StorePath, ArraySpec, chunk selection, selection of the memory, complete) of each chunk.
    store : zarr.abc.store.Store
    paths : list of str
        Keys of the chunks in the store.
    label : str
        Path of the array, for errors.
    directory : str or None
        Of the array, when the chunks are files.
    keys : list of str
        Keys of the chunks below the array's path.
    """

    __slots__ = ("directory", "items", "keys", "label", "mover", "paths", "store")

    def __init__(self, mover: Mover, items: list[tuple]) -> None:
        first = items[0][0]
        if type(first) is not StorePath:
            raise Declined(f"chunks of a {type(first).__name__}")
        self.mover = mover
        self.items = items
        self.store = first.store
        self.paths = [item[0].path for item in items]
        path, self.keys = split_keys(self.paths, mover.key_parts)
        root = directory_of(self.store)
        self.directory = root if root is None or not path else f"{root.rstrip('/')}/{path}"
        self.label = path or str(self.store)

    @property
    def root(self) -> bytes | None:
        return None if self.directory is None else os.fsencode(self.directory)

    def byte_keys(self) -> list[bytes]:
        return [os.fsencode(key) for key in self.keys]

    async def open(self) -> None:
        if not self.store._is_open:
            await self.store._open()

    async def run(self, nbytes: int, small: int, call: Callable[[], T]) -> T:
        """``call()``, on this thread when it moves few bytes: ``nbytes`` for each chunk."""
        if len(self.items) * (nbytes + 4096) <= small:
            return call()
        return await asyncio.to_thread(call)

    async def fetch(self, wanted: list[bool] | None = None) -> list[Any]:
        """The stored bytes of each chunk, None where it is missing or not wanted."""
        prototype = self.items[0][1].prototype
        chosen = [item[0] for i, item in enumerate(self.items) if wanted is None or wanted[i]]
        got = await concurrent_map(
            [(place, prototype) for place in chosen], StorePath.get, config.get("async.concurrency")
        )
        found = iter([None if buffer is None else buffer.as_buffer_like() for buffer in got])
        return [next(found) if wanted is None or wanted[i] else None for i in range(len(self.items))]

    async def kept(self, made: list[bytes | None]) -> list[bool]:
        """Which of the chunks are to be deleted and are there in a store that cannot."""
        gone = [item[0] for item, data in zip(self.items, made, strict=True) if data is None]
        if not gone or self.store.supports_deletes:
            return [False] * len(made)
        there = iter(
            await concurrent_map([(place,) for place in gone], StorePath.exists, config.get("async.concurrency"))
        )
        return [data is None and next(there) for data in made]

    async def deliver(self, made: list[bytes | None]) -> None:
        """Stores the new bytes of each chunk; None deletes it."""
        prototype = self.items[0][1].prototype

        async def put(place: StorePath, data: bytes | None) -> None:
            if data is None:
                await place.delete()
            else:
                await place.set(prototype.buffer.from_bytes(data))

        pairs = [(item[0], data) for item, data in zip(self.items, made, strict=True)]
        await concurrent_map(pairs, put, config.get("async.concurrency"))


def _threads() -> int:
    return config.get("threading.max_workers", None) or 0


def _from_dictionary(work: Work, dictionary: Any) -> list[Any]:
    found = [dictionary.get(path) for path in work.paths]
    return [None if buffer is None else buffer.as_buffer_like() for buffer in found]


async def read_batch(mover: Mover, items: list[tuple], out: np.ndarray, drop_axes: tuple[int, ...]) -> list[bool]:
    """Fills ``out``; says of each chunk whether it was there. Raises `Declined`."""
    work = Work(mover, items)
    if not same_but_order(out.dtype, mover.dtype):
        raise Declined(f"{out.dtype} out of chunks of {mover.dtype}")
    dictionary = dictionary_of(work.store)
    buffers = None
    if work.directory is not None or dictionary is not None:
        await work.open()
        if dictionary is not None:
            buffers = _from_dictionary(work, dictionary)
    elif mover.sharded and not all([item[4] for item in items]):
        raise Declined("parts of shards, which the store may give alone")
    else:
        buffers = await work.fetch()
    # Another byte order than the plan's is put right on the way from memory of the plan's.
    target = out if out.dtype == mover.dtype else np.empty(out.shape, dtype=mover.dtype)
    try:
        found = await work.run(
            max(mover.decoded_nbytes, target.nbytes // len(items)),
            _SMALL_READ,
            partial(_read, work, target, drop_axes, buffers),
        )
    except NotImplementedError as e:
        raise Declined(str(e)) from None
    if target is not out:
        out[...] = target
    return found


def _read(work: Work, out: np.ndarray, drop_axes: tuple[int, ...], buffers: list[Any] | None) -> list[bool]:
    plan = work.mover.plan
    if plan is None:
        return read_with_chain(work.mover, work.items, out, drop_axes, work.label, work.keys, work.directory, buffers)
    return _core.read_chunks(
        plan, work.items, out, drop_axes, work.label, work.byte_keys(), work.root, buffers, _threads()
    )


async def write_batch(mover: Mover, items: list[tuple], value: np.ndarray, drop_axes: tuple[int, ...]) -> None:
    """Writes ``value``, which is 0-d or has a place for every item. Raises `Declined`."""
    if mover.sharded:  # what a shard has outside the array is kept: it shows again when the array grows
        items = [(*item[:4], item[4] and _whole(item[2], item[1].shape)) for item in items]
    work = Work(mover, items)
    if not same_but_order(value.dtype, mover.dtype):
        raise Declined(f"{value.dtype} into chunks of {mover.dtype}")
    if value.dtype != mover.dtype:
        value = value.astype(mover.dtype)
    dictionary = dictionary_of(work.store)
    try:
        if work.directory is not None:
            await work.open()
            work.store._check_writable()
            await work.run(mover.chunk_nbytes, _SMALL_WRITE, partial(_write_files, work, value, drop_axes))
        elif dictionary is not None:
            await work.open()
            work.store._check_writable()
            await work.run(
                mover.chunk_nbytes, _SMALL_WRITE, partial(_write_dictionary, work, value, drop_axes, dictionary)
            )
        else:
            old = await work.fetch([not item[4] for item in items])
            write = partial(work.run, mover.chunk_nbytes, _SMALL_WRITE)
            made = await write(partial(_write, work, value, drop_axes, old)) or []
            kept = await work.kept(made)
            if any(kept):
                full = await write(partial(_write, work, value, drop_axes, old, True)) or []
                made = [whole if keep else data for data, whole, keep in zip(made, full, kept, strict=True)]
            await work.deliver(made)
    except NotImplementedError as e:
        raise Declined(str(e)) from None


def _whole(inside: tuple, shape: tuple[int, ...]) -> bool:
    return all(
        [
            isinstance(item, slice) and item.start == 0 and item.stop == edge and item.step in (1, None)
            for item, edge in zip(inside, shape, strict=True)
        ]
    )


def _write(
    work: Work, value: np.ndarray, drop_axes: tuple[int, ...], old: list[Any] | None, write_empty: bool = False
) -> list[bytes | None] | None:
    plan, write_empty = work.mover.plan, write_empty or work.items[0][1].config.write_empty_chunks
    if plan is None:
        return write_with_chain(
            work.mover, work.items, value, drop_axes, work.label, work.keys, work.directory, old, write_empty
        )
    concurrency, durability = policies()
    return _core.write_chunks(
        plan, work.items, value, drop_axes, work.label, work.byte_keys(), work.root, old, write_empty, _threads(),
        concurrency, durability,
    )  # fmt: skip


def _write_files(work: Work, value: np.ndarray, drop_axes: tuple[int, ...]) -> None:
    try:
        _write(work, value, drop_axes, None)
    except StoreIOError as e:
        # The engine makes directories below the array's; that one itself may be gone, which stores mend too.
        if e.errno != errno.ENOENT or work.directory is None or os.path.isdir(work.directory):
            raise
        os.makedirs(work.directory, exist_ok=True)
        _write(work, value, drop_axes, None)


def _write_dictionary(work: Work, value: np.ndarray, drop_axes: tuple[int, ...], dictionary: Any) -> None:
    from_bytes = work.items[0][1].prototype.buffer.from_bytes
    with lock_of(id(dictionary)):
        made = _write(work, value, drop_axes, _from_dictionary(work, dictionary))
        for path, data in zip(work.paths, made or (), strict=True):
            if data is None:
                dictionary.pop(path, None)
            else:
                dictionary[path] = from_bytes(data)
