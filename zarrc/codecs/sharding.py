"""``sharding_indexed``: chunks inside a chunk, found through an index (Zarr v3 core, "sharding codec")."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.chain import Chain
from zarrc.codecs.choices import (
    INDEX_LOCATION,
    SUBCHUNK_WRITE_ORDER,
    IndexLocation,
    ShardingCodecIndexLocation,
    SubchunkWriteOrder,
    without_enumeration,
)
from zarrc.codecs.crc32c import Crc32cCodec
from zarrc.codecs.native_plan import NativeShard
from zarrc.codecs.registry import parse_codec
from zarrc.codecs.validation import check_choice, check_int
from zarrc.codecs.write_order import NATIVE_WRITE_ORDERS, written_coordinates
from zarrc.errors import CodecError, CodecValidationError
from zarrc.masked import is_masked, missing_items

__all__ = [
    "INDEX_LOCATION",
    "SUBCHUNK_WRITE_ORDER",
    "IndexLocation",
    "ShardingCodec",
    "ShardingCodecIndexLocation",
    "SubchunkWriteOrder",
]

MISSING = np.uint64(2**64 - 1)
MOST_AXES = 64  # of any array, as numpy has it
INNER_SLACK = 1024  # bytes that an inner chunk may be stored in beyond twice its own


@dataclass(frozen=True)
class ShardingCodec(Codec):
    """A shard: its inner chunks, each through a chain of its own, and an index of their places.

    Inner chunks that hold only the fill value, bit by bit, are left out, unless ``write_empty`` says otherwise.

    Parameters
    ----------
    chunk_shape
        Shape of an inner chunk, in elements, along the axes of what reaches this codec. It must divide the shard.
    codecs
        Codecs of an inner chunk. Shards may nest.
    index_codecs
        Codecs of the index, all of fixed size: the index is uint64, ``chunks_per_shard + (2,)``, offset and number
        of bytes for each inner chunk in C order, both 2**64 - 1 for a missing one.
    index_location
        "end" or "start". Offsets count from the start of the shard either way.
    subchunk_write_order
        In which order inner chunks lie behind each other in the shard, of the coordinates along the axes of what
        reaches this codec: "lexicographic" (the last axis runs fastest), "colexicographic" (the first), "morton" (by
        the bits of the coordinates in turn: chunks that are neighbours in space lie close to each other, which helps
        readers of boxes over slow lines), "unordered" (what is quickest: today lexicographic). It is not stored, so an
        array that is opened again writes unordered; readers need not know it.
    """

    name: ClassVar[str] = "sharding_indexed"
    kind: ClassVar[Kind] = "array_bytes"
    has_inner_chunks: ClassVar[bool] = True

    chunk_shape: Iterable[int]
    codecs: Iterable[Any] = (BytesCodec(),)
    index_codecs: Iterable[Any] = (BytesCodec(), Crc32cCodec())
    index_location: IndexLocation = "end"
    subchunk_write_order: SubchunkWriteOrder = field(default="unordered", repr=False, compare=False)
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)
    inner: Chain | None = field(default=None, init=False, repr=False, compare=False)
    index: Chain | None = field(default=None, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.chunk_shape, (int, np.integer)):
            object.__setattr__(self, "chunk_shape", (self.chunk_shape,))
        if not isinstance(self.chunk_shape, (list, tuple)):
            raise CodecValidationError(f"codec {self.name!r}: chunk_shape must be a list, got {self.chunk_shape!r}")
        shape = tuple(self._checked_edge(axis, edge) for axis, edge in enumerate(self.chunk_shape))
        object.__setattr__(self, "chunk_shape", shape)
        location = without_enumeration(type(self), "index_location", self.index_location)
        location = check_choice(self.name, "index_location", location, INDEX_LOCATION)
        object.__setattr__(self, "index_location", location)
        check_choice(self.name, "subchunk_write_order", self.subchunk_write_order, SUBCHUNK_WRITE_ORDER)
        for key in ("codecs", "index_codecs"):
            entries = getattr(self, key)
            if not isinstance(entries, (list, tuple)):
                raise CodecValidationError(f"codec {self.name!r}: {key} must be a list, got {entries!r}")
            object.__setattr__(self, key, tuple(parse_codec(entry, 3) for entry in entries))
        for codec in self.index_codecs:
            if codec.kind == "bytes_bytes" and codec.encoded_size(8) is None:
                raise CodecValidationError(
                    f"codec {self.name!r}: index_codecs must produce a fixed-size encoding, which {codec!r} does not: "
                    "readers look for the index by its size"
                )

    def _checked_edge(self, axis: int, edge: Any) -> int:
        size = check_int(self.name, "chunk_shape", int(edge) if isinstance(edge, bool) else edge, 0)
        if size < 1 or isinstance(edge, bool):
            raise CodecValidationError(
                f"codec {self.name!r}: chunk_shape: Dimension {axis}: chunk edge length must be >= 1, got {edge!r}"
            )
        return size

    def to_dict(self) -> dict[str, Any]:
        configuration = {
            "chunk_shape": tuple(self.chunk_shape),
            "codecs": tuple([codec.to_dict() for codec in self.codecs]),
            "index_codecs": tuple([codec.to_dict() for codec in self.index_codecs]),
            "index_location": self.index_location,
        }
        return {"name": self.name, "configuration": configuration}

    # place in a chain --------------------------------------------------------------------------------------
    def resolve(self, spec: ChunkSpec) -> ShardingCodec:
        inner_shape = tuple(self.chunk_shape)
        if len(inner_shape) != len(spec.shape):
            raise CodecValidationError(
                f"codec {self.name!r}: chunk_shape {inner_shape} has not the axes of the shard's shape {spec.shape}"
            )
        if len(inner_shape) >= MOST_AXES:
            raise CodecValidationError(
                f"codec {self.name!r}: at most {MOST_AXES - 1} axes, not {len(inner_shape)}: the index has one more"
            )
        for axis, (edge, inner_edge) in enumerate(zip(spec.shape, inner_shape, strict=True)):
            if edge % inner_edge:
                raise CodecValidationError(
                    f"codec {self.name!r}: Chunk edge length {edge} in dimension {axis} is not divisible by the "
                    f"shard's inner chunk size {inner_edge}."
                )
        inner = Chain.from_v3(tuple(self.codecs), ChunkSpec(inner_shape, spec.dtype, spec.fill_value, spec.bits))
        counts = tuple(n // c for n, c in zip(spec.shape, inner_shape, strict=True))
        try:
            index = Chain.from_v3(tuple(self.index_codecs), ChunkSpec((*counts, 2), MISSING.dtype, MISSING))
        except CodecValidationError as e:
            raise CodecValidationError(f"index_codecs: {e}") from e
        if index.encoded_size() is None:
            raise CodecValidationError(f"index_codecs: {index.describe()} has no fixed size")
        new = type(self)(inner_shape, inner.codecs, index.codecs, self.index_location, self.subchunk_write_order)
        for key, value in (("spec", spec), ("inner", inner), ("index", index)):
            object.__setattr__(new, key, value)
        return new

    def native_shard(self, order: tuple[int, ...]) -> NativeShard | None:
        _, inner, index = self._resolved()
        chunk, index_plan = inner.native_plan(order), index.native_plan()
        if chunk is None or index_plan is None:
            return None
        shape = [0] * len(order)
        for axis, edge in zip(order, inner.spec.shape, strict=True):
            shape[axis] = edge
        at_start, write_order = self.index_location == "start", NATIVE_WRITE_ORDERS[self.subchunk_write_order]
        return NativeShard(tuple(shape), chunk, index_plan, at_start, write_order)

    def encoded_limit(self, nbytes: int) -> int | None:
        _, inner, _ = self._resolved()
        limit = inner.array_bytes.encoded_limit(inner.spec.nbytes)
        if limit is None:
            return None
        if not inner.array_bytes.has_inner_chunks:
            limit = 2 * inner.spec.nbytes + INNER_SLACK
        return super().encoded_limit(nbytes) + self.index_size() + self.chunk_count() * limit  # type: ignore[operator]

    def _resolved(self) -> tuple[ChunkSpec, Chain, Chain]:
        if self.spec is None or self.inner is None or self.index is None:
            raise CodecValidationError(f"codec {self.name!r} works only after resolve(): shape and dtype are unknown")
        return self.spec, self.inner, self.index

    def index_size(self) -> int:
        """Bytes of the encoded index."""
        size = self._resolved()[2].encoded_size()
        assert size is not None, "resolve() refuses index codecs without fixed size"
        return size

    def chunk_count(self) -> int:
        """Number of inner chunks, stored or missing."""
        return self._resolved()[2].spec.nitems // 2

    def boxes(self, order: SubchunkWriteOrder = "unordered") -> Iterator[tuple[tuple[int, ...], tuple[slice, ...]]]:
        """Grid coordinates and place in the shard of each inner chunk."""
        _, inner, index = self._resolved()
        for coords in written_coordinates(index.spec.shape[:-1], order):
            yield coords, tuple(slice(c * n, (c + 1) * n) for c, n in zip(coords, inner.spec.shape, strict=True))

    # work --------------------------------------------------------------------------------------------------
    def is_empty(self, data: np.ndarray) -> bool:
        """Whether every inner chunk holds only the fill value, so that the shard itself may be left out."""
        return all(self._is_fill(data[_key(box)]) for _, box in self.boxes())

    def _is_fill(self, chunk: np.ndarray) -> bool:
        fill = self._resolved()[0].fill_value
        if fill is None:
            return False
        if is_masked(chunk):
            missing = missing_items(chunk)
            return bool(missing.all()) if is_masked(fill) else not missing.any() and self._is_fill(chunk.data)
        if is_masked(fill):
            return False
        if chunk.dtype.hasobject or chunk.dtype.kind == "T":
            return all(type(item) is type(fill) and item == fill for item in chunk.flat)
        return chunk.tobytes() == np.full(chunk.shape, fill, chunk.dtype).tobytes()

    def encode(self, data: np.ndarray, *, write_empty: bool = False) -> bytes:
        """The shard. With nothing but missing inner chunks it is only an index: see `is_empty`."""
        _, inner, index = self._resolved()
        entries = np.full(index.spec.shape, MISSING)
        parts, at = [], self.index_size() if self.index_location == "start" else 0
        for coords, box in self.boxes(self.subchunk_write_order):
            chunk = data[_key(box)]
            if not write_empty and self._is_fill(chunk):
                continue
            parts.append(inner.encode_chunk(chunk, write_empty=write_empty))
            entries[coords] = at, len(parts[-1])
            at += len(parts[-1])
        stored = index.encode_chunk(entries)
        return b"".join([stored, *parts] if self.index_location == "start" else [*parts, stored])

    def read_index(self, data: Any) -> np.ndarray:
        """The index of an encoded shard: uint64 ``chunks_per_shard + (2,)``, offset and bytes of each inner chunk.

        Raises
        ------
        CodecError
            The shard is too short, the index is corrupt, or an entry leaves the shard or is missing by half.
        """
        view, size = as_byte_view(data), self.index_size()
        if len(view) < size:
            raise CodecError(
                f"truncated: a shard of {len(view)} bytes is too short to hold its index of {size}", codec=self.name
            )
        start = 0 if self.index_location == "start" else len(view) - size
        entries = self._resolved()[2].decode_chunk(view[start : start + size])
        offset, count = entries[..., 0], entries[..., 1]
        missing = (offset == MISSING) & (count == MISSING)
        total = np.uint64(len(view))
        bad = ~missing & ((offset > total) | (count > total - np.minimum(offset, total)))
        if bad.any():
            coords = tuple(int(c) for c in np.argwhere(bad)[0])
            raise CodecError(
                f"index: inner chunk {coords} at {entries[coords][0]}, {entries[coords][1]} bytes, "
                f"is not within the shard's {len(view)} bytes",
                codec=self.name,
            )
        return entries

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the shard's shape and dtype, a masked array where elements may be missing; missing inner chunks are
        filled.

        Raises
        ------
        CodecError
            As `read_index`, or an inner chunk that its codecs refuse.
        """
        spec, inner, _ = self._resolved()
        view = as_byte_view(data)
        entries = self.read_index(view)
        out = np.empty(spec.shape, spec.dtype)
        fill = np.zeros((), spec.dtype)[()] if spec.fill_value is None else spec.fill_value
        for coords, box in self.boxes():
            if entries[coords][0] == MISSING:
                part = fill
            else:
                offset, count = (int(number) for number in entries[coords])
                try:
                    part = inner.decode_chunk(view[offset : offset + count])
                except CodecError as e:
                    raise CodecError(f"inner chunk {coords}: {e.reason}", codec=e.codec or self.name) from e
            if is_masked(part) and not is_masked(out):
                out = np.ma.array(out, mask=False, copy=False)
            out[box] = part
        return out

    def absent_items(self, data: Any) -> np.ndarray:
        """Bool array of the shard's shape: which items lie in inner chunks that are missing. Raises `CodecError`."""
        spec, inner, _ = self._resolved()
        view = as_byte_view(data)
        entries = self.read_index(view)
        out = np.zeros(spec.shape, bool)
        for coords, box in self.boxes():
            offset, count = (int(number) for number in entries[coords])
            if entries[coords][0] == MISSING:
                out[box] = True
            elif inner.array_bytes.has_inner_chunks:
                out[box] = inner.absent_items(view[offset : offset + count])
        return out


def _key(box: tuple[slice, ...]) -> Any:
    """The numpy key of a box: without axes, too, it gives an array."""
    return (*box, ...)
