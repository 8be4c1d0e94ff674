"""The data type ``optional``: elements that may be missing."""

from __future__ import annotations

import json
import pickle
from typing import Any

import numpy as np
import pytest

from zarrc.dtypes import from_numpy, parse_v3
from zarrc.errors import DataTypeValidationError, FillValueError
from zarrc.metadata import build_array_metadata, parse_array_json

TIME = {"name": "numpy.datetime64", "configuration": {"unit": "s", "scale_factor": 1}}
INNER: list[Any] = ["uint8", "float32", "string", "bool", TIME]


def optional(inner: Any, name: str = "optional") -> dict[str, Any]:
    return {"name": name, "configuration": {"name": inner, "configuration": {}} if isinstance(inner, str) else inner}


@pytest.mark.parametrize("name", ["optional", "zarrs.optional"])
@pytest.mark.parametrize("inner", INNER)
def test_names(inner: Any, name: str) -> None:
    json_type = optional(inner, name)
    data_type = parse_v3(json_type)
    plain = parse_v3(inner)
    assert data_type.nullable
    assert not plain.nullable
    assert data_type.to_v3() == json_type
    assert data_type.dtype == plain.dtype
    assert data_type.item_swap == plain.item_swap
    assert data_type.fixed_size == plain.fixed_size
    assert data_type != plain
    assert pickle.loads(pickle.dumps(data_type)) == data_type
    assert hash(pickle.loads(pickle.dumps(data_type))) == hash(data_type)
    assert from_numpy(json_type) == data_type
    with pytest.raises(DataTypeValidationError):
        data_type.to_v2()


def test_configuration_may_be_empty() -> None:
    long = {"name": "zarrs.optional", "configuration": {"name": "int32", "configuration": {}}}
    assert parse_v3(long) == parse_v3(optional("int32", "zarrs.optional"))


def test_fill_values() -> None:
    data_type = parse_v3(optional("uint8"))
    assert data_type.fill_from_json(None, 3) is np.ma.masked
    assert data_type.fill_to_json(np.ma.masked, 3) is None
    assert data_type.fill_from_json([42], 3) == 42
    assert data_type.fill_to_json(np.uint8(42), 3) == [42]
    assert data_type.default_fill() is np.ma.masked
    assert data_type.cast_fill(None) is np.ma.masked
    assert data_type.cast_fill(7) == 7
    assert data_type.zero() == 0
    for value in (42, [], [1, 2], [None], [256], "x", {}):
        with pytest.raises(FillValueError):
            data_type.fill_from_json(value, 3)
    assert parse_v3(optional("float32")).wants_text([1 + 2.0**-24])
    assert not parse_v3(optional("float32")).wants_text(None)


@pytest.mark.parametrize(
    "configuration", [{}, {"name": 5}, {"name": "int8", "x": 1}, {"name": "none"}, optional("int8"), optional(TIME)]
)
def test_refused(configuration: Any) -> None:
    with pytest.raises(DataTypeValidationError):
        parse_v3({"name": "optional", "configuration": configuration})


def test_nested_says_why() -> None:
    with pytest.raises(DataTypeValidationError, match="one mask"):
        parse_v3(optional(optional("int8")))


@pytest.mark.parametrize(("fill", "stored"), [(None, None), (5, [5])])
def test_in_metadata(fill: Any, stored: Any) -> None:
    codec = {
        "name": "optional",
        "configuration": {"mask_codecs": [{"name": "packbits"}], "data_codecs": [{"name": "bytes"}]},
    }
    m = build_array_metadata(3, (4,), from_numpy(optional("uint8")), (2,), fill_value=fill, codecs=[codec])
    raw = m.documents()["zarr.json"]
    assert json.loads(raw)["fill_value"] == stored
    again = parse_array_json(raw, 3)
    assert again == m
    assert again.fill_value is np.ma.masked if fill is None else again.fill_value == fill
    assert pickle.loads(pickle.dumps(m)) == m
