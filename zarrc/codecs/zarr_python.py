"""Codec classes written for zarr-python, behind this interface."""

from __future__ import annotations

import asyncio
import importlib
import threading
from collections.abc import Coroutine
from dataclasses import dataclass, field
from typing import Any, ClassVar, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view, check_limit
from zarrc.errors import CodecError, CodecValidationError

_KINDS: dict[str, Kind] = {
    "ArrayArrayCodec": "array_array",
    "ArrayBytesCodec": "array_bytes",
    "BytesBytesCodec": "bytes_bytes",
}


@dataclass(frozen=True)
class ZarrPythonCodec(Codec):
    """A codec of zarr-python. Subclasses, one a class, are made by `zarr_python_class`.

    It is given whole chunks; partial reading and writing inside them is not used.
    """

    theirs: ClassVar[Any] = None
    library: ClassVar[str] = "zarr"

    codec: Any = None
    before: Any = field(default=None, init=False, repr=False, compare=False)
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)

    def __hash__(self) -> int:
        return hash((type(self), repr(self.codec)))

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Self:
        try:
            return cls(cls.theirs.from_dict({"configuration": {}, **data}))
        except Exception as e:  # each class checks in its own way
            raise CodecValidationError(f"codec {cls.name!r}: {type(e).__name__}: {e}") from e

    def to_dict(self) -> dict[str, Any]:
        return dict(self.codec.to_dict())

    def resolve(self, spec: ChunkSpec) -> Codec:
        try:
            before = self._array_spec(spec)
            new = type(self)(self.codec.evolve_from_array_spec(before))
        except Exception as e:  # likewise
            raise CodecValidationError(f"codec {self.name!r}: {type(e).__name__}: {e}") from e
        object.__setattr__(new, "before", before)
        object.__setattr__(new, "spec", spec)
        return new

    def output_spec(self, spec: ChunkSpec) -> ChunkSpec:
        after = self.codec.resolve_metadata(self.before if self.before is not None else self._array_spec(spec))
        return ChunkSpec(tuple(after.shape), after.dtype.to_native_dtype(), after.fill_value)

    def _run(self, work: str, data: Any) -> Any:
        if self.before is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): shape and dtype are unknown")
        try:
            at_once = getattr(self.codec, f"_{work}_sync", None)
            if at_once is not None:
                return at_once(data, self.before)
            return next(iter(_finished(getattr(self.codec, work)([(data, self.before)]))))
        except (MemoryError, ImportError):
            raise
        except Exception as e:  # codecs raise what their libraries raise
            raise CodecError(f"{type(e).__name__}: {e}", codec=self.name) from e

    def encode(self, data: Any) -> Any:
        """Array or bytes, by the kind of the codec. Raises `CodecError` for whatever it raises."""
        made = self._run("encode", self._nd_buffer(data) if self.kind != "bytes_bytes" else self._buffer(data))
        if made is None:
            raise CodecError("made nothing of the chunk", codec=self.name)
        if self.kind != "array_array":
            return made.to_bytes()
        return _in_order(np.asarray(made.as_ndarray_like()), self.output_spec(self.spec).dtype)  # type: ignore[arg-type]

    def decode(self, data: Any, *, nbytes: int | None = None) -> Any:
        """Array or bytes, by the kind of the codec. Raises `CodecError`, also for more than ``nbytes`` bytes."""
        made = self._run("decode", self._nd_buffer(data) if self.kind == "array_array" else self._buffer(data))
        if self.kind == "bytes_bytes":
            content = made.to_bytes()
            check_limit(len(content), nbytes, self.name)
            return content
        spec, array = self.spec, np.asarray(made.as_ndarray_like())
        if spec is not None and array.size != spec.nitems:
            raise CodecError(f"{array.size} elements where the chunk has {spec.nitems}", codec=self.name)
        return array if spec is None else _in_order(array, spec.dtype).reshape(spec.shape)

    # its library's classes -----------------------------------------------------------------------------------
    def _core(self, module: str) -> Any:
        return importlib.import_module(f"{self.library}.core.{module}")

    def _array_spec(self, spec: ChunkSpec) -> Any:
        array_spec = self._core("array_spec")
        data_type = self._core("dtype").get_data_type_from_native_dtype(spec.dtype)
        fill = data_type.default_scalar() if spec.fill_value is None else spec.fill_value
        return array_spec.ArraySpec(
            shape=spec.shape,
            dtype=data_type,
            fill_value=fill,
            config=array_spec.ArrayConfig(order="C", write_empty_chunks=True),
            prototype=self._core("buffer").default_buffer_prototype(),
        )

    def _buffer(self, data: Any) -> Any:
        return self._core("buffer").default_buffer_prototype().buffer.from_bytes(bytes(as_byte_view(data)))

    def _nd_buffer(self, data: Any) -> Any:
        array = np.ascontiguousarray(data).reshape(np.shape(data))
        return self._core("buffer").default_buffer_prototype().nd_buffer.from_numpy_array(array)


def zarr_python_class(theirs: Any, name: str) -> type[ZarrPythonCodec]:
    """The class for one of zarr-python's, or for one written against `zarrc.abc.codec`.

    Raises `CodecValidationError` when its kind is none of the three.
    """
    bases = getattr(theirs, "__mro__", ())
    base = next((c for c in bases if c.__name__ in _KINDS), None)
    if base is None:
        raise CodecValidationError(f"codec {name!r}: {theirs!r} is none of zarr-python's three kinds of codecs")
    library = base.__module__.partition(".")[0]
    values = {"name": name, "kind": _KINDS[base.__name__], "theirs": theirs, "library": library}
    return type(f"Zarr_{name}", (ZarrPythonCodec,), values)


def _in_order(array: np.ndarray, dtype: np.dtype) -> np.ndarray:
    """The array in the byte order of ``dtype``, where nothing else differs: numpy's arithmetic gives the native one."""
    if array.dtype.kind == "T" or array.dtype == dtype or array.dtype.newbyteorder("=") != dtype.newbyteorder("="):
        return array
    return array.astype(dtype)


def _finished(work: Coroutine) -> Any:
    """Result of a coroutine, whether or not an event loop runs in this thread."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(work)
    result: list[Any] = []
    error: list[BaseException] = []

    def run() -> None:
        try:
            result.append(asyncio.run(work))
        except BaseException as e:  # handed to the thread that waits
            error.append(e)

    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    if error:
        raise error[0]
    return result[0]
