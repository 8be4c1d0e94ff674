"""The Python engine: chunk by chunk through the codec classes, for chains with a codec that has no C implementation."""

from __future__ import annotations

from functools import partial
from typing import Any

import numpy as np

from zarrc import _core
from zarrc.array_config import ArrayConfig
from zarrc.chunkio import ArrayMetadata, broadcast, chain_of, filled, stored_chunk
from zarrc.codecs.chain import Chain
from zarrc.errors import ChunkError, ChunkNotFoundError, CodecError
from zarrc.indexing import ChunkBox, PointSelection, Selection, chunk_boxes
from zarrc.masked import is_masked, missing_items
from zarrc.parallel import map_threads
from zarrc.stores import StorePath

_ITEMS_PER_THREAD = 1 << 14


class PythonEngine:
    """Reads and writes selections as `zarrc.chunkio.ChunkIO` does, whose methods have the parameters' meanings."""

    __slots__ = ("_chains", "_metadata", "chain")

    def __init__(self, metadata: ArrayMetadata, chain: Chain) -> None:
        self.chain = chain
        self._metadata = metadata
        self._chains = {metadata.grid.largest_chunk(): chain}

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

    def read(
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

    def write(
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
        empty = config.write_empty_chunks

        def start(box: ChunkBox) -> bytes | None:
            """What needs no older bytes is encoded ahead, in threads."""
            if mask is not None or not box.covers:
                return None
            return self._encoded(label, box, self._with(None, box, value[box.outside], None), empty)

        boxes = chunk_boxes(selection, shape, self._metadata.grid.edges(shape))
        for box, ready in map_threads(start, boxes, self._threads()):
            key = self._metadata.key_encoding.encode(box.coords)
            merges = mask is not None or not box.covers
            over = not merges and self._over(box, value[box.outside])
            lock = place.store.chunk_lock(place.path, key, config.concurrency, merges)
            while True:
                with lock as held:
                    data = ready
                    if merges or (over and held.keeps):
                        chunk = self._stored(place, label, key, box, over)
                        chosen = None if mask is None else mask[box.outside]
                        data = self._encoded(label, box, self._with(chunk, box, value[box.outside], chosen), empty)
                    if over and held.overtaken():
                        continue
                    if data is None and place.store.keeps_sync(place.key(key)):
                        edges = self._metadata.grid.chunk_shape_at(box.coords)
                        data = self._encoded(label, box, filled(edges, self._metadata), True)
                    place.store.put_sync(place.key(key), data, config.durability)
                    if not held.overtaken():
                        break

    def _over(self, box: ChunkBox, part: np.ndarray) -> bool:
        """Whether the chunk goes over the array's edge. What is stored there, others have put who know a longer array:
        where locks tell of such others it stays, as in the native engine."""
        part = np.expand_dims(part, box.squeeze) if box.squeeze else part
        return part.shape != tuple(self._metadata.grid.chunk_shape_at(box.coords))

    def _stored(self, place: StorePath, label: str, key: str, box: ChunkBox, over: bool) -> np.ndarray | None:
        """The chunk as it is stored; None where it is missing, or damaged and to be replaced but for what is over."""
        old = stored_chunk(place, label, key)
        try:
            return None if old is None else self.decode(label, key, box.coords, old).copy()
        except CodecError:
            if over:
                return None
            raise

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

    def _encoded(self, label: str, box: ChunkBox, chunk: np.ndarray, write_empty: bool) -> bytes | None:
        """The chunk's stored bytes; None where it is all fill value and not to be stored."""
        if not write_empty and self._is_fill(chunk):
            return None
        encode = partial(self._chain_at(box.coords).encode_chunk, write_empty=write_empty)
        key = self._metadata.key_encoding.encode(box.coords)
        return _named(label, key, encode, self._carried(chunk))  # type: ignore[no-any-return]

    def _is_fill(self, chunk: np.ndarray) -> bool:
        corner: Any = (*(slice(0, 1),) * chunk.ndim, ...)
        first = chunk[corner]  # most chunks differ in their first item
        return all(same_items(items, filled(items.shape, self._metadata)) for items in (first, chunk))


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


def same_items(a: np.ndarray, b: np.ndarray) -> bool:
    """Whether two arrays of one shape and dtype hold the same bits (-0.0 is not 0.0, a NaN equals itself); strings and
    objects are compared by value, objects also by type."""
    if is_masked(a):
        mask = missing_items(a)
        return bool((mask == missing_items(b)).all()) and same_items(a.data[~mask], np.ma.getdata(b)[~mask])
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
