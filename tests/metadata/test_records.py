"""Metadata as zarr-python's users know them: constructors, `dataclasses`, irregular grids, what must be understood."""

from __future__ import annotations

import copy
import dataclasses
import json
import pickle
from typing import Any

import numpy as np
import pytest

from zarrc.buffer import default_buffer_prototype
from zarrc.codecs import ShardingCodec
from zarrc.errors import MetadataValidationError, UnknownChunkGridError, UnknownKeyEncodingError
from zarrc.grid import RectilinearGrid, RegularGrid
from zarrc.metadata import (
    ArrayV2Metadata,
    ArrayV3Metadata,
    GroupMetadata,
    KeyEncoding,
    build_array_metadata,
    parse_array_json,
)

V3: dict[str, Any] = {
    "shape": (6, 4),
    "data_type": "int32",
    "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [3, 2]}},
    "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
    "fill_value": 7,
    "codecs": ({"name": "bytes", "configuration": {"endian": "little"}},),
    "attributes": {"a": 1},
    "dimension_names": ("y", None),
}
V2: dict[str, Any] = {
    "shape": (6, 4),
    "dtype": np.dtype(">i4"),
    "chunks": (3, 2),
    "fill_value": 7,
    "order": "F",
    "dimension_separator": "/",
    "compressor": {"id": "zlib", "level": 1},
    "filters": [{"id": "delta", "dtype": ">i4"}],
    "attributes": {"a": 1},
}


def grid_document(grid: Any, shape: list[int]) -> dict[str, Any]:
    return {**ArrayV3Metadata(**{**V3, "dimension_names": None}).to_dict(), "shape": shape, "chunk_grid": grid}


def rectilinear(shapes: Any) -> dict[str, Any]:
    return {"name": "rectilinear", "configuration": {"kind": "inline", "chunk_shapes": shapes}}


def test_v3_constructor() -> None:
    m = ArrayV3Metadata(**V3)
    assert m == ArrayV3Metadata.from_dict(m.to_dict())
    assert m.chunk_grid == RegularGrid((3, 2))
    assert m.chunk_grid.chunk_shape == (3, 2)
    assert m.chunks == (3, 2)
    assert m.data_type.to_native_dtype() == np.dtype("i4")
    assert m.data_type.to_json(zarr_format=3) == "int32"
    assert (m.ndim, m.fill_value, m.dimension_names) == (2, 7, ("y", None))
    assert (m.zarr_format, m.node_type, m.storage_transformers, m.extra_fields) == (3, "array", (), {})
    assert m.encode_chunk_key((1, 2)) == "c/1/2"
    objects = {"chunk_grid": RegularGrid((3, 2)), "chunk_key_encoding": KeyEncoding("default", "/")}
    assert ArrayV3Metadata(**{**V3, **objects, "data_type": np.dtype("i4")}) == m
    with pytest.raises(MetadataValidationError):
        ArrayV3Metadata(**{**V3, "dimension_names": ("y",)})


def test_v2_constructor() -> None:
    m = ArrayV2Metadata(**V2)
    assert m.dtype == np.dtype(">i4")
    assert m.encode_chunk_key((1, 2)) == "1/2"
    assert m == ArrayV2Metadata.from_dict(m.to_dict())
    assert m.attributes == {"a": 1}
    assert "attributes" not in m.extra_fields
    with pytest.raises(MetadataValidationError):
        ArrayV2Metadata(**{**V2, "chunks": (0, 2)})


def test_zarr_pythons_own_objects() -> None:
    zarr = pytest.importorskip("zarr")
    for zarr_format in (2, 3):
        theirs = zarr.create_array({}, shape=(6, 4), chunks=(3, 2), dtype="f4", zarr_format=zarr_format).metadata
        ours: Any = ArrayV3Metadata if zarr_format == 3 else ArrayV2Metadata
        fields = {name for name in ours._fields if hasattr(theirs, name)} - {"extra_fields"}
        m = ours(**{name: getattr(theirs, name) for name in fields})
        assert m.shape == (6, 4)
        assert m.dtype == np.dtype("f4")
        assert m.chunks == (3, 2)
        assert type(theirs).from_dict(m.to_dict()) == theirs


@pytest.mark.parametrize("m", [ArrayV3Metadata(**V3), ArrayV2Metadata(**V2), GroupMetadata({"a": 1}, 2)])
def test_as_dataclasses(m: Any) -> None:
    assert dataclasses.is_dataclass(m)
    assert dataclasses.replace(m) == m
    changed = dataclasses.replace(m, attributes={"b": 2})
    assert changed.attributes == {"b": 2}
    assert changed != m
    assert {f.name for f in dataclasses.fields(m)} == set(m._fields)
    assert pickle.loads(pickle.dumps(m)) == m
    assert copy.copy(m) == m
    assert copy.deepcopy(m) == m
    assert "attributes=" in repr(m)
    with pytest.raises(AttributeError):
        m.attributes = {}
    with pytest.raises(AttributeError):
        del m.attributes


def test_replaced_shape_is_in_the_document() -> None:
    for m in (ArrayV3Metadata(**V3), ArrayV2Metadata(**V2)):
        assert dataclasses.replace(m, shape=(9, 9)).to_dict()["shape"] == (9, 9)
        assert m.update_shape((9, 9)).to_dict()["shape"] == (9, 9)
        assert m.update_attributes({"n": 0}).to_dict()["attributes"] == {"n": 0}


def test_attributes_are_kept() -> None:
    attributes = {"big": 123456789012345678901234567890, "f": [0.1, 1e-7], "n": None, "u": "é🎉", "d": {"x": []}}
    m = ArrayV3Metadata(**{**V3, "attributes": attributes})
    assert json.loads(m.with_shape((1, 1)).documents()["zarr.json"])["attributes"] == attributes
    assert json.loads(GroupMetadata(attributes, 2).documents()[".zattrs"]) == attributes


# irregular grids -----------------------------------------------------------------------------------------------------
def test_rectilinear() -> None:
    grid = rectilinear([[[3, 2], 1], 4])
    m = parse_array_json(json.dumps(grid_document(grid, [6, 4])).encode(), 3)
    assert isinstance(m.grid, RectilinearGrid)
    assert m.grid.chunk_shapes == ((3, 3, 1), 4)
    assert m.grid.to_dict() == grid
    assert m.grid.axis_bounds(m.shape) == (3, 4)
    with pytest.raises(AttributeError):
        m.chunks  # noqa: B018
    longer = m.with_shape((9, 4))
    assert longer.grid.axis_bounds((9, 4)) == ((0, 3, 6, 7, 9), 4)
    assert longer.document["chunk_grid"] == rectilinear([[[3, 2], 1, 2], 4])
    assert ArrayV3Metadata.from_dict(longer.document) == longer
    shorter = m.with_shape((2, 4))
    assert shorter.document["chunk_grid"] == grid
    assert build_array_metadata(3, (7, 4), m.data_type, m.grid, codecs=m.codecs).grid == m.grid
    with pytest.raises(MetadataValidationError):
        build_array_metadata(2, (7, 4), m.data_type, m.grid)


@pytest.mark.parametrize("name", ["rectangular", "zarrs.rectangular"])
def test_rectangular(name: str) -> None:
    grid = {"name": name, "configuration": {"chunk_shape": [[5, 1], 4]}}
    m = ArrayV3Metadata.from_dict(grid_document(grid, [6, 4]))
    assert m.grid.axis_bounds(m.shape) == ((0, 5, 6), 4)
    assert m.grid.to_dict() == grid


@pytest.mark.parametrize(
    "grid",
    [
        rectilinear([[3, 2], 4]),  # covers 5 of 6
        rectilinear([[3, 3]]),
        rectilinear([[], 4]),
        rectilinear([[0, 6], 4]),
        rectilinear([[[3, 0]], 4]),
        rectilinear([[[3, 2, 1]], 4]),
        rectilinear([[[[3, 2]]], 4]),
        rectilinear([[3.5, 3], 4]),
        rectilinear([[False, 6], 4]),
        rectilinear([0, 4]),
        rectilinear([[[1 << 62, 1]], [[1 << 62, 1]]]),
        rectilinear(5),
        {"name": "rectilinear", "configuration": {"chunk_shapes": [6, 4]}},
        {"name": "rectilinear", "configuration": {"kind": "file", "chunk_shapes": [6, 4]}},
        {"name": "rectangular", "configuration": {"chunk_shape": [[[3, 2]], 4]}},
        {"name": "rectangular", "configuration": {"chunk_shapes": [[3, 3], 4]}},
        "rectilinear",
        "regular",
    ],
)
def test_refused_grids(grid: Any) -> None:
    with pytest.raises(MetadataValidationError, match="chunk_grid"):
        ArrayV3Metadata.from_dict(grid_document(grid, [6, 4]))


def test_unknown_names_have_types_of_their_own() -> None:
    with pytest.raises(UnknownChunkGridError, match="hexagonal"):
        ArrayV3Metadata.from_dict(grid_document({"name": "hexagonal"}, [6, 4]))
    with pytest.raises(UnknownKeyEncodingError, match="morton"):
        ArrayV3Metadata.from_dict({**ArrayV3Metadata(**V3).to_dict(), "chunk_key_encoding": "morton"})


def test_key_templates_must_fit_the_rank() -> None:
    keys = {"name": "template", "configuration": {"format": "{0}"}}
    with pytest.raises(MetadataValidationError, match="axes"):
        ArrayV3Metadata.from_dict({**ArrayV3Metadata(**V3).to_dict(), "chunk_key_encoding": keys})


# must_understand -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("storage_transformers", [{"name": "x", "must_understand": False}]),
        ("storage_transformers", {}),
        ("storage_transformers", ""),
        ("storage_transformers", False),
        ("data_type", {"name": "int32", "must_understand": False}),
        ("chunk_grid", {**V3["chunk_grid"], "must_understand": False}),
        ("chunk_key_encoding", {"name": "default", "must_understand": False}),
        ("codecs", [{"name": "bytes"}, {"name": "x", "must_understand": False}]),
        ("new", True),
        ("new", {"must_understand": True}),
        ("new", {"must_understand": 0}),
    ],
)
def test_must_understand(key: str, value: Any) -> None:
    with pytest.raises(MetadataValidationError):
        ArrayV3Metadata.from_dict({**ArrayV3Metadata(**V3).to_dict(), key: value})


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("storage_transformers", []),
        ("storage_transformers", None),
        ("data_type", {"name": "int32", "must_understand": True}),
        ("chunk_grid", {**V3["chunk_grid"], "must_understand": True}),
        ("chunk_key_encoding", "default"),
        ("codecs", ["bytes", {"name": "crc32c", "must_understand": True}]),
        ("new", {"name": "x", "must_understand": False}),
    ],
)
def test_understood(key: str, value: Any) -> None:
    document = {**ArrayV3Metadata(**V3).document, key: value}
    m = ArrayV3Metadata.from_dict(document)
    assert m.to_dict() == {**document, "shape": m.shape, "codecs": tuple(document["codecs"])}
    assert json.loads(m.with_attributes({}).documents()["zarr.json"]) == {**document, "attributes": {}}


def test_written_codecs_are_objects_with_configuration() -> None:
    m = ArrayV3Metadata(**{**V3, "data_type": "uint8", "codecs": ["bytes", {"name": "crc32c"}]})
    assert m.document["codecs"] == [{"name": "bytes", "configuration": {}}, {"name": "crc32c", "configuration": {}}]


@pytest.mark.parametrize("m", [ArrayV3Metadata(**V3), ArrayV2Metadata(**V2), GroupMetadata({"a": 1})], ids=type)
def test_documents_as_buffers(m: Any) -> None:
    buffers = m.to_buffer_dict(default_buffer_prototype())
    assert {name: buffer.to_bytes() for name, buffer in buffers.items()} == m.documents()


def test_codecs_are_objects() -> None:
    little = V3["codecs"][0]
    inner = {"chunk_shape": [3, 1], "codecs": [little, "crc32c"], "index_codecs": [little], "index_location": "start"}
    m = ArrayV3Metadata(**{**V3, "codecs": [{"name": "sharding_indexed", "configuration": inner}]})
    (shard,) = m.codecs
    assert isinstance(shard, ShardingCodec)
    assert (shard.chunk_shape, shard.index_location) == ((3, 1), "start")
    assert [codec.name for codec in shard.codecs] == ["bytes", "crc32c"]
    assert ArrayV3Metadata(**{**V3, "codecs": m.codecs}).codecs == m.codecs
    assert copy.replace(m, shape=(9, 4)).codecs == m.codecs if hasattr(copy, "replace") else True


@pytest.mark.parametrize("codec", [{"name": "nobody's"}, {"name": "transpose", "configuration": {"order": [5]}}])
def test_codecs_that_cannot_be_made_stay_configurations(codec: dict[str, Any]) -> None:
    m = ArrayV3Metadata(**{**V3, "codecs": [codec, "bytes"]})
    assert m.codecs == m.named_codecs
    assert m.codecs[0]["name"] == codec["name"]
    assert codec["name"] in repr(m)


@pytest.mark.parametrize("stored", ["<i1", ">b1", "<S3", ">i2", [["a", "<i1"], ["b", ">u2"]]])
def test_byte_orders_that_mean_nothing_stay(stored: Any) -> None:
    document = {"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": stored, "compressor": None, "more": 1}
    read = ArrayV2Metadata.from_dict(document)
    for metadata in (read, read.with_attributes({"a": 1}), read.with_shape((4,))):
        assert json.loads(metadata.documents()[".zarray"]) == document
