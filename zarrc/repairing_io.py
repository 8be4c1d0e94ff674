"""Chunks of an array whose stored grid is malformed: the grid as it was read is stored before the first of them."""

from __future__ import annotations

from typing import Any

from zarrc.array_config import ArrayConfig
from zarrc.chunkio import ChunkIO
from zarrc.errors import ConflictError
from zarrc.indexing import PointSelection, Selection
from zarrc.metadata.document import RepairedDocument, RepairsKnown
from zarrc.node import FIRST, Opened, document_lock, read_node, write_documents
from zarrc.stores import StorePath


class RepairingIO(ChunkIO):
    """As `ChunkIO`. Readers that do not repair the document, or in another way, find the chunks that it writes."""

    __slots__ = ("_well_formed",)

    def __init__(self, metadata: Any) -> None:
        super().__init__(metadata)
        self._well_formed = False

    def before_write(
        self, place: StorePath, label: str, selection: Selection | PointSelection, config: ArrayConfig
    ) -> None:
        """Raises `ConflictError` where chunks would be looked for elsewhere by now."""
        if not self._well_formed and 0 not in selection.shape:
            self._store_grid(place, label, config)
            self._well_formed = True

    def _store_grid(self, place: StorePath, label: str, config: ArrayConfig) -> None:
        with document_lock(place, self._metadata.documents(), config.concurrency) as lock:
            with RepairsKnown():
                node = read_node(place, self._metadata.zarr_format)
            if not isinstance(node, Opened):
                return  # nothing is stored that could be wrong
            stored = node.metadata
            if _layout(stored, stored.shape) != _layout(self._metadata, stored.shape):
                raise ConflictError(
                    f"{label}: how its chunks are stored has changed since this array was opened; reopen it to write",
                    dict(stored.document),
                )
            if type(stored.document) is RepairedDocument:
                documents = {name: data for name, data in stored.documents().items() if name in FIRST}
                write_documents(place, documents, config.durability, lock)


def _layout(metadata: Any, shape: tuple[int, ...]) -> tuple:
    """Everything that says where the elements of an array of this shape lie."""
    if len(shape) != len(metadata.shape):
        return ()
    order = metadata.order if metadata.zarr_format == 2 else None
    grid = metadata.with_shape(shape).grid
    return grid, metadata.key_encoding, metadata.data_type.to_v3(), metadata.codec_configs, order
