"""A batch through the codec classes, chunk by chunk: for chains without native plan, as strings and objects have."""

from __future__ import annotations

import contextlib
import errno
import os
from typing import Any

import numpy as np

from zarrc import _core
from zarrc.chunkio import same_items
from zarrc.errors import ChunkError, StoreIOError
from zarrc.interop.pipeline.mover import Mover
from zarrc.interop.pipeline.places import lock_of


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
    for i, (_, spec, inside, outside, complete) in enumerate(items):
        path = None if directory is None else f"{directory}/{keys[i]}"
        shape = tuple(spec.shape)
        fill = np.full(shape, _fill(spec), dtype=mover.dtype)
        with contextlib.nullcontext() if path is None else lock_of(path):
            data = None if complete else _load(directory, keys[i], old[i] if old is not None else None)
            if data is None:
                chunk = fill.copy()
            else:
                chunk = _named(label, keys[i], mover.chain(shape).decode_chunk, data).copy()
            part = value
            if value.shape:
                part = value[outside]
                if drop_axes:
                    part = part[tuple([None if axis in drop_axes else slice(None) for axis in range(len(shape))])]
            chunk[inside] = part
            if not write_empty and same_items(chunk, fill):
                encoded = None
            else:
                encoded = _named(label, keys[i], mover.chain(shape).encode_chunk, chunk)
            if path is None:
                made.append(None if encoded is None else bytes(encoded))
            elif encoded is not None:
                _core.write_file(os.fsencode(path), encoded)
            else:
                with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                    os.unlink(path)
    return made if directory is None else None
