"""A batch through the codec classes, chunk by chunk: for chains without native plan, as strings and objects have."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import numpy as np

from zarrc import _core
from zarrc.array_config import CONCURRENCY, DURABILITY, policy
from zarrc.errors import ChunkError, StoreIOError
from zarrc.interop.pipeline.mover import Mover
from zarrc.python_engine import same_items
from zarrc.stores import LocalStore


def _fill(spec: Any) -> Any:
    return spec.dtype.default_scalar() if spec.fill_value is None else spec.fill_value


def _load(directory: str | None, key: str, buffer: Any) -> Any:
    if directory is None:
        return buffer
    try:
        return _core.read_file(os.fsencode(f"{directory}/{key}"))
    except StoreIOError as e:
        if e.errno in (errno.EISDIR, errno.ENOTDIR):
            return None
        raise


def _named(label: str, key: str, call: Any, data: Any) -> Any:
    try:
        return call(data)
    except ChunkError as e:
        raise type(e)(e.reason, array=label, key=key, codec=e.codec) from None


def read_with_chain(
    mover: Mover,
    items: list[tuple],
    out: np.ndarray,
    drop_axes: tuple[int, ...],
    label: str,
    keys: list[str],
    directory: str | None,
    buffers: list[Any] | None,
) -> list[bool]:
    """As `_core.read_chunks`."""
    found = []
    for i, (_, spec, inside, outside, _) in enumerate(items):
        data = _load(directory, keys[i], buffers[i] if buffers is not None else None)
        found.append(data is not None)
        if data is None:
            out[outside] = _fill(spec)
            continue
        part = _named(label, keys[i], mover.chain(tuple(spec.shape)).decode_chunk, data)[inside]
        out[outside] = part.squeeze(axis=drop_axes) if drop_axes else part
    return found


def write_with_chain(
    mover: Mover,
    items: list[tuple],
    value: np.ndarray,
    drop_axes: tuple[int, ...],
    label: str,
    keys: list[str],
    directory: str | None,
    old: list[Any] | None,
    write_empty: bool,
) -> list[bytes | None] | None:
    """As `_core.write_chunks`."""
    made = []
    store = None if directory is None else LocalStore(directory)
    for i, (_, spec, _, _, complete) in enumerate(items):
        fill = np.full(tuple(spec.shape), _fill(spec), dtype=mover.dtype)
        load = partial(_load, directory, keys[i], old[i] if old is not None else None)
        change = partial(_changed, mover, items[i], value, fill, drop_axes, label, keys[i], load, write_empty)
        if store is None:
            made.append(change())
        else:
            _replace(store, keys[i], not complete, change)
    return made if directory is None else None


def _changed(
    mover: Mover,
    item: tuple,
    value: np.ndarray,
    fill: np.ndarray,
    drop_axes: tuple[int, ...],
    label: str,
    key: str,
    load: Callable[[], Any],
    write_empty: bool,
) -> bytes | None:
    """The chunk's new bytes; None where it is to be deleted."""
    _, spec, inside, outside, complete = item
    shape = tuple(spec.shape)
    data = None if complete else load()
    chunk = fill.copy() if data is None else _named(label, key, mover.chain(shape).decode_chunk, data).copy()
    part = value
    if value.shape:
        part = value[outside]
        if drop_axes:
            part = part[tuple([None if axis in drop_axes else slice(None) for axis in range(len(shape))])]
    chunk[inside] = part
    if not write_empty and same_items(chunk, fill):
        return None
    return bytes(_named(label, key, mover.chain(shape).encode_chunk, chunk))


def policies() -> tuple[str, str]:
    """``concurrency`` and ``durability`` as configured: zarr-python's arrays have none of their own."""
    return policy("concurrency", CONCURRENCY), policy("durability", DURABILITY)


def _replace(store: LocalStore, key: str, merges: bool, change: Callable[[], bytes | None]) -> None:
    concurrency, durability = policies()
    lock = store.chunk_lock("", key, concurrency, merges)
    while True:
        with lock as held:
            store.put_sync(key, change(), durability)
            if not held.overtaken():
                return
