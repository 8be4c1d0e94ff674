"""Moves the chunks of one array between a store and numpy memory.

Two engines do the same: the native one (one C call per selection) wherever every codec of the chain has a C
implementation, and a Python one, chunk by chunk through the codec classes, for all other chains. The second is
also the reference that tests hold the first to.
"""

from __future__ import annotations

import itertools
import os
from collections.abc import Sequence
from functools import partial
from typing import Any, Literal

import numpy as np

from zarrc import _core
from zarrc.array_config import ArrayConfig
from zarrc.codecs.base import ChunkSpec
from zarrc.codecs.chain import Chain
from zarrc.codecs.native_plan import NativePlan
from zarrc.dtypes import with_unit
from zarrc.errors import ChunkError, ChunkIOError, ChunkNotFoundError, CodecValidationError, StoreIOError
from zarrc.grid import RectilinearGrid
from zarrc.indexing import ChunkBox, PointSelection, Selection, chunk_boxes
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata
from zarrc.parallel import map_threads
from zarrc.stores import StorePath
from zarrc.stores.locks import NoLock

ArrayMetadata = ArrayV2Metadata | ArrayV3Metadata
_ITEMS_PER_THREAD = 1 << 14


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
        chain = Chain.from_v3(metadata.codec_configs, spec)
    except RecursionError:
        raise CodecValidationError("codecs: nested too deeply") from None
    if chunk_shape is None:
        _check_shards(metadata, chain)
    return chain


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
        inner, chunk, index, at_start = native.shard
        largest = [edge if isinstance(edge, int) else max(edge) for edge in chunks]
        counts = tuple(largest[axis] // inner[axis] for axis in native.order)
        shard = (
            inner,
            _compile(chunk, inner, fill, default_keys, separator),
            _compile(index, (*counts, 2), bytes(8), default_keys, separator),
            at_start,
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

    __slots__ = ("_chains", "_metadata", "chain", "plan")

    def __init__(self, metadata: ArrayMetadata, *, native: bool = True) -> None:
        self.chain = chain_of(metadata)
        self.plan = _native_plan(metadata, self.chain) if native else None
        self._metadata = metadata
        self._chains = {metadata.grid.largest_chunk(): self.chain}

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
            self._read_python(place, label, shape, selection, out, config, absent)
        elif root is not None:
            self.plan.read(shape, selection.axes, out, label, root, None, not config.read_missing_chunks, 0, absent)
        else:
            keys = [place.key(key) for key, _ in self.plan.jobs(shape, selection.axes)]
            buffers = place.store.get_many_sync(keys)
            self.plan.read(shape, selection.axes, out, label, None, buffers, not config.read_missing_chunks, 0, absent)

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
        if self.plan is None:
            self._write_python(place, label, shape, selection, value, config, mask)
            return
        empty, concurrency, durability = config.write_empty_chunks, config.concurrency, config.durability
        if root is not None:
            self.plan.write(
                shape, selection.axes, value, label, root, None, empty, 0, concurrency, durability, mask
            )  # fmt: skip
            return
        store = place.store
        with store.lock if concurrency != "none" else NoLock():
            jobs = self.plan.jobs(shape, selection.axes)
            if mask is not None:
                jobs = [(key, False) for key, _ in jobs]
            keys = [place.key(key) for key, _ in jobs]
            merged = store.get_many_sync([key for key, (_, covers) in zip(keys, jobs, strict=True) if not covers])
            older = iter(merged)
            old = [None if covers else next(older) for _, covers in jobs]
            new = self.plan.write(shape, selection.axes, value, label, None, old, empty, mask=mask)
            for key, data in zip(keys, new or (), strict=True):
                store.put_sync(key, data, durability)

    # the Python engine ----------------------------------------------------------------------------------------
    def _chain_at(self, coords: tuple[int, ...]) -> Chain:
        shape = self._metadata.grid.chunk_shape_at(coords)
        chain = self._chains.get(shape)
        if chain is None:
            chain = self._chains[shape] = chain_of(self._metadata, shape)
        return chain

    def _threads(self) -> int:
        """For chunks of these codecs: one thread where starting another takes as long as a chunk."""
        return 1 if self.chain.spec.nitems < _ITEMS_PER_THREAD else _core.get_num_threads()

    def decode(
        self, label: str, key: str, coords: tuple[int, ...], data: bytes, out: np.ndarray | None = None
    ) -> np.ndarray:
        """The chunk at these grid coordinates, by the Python codecs: in ``out`` where they can decode straight into it.
        Raises `CodecError` with array and key."""
        chunk = _named(label, key, self._chain_at(coords).decode_chunk, data, out)
        dtype = self._metadata.dtype
        return chunk if chunk.dtype == dtype or dtype.hasobject else _carry(chunk, dtype)

    def _carried(self, chunk: np.ndarray) -> np.ndarray:
        """As the codecs take it: types that only ml_dtypes knows travel as integers of their width."""
        carrier = self._metadata.data_type.carrier
        return chunk if chunk.dtype == carrier or carrier.hasobject else _carry(chunk, carrier)

    def _read_python(
        self,
        place: StorePath,
        label: str,
        shape: tuple[int, ...],
        selection: Selection | PointSelection,
        out: np.ndarray,
        config: ArrayConfig,
        absent: np.ndarray | None,
    ) -> None:
        fill = self._metadata.data_type.item(self._metadata.fill_scalar)

        def fetch(box: ChunkBox) -> tuple[np.ndarray | None, np.ndarray | None]:
            """The chunk and which of its items are absent, None for none; no chunk where it is missing."""
            key = self._metadata.key_encoding.encode(box.coords)
            data = stored_chunk(place, label, key)
            if data is not None:
                chunk = self.decode(label, key, box.coords, data, out[box.outside] if box.covers else None)
                return chunk, None if absent is None else self._chain_at(box.coords).absent_items(data)
            if config.read_missing_chunks:
                return None, None
            raise ChunkNotFoundError("the chunk is missing and array.read_missing_chunks is off", array=label, key=key)

        boxes = chunk_boxes(selection, shape, self._metadata.grid.edges(shape))
        for box, (chunk, holes) in map_threads(fetch, boxes, self._threads()):
            if chunk is None:
                out[box.outside] = fill
            elif not np.may_share_memory(chunk, out):  # else it was decoded in its place
                out[box.outside] = np.squeeze(chunk[box.inside], axis=box.squeeze)
            if absent is not None and chunk is None:
                absent[box.outside] = True
            elif absent is not None and holes is not None:
                absent[box.outside] = np.squeeze(holes[box.inside], axis=box.squeeze)

    def _write_python(
        self,
        place: StorePath,
        label: str,
        shape: tuple[int, ...],
        selection: Selection | PointSelection,
        value: np.ndarray,
        config: ArrayConfig,
        mask: np.ndarray | None,
    ) -> None:
        flat = isinstance(selection, PointSelection)
        value = broadcast(value, (len(selection.axes[0]),) if flat else selection.shape)

        def start(box: ChunkBox) -> bytes | None:
            """What needs no older bytes is encoded ahead, in threads."""
            if mask is not None or not box.covers:
                return None
            return self._encoded(label, box, self._with(None, box, value[box.outside], None), config)

        boxes = chunk_boxes(selection, shape, self._metadata.grid.edges(shape))
        for box, ready in map_threads(start, boxes, self._threads()):
            key = self._metadata.key_encoding.encode(box.coords)
            merges = mask is not None or not box.covers
            lock = place.store.chunk_lock(place.path, key, config.concurrency, merges)
            while True:
                with lock as held:
                    data = ready
                    if merges:
                        old = stored_chunk(place, label, key)
                        chunk = None if old is None else self.decode(label, key, box.coords, old).copy()
                        chosen = None if mask is None else mask[box.outside]
                        data = self._encoded(label, box, self._with(chunk, box, value[box.outside], chosen), config)
                    place.store.put_sync(place.key(key), data, config.durability)
                    if not held.overtaken():
                        break

    def _with(self, chunk: np.ndarray | None, box: ChunkBox, part: np.ndarray, chosen: np.ndarray | None) -> np.ndarray:
        """The chunk (None: of fill values) with this part of the value in its place, or the chosen items of it."""
        edges = self._metadata.grid.chunk_shape_at(box.coords)
        part = np.expand_dims(part, box.squeeze) if box.squeeze else part
        if chunk is None and chosen is None and box.covers and part.shape == edges:
            return part
        chunk = filled(edges, self._metadata) if chunk is None else chunk
        if chosen is not None:
            items = chunk[box.inside].copy()
            items[chosen] = part[chosen]
            part = items
        chunk[box.inside] = part
        return chunk

    def _encoded(self, label: str, box: ChunkBox, chunk: np.ndarray, config: ArrayConfig) -> bytes | None:
        """The chunk's stored bytes; None where it is all fill value and not to be stored."""
        if not config.write_empty_chunks and self._is_fill(chunk):
            return None
        encode = partial(self._chain_at(box.coords).encode_chunk, write_empty=config.write_empty_chunks)
        key = self._metadata.key_encoding.encode(box.coords)
        return _named(label, key, encode, self._carried(chunk))  # type: ignore[no-any-return]

    def _is_fill(self, chunk: np.ndarray) -> bool:
        corner: Any = (*(slice(0, 1),) * chunk.ndim, ...)
        first = chunk[corner]  # most chunks differ in their first item
        return all(same_items(items, filled(items.shape, self._metadata)) for items in (first, chunk))


def stored_chunk(place: StorePath, label: str, key: str) -> bytes | None:
    """A chunk's stored bytes, None where it is missing. Raises `ChunkIOError`; also for a directory in its place,
    which for a store is no value."""
    root = place.store.native_root(place.path)
    try:
        if root is None:
            return place.store.get_sync(place.key(key))
        return _core.read_file(os.path.join(root, os.fsencode(key)))
    except StoreIOError as e:
        raise ChunkIOError(e.errno or 0, e.strerror or "", f"{label}/{key}") from None


def _carry(chunk: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """Between a narrow type and its carrier: integers by value (their upper bits are arbitrary), others by bits."""
    narrow = chunk.dtype if dtype.kind in "iu" else dtype
    return chunk.astype(dtype) if narrow.name.removeprefix("u").startswith("int") else chunk.view(dtype)


def _named(label: str, key: str, call: Any, *args: Any) -> Any:
    """Runs a codec call; its errors say which chunk of which array it was."""
    try:
        return call(*args)
    except ChunkError as e:
        raise type(e)(e.reason, array=label, key=key, codec=e.codec) from None


def filled(shape: tuple[int, ...], metadata: ArrayMetadata) -> np.ndarray:
    """A chunk of this shape that holds nothing but the fill value."""
    chunk = unset(shape, metadata)
    chunk[...] = metadata.data_type.item(metadata.fill_scalar)
    return chunk


def unset(shape: tuple[int, ...], metadata: ArrayMetadata, order: Literal["C", "F"] = "C") -> np.ndarray:
    """Memory for items: a masked array where the data type says that elements may be missing."""
    items = with_unit(np.empty(shape, dtype=metadata.dtype, order=order), metadata.dtype)
    return np.ma.array(items, mask=np.ones(shape, bool), copy=False) if metadata.data_type.nullable else items


def broadcast(value: np.ndarray, shape: tuple[int, ...]) -> np.ndarray:
    if isinstance(value, np.ma.MaskedArray):
        mask = np.broadcast_to(np.ma.getmaskarray(value), shape)
        return np.ma.array(np.broadcast_to(value.data, shape), mask=mask, copy=False)
    return np.broadcast_to(value, shape)


def same_items(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays of one shape and dtype hold the same bits (-0.0 is not 0.0, a NaN equals itself); strings and
    objects are compared by value, objects also by type."""
    if isinstance(a, np.ma.MaskedArray):
        mask = np.ma.getmaskarray(a)
        return bool((mask == np.ma.getmaskarray(b)).all()) and same_items(a.data[~mask], np.ma.getdata(b)[~mask])
    if a.dtype.kind == "T":
        return bool((a == b).all())
    if a.dtype.hasobject:
        return all(map(_same_object, a.flat, b.flat))
    return a.tobytes() == b.tobytes()


def _same_object(a: Any, b: Any) -> bool:
    if type(a) is not type(b):
        return False
    if isinstance(a, np.ndarray):
        return a.dtype == b.dtype and np.array_equal(a, b)
    return bool(a == b)
