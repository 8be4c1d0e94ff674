"""An n-dimensional array in a store."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Mapping
from operator import index as as_index
from typing import Any

import numpy as np

from zarrc.array_config import ArrayConfig, parse_array_config
from zarrc.attributes import Attributes
from zarrc.chunkio import ArrayMetadata, chunk_count
from zarrc.codecs.base import Codec
from zarrc.errors import ArrayNotFoundError, NodeTypeValidationError
from zarrc.indexing import BasicSelection, basic_selection
from zarrc.info import ArrayInfo, array_info
from zarrc.metadata import ArrayV2Metadata
from zarrc.node import Opened, ZarrFormat, read_node, write_documents
from zarrc.stores import Store, StoreLike, StorePath, make_store_path


class Array:
    """An array that lies chunked and encoded in a store; reads give numpy arrays.

    Open one with `zarrc.open_array`, make one with `zarrc.create_array`. It holds metadata and no data: cheap to
    pickle, safe to share between threads.
    """

    __slots__ = ("__weakref__", "_config", "_opened", "_place", "_root", "_text")
    __hash__ = None  # type: ignore[assignment]

    def __init__(self, place: StorePath, opened: Opened, config: ArrayConfig) -> None:
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
    def chunks(self) -> tuple[int, ...]:
        """Chunk shape, in elements."""
        return self._opened.metadata.grid.chunk_shape

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
    def attrs(self) -> Attributes:
        return Attributes(self)

    @property
    def store(self) -> Store:
        return self._place.store

    @property
    def store_path(self) -> StorePath:
        return self._place

    @property
    def path(self) -> str:
        return self._place.path

    @property
    def name(self) -> str:
        """Path with a leading "/", as h5py has it."""
        return f"/{self._place.path}"

    @property
    def basename(self) -> str:
        return self._place.path.rsplit("/", 1)[-1]

    @property
    def read_only(self) -> bool:
        return self._place.store.read_only

    @property
    def config(self) -> ArrayConfig:
        return self._config

    @property
    def cdata_shape(self) -> tuple[int, ...]:
        """Shape of the chunk grid."""
        return tuple(-(-n // c) for n, c in zip(self.shape, self.chunks, strict=True))

    @property
    def nchunks(self) -> int:
        return chunk_count(self.shape, self.chunks)

    @property
    def filters(self) -> tuple[Codec, ...]:
        """v2: the filters; v3: the array -> array codecs."""
        chain = self._opened.io.chain
        if isinstance(self.metadata, ArrayV2Metadata):
            return chain.bytes_bytes[: len(self.metadata.filters or ())]
        return chain.array_array

    @property
    def serializer(self) -> Codec | None:
        """The array -> bytes codec; None for v2."""
        return None if isinstance(self.metadata, ArrayV2Metadata) else self._opened.io.chain.array_bytes

    @property
    def compressors(self) -> tuple[Codec, ...]:
        """v2: the compressor, if any; v3: the bytes -> bytes codecs."""
        chain = self._opened.io.chain
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

    def _stored_chunks(self) -> list[int]:
        """Sizes in bytes of the chunks that are stored."""
        known = set(map(self.metadata.key_encoding.encode, itertools.product(*map(range, self.cdata_shape))))
        skip = len(self._place.path) + 1 if self._place.path else 0
        return [n for key, n in self.store.list_prefix_sync(self._place.path) if key[skip:] in known]

    @property
    def nchunks_initialized(self) -> int:
        """Number of chunks that are stored."""
        return len(self._stored_chunks())

    def nbytes_stored(self) -> int:
        """Bytes of everything stored below the array's path, metadata included."""
        return sum(n for _, n in self.store.list_prefix_sync(self._place.path))

    # data ----------------------------------------------------------------------------------------------------
    def _label(self) -> str:
        text = self._text
        if text is None:
            text = self._text = str(self._place)
        return text

    def _get(self, selection: BasicSelection, out: np.ndarray | None = None) -> Any:
        meta = self._opened.metadata
        given = out is not None
        if out is None:
            out = np.empty(selection.shape, dtype=meta.dtype, order=self._config.order)
        self._opened.io.read(self._place, self._root, self._label(), meta.shape, selection, out, self._config)
        return out[()] if not selection.shape and not given else out

    def _set(self, selection: BasicSelection, value: Any) -> None:
        self._place.store._check_writable()
        meta = self._opened.metadata
        if isinstance(value, Array):
            value = value[...]
        # as numpy does: what has no dtype of its own must fit the array's, everything else is cast
        data = np.asarray(value) if hasattr(value, "dtype") else np.asarray(value, dtype=meta.dtype)
        if data.dtype != meta.dtype:
            data = data.astype(meta.dtype)
        surplus = data.ndim - len(selection.shape)
        if surplus > 0 and data.shape[:surplus] == (1,) * surplus:
            data = data.reshape(data.shape[surplus:])
        self._opened.io.write(self._place, self._root, self._label(), meta.shape, selection, data, self._config)

    def __getitem__(self, key: Any) -> Any:
        """Reads integers, slices with positive steps and Ellipsis; an ndarray, or a scalar when every axis is an
        integer.

        Raises
        ------
        BoundsCheckError, NegativeStepError, ArrayIndexError
            The key is not one of those.
        CodecError, ChunkIOError
            A chunk cannot be read.
        """
        return self._get(basic_selection(key, self._opened.metadata.shape))

    def __setitem__(self, key: Any, value: Any) -> None:
        """Writes to the selection; ``value`` is cast to the array's dtype and broadcast. Chunks that are partly
        covered are merged with what is stored; each chunk is replaced atomically."""
        self._set(basic_selection(key, self._opened.metadata.shape), value)

    def get_basic_selection(self, selection: Any = Ellipsis, *, out: np.ndarray | None = None) -> Any:
        """As ``self[selection]``, into ``out`` when it is given.

        Parameters
        ----------
        selection
            Integers, slices, Ellipsis.
        out : ndarray, optional
            Writable, of the selection's shape and the array's dtype; any strides. Returned. Its contents are
            undefined after an error.
        """
        parsed = basic_selection(selection, self.shape)
        if out is not None:
            if not isinstance(out, np.ndarray):
                if not hasattr(out, "as_ndarray_like"):  # zarr-python's NDBuffer has it
                    raise TypeError(f"out must be a numpy array, not {type(out).__name__}")
                out = out.as_ndarray_like()
            if not out.flags.writeable:
                raise ValueError("out is read-only")
            if out.shape != parsed.shape:
                raise ValueError(f"out has shape {out.shape}, the selection has shape {parsed.shape}")
            if out.dtype != self.dtype:
                raise ValueError(f"out has dtype {out.dtype}, the array has {self.dtype}")
        return self._get(parsed, out)

    def set_basic_selection(self, selection: Any, value: Any) -> None:
        """As ``self[selection] = value``."""
        self[selection] = value

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
        step = self.chunks[0]
        return (item for start in range(0, self.shape[0], step) for item in self[start : start + step])

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
        old_grid = self.cdata_shape
        self._replace_metadata(self.metadata.with_shape(shape))
        new_grid = self.cdata_shape
        if all(n >= o for n, o in zip(new_grid, old_grid, strict=True)):
            return
        encode = self.metadata.key_encoding.encode
        for coords in itertools.product(*map(range, old_grid)):
            if any(c >= n for c, n in zip(coords, new_grid, strict=True)):
                self.store.delete_sync(self._place.key(encode(coords)))

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
