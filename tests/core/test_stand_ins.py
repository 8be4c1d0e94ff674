"""Modules of ``zarr.core`` that clients import: the names are zarrc's own classes."""

from __future__ import annotations

import dataclasses
import importlib

import numpy as np
import pytest

import zarrc
from zarrc.core.chunk_grids import RectilinearChunkGridMetadata, RegularChunkGridMetadata
from zarrc.core.chunk_key_encodings import ChunkKeyEncoding, DefaultChunkKeyEncoding, V2ChunkKeyEncoding
from zarrc.core.dtype.common import HasEndianness, HasItemSize
from zarrc.core.metadata.v3 import parse_dimension_names
from zarrc.core.sync import _collect_aiterator, sync
from zarrc.grid import RectilinearGrid
from zarrc.storage._utils import _join_paths, _normalize_byte_range_index


@pytest.mark.parametrize(
    ("module", "name", "own"),
    [
        ("array", "Array", zarrc.Array),
        ("array", "AsyncArray", zarrc.AsyncArray),
        ("array", "create_array", zarrc.create_array),
        ("group", "Group", zarrc.Group),
        ("group", "AsyncGroup", zarrc.AsyncGroup),
        ("attributes", "Attributes", type(zarrc.create_group({}).attrs)),
        ("buffer.core", "Buffer", zarrc.buffer.Buffer),
        ("metadata.v3", "RegularChunkGridMetadata", RegularChunkGridMetadata),
    ],
)
def test_own_classes(module, name, own):
    assert getattr(importlib.import_module(f"zarrc.core.{module}"), name) is own


def test_grids():
    regular = zarrc.create_array({}, shape=(6, 4), chunks=(3, 2), dtype="i4").metadata.chunk_grid
    irregular = zarrc.create_array({}, shape=(6, 4), chunks=[[1, 5], 2], dtype="i4").metadata.chunk_grid
    assert isinstance(regular, RegularChunkGridMetadata)
    assert not isinstance(regular, RectilinearChunkGridMetadata)
    assert isinstance(irregular, RectilinearChunkGridMetadata)
    assert RegularChunkGridMetadata(chunk_shape=(3, 2)) == regular
    made = RectilinearChunkGridMetadata(chunk_shapes=((1, 5), 2))
    assert made == irregular
    assert type(made) is RectilinearGrid
    assert made.chunk_shapes == ((1, 5), 2)
    assert RectilinearChunkGridMetadata.from_dict(made.to_dict()) == made
    listed = {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": [[[2, 3], 1], [4], 5]}}
    assert RectilinearChunkGridMetadata.from_dict(listed).chunk_shapes == ((2, 2, 2, 1), (4,), 5)
    for bad in (regular.to_dict(), {"name": "rectilinear"}, 3):
        with pytest.raises(zarrc.errors.MetadataValidationError):
            RectilinearChunkGridMetadata.from_dict(bad)


@pytest.mark.parametrize("separator", ["/", "."])
def test_key_encodings(separator):
    v3, v2 = DefaultChunkKeyEncoding(separator=separator), V2ChunkKeyEncoding(separator=separator)
    assert v3.encode_chunk_key((1, 2)) == separator.join(("c", "1", "2"))
    assert v2.encode_chunk_key((1, 2)) == separator.join(("1", "2"))
    for encoding, own, other in (
        (v3, DefaultChunkKeyEncoding, V2ChunkKeyEncoding),
        (v2, V2ChunkKeyEncoding, DefaultChunkKeyEncoding),
    ):
        assert isinstance(encoding, own)
        assert isinstance(encoding, ChunkKeyEncoding)
        assert not isinstance(encoding, other)
    settings = {"shape": 3, "dtype": "i4", "chunk_key_encoding": v2}
    assert isinstance(zarrc.create_array({}, **settings).metadata.chunk_key_encoding, V2ChunkKeyEncoding)


def test_dimension_names():
    assert parse_dimension_names(None) is None
    assert parse_dimension_names(["x", None]) == ("x", None)
    for bad in (3, ["x", 3]):
        with pytest.raises(TypeError):
            parse_dimension_names(bad)


def test_kinds_of_data_types():
    """By class and by instance: those with a byte order, and those whose elements have one size."""
    for kind, ordered, sized in (
        (zarrc.dtype.Int16, True, True),
        (zarrc.dtype.Int8, False, True),
        (zarrc.dtype.Bool, False, True),
        (zarrc.dtype.DateTime64, True, True),
        (zarrc.dtype.VariableLengthUTF8, False, False),
        (zarrc.dtype.VariableLengthBytes, False, False),
    ):
        assert (issubclass(kind, HasEndianness), issubclass(kind, HasItemSize)) == (ordered, sized)
        assert (isinstance(kind(), HasEndianness), isinstance(kind(), HasItemSize)) == (ordered, sized)
        assert ("endianness" in {field.name for field in dataclasses.fields(kind)}) is ordered


def test_data_types_as_dataclasses():
    text = zarrc.dtype.FixedLengthUTF32(length=3)
    assert {field.name for field in dataclasses.fields(text)} == {"length", "endianness"}
    assert dataclasses.replace(text, length=5).to_native_dtype() == np.dtype("U5")


def test_small_helpers():
    async def numbers():
        for i in range(3):
            yield i

    assert sync(_collect_aiterator(numbers())) == (0, 1, 2)
    assert _join_paths(["", "a", "", "b"]) == "a/b"
    store = importlib.import_module("zarrc.abc.store")
    assert _normalize_byte_range_index(b"12345", None) == (0, 6)
    assert _normalize_byte_range_index(b"12345", store.RangeByteRequest(1, 3)) == (1, 3)
    assert _normalize_byte_range_index(b"12345", store.OffsetByteRequest(2)) == (2, 6)
    assert _normalize_byte_range_index(b"12345", store.SuffixByteRequest(2)) == (3, 6)
    assert _normalize_byte_range_index(b"12345", store.SuffixByteRequest(9)) == (0, 6)
