"""zarr-python's codec interface, for codecs that are written against it.

A class derived from one of the three kinds here, given to `zarrc.registry.register_codec` or found by an entry point
of the group ``zarr.codecs``, works in arrays: an adapter (`zarrc.codecs.zarr_python`) drives it, chunk by chunk.
zarrc's own codecs count as subclasses of the kind that they are.
"""

from __future__ import annotations

from abc import ABCMeta, abstractmethod
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Literal, Protocol, Self, TypedDict, TypeVar, runtime_checkable

from zarrc.abc.metadata import Metadata
from zarrc.buffer import Buffer, NDBuffer
from zarrc.codecs.base import Codec as OwnCodec
from zarrc.core.common import concurrent_map

if TYPE_CHECKING:
    from zarrc.core.array_spec import ArraySpec

CodecInput = NDBuffer | Buffer
CodecOutput = NDBuffer | Buffer
CodecJSON = str | Mapping[str, object]
Decoded = TypeVar("Decoded")
Encoded = TypeVar("Encoded")
DecodedOut = TypeVar("DecodedOut", covariant=True)
EncodedOut = TypeVar("EncodedOut", covariant=True)
Name = TypeVar("Name")


class GetResult(TypedDict):
    """Whether a chunk was stored."""

    status: Literal["present", "missing"]


class CodecJSON_V2(TypedDict, Generic[Name]):
    """v2 metadata of a codec; more keys may follow."""

    id: Name


@runtime_checkable
class SupportsSyncCodec(Protocol[DecodedOut, EncodedOut]):
    """Codecs that also work without an event loop."""

    def _decode_sync(self, chunk_data: Any, chunk_spec: ArraySpec) -> Any: ...

    def _encode_sync(self, chunk_data: Any, chunk_spec: ArraySpec) -> Any: ...


class _Kind(ABCMeta):
    """Counts zarrc's own codecs in: they say what kind they are in an attribute."""

    own_kind: str

    def __subclasscheck__(cls, other: type) -> bool:
        if super().__subclasscheck__(other):
            return True
        own = cls.__dict__.get("own_kind")
        return own is not None and issubclass(other, OwnCodec) and own in ("any", other.kind)

    def __instancecheck__(cls, instance: object) -> bool:
        return cls.__subclasscheck__(type(instance))


class BaseCodec(Metadata, Generic[Decoded, Encoded], metaclass=_Kind):
    """Base of the three kinds. A subclass says what it is in ``to_dict`` and ``from_dict``, and works in
    ``_encode_single`` and ``_decode_single``, or in ``_encode_sync`` and ``_decode_sync``.

    Attributes
    ----------
    is_fixed_size : bool
        Whether the size of what is encoded depends only on the size of what is decoded.
    """

    own_kind: ClassVar[str] = "any"
    is_fixed_size: bool = False

    @abstractmethod
    def compute_encoded_size(self, input_byte_length: int, chunk_spec: ArraySpec) -> int:
        """Bytes that so many bytes are encoded to. Raises `NotImplementedError` where that depends on them."""

    def resolve_metadata(self, chunk_spec: ArraySpec) -> ArraySpec:
        """The chunk after this codec: its shape, data type and fill value may be others."""
        return chunk_spec

    def evolve_from_array_spec(self, array_spec: ArraySpec) -> Self:
        """This codec with everything filled in that the chunk says."""
        return self

    def validate(self, *, shape: tuple[int, ...], dtype: Any, chunk_grid: Any) -> None:
        """Raises when the codec cannot be used for such an array."""

    async def _decode_single(self, chunk_data: Any, chunk_spec: ArraySpec) -> Any:
        return _at_once(self, "_decode_sync")(chunk_data, chunk_spec)

    async def _encode_single(self, chunk_data: Any, chunk_spec: ArraySpec) -> Any:
        return _at_once(self, "_encode_sync")(chunk_data, chunk_spec)

    async def decode(self, chunks_and_specs: Iterable[tuple[Any, ArraySpec]]) -> Iterable[Any]:
        """The decoded chunks, in order; None stays None."""
        return await concurrent_map(chunks_and_specs, _unless_none(self._decode_single))

    async def encode(self, chunks_and_specs: Iterable[tuple[Any, ArraySpec]]) -> Iterable[Any]:
        """The encoded chunks, in order; None stays None."""
        return await concurrent_map(chunks_and_specs, _unless_none(self._encode_single))


class ArrayArrayCodec(BaseCodec[NDBuffer, NDBuffer]):
    """Makes arrays of arrays."""

    own_kind: ClassVar[str] = "array_array"


class ArrayBytesCodec(BaseCodec[NDBuffer, Buffer]):
    """Makes bytes of arrays."""

    own_kind: ClassVar[str] = "array_bytes"


class BytesBytesCodec(BaseCodec[Buffer, Buffer]):
    """Makes bytes of bytes."""

    own_kind: ClassVar[str] = "bytes_bytes"


Codec = ArrayArrayCodec | ArrayBytesCodec | BytesBytesCodec


class ArrayBytesCodecPartialDecodeMixin:
    """Codecs that can read a part of a chunk. zarrc reads whole chunks through codecs of other packages."""

    async def _decode_partial_single(self, byte_getter: Any, selection: Any, chunk_spec: ArraySpec) -> Any:
        raise NotImplementedError

    async def decode_partial(self, batch_info: Iterable[tuple[Any, Any, ArraySpec]]) -> Iterable[Any]:
        """The parts, in order."""
        return await concurrent_map(batch_info, self._decode_partial_single)


class ArrayBytesCodecPartialEncodeMixin:
    """Codecs that can write a part of a chunk. zarrc writes whole chunks through codecs of other packages."""

    async def _encode_partial_single(
        self, byte_setter: Any, chunk_array: Any, selection: Any, chunk_spec: ArraySpec
    ) -> None:
        raise NotImplementedError

    async def encode_partial(self, batch_info: Iterable[tuple[Any, Any, Any, ArraySpec]]) -> None:
        """Writes the parts."""
        await concurrent_map(batch_info, self._encode_partial_single)


class CodecPipeline:
    """Base of zarr-python's pipelines. zarrc does not run them; the class is here for those who define one."""

    @classmethod
    def from_array_metadata_and_store(cls, array_metadata: Any, store: Any) -> Self:
        raise NotImplementedError(f"{cls.__name__!r} does not implement CodecPipeline.from_array_metadata_and_store.")


def _at_once(codec: Any, name: str) -> Any:
    method = getattr(codec, name, None)
    if method is None:
        raise NotImplementedError(f"{type(codec).__name__} has neither {name} nor its coroutine")
    return method


def _unless_none(work: Any) -> Any:
    async def one(chunk: Any, spec: ArraySpec) -> Any:
        return None if chunk is None else await work(chunk, spec)

    return one


def _check_codecjson_v2(data: object) -> bool:
    """Whether ``data`` is v2 metadata of a codec."""
    return isinstance(data, Mapping) and isinstance(data.get("id"), str)


def _codec_supports_sync(codec: object) -> bool:
    """Whether a codec can work without an event loop."""
    return isinstance(codec, SupportsSyncCodec) and getattr(codec, "_sync_capable", True)


__all__ = [
    "ArrayArrayCodec",
    "ArrayBytesCodec",
    "ArrayBytesCodecPartialDecodeMixin",
    "ArrayBytesCodecPartialEncodeMixin",
    "BaseCodec",
    "BytesBytesCodec",
    "CodecInput",
    "CodecOutput",
    "CodecPipeline",
    "GetResult",
    "SupportsSyncCodec",
]
