"""Codecs that compute with elements: on bytes in v2, on arrays in v3."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.errors import CodecError, CodecValidationError


def numpy_type(codec: str, key: str, value: Any, kinds: str) -> np.dtype:
    """The numpy dtype that a configuration names. Raises `CodecValidationError` unless its kind is in ``kinds``."""
    try:
        dtype = np.dtype("" if value is None else value)  # numpy takes None for float64
    except (TypeError, ValueError, SyntaxError) as e:
        raise CodecValidationError(f"codec {codec!r}: {key} {value!r} is no numpy type: {e}") from None
    if dtype.kind not in kinds or (dtype.kind in "iufcb" and dtype.itemsize > 16):
        raise CodecValidationError(f"codec {codec!r}: {key} must be of numpy kind {', '.join(kinds)}, got {dtype}")
    return dtype


def items_of(data: Any, dtype: np.dtype, codec: str) -> np.ndarray:
    """The bytes as a 1-d array of ``dtype``, maybe read-only. Raises `CodecError` unless they are whole elements."""
    view = as_byte_view(data)
    if dtype.itemsize == 0 or len(view) % dtype.itemsize:
        raise CodecError(f"{len(view)} bytes are no whole number of {dtype} elements", codec=codec)
    return np.frombuffer(view, np.uint8).view(dtype)


def seen_as(array: np.ndarray, dtype: np.dtype, codec: str) -> np.ndarray:
    """The array's elements, in C order, with their bits read as ``dtype`` of the same size; shape is kept."""
    if array.dtype.itemsize != dtype.itemsize:
        raise CodecError(f"elements of {array.dtype} where {dtype} is expected", codec=codec)
    return np.ascontiguousarray(array).reshape(-1).view(dtype).reshape(array.shape)


class TypedFilter(Codec):
    """Base of the numcodecs filters that map elements of one type to elements of another, one by one.

    This form is that of v2: bytes to bytes, elements in storage order. Subclasses are frozen dataclasses. The v3 form
    is a subclass with `ArrayFilter` in front.
    """

    def with_type(self, dtype: np.dtype) -> TypedFilter:
        """This filter for decoded elements of ``dtype``, where its configuration does not say their type."""
        return self

    def known_type(self, dtype: str | None) -> np.dtype:
        """The dtype. Raises `CodecValidationError` for None."""
        if dtype is None:
            raise CodecValidationError(f"codec {self.label()!r} works only after resolve(): the type is unknown")
        return np.dtype(dtype)

    def decoded_type(self) -> np.dtype:
        """Type of the elements before encoding."""
        raise NotImplementedError

    def encoded_type(self) -> np.dtype:
        """Type of the elements after encoding."""
        raise NotImplementedError

    def forward(self, values: np.ndarray) -> np.ndarray:
        """Encoded elements, of the shape of ``values``."""
        raise NotImplementedError

    def backward(self, stored: np.ndarray) -> np.ndarray:
        """Decoded elements, of the shape of ``stored``."""
        raise NotImplementedError

    def to_dict(self) -> dict[str, Any]:
        configuration = self.get_config()
        del configuration["id"]
        return {"name": self.name, "configuration": configuration}

    def resolve(self, spec: ChunkSpec) -> TypedFilter:
        return self.with_type(spec.dtype)

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        fill = encoded_fill(spec, self.forward, self.decoded_type())
        return spec.replaced(dtype=self.encoded_type(), fill_value=fill, bits=None)

    def encoded_size(self, nbytes: int) -> int | None:
        return nbytes // self.decoded_type().itemsize * self.encoded_type().itemsize

    def encode(self, data: Any) -> Any:
        """Raises `CodecError` when the bytes are not a whole number of elements."""
        return self._computed(self.forward, items_of(data, self.decoded_type(), self.label())).tobytes()

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Raises `CodecError` when the bytes are no whole number of elements, or stand for more than ``nbytes``."""
        stored = items_of(data, self.encoded_type(), self.label())
        check_limit(stored.size * self.decoded_type().itemsize, nbytes, self.label())
        return self._computed(self.backward, stored).tobytes()

    def _computed(self, work: Callable[[np.ndarray], np.ndarray], items: np.ndarray) -> np.ndarray:
        try:
            with np.errstate(all="ignore"):
                return work(items)
        except (OverflowError, ValueError) as e:  # a parameter that the type cannot hold, text that is no number
            raise CodecError(str(e), codec=self.label()) from e


class ArrayFilter(TypedFilter):
    """Mixin: a `TypedFilter` as an ``array -> array`` codec of v3; the shape stays."""

    kind: ClassVar[Kind] = "array_array"

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Any:
        return cls.from_config(dict(data.get("configuration") or {}))

    def resolve(self, spec: ChunkSpec) -> TypedFilter:
        """Raises `CodecValidationError` when the elements have another size than the decoded type."""
        new = self.with_type(spec.dtype)
        if spec.dtype.hasobject or spec.dtype.itemsize != new.decoded_type().itemsize:
            raise CodecValidationError(
                f"codec {self.name!r}: elements of {spec.dtype} are no {new.decoded_type()} elements"
            )
        return new

    def encode(self, data: Any) -> Any:
        """Array of the same shape and of the encoded type."""
        return self._computed(self.forward, seen_as(data, self.decoded_type(), self.label()))

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Array of the same shape and of the decoded type."""
        return self._computed(self.backward, seen_as(data, self.encoded_type(), self.label()))


def encoded_fill(spec: ChunkSpec, forward: Callable[[np.ndarray], np.ndarray], dtype: np.dtype) -> Any:
    """What an element of the fill value is after an element-wise codec; None where there is none or it does not fit.

    Without it, a shard behind the codec cannot leave out chunks.
    """
    if spec.fill_value is None or spec.dtype.hasobject or spec.dtype.itemsize != dtype.itemsize:
        return None
    try:
        with np.errstate(all="ignore"):
            return forward(np.full(1, spec.fill_value, spec.dtype).view(dtype))[0]
    except (OverflowError, ValueError, TypeError):
        return None
