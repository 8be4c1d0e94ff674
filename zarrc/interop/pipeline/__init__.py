"""zarr-python's codec pipeline on zarrc's native engine.

``zarr.config.set({"codec_pipeline.path": "zarrc.ZarrcCodecPipeline"})`` (or the environment variable
``ZARR_CODEC_PIPELINE__PATH``) makes zarr-python 3.1.6 and later read and write chunks with it. zarr-python finds the
class through the entry point group ``zarr.codec_pipeline`` and loads it with every other of that group, so that this
module imports little and nothing in it may fail.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Iterator
from typing import Any

import numpy as np

from zarrc.errors import MissingDependencyError

try:
    from zarr.abc.codec import CodecPipeline
except ImportError as e:
    raise MissingDependencyError("ZarrcCodecPipeline works inside zarr-python: pip install 'zarr>=3.1.6'") from e

from zarrc.interop.pipeline.batch import Declined, read_batch, write_batch
from zarrc.interop.pipeline.mover import Foreign, Mover, mover_of
from zarrc.interop.pipeline.stock import orders_chunks, stock_class, stock_pipeline, wraps_shards

logger = logging.getLogger("zarrc.pipeline")


class ZarrcCodecPipeline(CodecPipeline):
    """Decodes and encodes the chunks of one array; one native call for all chunks of a selection.

    Chunks in a ``LocalStore``, or in local files behind an ``FsspecStore``, are read and written by the native engine
    itself, those of a ``MemoryStore`` in place; other stores fetch and keep the bytes. Each chunk file is replaced
    atomically, and partial writes of one chunk by threads of this process lose nothing.

    Arrays with codecs that zarrc does not have, or in zarr-python's place has another class for, and batches of a kind
    that the engine does not take (memory on a GPU, fields of structs) are left to zarr-python's own pipeline. The
    logger ``zarrc.pipeline`` says so at debug level.
    """

    __module__ = "zarrc"  # the name under which zarr-python registers it and pickle finds it

    def __init__(self, metadata: Any, mover: Mover) -> None:
        self._metadata = metadata
        self._mover = mover
        self._ordered = orders_chunks(metadata)
        self._stock: Any = None
        if wraps_shards(metadata):
            self._stock = stock_pipeline(metadata)  # says now what it has to say about such chains

    # construction --------------------------------------------------------------------------------------------
    @classmethod
    def from_array_metadata_and_store(cls, array_metadata: Any, store: Any) -> ZarrcCodecPipeline:
        """Raises NotImplementedError, which makes zarr-python call `from_codecs`, for arrays with foreign codecs."""
        try:
            return cls(array_metadata, mover_of(array_metadata))
        except Foreign as e:
            logger.debug("zarr-python's own pipeline serves an array: %s", e)
            raise NotImplementedError(str(e)) from None

    @classmethod
    def from_codecs(cls, codecs: Iterable[Any]) -> Any:
        """zarr-python's own pipeline: codecs alone do not say what chunks they work on."""
        return stock_class().from_codecs(codecs)

    def evolve_from_array_spec(self, array_spec: Any) -> ZarrcCodecPipeline:
        return self

    def __reduce__(self) -> tuple:
        return _rebuild, (self._metadata,)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, ZarrcCodecPipeline):
            return NotImplemented
        return self._mover is other._mover or self._mover.text == other._mover.text

    def __hash__(self) -> int:
        return hash(self._mover.text)

    def __repr__(self) -> str:
        return f"ZarrcCodecPipeline({', '.join(map(repr, self))})"

    # what only codecs know -----------------------------------------------------------------------------------
    @property
    def stock(self) -> Any:
        """zarr-python's own pipeline of this array, made when it is first needed."""
        if self._stock is None:
            self._stock = stock_pipeline(self._metadata)
        return self._stock

    def __iter__(self) -> Iterator[Any]:
        return iter(self.stock)

    @property
    def supports_partial_decode(self) -> bool:
        return self.stock.supports_partial_decode

    @property
    def supports_partial_encode(self) -> bool:
        return self.stock.supports_partial_encode

    def validate(self, *, shape: tuple[int, ...], dtype: Any, chunk_grid: Any) -> None:
        self.stock.validate(shape=shape, dtype=dtype, chunk_grid=chunk_grid)

    def compute_encoded_size(self, byte_length: int, array_spec: Any) -> int:
        return self.stock.compute_encoded_size(byte_length, array_spec)

    async def decode(self, chunk_bytes_and_specs: Iterable[tuple[Any, Any]]) -> Iterable[Any]:
        return await self.stock.decode(chunk_bytes_and_specs)

    async def encode(self, chunk_arrays_and_specs: Iterable[tuple[Any, Any]]) -> Iterable[Any]:
        return await self.stock.encode(chunk_arrays_and_specs)

    # chunks --------------------------------------------------------------------------------------------------
    async def read(self, batch_info: Iterable[tuple], out: Any, drop_axes: tuple[int, ...] = ()) -> Any:
        """Fills ``out`` from the chunks of the batch; says of each whether it is there."""
        items = list(batch_info)
        if not items:
            return ()
        try:
            found = await read_batch(self._mover, items, _numpy(out), tuple(drop_axes))
        except Declined as e:
            logger.debug("zarr-python's own pipeline reads %d chunks: %s", len(items), e)
            return await self.stock.read(items, out, drop_axes)
        return tuple([_PRESENT if here else _MISSING for here in found])

    async def write(self, batch_info: Iterable[tuple], value: Any, drop_axes: tuple[int, ...] = ()) -> None:
        """Writes ``value`` to the chunks of the batch, merging those that are not complete."""
        items = list(batch_info)
        if not items:
            return
        try:
            if self._ordered:
                raise Declined("shards whose chunks are to lie in colexicographic order")
            await write_batch(self._mover, items, _numpy(value), tuple(drop_axes))
        except Declined as e:
            logger.debug("zarr-python's own pipeline writes %d chunks: %s", len(items), e)
            await self.stock.write(items, value, drop_axes)


_PRESENT = {"status": "present"}
_MISSING = {"status": "missing"}


def _numpy(buffer: Any) -> np.ndarray:
    array = buffer.as_ndarray_like()
    if type(array) is not np.ndarray:
        raise Declined(f"the memory is a {type(array).__name__}")
    return array


def _rebuild(metadata: Any) -> ZarrcCodecPipeline:
    return ZarrcCodecPipeline(metadata, mover_of(metadata))
