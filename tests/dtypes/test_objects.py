"""v2 arrays of objects: what each object codec makes of ``|O``, and the fill values in use."""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pytest

from zarrc.dtypes import parse_v2
from zarrc.errors import DataTypeValidationError
from zarrc.metadata import build_array_metadata, parse_array_json

FILTERS: dict[str, dict[str, Any]] = {
    "vlen-utf8": {"id": "vlen-utf8"},
    "vlen-bytes": {"id": "vlen-bytes"},
    "vlen-array": {"id": "vlen-array", "dtype": "<i2"},
    "json2": {"id": "json2", "encoding": "utf-8"},
    "msgpack2": {"id": "msgpack2", "raw": False},
    "pickle": {"id": "pickle", "protocol": 5},
    "categorize": {"id": "categorize", "labels": ["a", "b"], "dtype": "|O", "astype": "|u1"},
}


def document(codec: str, fill: Any) -> bytes:
    return json.dumps(
        {
            "zarr_format": 2,
            "shape": [2],
            "chunks": [2],
            "dtype": "|O",
            "compressor": None,
            "filters": [FILTERS[codec]],
            "fill_value": fill,
            "order": "C",
        }
    ).encode()


@pytest.mark.parametrize("codec", FILTERS)
@pytest.mark.parametrize("fill", [None, "", 0])
def test_every_fill_form(codec: str, fill: Any) -> None:
    m = parse_array_json(document(codec, fill), 2)
    assert m.dtype == (np.dtype(object) if codec != "vlen-utf8" else np.dtypes.StringDType())
    assert not m.data_type.fixed_size
    assert m.data_type.to_v2() == "|O"
    assert m.data_type == parse_v2("|O", codec)
    empty = {"vlen-utf8": "", "vlen-bytes": b""}
    assert (m.fill_value is None) == (fill is None)
    if codec in empty:
        assert m.fill_scalar == empty[codec]
    else:
        # whatever the document says: the codec could have written any object
        assert m.fill_scalar == fill
    assert json.loads(m.documents()[".zarray"]) == json.loads(document(codec, fill))


@pytest.mark.parametrize("codec", ["json2", "msgpack2", "pickle"])
def test_objects_as_fill_values(codec: str) -> None:
    assert parse_array_json(document(codec, {"a": [1]}), 2).fill_scalar == {"a": [1]}


def test_bytes_fill() -> None:
    assert parse_array_json(document("vlen-bytes", "AAE="), 2).fill_value == b"\0\1"
    assert parse_array_json(document("vlen-utf8", "x"), 2).fill_value == "x"


def test_without_object_codec() -> None:
    with pytest.raises(DataTypeValidationError, match="object codec"):
        parse_v2("|O")


@pytest.mark.parametrize("codec", FILTERS)
def test_build(codec: str) -> None:
    m = build_array_metadata(2, (2,), parse_v2("|O", codec), (2,), filters=[FILTERS[codec]])
    assert m == parse_array_json(m.documents()[".zarray"], 2)
    copy = m.__replace__(shape=(3,))
    assert copy.shape == (3,)
    assert copy.data_type == m.data_type
