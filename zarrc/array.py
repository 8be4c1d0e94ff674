"""An n-dimensional array in a store."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from types import GenericAlias
from typing import TYPE_CHECKING, Any

import numpy as np

from zarrc.accessors import Selections, checked_out
from zarrc.array_changes import Changes
from zarrc.array_codecs import ArrayCodecs
from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.chunkio import ArrayMetadata, broadcast, unset
from zarrc.errors import ArrayNotFoundError, NodeTypeValidationError
from zarrc.indexing import PointSelection, Selection, getitem_selection, pop_fields
from zarrc.info import ArrayInfo, array_info
from zarrc.lazy import LazyModule
from zarrc.masked import check_records, is_masked
from zarrc.metadata import ArrayV2Metadata, GroupMetadata, array_metadata
from zarrc.metadata.document import RepairedDocument, RepairsKnown
from zarrc.node import Documents, Opened, ZarrFormat, documents_at, read_node, warn_of_both_formats
from zarrc.stores import StoreLike, StorePath, make_store_path
from zarrc.write_buffer import WriteBuffer

if TYPE_CHECKING:
    from zarrc.async_array import AsyncArray

coroutines = LazyModule("zarrc.async_array")
instead = LazyModule("zarrc.instead")
unfit = LazyModule("zarrc.unfit")


class Array(Changes, ArrayCodecs, Selections):
    """An array that lies chunked and encoded in a store; reads give numpy arrays.

    Open one with `zarrc.open_array`, make one with `zarrc.create_array`. It holds metadata and no data: cheap to
    pickle, safe to share between threads.
    """

    __slots__ = ("__weakref__", "_buffer", "_config", "_known_by", "_opened", "_place", "_root", "_text")
    __hash__ = None  # type: ignore[assignment]
    __class_getitem__: Any = classmethod(GenericAlias)  # zarr-python's is generic in its metadata

    _place: StorePath
    _opened: Opened
    _config: ArrayConfig

    def __init__(
        self, place: StorePath | AsyncArray, opened: Opened | None = None, config: ArrayConfig | None = None
    ) -> None:
        if opened is None or config is None:  # zarr-python's way to make one of an asynchronous array
            given: Array = place._array  # type: ignore[union-attr]
            place, opened, config = given._place, given._opened, given._config
        assert isinstance(place, StorePath)
        self._place = place
        self._opened = opened
        self._config = config
        self._root = place.store.native_root(place.path)
        self._buffer: WriteBuffer | None = None
        self._text: str | None = None
        self._known_by = None

    @classmethod
    def open(
        cls, store: StoreLike, *, zarr_format: ZarrFormat | None = None, config: Mapping[str, Any] | None = None
    ) -> Array:
        """Opens an existing array. Raises `ArrayNotFoundError`, `NodeTypeValidationError`."""
        return open_at(make_store_path(store), zarr_format, config)

    @classmethod
    def from_dict(cls, store_path: StorePath, data: Mapping[str, Any]) -> Array:
        """From a metadata document; nothing is written.

        Parameters
        ----------
        store_path : StorePath
            Where the array lies, or will lie.
        data : mapping
            Content of ``zarr.json``, or of ``.zarray`` with that of ``.zattrs`` under "attributes".

        Raises
        ------
        MetadataValidationError
            Or one of its subclasses, with document, key and value in the message.
        """
        metadata = array_metadata(data)
        order = metadata.order if isinstance(metadata, ArrayV2Metadata) else None
        return cls(make_store_path(store_path), Opened(metadata), parse_array_config(None, order))

    # what it is ----------------------------------------------------------------------------------------------
    @property
    def metadata(self) -> ArrayMetadata:
        """The parsed metadata documents, as they were when the object last read or wrote them."""
        return self._opened.metadata

    @property
    def shape(self) -> tuple[int, ...]:
        """Elements per axis. Assigning to it is `resize`."""
        return self._opened.metadata.shape

    @shape.setter
    def shape(self, value: int | tuple[int, ...]) -> None:
        self.resize(value)

    @property
    def dtype(self) -> np.dtype:
        """numpy dtype of the elements, and of results."""
        return self._opened.metadata.dtype

    @property
    def fill_value(self) -> Any:
        """Scalar of the array's dtype, or None (v2 only)."""
        return self._opened.metadata.fill_value

    @property
    def ndim(self) -> int:
        """Number of axes."""
        return len(self._opened.metadata.shape)

    @property
    def size(self) -> int:
        """Number of elements."""
        return math.prod(self.shape)

    @property
    def nbytes(self) -> int:
        """Bytes of all elements, decoded."""
        return self.size * self.dtype.itemsize

    @property
    def order(self) -> str:
        """Memory order of results, "C" or "F"."""
        return self._config.order

    @property
    def config(self) -> ArrayConfig:
        """How the array behaves apart from what is stored; `with_config` changes it."""
        return self._config

    @property
    def info(self) -> ArrayInfo:
        """What is known without looking at the chunks; prints as a table."""
        return array_info(self)

    def info_complete(self) -> ArrayInfo:
        """`info` with the stored size and the number of stored chunks (lists the store)."""
        return array_info(self, complete=True)

    @property
    def async_array(self) -> AsyncArray:
        """The array with coroutines."""
        return coroutines.AsyncArray.of(self)

    _async_array = async_array

    # data ----------------------------------------------------------------------------------------------------
    def _label(self) -> str:
        text = self._text
        if text is None:
            text = self._text = str(self._place)
        return text

    def _get(self, selection: Selection | PointSelection, out: np.ndarray | None = None) -> Any:
        opened, buffer = self._opened, self._buffer  # once: other threads may put others there
        meta = opened.metadata
        if self._config.missing == "mask":
            return self._get_masked(selection, out)
        points = isinstance(selection, PointSelection)
        if out is not None:
            out = checked_out(out, selection.shape, meta.dtype, meta.data_type.nullable)
            flat = out.flags.c_contiguous and not is_masked(out)  # else it may have no mask that its flat view shares
            made = unset(selection.shape, meta) if points and not flat else out
        else:
            made = unset(selection.shape, meta, "C" if points else self._config.order)
        target = made.reshape(-1) if points else made
        if buffer is not None:
            buffer.read(selection, target, self._config)
        else:
            io = opened.io_at(self._place)
            io.read(self._place, self._root, self._label(), meta.shape, selection, target, self._config)
        if out is None:
            return made if selection.shape else made[()]
        if made is not out:
            out[...] = made
        return out

    def _get_masked(self, selection: Selection | PointSelection, out: Any) -> Any:
        """As `_get`; a masked array, whose mask has the items of missing chunks."""
        meta = self._opened.metadata
        if out is not None:
            out = checked_out(out, selection.shape, meta.dtype, True)
        opened, buffer = self._opened, self._buffer
        points = isinstance(selection, PointSelection)
        made = unset(selection.shape, meta, "C" if points else self._config.order)
        absent = np.zeros(selection.shape, bool, order="C" if points else self._config.order)
        target, holes = (made.reshape(-1), absent.reshape(-1)) if points else (made, absent)
        if buffer is not None:
            buffer.read(selection, target, self._config, holes)
        else:
            place, root, label = self._place, self._root, self._label()
            opened.io_at(place).read(place, root, label, meta.shape, selection, target, self._config, holes)
        result = np.ma.array(made, mask=absent, keep_mask=True, copy=False)
        if out is None:
            return result if selection.shape else result[()]
        out[...] = result
        return out

    def _set(self, selection: Selection | PointSelection, value: Any) -> None:
        self._place.store._check_writable()
        opened, buffer = self._opened, self._buffer
        meta = opened.metadata
        if isinstance(value, Array):
            value = value[...]
        # as numpy does: what has no dtype of its own must fit the array's, everything else is cast
        as_array = np.ma.asanyarray if meta.data_type.nullable else np.asarray
        try:
            data = as_array(value) if hasattr(value, "dtype") else as_array(value, dtype=meta.dtype)
            if data.dtype != meta.dtype:
                data = meta.data_type.converted(data)
        except (TypeError, ValueError, OverflowError) as e:
            unfit.refuse_value(e, self, value)
            raise
        check_records(data)
        surplus = data.ndim - len(selection.shape)
        if surplus > 0 and data.shape[:surplus] == (1,) * surplus:
            data = data.reshape(data.shape[surplus:])
        shape = data.shape
        try:
            if isinstance(selection, PointSelection):
                if shape != selection.shape:
                    data = broadcast(data, selection.shape)
                data = data.reshape(-1)
            if buffer is None or not buffer.write(selection, data):
                io = opened.io_at(self._place)
                io.write(self._place, self._root, self._label(), meta.shape, selection, data, self._config)
        except ValueError as e:
            unfit.refuse_shape(e, self, shape, selection.shape)
            raise

    def __getitem__(self, key: Any) -> Any:
        """Reads a selection; an ndarray, or a scalar when every axis is an integer.

        Integers, slices with positive steps and Ellipsis are basic indexing; a mask of the array's shape, or integer
        lists on every axis, pick points as numpy does; one list among slices, or masks along axes, are orthogonal.
        Of a structured array, "a" or ["a", "b"], alone or behind other items, take these fields.

        Raises
        ------
        BoundsCheckError, NegativeStepError, ArrayIndexError, VindexInvalidSelectionError
            The key is none of those.
        CodecError, ChunkIOError
            A chunk cannot be read.
        """
        meta = self._opened.metadata
        try:
            if meta.dtype.names is None:
                return self._get(getitem_selection(key, meta.shape))
            fields, key = pop_fields(key)
            return self._get_fields(getitem_selection(key, meta.shape), fields)
        except IndexError as e:
            unfit.refuse_index(e, self)
            raise

    def __setitem__(self, key: Any, value: Any) -> None:
        """Writes to the selection; ``value`` is cast to the array's dtype and broadcast. Chunks that are partly
        covered are merged with what is stored; each chunk is replaced atomically."""
        meta = self._opened.metadata
        try:
            if meta.dtype.names is None:
                self._set(getitem_selection(key, meta.shape), value)
            else:
                fields, key = pop_fields(key)
                self._set_fields(getitem_selection(key, meta.shape), value, fields)
        except IndexError as e:
            unfit.refuse_index(e, self)
            raise

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("`copy=False` is not supported: reading a Zarr array always makes a copy")
        data = np.asarray(self[...])
        return data if dtype is None else data.astype(dtype, copy=False)

    def __bool__(self) -> bool:
        """True, however long the array is, as for arrays of zarr-python, which have no length."""
        return True

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        """Items along the first axis; each chunk (inner chunk of a shard) is read once, one row of them at a time."""
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        spans = itertools.pairwise(itertools.accumulate(self.read_chunk_sizes[0], initial=0))
        return (item for start, stop in spans for item in self[start:stop])

    # changes -------------------------------------------------------------------------------------------------
    def _policies(self) -> tuple[str, str]:
        return self._config.concurrency, self._config.durability

    def _stored_metadata(self) -> ArrayMetadata:
        if type(self.metadata.document) is RepairedDocument:
            with RepairsKnown():  # the opening warned
                node = read_node(self._place, self.metadata.zarr_format)
        else:
            node = read_node(self._place, self.metadata.zarr_format)
        return node.metadata if isinstance(node, Opened) else self.metadata

    def _adopt(self, metadata: ArrayMetadata) -> None:
        self._opened = self._opened.changed(metadata)

    def with_config(self, config: ArrayConfig | Mapping[str, Any]) -> Array:
        """The same array with another run-time configuration; keys that are not given stay."""
        if not isinstance(config, ArrayConfig):
            now = self._config.to_dict()
            for name, other in (("missing", "read_missing_chunks"), ("read_missing_chunks", "missing")):
                if name in config:
                    now.pop(other)  # it says the same in other words
            config = parse_array_config({**now, **config})
        return Array(self._place, self._opened, config)

    # manners -------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Array):
            return NotImplemented  # so that numpy's arrays compare item by item
        return self._place == other._place and self.metadata == other.metadata and self._config == other._config

    def __repr__(self) -> str:
        return f"<Array {self._place} shape={self.shape} dtype={self.dtype}>"

    def __reduce__(self) -> tuple:
        return (_rebuild, (self._place, self.metadata, self._config))


def _rebuild(place: StorePath, metadata: ArrayMetadata, config: ArrayConfig) -> Array:
    return Array(place, Opened(metadata), config)


def open_at(
    place: StorePath,
    zarr_format: ZarrFormat | None = None,
    config: ArrayConfig | Mapping[str, Any] | None = None,
    node: Opened | GroupMetadata | None = None,
    documents: Documents | None = None,
) -> Array:
    """The array at a place; ``node`` is what `read_node` found there in ``documents``, if that was asked already.

    Raises
    ------
    ArrayNotFoundError
        Nothing is there.
    NodeTypeValidationError
        A group is there.
    """
    if documents is None:
        documents = documents_at([place], zarr_format)[0]
    node = read_node(place, zarr_format, documents) if node is None else node
    if isinstance(node, Opened):
        if zarr_format is None:
            warn_of_both_formats(place, node, documents)
        meta = node.metadata
        order = meta.order if isinstance(meta, ArrayV2Metadata) else None
        return Array(place, node, parse_array_config(config, order))
    if node is None:
        raise ArrayNotFoundError(instead.not_found("array", place, zarr_format))
    raise NodeTypeValidationError(f"{place}: a group is stored here, not an array: open_group opens it")
