"""Metadata of new arrays: complete, read back as built, understood by zarr-python."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from zarrc.dtypes import from_numpy
from zarrc.errors import MetadataValidationError
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata, KeyEncoding, build_array_metadata, parse_array_json

BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize(
    ("dtype", "fill"),
    [("bool", True), (">i4", 5), ("f2", np.float16("nan")), ("c8", 1 + 2j), ("M8[ns]", "NaT"), ("U3", "é"),
     ("S3", b"x"), ("V2", b"ab"), ("i4,f8", (1, 2.5)), (str, "é"), (bytes, b"\xff"), ("f8", None), ("i8", -(1 << 63))],
)  # fmt: skip
def test_build(zarr_format: Any, dtype: Any, fill: Any) -> None:
    data_type = from_numpy(dtype)
    settings: dict[str, Any] = {"codecs": ["bytes"]} if zarr_format == 3 else {"compressor": {"id": "zlib"}}
    if zarr_format == 2 and not data_type.fixed_size:
        settings["filters"] = [{"id": data_type.to_v3() and data_type.object_codec}]  # type: ignore[attr-defined]
    m = build_array_metadata(zarr_format, (3,), data_type, (2,), fill_value=fill, attributes={"a": 1}, **settings)
    files = m.documents()
    again = parse_array_json(files.get("zarr.json") or files[".zarray"], zarr_format, "", files.get(".zattrs"))
    if zarr_format == 2 or m.dtype.isnative:  # v3 documents have no byte order
        assert again == m
    assert again.documents() == files
    if fill is None:
        assert (m.fill_value is None) is (zarr_format == 2)
    else:
        wanted = np.array(data_type.cast_fill(fill), m.dtype)
        assert np.array(m.fill_scalar, m.dtype).tobytes() == wanted.tobytes() or m.fill_scalar == fill


def test_build_refuses_what_the_format_lacks() -> None:
    f4 = from_numpy("f4")
    for zarr_format, settings in (
        (2, {"codecs": []}),
        (2, {"dimension_names": ["x"]}),
        (2, {"key_encoding": KeyEncoding("default", "/")}),
        (3, {"filters": []}),
        (3, {"compressor": {"id": "zlib"}}),
        (3, {"order": "F"}),
        (3, {"codecs": ["bytes"], "dimension_names": ["x", "y"]}),
        (4, {}),
    ):
        with pytest.raises(MetadataValidationError):
            build_array_metadata(zarr_format, (3,), f4, (2,), **settings)  # type: ignore[arg-type]
    with pytest.raises(MetadataValidationError):
        build_array_metadata(2, (3,), f4, (0,))


def test_zarr_python_reads_what_is_built() -> None:
    metadata = pytest.importorskip("zarr.core.metadata")
    ours = build_array_metadata(
        3, (10, 20), from_numpy("f4"), (5, 5), fill_value=np.nan, codecs=[BYTES], dimension_names=["x", None]
    )
    theirs = metadata.ArrayV3Metadata.from_dict(ours.to_dict())
    assert ArrayV3Metadata.from_dict(json.loads(json.dumps(theirs.to_dict()))) == ours
    ours2 = build_array_metadata(
        2, (10, 20), from_numpy(">f4"), (5, 5), fill_value=1.5, compressor={"id": "zlib", "level": 1}
    )
    theirs2 = metadata.ArrayV2Metadata.from_dict(ours2.to_dict())
    document = json.loads(json.dumps(theirs2.to_dict()))
    attributes = document.pop("attributes")
    assert ArrayV2Metadata.from_dict(document, attributes=attributes) == ours2
