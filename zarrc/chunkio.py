"""Moves the chunks of one array between a store and numpy memory.

Two engines do the same: the native one (one C call per selection) wherever every codec of the chain has a C
implementation, and a Python one, chunk by chunk through the codec classes, for all other chains. The second is
also the reference that tests hold the first to.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np

from zarrc import _core
from zarrc.array_config import ArrayConfig
from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.chain import Chain
from zarrc.codecs.native_plan import NativePlan
from zarrc.dtypes import with_unit
from zarrc.errors import ChunkIOError, CodecValidationError, MetadataValidationError, StoreIOError
from zarrc.grid import RectilinearGrid
from zarrc.indexing import PointSelection, Selection
from zarrc.lazy import LazyModule
from zarrc.masked import is_masked
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata
from zarrc.stores import StorePath
from zarrc.stores.locks import NoLock

python_engine = LazyModule("zarrc.python_engine")  # most programs never need it
write_order = LazyModule("zarrc.codecs.write_order")

ArrayMetadata = ArrayV2Metadata | ArrayV3Metadata


def chain_of(metadata: ArrayMetadata, chunk_shape: tuple[int, ...] | None = None) -> Chain:
    """The codec chain of an array's chunks of this shape (default: its largest).

    Raises `UnknownCodecError`, `CodecValidationError`.
    """
    shape = metadata.grid.largest_chunk() if chunk_shape is None else chunk_shape
    data_type = metadata.data_type
    dtype, fill = data_type.carrier, metadata.fill_scalar
    if dtype != metadata.dtype:
        fill = data_type.converted(np.asarray(fill)).view(dtype)[()]
    spec = ChunkSpec(shape, dtype, fill, data_type.bits)
    try:
        if isinstance(metadata, ArrayV2Metadata):
            return Chain.from_v2(metadata.filters, metadata.compressor, metadata.order, spec)
        codecs, orders = metadata.codec_configs, metadata.write_orders
        chain = Chain.from_v3(write_order.in_write_orders(codecs, orders) if orders else codecs, spec)
    except RecursionError:
        raise CodecValidationError("codecs: nested too deeply") from None
    if chunk_shape is None:
        _check_shards(metadata, chain)
        _check_optional(metadata, chain)
    return chain


ArrayV3Metadata.make_codecs = staticmethod(lambda metadata: chain_of(metadata).codecs)


def _check_optional(metadata: ArrayMetadata, chain: Chain) -> None:
    """Raises `CodecValidationError` where elements may be missing and the codec cannot say which, or the reverse."""
    codec: Any = chain.array_bytes
    while codec.has_inner_chunks:
        codec = codec.inner.array_bytes
    if (codec.label() == "optional") != metadata.data_type.nullable:
        raise CodecValidationError(
            f"data type {metadata.data_type.label!r} with the codec {codec.label()!r}: the data type and the codec "
            "'optional' need each other"
        )


def _check_shards(metadata: ArrayMetadata, chain: Chain) -> None:
    """Raises `CodecValidationError` where not all shards of a rectilinear grid are whole inner chunks."""
    grid = metadata.grid
    if not isinstance(grid, RectilinearGrid):
        return
    for axis, edge in enumerate(inner_chunk_shape(chain) or ()):
        edges = grid.chunk_shapes[axis]
        bad = [n for n in ((edges,) if isinstance(edges, int) else edges) if n % edge]
        if bad:
            raise CodecValidationError(
                f"the shard of {bad[0]} along axis {axis} is not divisible by the inner chunks of {edge}"
            )


def _chunk_unit(metadata: ArrayMetadata) -> tuple[int, ...] | None:
    try:
        return inner_chunk_shape(chain_of(metadata))
    except MetadataValidationError:  # comes again with the first use of the codecs
        return None


ArrayV3Metadata.chunk_unit = staticmethod(_chunk_unit)


def inner_chain(chain: Chain) -> Chain:
    """The chain of the inner chunks where the chain is nothing but a shard, else the chain itself."""
    codec = chain.array_bytes
    if codec.has_inner_chunks and len(chain.codecs) == 1:
        return codec.inner  # type: ignore[attr-defined]
    return chain


def inner_chunk_shape(chain: Chain) -> tuple[int, ...] | None:
    """Shape of the inner chunks of a sharded array's chain, along the array's axes; None without shards, or where a
    codec gives the shards other axes."""
    codec = chain.array_bytes
    if not codec.has_inner_chunks or any(c.name == "reshape" for c in chain.array_array):
        return None
    shape: tuple[int, ...] = codec.chunk_shape  # type: ignore[attr-defined]
    for transpose in reversed(chain.array_array):
        order: tuple[int, ...] = getattr(transpose, "order", tuple(range(len(shape))))
        shape = tuple(edge for _, edge in sorted(zip(order, shape, strict=True)))
    return shape


def _chunk_edges(metadata: ArrayMetadata) -> tuple[int | tuple[int, ...], ...]:
    """Per axis the chunk edge, or the edges of all chunks where they differ."""
    return tuple(
        bound if isinstance(bound, int) else tuple(b - a for a, b in itertools.pairwise(bound))
        for bound in metadata.grid.axis_bounds(metadata.shape)
    )


def _compile(
    native: NativePlan, chunks: Sequence[int | tuple[int, ...]], fill: bytes, default_keys: bool, separator: str
) -> _core.Plan:
    shard = None
    if native.shard is not None:
        inner, chunk, index, at_start, write_order = native.shard
        largest = [edge if isinstance(edge, int) else max(edge) for edge in chunks]
        counts = tuple(largest[axis] // inner[axis] for axis in native.order)
        shard = (
            inner,
            _compile(chunk, inner, fill, default_keys, separator),
            _compile(index, (*counts, 2), bytes(8), default_keys, separator),
            at_start,
            write_order,
        )
    return _core.Plan(
        tuple(chunks), native.itemsize, native.order, native.swap, native.steps, fill, default_keys, separator, shard
    )


def _native_plan(metadata: ArrayMetadata, chain: Chain) -> _core.Plan | None:
    keys = metadata.key_encoding
    native = chain.native_plan() if keys.native else None
    if native is None or native.itemsize == 0 or len(chain.codecs) > 24:
        return None
    fill = metadata.data_type.converted(np.asarray(metadata.fill_scalar)).tobytes()
    return _compile(native, _chunk_edges(metadata), fill, keys.name == "default", keys.separator)


class ChunkIO:
    """Reads and writes selections of one array's chunks. Immutable.

    Attributes
    ----------
    chain : Chain
        The codecs, resolved for the (largest) chunk.
    plan : _core.Plan or None
        The same, compiled; None when a codec has no C implementation.
    """

    __slots__ = ("_metadata", "_python", "chain", "plan")

    def __init__(self, metadata: ArrayMetadata, *, native: bool = True) -> None:
        self.chain = chain_of(metadata)
        self.plan = _native_plan(metadata, self.chain) if native else None
        self._metadata = metadata
        self._python: Any = None

    def read(
        self,
        place: StorePath,
        root: bytes | None,
        label: str,
        shape: tuple[int, ...],
        selection: Selection | PointSelection,
        out: np.ndarray,
        config: ArrayConfig,
        absent: np.ndarray | None = None,
    ) -> None:
        """Fills ``out`` (shape of the selection) from an array of this shape at ``place``. ``absent``, a bool array
        that lies in memory as ``out`` does, is set where the chunk, or inner chunk, of an item is missing."""
        if self.plan is None:
            self.python.read(place, label, shape, selection, out, config, absent)
        elif root is not None:
            self.plan.read(shape, selection.axes, out, label, root, None, not config.read_missing_chunks, 0, absent)
        else:
            keys = [place.key(key) for key, _ in self.plan.jobs(shape, selection.axes)]
            buffers = place.store.get_many_sync(keys, self.plan.most_stored)
            self.plan.read(shape, selection.axes, out, label, None, buffers, not config.read_missing_chunks, 0, absent)

    def before_write(
        self, place: StorePath, label: str, selection: Selection | PointSelection, config: ArrayConfig
    ) -> None:
        """Called before the chunks of a selection are written."""

    def write(
        self,
        place: StorePath,
        root: bytes | None,
        label: str,
        shape: tuple[int, ...],
        selection: Selection | PointSelection,
        value: np.ndarray,
        config: ArrayConfig,
        mask: np.ndarray | None = None,
    ) -> None:
        """Writes ``value`` (broadcastable to the selection, of the array's dtype); with a mask of its shape, and a
        selection of slices, only the items where that is True."""
        self.before_write(place, label, selection, config)
        if self.plan is None or (root is None and place.store.locks_files):
            self.python.write(place, label, shape, selection, value, config, mask)
            return
        empty, concurrency, durability = config.write_empty_chunks, config.concurrency, config.durability
        if root is not None:
            self.plan.write(
                shape, selection.axes, value, label, root, None, empty, 0, concurrency, durability, mask
            )  # fmt: skip
            return
        store = place.store
        with store.array_lock(place.path) if concurrency != "none" else NoLock():
            jobs = self.plan.jobs(shape, selection.axes)
            if mask is not None:
                jobs = [(key, False) for key, _ in jobs]
            keys = [place.key(key) for key, _ in jobs]
            merged = [key for key, (_, covers) in zip(keys, jobs, strict=True) if not covers]
            older = iter(store.get_many_sync(merged, self.plan.most_stored))
            old = [None if covers else next(older) for _, covers in jobs]
            new = self.plan.write(shape, selection.axes, value, label, None, old, empty, mask=mask) or []
            if not store.supports_deletes:
                kept = [data is None and store.keeps_sync(key) for key, data in zip(keys, new, strict=True)]
                if any(kept):
                    full = self.plan.write(shape, selection.axes, value, label, None, old, True, mask=mask) or []
                    new = [whole if keep else data for data, whole, keep in zip(new, full, kept, strict=True)]
            for key, data in zip(keys, new, strict=True):
                store.put_sync(key, data, durability)

    def decode(self, label: str, key: str, coords: tuple[int, ...], data: bytes) -> np.ndarray:
        """The chunk at these grid coordinates, by the Python codecs. Raises `CodecError` with array and key."""
        return self.python.decode(label, key, coords, data)  # type: ignore[no-any-return]

    @property
    def python(self) -> Any:
        """The Python engine, `zarrc.python_engine.PythonEngine`."""
        if self._python is None:
            self._python = python_engine.PythonEngine(self._metadata, self.chain)
        return self._python


def stored_chunk(place: StorePath, label: str, key: str) -> bytes | None:
    """A chunk's stored bytes, None where it is missing. Raises `ChunkIOError`; also for a directory in its place,
    which for a store is no value."""
    root = place.store.native_root(place.path)
    try:
        if root is None:
            return place.store.get_bytes(place.key(key))
        return _core.read_file(os.path.join(root, os.fsencode(key)))
    except StoreIOError as e:
        raise ChunkIOError(e.errno or 0, e.strerror or "", f"{label}/{key}") from None


def filled(shape: tuple[int, ...], metadata: ArrayMetadata) -> np.ndarray:
    """A chunk of this shape that holds nothing but the fill value."""
    chunk = unset(shape, metadata)
    chunk[...] = metadata.data_type.item(metadata.fill_scalar)
    return chunk


def unset(shape: tuple[int, ...], metadata: ArrayMetadata, order: Literal["C", "F"] = "C") -> np.ndarray:
    """Memory for items; where the data type says that elements may be missing a masked array, zeros below its mask."""
    made = np.zeros if metadata.data_type.nullable else np.empty
    items = with_unit(made(shape, dtype=metadata.dtype, order=order), metadata.dtype)
    return np.ma.array(items, mask=np.ones(shape, bool), copy=False) if metadata.data_type.nullable else items


def broadcast(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if is_masked(value):
        mask = np.broadcast_to(np.ma.getmaskarray(value), shape)
        return np.ma.array(np.broadcast_to(value.data, shape), mask=mask, copy=False)
    return np.broadcast_to(value, shape)
