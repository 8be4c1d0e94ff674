"""The codecs of an array, by their roles."""

from __future__ import annotations

from typing import Any

from zarrc.chunkio import inner_chain
from zarrc.codecs.base import Codec
from zarrc.codecs.chain import Chain
from zarrc.metadata import ArrayV2Metadata
from zarrc.stores import StorePath


class ArrayCodecs:
    """Base of `Array`, which provides these attributes."""

    __slots__ = ()
    metadata: Any
    _opened: Any
    _place: StorePath

    @property
    def _chain(self) -> Chain:
        """The codecs, resolved for the (largest) chunk."""
        return self._opened.io_at(self._place).chain  # type: ignore[no-any-return]

    @property
    def filters(self) -> tuple[Codec, ...]:
        """v2: the filters; v3: the array -> array codecs. Of a sharded array those of the inner chunks."""
        if isinstance(self.metadata, ArrayV2Metadata):
            return self._v2_codecs()[: len(self.metadata.filters or ())]
        return inner_chain(self._chain).array_array

    def _v2_codecs(self) -> tuple[Codec, ...]:
        """Filters and compressor. The first filter is the array -> bytes codec where it makes bytes of objects."""
        chain, count = self._chain, len(self.metadata.codec_configs)
        return (chain.array_bytes, *chain.bytes_bytes)[1 + len(chain.bytes_bytes) - count :]

    @property
    def serializer(self) -> Codec | None:
        """The array -> bytes codec; None for v2."""
        return None if isinstance(self.metadata, ArrayV2Metadata) else inner_chain(self._chain).array_bytes

    @property
    def compressors(self) -> tuple[Codec, ...]:
        """v2: the compressor, if any; v3: the bytes -> bytes codecs. Of a sharded array those of the inner chunks."""
        if isinstance(self.metadata, ArrayV2Metadata):
            return self._v2_codecs()[len(self.metadata.filters or ()) :]
        return inner_chain(self._chain).bytes_bytes

    @property
    def compressor(self) -> Codec | None:
        """v2 only. Raises TypeError for v3 arrays, which may have several."""
        if not isinstance(self.metadata, ArrayV2Metadata):
            raise TypeError("`compressor` is not available for Zarr format 3 arrays. Use `compressors` instead.")
        return next(iter(self.compressors), None)
