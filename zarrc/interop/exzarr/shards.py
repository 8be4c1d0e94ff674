"""ExZarr's shards: a private layout under the name ``sharding_indexed``.

A shard is the encoded inner chunks that are present, the index, its CRC-32C and, in the last eight bytes, the bytes
of both. The index is little-endian: a u32 count; for each inner chunk a u32 rank and i32 coordinates in the grid of
the whole array; then for each, in the same order, u64 offset and u64 bytes. The codecs of an inner chunk were applied
twice. Where the index is does not depend on what ``index_location`` says.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, ClassVar

import numpy as np

from zarrc.codecs.base import ChunkSpec, Codec, Kind
from zarrc.codecs.buffers import as_byte_view
from zarrc.codecs.bytes_ import BytesCodec
from zarrc.codecs.chain import Chain
from zarrc.codecs.crc32c import Crc32cCodec
from zarrc.errors import CodecError
from zarrc.interop.exzarr.errors import ExZarrError

LENGTH_BYTES = 8
STORED_SLACK = 1024  # bytes that an encoded inner chunk may have beyond twice its own


@dataclass(frozen=True)
class ExZarrShard(Codec):
    """Reads shards; `encode` refuses, since nothing but ExZarr could read the result.

    Parameters
    ----------
    chunk_shape
        Shape of an inner chunk, in elements.
    bytes_bytes
        Codecs of an inner chunk after ``bytes``, in the order of encoding.
    checksum
        Whether the index has its CRC-32C.
    """

    name: ClassVar[str] = "exzarr.sharding_indexed"
    kind: ClassVar[Kind] = "array_bytes"
    has_inner_chunks: ClassVar[bool] = True

    chunk_shape: tuple[int, ...]
    bytes_bytes: tuple[Codec, ...] = ()
    checksum: bool = True
    spec: ChunkSpec | None = field(default=None, init=False, repr=False, compare=False)
    inner: Chain | None = field(default=None, init=False, repr=False, compare=False)

    def resolve(self, spec: ChunkSpec) -> ExZarrShard:
        new = type(self)(self.chunk_shape, self.bytes_bytes, self.checksum)
        inner = Chain([], BytesCodec(), self.bytes_bytes, ChunkSpec(self.chunk_shape, spec.dtype, spec.fill_value))
        object.__setattr__(new, "spec", spec)
        object.__setattr__(new, "inner", inner)
        return new

    def encode(self, data: Any) -> bytes:
        raise ExZarrError("ExZarr's shards are not Zarr's and are not written")

    def decode(self, data: Any, *, nbytes: int | None = None) -> np.ndarray:
        """Array of the shard's shape and dtype; inner chunks that are not there are filled.

        Raises
        ------
        CodecError
            The index is corrupt, leaves the shard, or names chunks that cannot be in one shard; or an inner chunk is.
        """
        spec, inner = self.spec, self.inner
        assert spec is not None and inner is not None, "decode works on what resolve() returns"
        view = as_byte_view(data)
        out = np.empty(spec.shape, spec.dtype)
        out.fill(np.zeros((), spec.dtype)[()] if spec.fill_value is None else spec.fill_value)
        counts = tuple(n // c for n, c in zip(spec.shape, self.chunk_shape, strict=True))
        for coords, start, stop in self._entries(view, counts):
            try:
                chunk = inner.decode_chunk(self._decode_once(view[start:stop], inner))
            except CodecError as e:
                raise CodecError(f"inner chunk {coords}: {e.reason}", codec=e.codec or self.name) from e
            out[tuple(slice(c * n, (c + 1) * n) for c, n in zip(coords, self.chunk_shape, strict=True))] = chunk
        return out

    def _decode_once(self, data: Any, inner: Chain) -> Any:
        """The outer of the two rounds of codecs undone."""
        limit = 2 * inner.spec.nbytes + STORED_SLACK
        for codec in reversed(inner.bytes_bytes):
            data = codec.decode(data, nbytes=limit)
        return data

    def _refuse(self, reason: str) -> CodecError:
        return CodecError(f"index: {reason}", codec=self.name)

    def _index(self, view: memoryview) -> tuple[memoryview, int]:
        """The decoded index, and where it starts in the shard."""
        size = int.from_bytes(view[-LENGTH_BYTES:], "little")
        if len(view) < LENGTH_BYTES or size > len(view) - LENGTH_BYTES:
            raise self._refuse(f"{len(view)} bytes cannot hold one of {size}")
        start = len(view) - LENGTH_BYTES - size
        index: Any = view[start : start + size]
        if self.checksum:
            index = Crc32cCodec().decode(index)
        return as_byte_view(index), start

    def _entries(self, view: memoryview, counts: tuple[int, ...]) -> list[tuple[tuple[int, ...], int, int]]:
        """Coordinates in the shard, start and stop of each inner chunk that is present."""
        index, end = self._index(view)
        ndim = len(counts)
        count = int.from_bytes(index[:4], "little")
        if count > math.prod(counts):
            raise self._refuse(f"{count} inner chunks, a shard has {math.prod(counts)}")
        row = 4 + 4 * ndim
        if len(index) != 4 + count * (row + 16):
            raise self._refuse(f"{len(index)} bytes for {count} inner chunks of {ndim} axes")
        places = np.frombuffer(index, "<i4", count * (1 + ndim), 4).reshape(count, 1 + ndim)
        ranges = np.frombuffer(index, "<u8", 2 * count, 4 + count * row).reshape(count, 2)
        grid = places[:, 1:]
        shards = grid // np.array(counts, "i4")
        if (places[:, 0] != ndim).any() or (grid < 0).any() or (shards != shards[:1]).any():
            raise self._refuse("chunks of another rank, or of more than one shard")
        found: dict[tuple[int, ...], tuple[int, int]] = {}
        for place, (offset, size) in zip(grid.tolist(), ranges.tolist(), strict=True):
            coords = tuple(at % n for at, n in zip(place, counts, strict=True))
            if offset + size > end:
                raise self._refuse(f"inner chunk {coords} at {offset}, {size} bytes, is not within {end} bytes")
            if coords in found:
                raise self._refuse(f"inner chunk {coords} is there twice")
            found[coords] = offset, offset + size
        return [(coords, start, stop) for coords, (start, stop) in found.items()]
