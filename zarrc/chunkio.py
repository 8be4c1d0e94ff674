"""Moves the chunks of one array between a store and numpy memory.

Two engines do the same: the native one (one C call per selection) wherever every codec of the chain has a C
implementation, and a Python one, chunk by chunk through the codec classes, for all other chains. The second is
also the reference that tests hold the first to.
"""

from __future__ import annotations

import math

import numpy as np

from zarrc import _core
from zarrc.array_config import ArrayConfig
from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.chain import Chain
from zarrc.errors import ChunkError, ChunkNotFoundError
from zarrc.indexing import BasicSelection, chunk_boxes
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata
from zarrc.stores import StorePath

ArrayMetadata = ArrayV2Metadata | ArrayV3Metadata


def chain_of(metadata: ArrayMetadata) -> Chain:
    """The codec chain of an array. Raises `UnknownCodecError`, `CodecValidationError`."""
    spec = ChunkSpec(metadata.grid.chunk_shape, metadata.dtype, metadata.fill_scalar)
    if isinstance(metadata, ArrayV2Metadata):
        return Chain.from_v2(metadata.filters, metadata.compressor, metadata.order, spec)
    return Chain.from_v3(metadata.codec_configs, spec)


def _native_plan(metadata: ArrayMetadata, chain: Chain) -> _core.Plan | None:
    native = chain.native_plan()
    if native is None:
        return None
    keys = metadata.key_encoding
    return _core.Plan(
        metadata.grid.chunk_shape,
        native.itemsize,
        native.order,
        native.swap,
        native.steps,
        np.asarray(metadata.fill_scalar, dtype=metadata.dtype).tobytes(),
        keys.name == "default",
        keys.separator,
    )


class ChunkIO:
    """Reads and writes selections of arrays that share a chain, chunk grid and key encoding. Immutable.

    Attributes
    ----------
    chain : Chain
        The codecs, resolved for the chunk.
    plan : _core.Plan or None
        The same, compiled; None when a codec has no C implementation.
    """

    __slots__ = ("_fill", "_key", "chain", "chunks", "plan")

    def __init__(self, metadata: ArrayMetadata, *, native: bool = True) -> None:
        self.chain = chain_of(metadata)
        self.chunks: tuple[int, ...] = metadata.grid.chunk_shape
        self.plan = _native_plan(metadata, self.chain) if native else None
        self._fill = metadata.fill_scalar
        self._key = metadata.key_encoding.encode

    def read(
        self,
        place: StorePath,
        root: bytes | None,
        label: str,
        shape: tuple[int, ...],
        selection: BasicSelection,
        out: np.ndarray,
        config: ArrayConfig,
    ) -> None:
        """Fills ``out`` (shape of the selection) from an array of this shape at ``place``."""
        if self.plan is None:
            self._read_python(place, label, shape, selection, out, config)
        elif root is not None:
            self.plan.read(shape, selection.axes, out, label, root, None, not config.read_missing_chunks)
        else:
            keys = [place.key(key) for key, _ in self.plan.jobs(shape, selection.axes)]
            buffers = place.store.get_many_sync(keys)
            self.plan.read(shape, selection.axes, out, label, None, buffers, not config.read_missing_chunks)

    def write(
        self,
        place: StorePath,
        root: bytes | None,
        label: str,
        shape: tuple[int, ...],
        selection: BasicSelection,
        value: np.ndarray,
        config: ArrayConfig,
    ) -> None:
        """Writes ``value`` (broadcastable to the selection, of the array's dtype)."""
        if self.plan is None:
            self._write_python(place, label, shape, selection, value, config)
            return
        if root is not None:
            self.plan.write(shape, selection.axes, value, label, root, None, config.write_empty_chunks)
            return
        store = place.store
        with store.lock:
            jobs = self.plan.jobs(shape, selection.axes)
            keys = [place.key(key) for key, _ in jobs]
            merged = store.get_many_sync([key for key, (_, covers) in zip(keys, jobs, strict=True) if not covers])
            older = iter(merged)
            old = [None if covers else next(older) for _, covers in jobs]
            new = self.plan.write(shape, selection.axes, value, label, None, old, config.write_empty_chunks)
            for key, data in zip(keys, new, strict=True):
                if data is None:
                    store.delete_sync(key)
                else:
                    store.set_sync(key, data)

    # the Python engine ----------------------------------------------------------------------------------------
    def _decode(self, data: bytes, label: str, key: str) -> np.ndarray:
        try:
            return self.chain.decode_chunk(data)
        except ChunkError as e:
            raise type(e)(e.reason, array=label, key=key, codec=e.codec) from None

    def _read_python(
        self,
        place: StorePath,
        label: str,
        shape: tuple[int, ...],
        selection: BasicSelection,
        out: np.ndarray,
        config: ArrayConfig,
    ) -> None:
        for box in chunk_boxes(selection, shape, self.chunks):
            key = self._key(box.coords)
            data = place.store.get_sync(place.key(key))
            target = out[box.outside] if box.outside else out[...]
            if data is not None:
                target[...] = self._decode(data, label, key)[box.inside].reshape(target.shape)
            elif config.read_missing_chunks:
                target[...] = self._fill
            else:
                raise ChunkNotFoundError(
                    "the chunk is missing and array.read_missing_chunks is off", array=label, key=key
                )

    def _write_python(
        self,
        place: StorePath,
        label: str,
        shape: tuple[int, ...],
        selection: BasicSelection,
        value: np.ndarray,
        config: ArrayConfig,
    ) -> None:
        value = np.broadcast_to(value, selection.shape)
        fill = np.full(self.chunks, self._fill, dtype=value.dtype)
        for box in chunk_boxes(selection, shape, self.chunks):
            key = self._key(box.coords)
            full_key = place.key(key)
            with place.store.lock:
                data = None if box.covers else place.store.get_sync(full_key)
                chunk = fill.copy() if data is None else self._decode(data, label, key).copy()
                part = value[box.outside] if box.outside else value
                chunk[box.inside] = part.reshape(chunk[box.inside].shape)
                if not config.write_empty_chunks and same_items(chunk, fill):
                    place.store.delete_sync(full_key)
                    continue
                try:
                    encoded = self.chain.encode_chunk(chunk)
                except ChunkError as e:
                    raise type(e)(e.reason, array=label, key=key, codec=e.codec) from None
                place.store.set_sync(full_key, encoded)


def same_items(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays of one shape and dtype hold the same bits (-0.0 is not 0.0, a NaN equals itself); objects
    are compared by value."""
    if a.dtype.hasobject:
        return bool(np.array_equal(a, b))
    return a.tobytes() == b.tobytes()


def chunk_count(shape: tuple[int, ...], chunks: tuple[int, ...]) -> int:
    """Number of chunks of a regular grid."""
    return math.prod(-(-n // c) for n, c in zip(shape, chunks, strict=True))
