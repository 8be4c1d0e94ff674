"""The codecs of an array in order: the chain of a chunk, as it runs in Python and as a plan for the C core."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NamedTuple, Self

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind, NativeStep
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.registry import parse_codec
from zarrc.codecs.transpose import TransposeCodec
from zarrc.errors import ChunkError, CodecError, CodecValidationError, MetadataValidationError, UnknownCodecError

_KIND_NAMES = {"array_array": "array -> array", "array_bytes": "array -> bytes", "bytes_bytes": "bytes -> bytes"}


class NativePlan(NamedTuple):
    """What the C core needs to know of a chain.

    Parameters
    ----------
    itemsize
        Bytes of an element in memory.
    order
        Array axis for each storage axis, outermost first.
    swap
        Width in bytes of the components to reverse between memory and storage, 0 for none.
    steps
        bytes -> bytes steps in encode order.
    decoded_sizes
        Exact decoded size in bytes of each step, -1 where it depends on the content.
    """

    itemsize: int
    order: tuple[int, ...]
    swap: int
    steps: tuple[NativeStep, ...]
    decoded_sizes: tuple[int, ...]


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
        kinds: dict[Kind, list[Codec]] = {"array_array": [], "array_bytes": [], "bytes_bytes": []}
        at = spec
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
        array_array = [TransposeCodec("F")] if order == "F" and len(spec.shape) > 1 else []
        array_bytes: Codec = BytesCodec().as_in_memory()
        if parsed and parsed[0][1].kind == "array_bytes":
            array_bytes = parsed.pop(0)[1]
        at = spec
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
        """All codecs, resolved, in encode order."""
        return (*self.array_array, self.array_bytes, *self.bytes_bytes)

    def describe(self) -> str:
        """Names in encode order, for messages."""
        return " > ".join(codec.label() for codec in self.codecs)

    def __repr__(self) -> str:
        return f"<Chain {self.describe()} of {self.spec.shape} {self.spec.dtype}>"

    # work --------------------------------------------------------------------------------------------------
    def encode_chunk(self, array: np.ndarray) -> bytes:
        """Stored bytes of one whole chunk.

        Raises
        ------
        ValueError, TypeError
            When the array has not the shape and, but for byte order, the dtype of the chunk.
        """
        array = np.asarray(array)
        if array.shape != self.spec.shape:
            raise ValueError(f"a chunk has shape {self.spec.shape}, got {array.shape}")
        if array.dtype != self.spec.dtype:
            array = array.astype(self.spec.dtype, casting="equiv")
        data: Any = array
        for codec in self.codecs:
            data = _run(codec, codec.encode, data)
        return bytes(data)

    def decode_chunk(self, data: Any) -> np.ndarray:
        """Array of ``spec.shape`` and ``spec.dtype`` from the stored bytes; it may be read-only and strided.

        Raises
        ------
        CodecError
            When a codec refuses the bytes, or what they hold is shorter or longer than a chunk. A codec whose content
            has no exact size because another compresses it may make at most twice the chunk's bytes and 1 MiB.
        """
        data = as_byte_view(data)
        for codec, size in zip(reversed(self.bytes_bytes), reversed(self._decoded_sizes()), strict=True):
            limit = 2 * self.spec.nbytes + 2**20 if size is None else size
            data = _run(codec, codec.decode, data, nbytes=limit)
            if size is not None and len(data) != size:
                raise CodecError(f"{len(data)} bytes where {size} are expected", codec=codec.label())
        array = _run(self.array_bytes, self.array_bytes.decode, data)
        for codec, spec in zip(reversed(self.array_array), reversed(self._specs[:-1]), strict=True):
            array = _run(codec, codec.decode, array)
            if array.dtype != spec.dtype and array.dtype.itemsize == spec.dtype.itemsize:
                # A filter with a type of its own (delta) sees the elements' bytes, not their values.
                array = np.ascontiguousarray(array).view(spec.dtype)
        if array.shape != self.spec.shape:
            raise CodecError(f"shape {array.shape} where the chunk has {self.spec.shape}", codec=self.describe())
        return array

    def _decoded_sizes(self) -> list[int | None]:
        """Exact decoded size in bytes of each bytes -> bytes codec, None where it depends on the content."""
        size: int | None = self._specs[-1].nbytes if isinstance(self.array_bytes, BytesCodec) else None
        sizes = []
        for codec in self.bytes_bytes:
            sizes.append(size)
            size = None if size is None else codec.encoded_size(size)
        return sizes

    # plan --------------------------------------------------------------------------------------------------
    def native_plan(self) -> NativePlan | None:
        """The same work for the C core, or None when one of the codecs has no C step."""
        if not isinstance(self.array_bytes, BytesCodec) or self.spec.dtype.itemsize == 0:
            return None
        order = tuple(range(len(self.spec.shape)))
        steps: list[NativeStep] = []
        sizes: list[int] = []
        for codec, spec in zip(self.array_array, self._specs, strict=False):
            if isinstance(codec, TransposeCodec):
                axes = codec.axes(len(order))
                if steps and axes != tuple(range(len(order))):
                    return None  # the C core permutes only before its first step
                order = tuple(order[axis] for axis in axes)
                continue
            step = codec.native(spec)
            if step is None:
                return None
            steps.append(step)
            sizes.append(spec.nbytes)
        swap = self.array_bytes.swap_width(self._specs[-1].dtype)
        if swap is None:
            return None
        if steps and swap:
            # The steps so far want elements as they are in memory, so that reversing comes after them.
            steps.append(NativeStep("swap", (swap,)))
            sizes.append(self._specs[-1].nbytes)
            swap = 0
        for codec, spec, size in zip(self.bytes_bytes, self._bytes_specs, self._decoded_sizes(), strict=False):
            step = codec.native(spec)
            if step is None:
                return None
            steps.append(step)
            sizes.append(-1 if size is None else size)
        return NativePlan(self.spec.dtype.itemsize, order, swap, tuple(steps), tuple(sizes))


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


def _run(codec: Codec, call: Callable[..., Any], data: Any, **options: Any) -> Any:
    """``call(data)``; what a codec of another package raises about its input becomes a `CodecError`."""
    try:
        return call(data, **options)
    except (ChunkError, ImportError, MemoryError):
        raise
    except Exception as e:
        raise CodecError(f"{type(e).__name__}: {e}", codec=codec.label()) from e
