"""The codecs of an array in order: the chain of a chunk, as it runs in Python and as a plan for the C core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind, NativeStep
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.native_order import NativeOrder, order_step
from zarrc.codecs.native_plan import NativePlan
from zarrc.codecs.registry import get_codec, parse_codec
from zarrc.errors import ChunkError, CodecError, CodecValidationError, MetadataValidationError, UnknownCodecError
from zarrc.masked import is_masked

_KIND_NAMES = {"array_array": "array -> array", "array_bytes": "array -> bytes", "bytes_bytes": "bytes -> bytes"}


class Chain:
    """The resolved codecs for the chunks of one spec.

    Parameters
    ----------
    array_array, array_bytes, bytes_bytes
        Codecs by kind, in encode order. They are resolved here, each with the spec that reaches it.
    spec
        Shape and dtype of a whole chunk. For v2 the dtype has the stored byte order.

    Raises
    ------
    CodecValidationError
        When a codec does not fit what reaches it.
    """

    def __init__(
        self, array_array: Iterable[Codec], array_bytes: Codec, bytes_bytes: Iterable[Codec], spec: ChunkSpec
    ) -> None:
        self.spec = spec
        self.array_array, self._specs = _resolve_all(array_array, spec)
        last = self._specs[-1]
        self.array_bytes = array_bytes.resolve(last)
        self.bytes_bytes, self._bytes_specs = _resolve_all(bytes_bytes, self.array_bytes.output_spec(last))

    # construction ------------------------------------------------------------------------------------------
    @classmethod
    def from_v3(cls, codecs: Sequence[Any], spec: ChunkSpec) -> Self:
        """From the ``codecs`` of v3 metadata, parsed or not.

        Raises
        ------
        CodecValidationError
            No array -> bytes codec or several, codecs out of order, or a codec that does not fit; the message starts
            with the JSON key, such as ``codecs[2]``.
        UnknownCodecError
            A codec that is not known; likewise.
        """
        parsed = [_at(f"codecs[{i}]", parse_codec, codec, 3) for i, codec in enumerate(codecs)]
        first = order_step(parsed, spec)
        kinds: dict[Kind, list[Codec]] = {"array_array": first, "array_bytes": [], "bytes_bytes": []}
        at = first[0].output_spec(spec) if first else spec
        for i, codec in enumerate(parsed):
            key = f"codecs[{i}]"
            if kinds["array_bytes"] and codec.kind != "bytes_bytes":
                raise CodecValidationError(
                    f"{key}: {codec.label()!r} is {_KIND_NAMES[codec.kind]}, after the array -> bytes codec "
                    f"{kinds['array_bytes'][0].label()!r}"
                )
            if codec.kind == "bytes_bytes" and not kinds["array_bytes"]:
                raise CodecValidationError(
                    f"{key}: {codec.label()!r} is bytes -> bytes, with no array -> bytes codec before"
                )
            codec = _at(key, codec.resolve, at)
            at = codec.output_spec(at)
            kinds[codec.kind].append(codec)
        if not kinds["array_bytes"]:
            raise CodecValidationError("codecs: no array -> bytes codec, such as 'bytes'")
        return cls(kinds["array_array"], kinds["array_bytes"][0], kinds["bytes_bytes"], spec)

    @classmethod
    def from_v2(cls, filters: Sequence[Any] | None, compressor: Any, order: str, spec: ChunkSpec) -> Self:
        """From ``filters``, ``compressor`` and ``order`` of v2 metadata, parsed or not.

        Filters and compressor work on bytes: the elements in storage order, first dimension outermost for order "C",
        last for "F". A filter that makes bytes of an array (object codecs) may stand first.

        Raises
        ------
        CodecValidationError, UnknownCodecError
            The message starts with the JSON key, such as ``filters[0]`` or ``compressor``.
        """
        if order not in ("C", "F"):
            raise CodecValidationError(f"order: must be 'C' or 'F', got {order!r}")
        entries = [(f"filters[{i}]", entry) for i, entry in enumerate(filters or ())]
        entries += [("compressor", compressor)] if compressor is not None else []
        parsed = [(key, _at(key, parse_codec, entry, 2)) for key, entry in entries]
        array_bytes: Codec = get_codec({"name": "bytes", "configuration": {"endian": "little"}}, 3).as_in_memory()  # type: ignore[attr-defined]
        if parsed and parsed[0][1].on_arrays().kind == "array_bytes":
            key, codec = parsed.pop(0)
            array_bytes = _at(key, codec.on_arrays().resolve, spec)
        transposed = order == "F" and len(spec.shape) > 1 and not getattr(array_bytes, "logical_order", False)
        array_array = [get_codec({"name": "transpose", "configuration": {"order": "F"}}, 3)] if transposed else []
        at = array_bytes.output_spec(spec)
        for key, codec in parsed:
            if codec.kind != "bytes_bytes":
                raise CodecValidationError(
                    f"{key}: {codec.label()!r} is {_KIND_NAMES[codec.kind]} and does not fit there"
                )
            at = _at(key, codec.resolve, at).output_spec(at)
        return cls(array_array, array_bytes, [codec for _, codec in parsed], spec)

    # looks -------------------------------------------------------------------------------------------------
    @property
    def codecs(self) -> tuple[Codec, ...]:
        """All codecs of the metadata, resolved, in encode order."""
        array_array = [codec for codec in self.array_array if not isinstance(codec, NativeOrder)]
        return (*array_array, self.array_bytes, *self.bytes_bytes)

    def describe(self) -> str:
        """Names in encode order, for messages."""
        return " > ".join(codec.label() for codec in self.codecs)

    def __repr__(self) -> str:
        return f"<Chain {self.describe()} of {self.spec.shape} {self.spec.dtype}>"

    # work --------------------------------------------------------------------------------------------------
    def encode_chunk(self, array: np.ndarray, *, write_empty: bool = False) -> bytes:
        """Stored bytes of one whole chunk. ``write_empty``: store inner chunks of shards that are all fill value.

        Raises
        ------
        ValueError, TypeError
            When the array has not the shape and, but for byte order, the dtype of the chunk.
        """
        array = np.asanyarray(array)  # masked arrays stay masked
        if array.shape != self.spec.shape:
            raise ValueError(f"a chunk has shape {self.spec.shape}, got {array.shape}")
        if array.dtype != self.spec.dtype:
            array = array.astype(self.spec.dtype, casting="equiv")
        data: Any = array
        for codec in self.array_array:
            data = _filtered(codec, codec.encode, data)
        options = {"write_empty": True} if write_empty and self.array_bytes.has_inner_chunks else {}
        data = _run(self.array_bytes, self.array_bytes.encode, data, **options)
        for codec in self.bytes_bytes:
            data = _run(codec, codec.encode, data)
        return bytes(data)

    def decode_chunk(self, data: Any, out: np.ndarray | None = None) -> np.ndarray:
        """Array of ``spec.shape`` and ``spec.dtype`` from the stored bytes; it may be read-only and strided.

        ``out``, of the same shape, is filled and returned where the codecs can decode straight into it; it is left
        alone otherwise.

        Raises
        ------
        CodecError
            When a codec refuses the bytes, or what they hold is shorter or longer than a chunk. A codec whose content
            has no exact size, because another compresses it, may make at most what `Codec.encoded_limit` allows:
            for most chunks twice their bytes and 1 MiB.
        """
        if out is not None and self._fills(out):
            return _run(self.array_bytes, self.array_bytes.decode, self._unwrapped(data), out=out)  # type: ignore[no-any-return]
        array = _run(self.array_bytes, self.array_bytes.decode, self._unwrapped(data))
        for codec, spec in zip(reversed(self.array_array), reversed(self._specs[:-1]), strict=True):
            array = _filtered(codec, codec.decode, array)
            if array.dtype != spec.dtype and array.dtype.itemsize == spec.dtype.itemsize:
                # A filter with a type of its own (delta) sees the elements' bytes, not their values.
                array = np.ascontiguousarray(array).view(spec.dtype)
        if array.shape != self.spec.shape:
            raise CodecError(f"shape {array.shape} where the chunk has {self.spec.shape}", codec=self.describe())
        return array

    def _fills(self, out: np.ndarray) -> bool:
        """Whether chunks can be decoded straight into this array."""
        into = self.array_bytes.decodes_into
        if into is None or out.dtype != into or self.array_array:
            return False
        return type(out) is np.ndarray and out.flags.c_contiguous and out.shape == self.spec.shape

    def _unwrapped(self, data: Any) -> Any:
        """The stored bytes with the bytes -> bytes codecs undone."""
        data = as_byte_view(data)
        bound = self.array_bytes.encoded_limit(self._specs[-1].nbytes)
        for codec, size in zip(reversed(self.bytes_bytes), reversed(self._decoded_sizes()), strict=True):
            limit = bound if size is None else size
            data = _run(codec, codec.decode, data, nbytes=limit)
            if size is not None and len(data) != size:
                raise CodecError(f"{len(data)} bytes where {size} are expected", codec=codec.label())
        return data

    def absent_items(self, data: Any) -> np.ndarray | None:
        """Of a shard's stored bytes a bool array of ``spec.shape``: which items lie in inner chunks that it does not
        hold. None without shards. Raises as `decode_chunk`."""
        if not self.array_bytes.has_inner_chunks:
            return None
        marks = _run(self.array_bytes, self.array_bytes.absent_items, self._unwrapped(data))  # type: ignore[attr-defined]
        for codec in reversed(self.array_array):
            if codec.name in ("transpose", "reshape"):  # others leave the items where they are
                marks = codec.decode(marks)
        return marks

    def _decoded_sizes(self) -> list[int | None]:
        """Exact decoded size in bytes of each bytes -> bytes codec, None where it depends on the content."""
        size = self.array_bytes.encoded_size(self._specs[-1].nbytes)
        sizes = []
        for codec in self.bytes_bytes:
            sizes.append(size)
            size = None if size is None else codec.encoded_size(size)
        return sizes

    def encoded_size(self) -> int | None:
        """Exact size in bytes of every encoded chunk, None where it depends on the content."""
        size = self.array_bytes.encoded_size(self._specs[-1].nbytes)
        for codec in self.bytes_bytes:
            size = None if size is None else codec.encoded_size(size)
        return size

    # plan --------------------------------------------------------------------------------------------------
    def native_plan(self, order: tuple[int, ...] | None = None) -> NativePlan | None:
        """The same work for the C core, or None when one of the codecs has no C step.

        ``order``, for chunks inside a shard: the array axis for each axis of the chunk.
        """
        if self.spec.dtype.itemsize == 0 or self.spec.dtype.hasobject or self.spec.bits is not None:
            return None
        filters = self._native_filters(tuple(range(len(self.spec.shape))) if order is None else order)
        if filters is None:
            return None
        order, steps, sizes, reshaped = filters
        swap, shard = 0, None
        if self.array_bytes.name == "bytes":
            width = self.array_bytes.swap_width(self._specs[-1].dtype)  # type: ignore[attr-defined]
            if width is None:
                return None
            if steps and width:
                # The steps so far want elements as they are in memory, so that reversing comes after them.
                steps.append(NativeStep("swap", (width,)))
                sizes.append(self._specs[-1].nbytes)
            else:
                swap = width
        else:
            shard = None if steps or reshaped else self.array_bytes.native_shard(order)
            if shard is None:
                return None
        for codec, spec, size in zip(self.bytes_bytes, self._bytes_specs, self._decoded_sizes(), strict=False):
            step = codec.native(spec)
            if step is None:
                return None
            steps.append(step)
            sizes.append(-1 if size is None else size)
        return NativePlan(self.spec.dtype.itemsize, order, swap, tuple(steps), tuple(sizes), shard)

    def _native_filters(
        self, order: tuple[int, ...]
    ) -> tuple[tuple[int, ...], list[NativeStep], list[int], bool] | None:
        """The array -> array codecs for the C core: axis order, steps, their decoded sizes, whether shapes changed."""
        steps: list[NativeStep] = []
        sizes: list[int] = []
        reshaped = False
        for codec, spec in zip(self.array_array, self._specs, strict=False):
            if codec.name == "reshape":
                reshaped = True  # elements stay in C order: nothing to do, but their axes are others from here on
            elif codec.name == "transpose":
                axes = codec.axes(len(spec.shape))  # type: ignore[attr-defined]
                if axes == tuple(range(len(axes))):
                    continue
                if steps or reshaped:
                    return None  # the C core permutes only before its first step
                order = tuple(order[axis] for axis in axes)
            else:
                step = codec.native(spec)
                if step is None:
                    return None
                steps.append(step)
                sizes.append(spec.nbytes)
        return order, steps, sizes, reshaped


def _resolve_all(codecs: Iterable[Codec], spec: ChunkSpec) -> tuple[tuple[Codec, ...], list[ChunkSpec]]:
    """The codecs resolved one after the other, and the specs before each and after the last."""
    resolved, specs = [], [spec]
    for codec in codecs:
        resolved.append(codec.resolve(specs[-1]))
        specs.append(resolved[-1].output_spec(specs[-1]))
    return tuple(resolved), specs


def _at(key: str, call: Callable[..., Any], *args: Any) -> Any:
    """``call(*args)`` whose validation errors start with the JSON key."""
    try:
        return call(*args)
    except UnknownCodecError as e:
        raise UnknownCodecError(f"{key}: {e}") from e
    except MetadataValidationError as e:
        raise CodecValidationError(f"{key}: {e}") from e


def _filtered(codec: Codec, call: Any, data: np.ndarray) -> Any:
    """What an array -> array codec makes of elements. Raises `CodecError` where it loses which of them are missing."""
    made = _run(codec, call, data)
    if is_masked(data) and not is_masked(made):
        raise CodecError(
            "it cannot tell missing elements from others: give it to the data_codecs of the codec 'optional'",
            codec=codec.label(),
        )
    return made


def _run(codec: Codec, call: Callable[..., Any], data: Any, **options: Any) -> Any:
    """``call(data)``; what a codec of another package raises about its input becomes a `CodecError`."""
    try:
        return call(data, **options)
    except (ChunkError, ImportError, MemoryError):
        raise
    except Exception as e:
        raise CodecError(f"{type(e).__name__}: {e}", codec=codec.label()) from e
