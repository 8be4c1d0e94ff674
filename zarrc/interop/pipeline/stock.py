"""zarr-python's own pipeline, for what is left to it."""

from __future__ import annotations

from typing import Any

from zarr.core import codec_pipeline

# Before 3.2 arrays have codecs that are evolved already, and pipelines of shards cannot evolve.
_EVOLVES = hasattr(codec_pipeline, "FusedCodecPipeline")


def stock_class() -> Any:
    """zarr-python's default."""
    return codec_pipeline.BatchedCodecPipeline


def array_codecs(metadata: Any) -> tuple[Any, ...]:
    """The codecs of an array as zarr-python's pipelines take them."""
    if metadata.zarr_format == 3:
        return tuple(metadata.codecs)
    from zarr.codecs._v2 import V2Codec  # needs all of numcodecs

    return (V2Codec(filters=metadata.filters, compressor=metadata.compressor),)


def wraps_shards(metadata: Any) -> bool:
    """Whether there are codecs around a shard, which zarr-python warns about when it makes a pipeline."""
    return (
        metadata.zarr_format == 3
        and len(metadata.codecs) > 1
        and any(hasattr(codec, "index_codecs") for codec in metadata.codecs)
    )


def orders_chunks(metadata: Any) -> bool:
    """Whether shards are to have their chunks in an order that the engine does not write."""
    return metadata.zarr_format == 3 and any(
        getattr(codec, "subchunk_write_order", None) == "colexicographic" for codec in metadata.codecs
    )


def stock_pipeline(metadata: Any) -> Any:
    """As zarr-python makes it for an array."""
    made = stock_class().from_codecs(array_codecs(metadata))
    if not _EVOLVES:
        return made
    from zarr.core.array_spec import ArrayConfig, ArraySpec
    from zarr.core.buffer import default_buffer_prototype

    v2 = metadata.zarr_format == 2
    # Transforms take the shape of each chunk from its own spec; this one stands for chunks of any.
    shape = getattr(metadata if v2 else metadata.chunk_grid, "chunks" if v2 else "chunk_shape", (1,) * metadata.ndim)
    return made.evolve_from_array_spec(
        ArraySpec(
            shape=shape,
            dtype=metadata.dtype if v2 else metadata.data_type,
            fill_value=metadata.fill_value,
            config=ArrayConfig.from_dict({"order": metadata.order} if v2 else {}),
            prototype=default_buffer_prototype(),
        )
    )
