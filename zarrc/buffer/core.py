"""The classes of `zarrc.buffer`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple, Protocol, Self, runtime_checkable

import numpy as np

from zarrc.dtypes import with_unit


@runtime_checkable
class ArrayLike(Protocol):
    """What a `Buffer` holds: a 1-d array of bytes."""

    @property
    def dtype(self) -> np.dtype: ...
    @property
    def ndim(self) -> int: ...
    @property
    def size(self) -> int: ...
    def __getitem__(self, key: slice) -> Self: ...
    def __setitem__(self, key: slice, value: Any) -> None: ...


@runtime_checkable
class NDArrayLike(Protocol):
    """What an `NDBuffer` holds: an array of any shape and dtype."""

    @property
    def dtype(self) -> np.dtype: ...
    @property
    def ndim(self) -> int: ...
    @property
    def size(self) -> int: ...
    @property
    def shape(self) -> tuple[int, ...]: ...
    def __len__(self) -> int: ...
    def __getitem__(self, key: slice) -> Self: ...
    def __setitem__(self, key: slice, value: Any) -> None: ...
    def __array__(self) -> np.ndarray: ...
    def reshape(self, shape: Any, *, order: Any = "C") -> Self: ...
    def view(self, dtype: Any) -> Self: ...
    def astype(self, dtype: Any, order: Any = "K", *, copy: bool = True) -> Self: ...
    def fill(self, value: Any) -> None: ...
    def copy(self) -> Self: ...
    def transpose(self, axes: Any) -> Self: ...
    def ravel(self, order: Any = "C") -> Self: ...
    def all(self) -> bool: ...
    def __eq__(self, other: object) -> Self: ...  # type: ignore[override]


NDArrayLikeOrScalar = Any


def _flat(array: Any) -> Any:
    if array.ndim != 1:
        raise ValueError("array_like: only 1-dim allowed")
    if array.dtype.itemsize != 1:
        raise ValueError("array_like: only byte dtype allowed")
    return array


class Buffer:
    """Contiguous bytes.

    Parameters
    ----------
    array_like : ndarray
        One-dimensional, items of one byte. Raises ValueError for others.
    """

    def __init__(self, array_like: Any) -> None:
        self._data = _flat(array_like)

    @classmethod
    def create_zero_length(cls) -> Self:
        return cls(np.empty(0, dtype="B"))

    @classmethod
    def from_array_like(cls, array_like: Any) -> Self:
        return cls(array_like)

    @classmethod
    def from_buffer(cls, buffer: Buffer) -> Self:
        """From a buffer of another class."""
        return cls(np.frombuffer(buffer.to_bytes(), dtype="B"))

    @classmethod
    def from_bytes(cls, bytes_like: Any) -> Self:
        """Over bytes, bytearray or memoryview, without copying."""
        return cls(np.frombuffer(bytes_like, dtype="B"))

    def as_array_like(self) -> Any:
        return self._data

    def as_numpy_array(self) -> np.ndarray:
        return np.asarray(self._data)

    def as_buffer_like(self) -> memoryview:
        return memoryview(self.as_numpy_array())  # type: ignore[arg-type]

    def to_bytes(self) -> bytes:
        return bytes(self.as_numpy_array())

    def __getitem__(self, key: slice) -> Self:
        return type(self)(self._data[_whole_slice(key)])

    def __setitem__(self, key: slice, value: Any) -> None:
        self._data[_whole_slice(key)] = value.as_array_like() if isinstance(value, Buffer) else value

    def __len__(self) -> int:
        return self._data.size

    def __add__(self, other: Buffer) -> Self:
        return self.combine([other])

    def combine(self, others: Iterable[Buffer]) -> Self:
        """These bytes followed by those of others."""
        return type(self)(np.concatenate([self.as_numpy_array(), *(o.as_numpy_array() for o in others)]))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Buffer) and self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"<{type(self).__name__} of {len(self)} bytes>"


def _whole_slice(key: Any) -> slice:
    if not isinstance(key, slice):
        raise TypeError(f"a buffer is indexed by slices, not {type(key).__name__}")
    return key


class _Made:
    """What classes find behind `NDBuffer`, that derive from it and have a ``create`` of their own."""

    @classmethod
    def empty(cls, shape: tuple[int, ...], dtype: Any, order: Any = "C") -> Self:
        return cls.create(shape=shape, dtype=dtype, order=order)  # type: ignore[attr-defined]


class NDBuffer(_Made):
    """An array of any shape and dtype.

    Parameters
    ----------
    array : ndarray
    """

    def __init__(self, array: Any) -> None:
        self._data = array

    @classmethod
    def create(cls, *, shape: Iterable[int], dtype: Any, order: Any = "C", fill_value: Any = None) -> Self:
        """An array of zeros, or of ``fill_value``."""
        if fill_value is None or (isinstance(fill_value, int) and fill_value == 0):
            return cls(with_unit(np.zeros(shape=tuple(shape), dtype=dtype, order=order), np.dtype(dtype)))
        made = cls.empty(tuple(shape), dtype, order)
        made.fill(fill_value)
        return made

    @classmethod
    def empty(cls, shape: tuple[int, ...], dtype: Any, order: Any = "C") -> Self:
        """An array whose contents are not set."""
        return cls(with_unit(np.empty(shape=shape, dtype=dtype, order=order), np.dtype(dtype)))

    @classmethod
    def from_ndarray_like(cls, ndarray_like: Any) -> Self:
        return cls(ndarray_like)

    @classmethod
    def from_numpy_array(cls, array_like: Any) -> Self:
        return cls(np.asanyarray(array_like))

    def as_ndarray_like(self) -> Any:
        return self._data

    def as_numpy_array(self) -> np.ndarray:
        return np.asarray(self._data)

    def as_scalar(self) -> Any:
        """The one item. Raises ValueError when there are others."""
        if self._data.size != 1:
            raise ValueError("Buffer does not contain a single scalar value")
        return self.as_numpy_array()[()]

    @property
    def dtype(self) -> np.dtype:
        return self._data.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self._data.shape

    @property
    def byteorder(self) -> str:
        order = self.dtype.byteorder
        if order == "=":
            return "little" if np.little_endian else "big"
        return {"<": "little", ">": "big"}.get(order, order)

    def reshape(self, newshape: Any) -> Self:
        return type(self)(self._data.reshape(newshape))

    def squeeze(self, axis: tuple[int, ...]) -> Self:
        return type(self)(self._data.squeeze(axis))

    def astype(self, dtype: Any, order: Any = "K") -> Self:
        return type(self)(self._data.astype(dtype=dtype, order=order))

    def __getitem__(self, key: Any) -> Self:
        if isinstance(key, tuple) and Ellipsis not in key:
            key = (*key, Ellipsis)  # so that a single item stays a view
        return type(self)(np.asanyarray(self._data[key]))

    def __setitem__(self, key: Any, value: Any) -> None:
        self._data[key] = value._data if isinstance(value, NDBuffer) else value

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} shape={self.shape} dtype={self.dtype} {self._data!r}>"

    def all_equal(self, other: Any, equal_nan: bool = True) -> bool:
        """Whether every item is ``other``: NaN equals NaN, -0.0 does not equal 0.0."""
        if other is None:
            return False
        data = self._data
        other = np.asanyarray(other)
        if data.dtype.kind in "fc" and other.dtype.kind == "f" and other.ndim == 0 and other == 0:
            zero = np.full(1, other, data.dtype)
            if data.dtype.kind == "f":
                return bool((data == 0).all() and (np.signbit(data) == np.signbit(zero)).all())
            raw = f"V{data.dtype.itemsize}"
            return bool((np.ascontiguousarray(data).view(raw) == zero.view(raw)).all())
        same_nan = equal_nan and not {data.dtype.kind, other.dtype.kind} & set("USTOV")
        return bool(np.array_equal(data, np.broadcast_to(other, data.shape), equal_nan=same_nan))

    def fill(self, value: Any) -> None:
        self._data.fill(value)

    def copy(self) -> Self:
        return type(self)(self._data.copy())

    def transpose(self, axes: Any) -> Self:
        return type(self)(self._data.transpose(axes))


class BufferPrototype(NamedTuple):
    """The classes that a store or a codec is to make."""

    buffer: type[Buffer]
    nd_buffer: type[NDBuffer]


_DEFAULT = BufferPrototype(Buffer, NDBuffer)


def default_buffer_prototype() -> BufferPrototype:
    """`Buffer` and `NDBuffer`."""
    return _DEFAULT
