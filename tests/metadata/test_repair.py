from __future__ import annotations

import json
import warnings

import numpy as np
import pytest

import zarrc
from zarrc.errors import MetadataValidationError, ZarrUserWarning
from zarrc.grid import RectilinearGrid, RegularGrid
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata, array_metadata


def v2(shape, chunks):
    return {"zarr_format": 2, "shape": shape, "chunks": chunks, "dtype": "<i2", "compressor": None}


def v3(shape, chunk_shape, inner=None, grid="regular"):
    codecs = [{"name": "bytes", "configuration": {"endian": "little"}}]
    if inner is not None:
        configuration = {"chunk_shape": inner, "codecs": codecs, "index_codecs": [*codecs, {"name": "crc32c"}]}
        codecs = [{"name": "sharding_indexed", "configuration": configuration}]
    rectilinear = {"kind": "inline", "chunk_shapes": chunk_shape}
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": "int16",
        "chunk_grid": {
            "name": grid,
            "configuration": {"chunk_shape": chunk_shape} if grid == "regular" else rectilinear,
        },
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": codecs,
    }


@pytest.mark.parametrize(
    ("document", "chunks", "warns"),
    [
        (v2([4, 3], [2, 3]), (2, 3), False),
        (v2([0, 4], [0, 4]), (1, 4), False),
        (v2([3], [0]), (1,), True),
        (v2([5], [True]), (1,), False),
        (v3([0], [0]), (1,), False),
        (v3([0], [False]), (1,), False),
        (v3([5, 4], [True, 4]), (1, 4), False),
        (v3([4, 3], [4, 0]), (4, 1), True),
        (v3([0], [0], [4]), (4,), False),
        (v3([10], [0], [4]), (4,), True),
        (v3([5], [True], [True]), (1,), False),
    ],
)
def test_chunk_sizes(document, chunks, warns):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        cls = ArrayV2Metadata if document["zarr_format"] == 2 else ArrayV3Metadata
        metadata = cls.from_dict(document, "group/array")
    assert metadata.grid == RegularGrid(chunks)
    assert [str(w.message).startswith("Array 'group/array': The stored chunk shape") for w in caught] == [True] * warns
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for again in (array_metadata(metadata.to_dict()), cls.from_dict(json.loads(json.dumps(metadata.to_dict())))):
            assert again == metadata


def test_lists_in_a_regular_grid():
    with pytest.warns(ZarrUserWarning, match="named 'regular', but lists .* along the axes \\[0\\]"):
        metadata = ArrayV3Metadata.from_dict(v3([20, 4], [[5, 10, 5], 2]))
    assert metadata.grid == RectilinearGrid((((5, 1), (10, 1), (5, 1)), 2))
    assert json.loads(metadata.documents()["zarr.json"])["chunk_grid"]["name"] == "rectilinear"


@pytest.mark.parametrize(
    ("axes", "expected"),
    [
        ([[[4.0, 2]]], (((4, 2),),)),
        ([[3.0, 5.0]], (((3, 1), (5, 1)),)),
        ([[True, 4]], (((1, 1), (4, 1)),)),
        ([[[True, 2], 3]], (((1, 2), (3, 1)),)),
    ],
)
def test_lengths_in_a_rectilinear_grid(axes, expected):
    size = sum(length * count for length, count in expected[0])
    assert ArrayV3Metadata.from_dict(v3([size], axes, grid="rectilinear")).grid == RectilinearGrid(expected)


@pytest.mark.parametrize(
    "document",
    [
        v2([4], [-1]),
        v2([4], [2.0]),
        v2([4, 4], [0]),
        v2([4], [[2, 2]]),
        v3([4], [-1]),
        v3([4], [2.0]),
        v3([4], ["2"]),
        v3([4, 4], [0]),
        v3([4], [0], [[2]]),
        v3([4], [[2, 2]]),
        v3([4], [[2.5, 2]], grid="rectilinear"),
        v3([4], [[0, 4]], grid="rectilinear"),
        v3([4], 7, grid="rectilinear"),
        v3([4], 7),
        {**v3([4], [0]), "data_type": "nonesuch"},
        {**v3([4], [0]), "shape": None},
        {**v3([4], [0]), "chunk_grid": {"name": "regular", "configuration": 5}},
        {**v3([4], [0]), "chunk_grid": 5},
    ],
)
def test_what_is_not_repaired(document):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        with pytest.raises(MetadataValidationError):
            array_metadata(document)


@pytest.mark.parametrize("document", [v2([0, 3], [0, 3]), v3([0, 3], [0, 3])])
def test_work_with_a_repaired_array(tmp_path, document):
    name = ".zarray" if document["zarr_format"] == 2 else "zarr.json"
    (tmp_path / name).write_text(json.dumps(document))
    array = zarrc.open_array(tmp_path, mode="r+")
    array.append(np.arange(6).reshape(2, 3))
    again = zarrc.open_array(tmp_path)
    assert again.chunks == (1, 3)
    assert again[...].tolist() == [[0, 1, 2], [3, 4, 5]]
    assert "0," not in json.dumps(json.loads((tmp_path / name).read_text()).get("chunks", ""))


def test_every_opening_warns(tmp_path):
    (tmp_path / "zarr.json").write_text(json.dumps(v3([3], [0])))
    for _ in range(2):
        with pytest.warns(ZarrUserWarning, match="is read as"):
            zarrc.open_array(tmp_path)
