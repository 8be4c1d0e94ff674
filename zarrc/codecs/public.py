"""What zarr-python's codecs can do, in terms of what codecs do here.

`zarrc.codecs.base.Codec` inherits these methods. Their chunks come with an ``ArraySpec`` (`zarrc.core.array_spec`), and
travel in buffers (`zarrc.buffer`). The coroutines ``encode`` and ``decode`` of zarr-python, which take batches, have no
counterpart: those names are zarrc's own here.
"""

from __future__ import annotations

from typing import Any, Self

import numpy as np

from zarrc.dtypes import from_numpy


class PublicNames:
    """Mixin."""

    __slots__ = ()

    @property
    def is_fixed_size(self) -> bool:
        """Whether the size of what is encoded depends only on the size of what is decoded."""
        return self.kind == "array_array" or self.encoded_size(8) is not None  # type: ignore[attr-defined]

    @property
    def codec_config(self) -> dict[str, Any]:
        """The configuration, without the name."""
        return dict(self.to_dict().get("configuration") or {})  # type: ignore[attr-defined]

    def evolve_from_array_spec(self, array_spec: Any) -> Self:
        """As ``resolve``: this codec with everything filled in that the chunk says."""
        return self.resolve(self._chunk_spec(array_spec))  # type: ignore[attr-defined]

    def resolve_metadata(self, chunk_spec: Any) -> Any:
        """The chunk after this codec. Only array -> array codecs change it."""
        if self.kind != "array_array":  # type: ignore[attr-defined]
            return chunk_spec
        before = self._chunk_spec(chunk_spec)
        after = self.resolve(before).output_spec(before)  # type: ignore[attr-defined]
        if after == before:
            return chunk_spec
        data_type = chunk_spec.dtype if after.dtype == before.dtype else from_numpy(after.dtype)
        fill = data_type.default_fill() if after.fill_value is None else after.fill_value
        return type(chunk_spec)(after.shape, data_type, fill, chunk_spec.config, chunk_spec.prototype)

    def compute_encoded_size(self, input_byte_length: int, chunk_spec: Any) -> int:
        """Bytes that so many bytes are encoded to.

        Raises
        ------
        NotImplementedError
            That depends on the bytes.
        """
        if self.kind == "array_array":  # type: ignore[attr-defined]
            before = self._chunk_spec(chunk_spec)
            after = self.resolve(before).output_spec(before)  # type: ignore[attr-defined]
            return input_byte_length * after.dtype.itemsize // (before.dtype.itemsize or 1)
        size = self.encoded_size(input_byte_length)  # type: ignore[attr-defined]
        if size is None:
            raise NotImplementedError(f"the size that {type(self).__name__} makes depends on the content")
        return size

    def validate(self, *, shape: tuple[int, ...], dtype: Any, chunk_grid: Any) -> None:
        """Raises `CodecValidationError` when the codec cannot work on such an array."""
        shape = tuple(getattr(chunk_grid, "chunk_shape", shape))
        self.resolve(type(self)._chunk_spec_of(shape, dtype, None))  # type: ignore[attr-defined]

    # work on buffers -----------------------------------------------------------------------------------------
    def _encode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        codec = self.resolve(self._chunk_spec(chunk_spec))  # type: ignore[attr-defined]
        if self.kind == "bytes_bytes":  # type: ignore[attr-defined]
            return chunk_spec.prototype.buffer.from_bytes(bytes(codec.encode(chunk_data.to_bytes())))
        made = codec.encode(np.asarray(chunk_data.as_ndarray_like()))
        if self.kind == "array_array":  # type: ignore[attr-defined]
            return chunk_spec.prototype.nd_buffer.from_ndarray_like(made)
        return chunk_spec.prototype.buffer.from_bytes(bytes(made))

    def _decode_sync(self, chunk_data: Any, chunk_spec: Any) -> Any:
        codec = self.resolve(self._chunk_spec(chunk_spec))  # type: ignore[attr-defined]
        if self.kind == "bytes_bytes":  # type: ignore[attr-defined]
            return chunk_spec.prototype.buffer.from_bytes(bytes(codec.decode(chunk_data.to_bytes())))
        data = chunk_data.to_bytes() if self.kind == "array_bytes" else np.asarray(chunk_data.as_ndarray_like())  # type: ignore[attr-defined]
        return chunk_spec.prototype.nd_buffer.from_ndarray_like(codec.decode(data))

    async def _encode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        return self._encode_sync(chunk_data, chunk_spec)

    async def _decode_single(self, chunk_data: Any, chunk_spec: Any) -> Any:
        return self._decode_sync(chunk_data, chunk_spec)

    # the chunk -----------------------------------------------------------------------------------------------
    def _chunk_spec(self, array_spec: Any) -> Any:
        return self._chunk_spec_of(array_spec.shape, array_spec.dtype, array_spec.fill_value)

    @classmethod
    def _chunk_spec_of(cls, shape: tuple[int, ...], data_type: Any, fill: Any) -> Any:
        raise NotImplementedError
