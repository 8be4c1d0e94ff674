"""Metadata of new arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

from zarrc.dtypes import DataType
from zarrc.errors import MetadataValidationError
from zarrc.grid import ChunkGrid, RegularGrid
from zarrc.metadata.document import copy_json
from zarrc.metadata.keys import KeyEncoding
from zarrc.metadata.v2 import ArrayV2Metadata, parse_array_v2
from zarrc.metadata.v3 import ArrayV3Metadata, parse_array_v3

ArrayMetadata = ArrayV2Metadata | ArrayV3Metadata


def parse_array_json(
    raw: bytes, zarr_format: Literal[2, 3], path: str = "", zattrs: bytes | None = None
) -> ArrayMetadata:
    """Array metadata of the bytes of ``zarr.json`` (3) or of ``.zarray`` and ``.zattrs`` (2).

    Parameters
    ----------
    raw
        The document.
    path
        Path of the array, for messages.
    zattrs
        v2 only: the attributes document, None where there is none.

    Raises
    ------
    MetadataValidationError
        Or one of its subclasses, with document, key and value in the message.
    """
    return parse_array_v3(raw, path) if zarr_format == 3 else parse_array_v2(raw, zattrs, path)


def array_metadata(data: Any) -> ArrayMetadata:
    """Array metadata of a document (content of ``zarr.json``, or of ``.zarray`` with that of ``.zattrs`` under
    "attributes"), of zarr-python's metadata object, or the object itself.

    Raises
    ------
    MetadataValidationError
        Or one of its subclasses.
    """
    if isinstance(data, ArrayV2Metadata | ArrayV3Metadata):
        return data
    if not isinstance(data, Mapping):
        data = data.to_dict()
    zarr_format = data.get("zarr_format")
    if zarr_format == 2:
        # zarr-python takes documents without a compressor
        return ArrayV2Metadata.from_dict({"compressor": None, **copy_json(dict(data))})
    if zarr_format == 3:
        return ArrayV3Metadata.from_dict(copy_json(dict(data)))
    raise MetadataValidationError(f"Invalid zarr_format: {zarr_format}. Expected 2 or 3")


def build_array_metadata(
    zarr_format: Literal[2, 3],
    shape: Sequence[int],
    data_type: DataType,
    chunks: Sequence[int] | ChunkGrid,
    *,
    fill_value: Any = None,
    codecs: Sequence[Any] | None = None,
    filters: Sequence[Mapping[str, Any]] | None = None,
    compressor: Mapping[str, Any] | None = None,
    order: Literal["C", "F"] = "C",
    key_encoding: KeyEncoding | None = None,
    dimension_names: Sequence[str | None] | None = None,
    attributes: Mapping[str, Any] | None = None,
) -> ArrayMetadata:
    """Metadata of a new array, checked as if it had been read.

    Parameters
    ----------
    zarr_format
        2 or 3.
    shape
        Elements per axis.
    data_type
        From `zarrc.dtypes.from_numpy`. v3 has no byte order here: the result's dtype is native.
    chunks
        Chunk shape in elements (`zarrc.grid.normalize_chunks`), or for v3 a grid.
    fill_value
        What `DataType.cast_fill` takes. None: undefined (null) in v2, the data type's default in v3.
    codecs
        v3: codec objects or configurations in order of encoding.
    filters, compressor, order
        v2: codec configurations and the order of elements inside a chunk.
    key_encoding
        Default: ``default`` with "/" in v3, ``v2`` with "." in v2. v2 stores the separator only.
    dimension_names
        v3: one string or None per axis.
    attributes
        JSON object.

    Raises
    ------
    MetadataValidationError
        Or one of its subclasses; also for settings that the format does not have.
    """
    if zarr_format not in (2, 3):
        raise MetadataValidationError(f"zarr_format must be 2 or 3, not {zarr_format!r}")
    if zarr_format == 2:
        if (
            codecs is not None
            or dimension_names is not None
            or (isinstance(chunks, ChunkGrid) and not isinstance(chunks, RegularGrid))
        ):
            raise MetadataValidationError(
                "codecs, dimension_names and grids other than regular ones do not exist in v2"
            )
        if key_encoding is not None and key_encoding.name != "v2":
            raise MetadataValidationError(f"v2 cannot have the chunk key encoding {key_encoding.name!r}")
        return ArrayV2Metadata(
            shape=shape,
            dtype=data_type,
            chunks=chunks.chunk_shape if isinstance(chunks, RegularGrid) else chunks,  # type: ignore[arg-type]
            fill_value=fill_value,
            order=order,
            dimension_separator="." if key_encoding is None else key_encoding.separator,  # type: ignore[arg-type]
            compressor=compressor,
            filters=filters,
            attributes=attributes,
        )
    if filters is not None or compressor is not None or order != "C":
        raise MetadataValidationError("filters, compressor and order do not exist in v3: all are codecs")
    return ArrayV3Metadata(
        shape=shape,
        data_type=data_type,
        chunk_grid=chunks if isinstance(chunks, ChunkGrid) else RegularGrid(tuple(int(edge) for edge in chunks)),
        chunk_key_encoding=key_encoding or KeyEncoding("default", "/"),
        fill_value=fill_value,
        codecs=codecs or (),
        attributes=attributes,
        dimension_names=dimension_names,
    )
