"""An n-dimensional array in a store."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from operator import index as as_index
from types import GenericAlias
from typing import TYPE_CHECKING, Any

import numpy as np

from zarrc.accessors import Selections
from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.chunkio import ArrayMetadata, inner_chain, unset
from zarrc.codecs.base import Codec
from zarrc.errors import ArrayNotFoundError, NodeTypeValidationError
from zarrc.indexing import PointSelection, Selection, getitem_selection
from zarrc.info import ArrayInfo, array_info
from zarrc.layout import Layout
from zarrc.metadata import ArrayV2Metadata
from zarrc.node import Opened, ZarrFormat, read_node, write_documents
from zarrc.placed import Placed
from zarrc.stores import StoreLike, StorePath, make_store_path

if TYPE_CHECKING:
    from zarrc.async_array import AsyncArray


class Array(Layout, Selections, Placed):
    """An array that lies chunked and encoded in a store; reads give numpy arrays.

    Open one with `zarrc.open_array`, make one with `zarrc.create_array`. It holds metadata and no data: cheap to
    pickle, safe to share between threads.
    """

    __slots__ = ("__weakref__", "_config", "_opened", "_place", "_root", "_text")
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
        self._text: str | None = None

    @classmethod
    def open(
        cls, store: StoreLike, *, zarr_format: ZarrFormat | None = None, config: Mapping[str, Any] | None = None
    ) -> Array:
        """Opens an existing array. Raises `ArrayNotFoundError`, `NodeTypeValidationError`."""
        return open_at(make_store_path(store), zarr_format, config)

    # what it is ----------------------------------------------------------------------------------------------
    @property
    def metadata(self) -> ArrayMetadata:
        return self._opened.metadata

    @property
    def shape(self) -> tuple[int, ...]:
        return self._opened.metadata.shape

    @shape.setter
    def shape(self, value: int | tuple[int, ...]) -> None:
        self.resize(value)

    @property
    def dtype(self) -> np.dtype:
        return self._opened.metadata.dtype

    @property
    def fill_value(self) -> Any:
        """Scalar of the array's dtype, or None (v2 only)."""
        return self._opened.metadata.fill_value

    @property
    def ndim(self) -> int:
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
        return self._config

    @property
    def filters(self) -> tuple[Codec, ...]:
        """v2: the filters; v3: the array -> array codecs. Of a sharded array those of the inner chunks."""
        chain = inner_chain(self._opened.io.chain)
        if isinstance(self.metadata, ArrayV2Metadata):
            return chain.bytes_bytes[: len(self.metadata.filters or ())]
        return chain.array_array

    @property
    def serializer(self) -> Codec | None:
        """The array -> bytes codec; None for v2."""
        return None if isinstance(self.metadata, ArrayV2Metadata) else inner_chain(self._opened.io.chain).array_bytes

    @property
    def compressors(self) -> tuple[Codec, ...]:
        """v2: the compressor, if any; v3: the bytes -> bytes codecs. Of a sharded array those of the inner chunks."""
        chain = inner_chain(self._opened.io.chain)
        if isinstance(self.metadata, ArrayV2Metadata):
            return chain.bytes_bytes[len(self.metadata.filters or ()) :]
        return chain.bytes_bytes

    @property
    def compressor(self) -> Codec | None:
        """v2 only. Raises TypeError for v3 arrays, which may have several."""
        if not isinstance(self.metadata, ArrayV2Metadata):
            raise TypeError("`compressor` is not available for Zarr format 3 arrays. Use `compressors` instead.")
        return next(iter(self.compressors), None)

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
        from zarrc.async_array import AsyncArray

        return AsyncArray.of(self)

    _async_array = async_array

    # data ----------------------------------------------------------------------------------------------------
    def _label(self) -> str:
        text = self._text
        if text is None:
            text = self._text = str(self._place)
        return text

    def _get(self, selection: Selection | PointSelection, out: np.ndarray | None = None) -> Any:
        meta = self._opened.metadata
        points = isinstance(selection, PointSelection)
        if out is not None:
            out = self._checked_out(out, selection.shape)
            made = unset(selection.shape, meta) if points and not out.flags.c_contiguous else out
        else:
            made = unset(selection.shape, meta, "C" if points else self._config.order)
        target = made.reshape(-1) if points else made
        self._opened.io.read(self._place, self._root, self._label(), meta.shape, selection, target, self._config)
        if out is None:
            return made if selection.shape else made[()]
        if made is not out:
            out[...] = made
        return out

    def _checked_out(self, out: Any, shape: tuple[int, ...]) -> np.ndarray:
        if not isinstance(out, np.ndarray):
            if not hasattr(out, "as_ndarray_like"):  # zarr-python's NDBuffer has it
                raise TypeError(f"out must be a numpy array, not {type(out).__name__}")
            out = out.as_ndarray_like()
        if not out.flags.writeable:
            raise ValueError("out is read-only")
        if out.shape != shape:
            raise ValueError(f"out has shape {out.shape}, the selection has shape {shape}")
        if out.dtype != self.dtype:
            raise ValueError(f"out has dtype {out.dtype}, the array has {self.dtype}")
        return out

    def _set(self, selection: Selection | PointSelection, value: Any) -> None:
        self._place.store._check_writable()
        meta = self._opened.metadata
        if isinstance(value, Array):
            value = value[...]
        # as numpy does: what has no dtype of its own must fit the array's, everything else is cast
        as_array = np.ma.asanyarray if meta.data_type.nullable else np.asarray
        data = as_array(value) if hasattr(value, "dtype") else as_array(value, dtype=meta.dtype)
        if data.dtype != meta.dtype:
            data = data.astype(meta.dtype)
        surplus = data.ndim - len(selection.shape)
        if surplus > 0 and data.shape[:surplus] == (1,) * surplus:
            data = data.reshape(data.shape[surplus:])
        if isinstance(selection, PointSelection):
            if data.shape != selection.shape:
                data = np.broadcast_to(data, selection.shape)
            data = np.ascontiguousarray(data).reshape(-1) if data.ndim != 1 else data
        self._opened.io.write(self._place, self._root, self._label(), meta.shape, selection, data, self._config)

    def __getitem__(self, key: Any) -> Any:
        """Reads a selection; an ndarray, or a scalar when every axis is an integer.

        Integers, slices with positive steps and Ellipsis are basic indexing; a mask of the array's shape, or integer
        lists on every axis, pick points as numpy does; one list among slices, or masks along axes, are orthogonal.

        Raises
        ------
        BoundsCheckError, NegativeStepError, ArrayIndexError, VindexInvalidSelectionError
            The key is none of those.
        CodecError, ChunkIOError
            A chunk cannot be read.
        """
        return self._get(getitem_selection(key, self._opened.metadata.shape))

    def __setitem__(self, key: Any, value: Any) -> None:
        """Writes to the selection; ``value`` is cast to the array's dtype and broadcast. Chunks that are partly
        covered are merged with what is stored; each chunk is replaced atomically."""
        self._set(getitem_selection(key, self._opened.metadata.shape), value)

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> np.ndarray:
        if copy is False:
            raise ValueError("`copy=False` is not supported: reading a Zarr array always makes a copy")
        data = np.asarray(self[...])
        return data if dtype is None else data.astype(dtype, copy=False)

    def __len__(self) -> int:
        if not self.shape:
            raise TypeError("len() of unsized object")
        return self.shape[0]

    def __iter__(self) -> Iterator[Any]:
        """Items along the first axis; each chunk is read once."""
        if not self.shape:
            raise TypeError("iteration over a 0-d array")
        offsets = self.metadata.grid.edges(self.shape)[0]
        spans = itertools.pairwise(offsets)
        return (item for start, stop in spans for item in self[start:stop])

    # changes -------------------------------------------------------------------------------------------------
    def _replace_metadata(self, metadata: ArrayMetadata) -> None:
        self._place.store._check_writable()
        write_documents(self._place, metadata.documents())
        self._opened = Opened(metadata)

    def _set_attributes(self, attributes: dict[str, Any]) -> None:
        self._replace_metadata(self.metadata.with_attributes(attributes))

    def update_attributes(self, new_attributes: dict[str, Any]) -> Array:
        """Merges attributes, in one write; returns the array."""
        self.attrs.update(new_attributes)
        return self

    def resize(self, new_shape: int | tuple[int, ...]) -> None:
        """Changes the shape in place. Chunks that then lie wholly outside are removed; new elements read as the
        fill value, except that a chunk at a former edge keeps what was stored in it."""
        shape = (new_shape,) if isinstance(new_shape, int | np.integer) else tuple(new_shape)
        shape = tuple(as_index(n) for n in shape)
        if len(shape) != self.ndim:
            raise ValueError(f"new shape {shape} must have {self.ndim} dimensions")
        if any(n < 0 for n in shape):
            raise ValueError(f"new shape {shape} has a negative edge")
        old_grid = self.metadata.grid.counts(self.shape)
        new_metadata = self.metadata.with_shape(shape)
        new_grid = new_metadata.grid.counts(shape)
        shrinks = any(n < o for n, o in zip(new_grid, old_grid, strict=True))
        stored = list(self._stored_chunks()) if shrinks else []
        self._replace_metadata(new_metadata)
        encode = self.metadata.key_encoding.encode
        for coords in stored:
            if any(c >= n for c, n in zip(coords, new_grid, strict=True)):
                self._place.store.delete_sync(self._place.key(encode(coords)))

    def append(self, data: Any, axis: int = 0) -> tuple[int, ...]:
        """Grows along ``axis`` and writes ``data`` there; returns the new shape.

        Raises ValueError when ``data`` does not have the array's shape along the other axes, or there is no such axis.
        """
        data = np.asarray(data) if hasattr(data, "dtype") else np.asarray(data, dtype=self.dtype)
        data = data.astype(self.dtype, copy=False)  # before the array grows
        if not -self.ndim <= axis < self.ndim:
            raise ValueError(f"axis {axis} is out of bounds for an array of {self.ndim} dimensions")
        axis %= self.ndim
        others = [n for i, n in enumerate(self.shape) if i != axis]
        if data.ndim != self.ndim or [n for i, n in enumerate(data.shape) if i != axis] != others:
            raise ValueError(
                f"shape of data to append {data.shape} is not compatible with the array's {self.shape} "
                f"along axis {axis}: all other dimensions must match exactly"
            )
        with self._place.store.lock:  # threads that append through one object lose nothing
            first = self.shape[axis]
            shape = tuple(n if i != axis else n + data.shape[axis] for i, n in enumerate(self.shape))
            self.resize(shape)
            self[tuple(slice(first, None) if i == axis else slice(None) for i in range(self.ndim))] = data
            return shape

    def with_config(self, config: ArrayConfig | Mapping[str, Any]) -> Array:
        """The same array with another run-time configuration; keys that are not given stay."""
        if not isinstance(config, ArrayConfig):
            now = {name: getattr(self._config, name) for name in self._config.__slots__}
            config = parse_array_config({**now, **config})
        return Array(self._place, self._opened, config)

    # manners -------------------------------------------------------------------------------------------------
    def __eq__(self, other: object) -> bool:
        return (
            isinstance(other, Array)
            and self._place == other._place
            and self.metadata == other.metadata
            and self._config == other._config
        )

    def __repr__(self) -> str:
        return f"<Array {self._place} shape={self.shape} dtype={self.dtype}>"

    def __reduce__(self) -> tuple:
        return (_rebuild, (self._place, self.metadata, self._config))


def _rebuild(place: StorePath, metadata: ArrayMetadata, config: ArrayConfig) -> Array:
    return Array(place, Opened(metadata), config)


def open_at(
    place: StorePath, zarr_format: ZarrFormat | None = None, config: ArrayConfig | Mapping[str, Any] | None = None
) -> Array:
    """The array at a place.

    Raises
    ------
    ArrayNotFoundError
        Nothing is there.
    NodeTypeValidationError
        A group is there.
    """
    node = read_node(place, zarr_format)
    if isinstance(node, Opened):
        meta = node.metadata
        order = meta.order if isinstance(meta, ArrayV2Metadata) else None
        return Array(place, node, parse_array_config(config, order))
    if node is None:
        raise ArrayNotFoundError(f"No array found in store {str(place.store)!r} at path {place.path!r}")
    raise NodeTypeValidationError(f"{place}: a group is stored here, not an array")
