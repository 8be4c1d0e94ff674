"""From what a user asks for to metadata."""

from __future__ import annotations

import json

import numpy as np
import pytest

import zarrc
from zarrc.creation import DEFAULT_FILL_VALUE, parse_key_encoding, parse_shape, parse_zarr_format
from zarrc.errors import (
    BaseZarrError,
    CodecValidationError,
    MetadataValidationError,
    UnknownCodecError,
    ZarrUserWarning,
)
from zarrc.metadata import KeyEncoding
from zarrc.stores import MemoryStore


def document(array: zarrc.Array) -> dict:
    return json.loads(array.store.get_bytes("zarr.json" if array.metadata.zarr_format == 3 else ".zarray"))


def test_defaults_of_v3():
    found = document(zarrc.create_array(None, shape=(10, 20), dtype="f4"))
    assert found["codecs"] == [
        {"name": "bytes", "configuration": {"endian": "little"}},
        {"name": "zstd", "configuration": {"level": 0, "checksum": False}},
    ]
    assert found["chunk_key_encoding"] == {"name": "default", "configuration": {"separator": "/"}}
    assert (found["data_type"], found["fill_value"], found["shape"]) == ("float32", 0.0, [10, 20])
    assert "dimension_names" not in found


def test_defaults_of_v2():
    found = document(zarrc.create_array(None, shape=(10, 20), dtype=">f4", zarr_format=2))
    assert found["compressor"] == {"id": "zstd", "level": 0}
    assert (found["filters"], found["order"], found["dimension_separator"]) == (None, "C", ".")
    assert (found["dtype"], found["fill_value"]) == (">f4", 0.0)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize(
    ("dtype", "given", "expected"),
    [
        ("f8", "NaN", np.float64("nan")),
        ("f8", float("-inf"), np.float64("-inf")),
        ("f4", np.float32(-0.0), np.float32(-0.0)),
        ("f4", 1, np.float32(1)),
        ("i4", 7, np.int32(7)),
        ("i4", np.int64(-7), np.int32(-7)),
        ("u8", 2**64 - 1, np.uint64(2**64 - 1)),
        ("?", True, np.True_),
        ("?", 0, np.False_),
        ("c8", 1 + 2j, np.complex64(1 + 2j)),
        ("M8[s]", "NaT", np.datetime64("NaT", "s")),
        ("M8[D]", np.datetime64("2020-01-02"), np.datetime64("2020-01-02", "D")),
        ("m8[ns]", 5, np.timedelta64(5, "ns")),
        (">i2", 258, np.int16(258)),
    ],
)
def test_fill_values(dtype, given, expected, zarr_format):
    array = zarrc.create_array(None, shape=3, chunks=2, dtype=dtype, fill_value=given, zarr_format=zarr_format)
    for found in (array, zarrc.open_array(array.store)):
        assert np.asarray(found.fill_value).astype(expected.dtype).tobytes() == expected.tobytes()
        assert found[...].astype(expected.dtype).tobytes() == expected.tobytes() * 3


@pytest.mark.parametrize(
    ("dtype", "bad"),
    [("i4", 1 << 40), ("i4", "word"), ("u1", -1), ("f4", "word"), ("f4", [1, 2]), ("i4", 1.5), ("M8[s]", "x")],
)
def test_bad_fill_values(dtype, bad):
    for zarr_format in (2, 3):
        with pytest.raises(BaseZarrError):
            zarrc.create_array(None, shape=3, dtype=dtype, fill_value=bad, zarr_format=zarr_format)


def test_no_fill_value():
    two = zarrc.create_array(None, shape=3, dtype="i4", zarr_format=2, fill_value=None)
    assert two.fill_value is None
    assert document(two)["fill_value"] is None
    assert two[...].tolist() == [0, 0, 0]
    assert zarrc.create_array(None, shape=3, dtype="i4", fill_value=None).fill_value == 0
    for dtype in ("M8[s]", "m8[D]"):
        assert np.isnat(zarrc.create_array(None, shape=3, dtype=dtype).fill_value)
    assert repr(DEFAULT_FILL_VALUE) == "<default fill value>"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ("auto", (100, 40)),
        (30, (30, 30)),
        ((30, 40), (30, 40)),
        ((30, -1), (30, 40)),
        ((200, 7), (200, 7)),
        (np.array([10, 5]), (10, 5)),
    ],
)
def test_chunks(given, expected):
    assert zarrc.create_array(None, shape=(100, 40), dtype="i4", chunks=given).chunks == expected


@pytest.mark.parametrize("bad", [0, (0, 5), (5, -2), (1, 2, 3), "some", (1.5, 2)])
def test_bad_chunks(bad):
    with pytest.raises((BaseZarrError, TypeError)):
        zarrc.create_array(None, shape=(10, 4), dtype="i4", chunks=bad)


@pytest.mark.parametrize("given", [5, np.int64(5), (5,), [5], np.array([5])])
def test_parse_shape(given):
    assert parse_shape(given) == (5,)


def test_bad_shapes():
    for bad in (-1, (3, -1)):
        with pytest.raises(ValueError):
            parse_shape(bad)
    for bad in (None, 1.5, (1.5,), "5", ("5",)):
        with pytest.raises(TypeError):
            parse_shape(bad)


def test_parse_zarr_format():
    assert parse_zarr_format(None) == 3
    assert parse_zarr_format(2) == 2
    for bad in (1, 4, "3"):
        with pytest.raises(ValueError):
            parse_zarr_format(bad)


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (None, KeyEncoding("default", "/")),
        ("v2", KeyEncoding("v2", ".")),
        (("default", "."), KeyEncoding("default", ".")),
        ({"name": "v2", "separator": "/"}, KeyEncoding("v2", "/")),
        ({"name": "default", "configuration": {"separator": "."}}, KeyEncoding("default", ".")),
        (KeyEncoding("v2", "/"), KeyEncoding("v2", "/")),
    ],
)
def test_key_encodings(given, expected):
    assert parse_key_encoding(given, 3) == expected


def test_bad_key_encodings():
    for bad in ("v3", ("default", "-"), {"separator": "/"}):
        with pytest.raises(MetadataValidationError):
            parse_key_encoding(bad, 3)
    with pytest.raises(MetadataValidationError):
        parse_key_encoding("default", 2)
    assert parse_key_encoding(None, 2) == KeyEncoding("v2", ".")


@pytest.mark.parametrize(
    "given", [None, (), [], {"name": "gzip"}, [{"name": "gzip"}, "crc32c"], ({"name": "zstd", "configuration": {}},)]
)
def test_forms_of_compressors(given):
    array = zarrc.create_array(None, shape=3, dtype="i4", compressors=given)
    array[...] = [1, 2, 3]
    assert array[...].tolist() == [1, 2, 3]
    again = zarrc.create_array(None, shape=3, dtype="i4", compressors=array.compressors, serializer=array.serializer)
    assert again.metadata == array.metadata


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"compressors": {"name": "nonesuch"}}, UnknownCodecError),
        ({"compressors": {"id": "delta", "dtype": "<i4"}}, MetadataValidationError),
        ({"compressors": {"name": "bytes"}}, CodecValidationError),
        ({"filters": {"name": "gzip"}}, CodecValidationError),
        ({"serializer": {"name": "gzip"}}, CodecValidationError),
        ({"compressors": 5}, CodecValidationError),
        ({"compressors": {"name": "gzip", "configuration": {"level": 77}}}, CodecValidationError),
        ({"filters": {"name": "transpose", "configuration": {"order": [0, 1]}}}, CodecValidationError),
        ({"zarr_format": 2, "compressors": [{"id": "zlib"}, {"id": "zlib"}]}, CodecValidationError),
        ({"zarr_format": 2, "serializer": {"name": "bytes"}}, CodecValidationError),
        ({"zarr_format": 2, "dimension_names": ["x"]}, MetadataValidationError),
        ({"dimension_names": ["x", "y"]}, MetadataValidationError),
        ({"zarr_format": 4}, ValueError),
        ({"order": "A"}, ValueError),
        ({"attributes": {"a": object()}}, TypeError),
    ],
)
def test_bad_settings_write_nothing(settings, error):
    store = MemoryStore()
    with pytest.raises(error):
        zarrc.create_array(store, **{"shape": 3, "dtype": "i4", **settings})
    assert list(store.list_prefix_sync("")) == []


def test_dimension_names():
    array = zarrc.create_array(None, shape=(2, 3), dtype="i4", dimension_names=["x", None])
    assert array.metadata.dimension_names == ("x", None)
    assert document(array)["dimension_names"] == ["x", None]


def test_data():
    value = np.arange(6, dtype=">i2").reshape(2, 3)
    for zarr_format in (2, 3):
        array = zarrc.create_array(None, data=value, zarr_format=zarr_format)
        assert np.array_equal(array[...], value)
        assert not zarrc.create_array(None, data=value, write_data=False, zarr_format=zarr_format)[...].any()
    assert zarrc.create_array(None, data=[[1, 2]]).shape == (1, 2)
    assert zarrc.create_array(None, data=array)[1, 2] == 5
    for settings in ({"data": value, "shape": 6}, {"data": value, "dtype": "i2"}, {"shape": 3}, {"dtype": "i4"}, {}):
        with pytest.raises(ValueError):
            zarrc.create_array(None, **settings)


def test_objects_need_a_hint():
    with pytest.raises(ValueError):
        zarrc.create_array(None, shape=3, dtype=object)
    with pytest.raises(ValueError):
        zarrc.create_array(None, shape=3, dtype="nonsense")


def test_codecs_after_a_shard_are_warned_of():
    settings = {"shape": 8, "chunks": 8, "dtype": "u1", "serializer": zarrc.codecs.ShardingCodec((2,))}
    with pytest.warns(ZarrUserWarning, match="disables partial reads.*give 'gzip' to the sharding codec") as seen:
        array = zarrc.create_array({}, **settings, compressors="gzip")
    assert seen[0].filename == __file__
    assert [codec.name for codec in zarrc.open_array(array.store).metadata.codecs] == ["sharding_indexed", "gzip"]
    zarrc.create_array({}, **settings, compressors=None, filters=[zarrc.codecs.TransposeCodec((0,))])
