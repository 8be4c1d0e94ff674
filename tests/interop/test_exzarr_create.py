"""Plain Zarr arrays for ExZarr."""

from __future__ import annotations

import json

import numpy as np
import pytest

import zarrc
from zarrc.errors import ContainsArrayError
from zarrc.interop import exzarr

RAMP = np.arange(4, dtype="<i4")


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("compressor", [None, "zlib", "gzip", "zstd", "blosc"])
@pytest.mark.parametrize("dtype", ["i1", "u2", "<i4", "u8", "f4", "f8", "?", "c8", "c16"])
def test_create(zarr_format, compressor, dtype, tmp_path):
    refused = compressor == ("gzip" if zarr_format == 2 else "zlib") or (
        zarr_format == 3 and dtype in ("?", "c8", "c16")
    )
    data = (np.arange(70).reshape(7, 10) * 3).astype(dtype)

    def create() -> zarrc.Array:
        return exzarr.create_array(
            tmp_path, data=data, chunks=(3, 4), zarr_format=zarr_format, compressor=compressor, overwrite=True
        )

    if refused:
        with pytest.raises(exzarr.ExZarrError, match="does not read it correctly"):
            create()
        assert not list(tmp_path.iterdir())
        return
    array = create()
    for opened in (array, zarrc.open_array(tmp_path, mode="r"), exzarr.open_array(tmp_path)):
        np.testing.assert_array_equal(opened[...], data)
    assert exzarr.open_array(tmp_path).deviations == ()
    document = json.loads((tmp_path / ("zarr.json" if zarr_format == 3 else ".zarray")).read_text())
    assert type(document["fill_value"]) in (int, float)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"dtype": ">i4"}, "dtype"),
        ({"dtype": "f2"}, "dtype"),
        ({"dtype": "M8[us]"}, "microseconds"),
        ({"dtype": "S4"}, "dtype"),
        ({"shape": ()}, "shape"),
        ({"shape": (0, 4)}, "shape"),
        ({"fill_value": None}, "fill_value"),
        ({"dtype": "f4", "fill_value": np.nan}, "fill_value"),
        ({"dtype": "f8", "fill_value": np.inf}, "fill_value"),
        ({"dtype": "c8", "fill_value": 1j}, "fill_value"),
        ({"attributes": {"a": 1}}, "attributes"),
        ({"dimension_names": ["a"]}, "dimension_names"),
        ({"dimension_names": ["a b"], "zarr_format": 3}, "dimension_names"),
        ({"dimension_names": ["a", "a"], "zarr_format": 3}, "dimension_names"),
        ({"dimension_names": [None], "zarr_format": 3}, "dimension_names"),
        ({"compressor": "lz4"}, "eight bytes"),
        ({"compressor": {"id": "bz2", "level": 1}}, "bzip2"),
        ({"compressor": "lzma"}, "compressor"),
        ({"compressor": {"id": "blosc", "cname": "snappy"}}, "snappy"),
        ({"filters": [{"id": "fixedscaleoffset", "offset": 0, "scale": 2, "dtype": "<f8"}]}, "fixedscaleoffset"),
        ({"filters": [{"id": "packbits"}]}, "packbits"),
        ({"filters": [{"id": "bitround", "keepbits": 4}]}, "bitround"),
        ({"filters": [{"id": "delta", "dtype": "<i4", "astype": "<i2"}]}, "astype"),
        ({"filters": [{"id": "delta", "dtype": ">i4"}]}, "dtype"),
        ({"filters": [{"id": "astype", "decode_dtype": "<i4", "encode_dtype": "<i2"}]}, "wider"),
        ({"filters": [{"id": "shuffle", "elementsize": 4}], "zarr_format": 3}, "filters"),
        ({"filters": [{"id": "shuffle", "elementsize": 4}], "dtype": "?"}, "filters"),
        ({"chunks": [[2, 2]]}, "chunks"),
        ({"shards": (4,), "zarr_format": 3}, "shards"),
        ({"order": "F"}, "order"),
        ({"dimension_separator": "/"}, "dimension_separator"),
        ({"chunk_key_encoding": "v2", "zarr_format": 3}, "chunk_key_encoding"),
        ({"serializer": {"name": "bytes", "configuration": {"endian": "big"}}, "zarr_format": 3}, "serializer"),
        ({"compressors": ["zstd"]}, "compressors"),
    ],
)
def test_create_refused(settings, message):
    store: dict[str, bytes] = {}
    with pytest.raises(exzarr.ExZarrError, match=message):
        exzarr.create_array(store, **{"shape": (4,), "dtype": "i4", **settings})
    assert not store


def test_create_settings():
    store: dict[str, bytes] = {}
    filters = [{"id": "delta", "dtype": "<i4"}, {"id": "shuffle", "elementsize": 4}]
    array = exzarr.create_array(store, data=RAMP, filters=filters, order="C", shards=None)
    np.testing.assert_array_equal(exzarr.read(store), RAMP)
    with pytest.raises(ContainsArrayError):
        exzarr.create_array(store, data=RAMP)
    assert array.metadata.filters is not None
    names = exzarr.create_array({}, shape=4, dtype="f4", zarr_format=3, dimension_names=["x"], attributes={"a": 1})
    assert names.metadata.dimension_names == ("x",) and names.attrs["a"] == 1
    for settings in ({"mine": 1}, {"zarr_format": 1}, {"dtype": "i4"}, {"shape": 1}, {"data": RAMP, "shape": 4}):
        with pytest.raises((TypeError, ValueError)):
            exzarr.create_array({}, **settings)


def test_create_in_group():
    store = {".zgroup": b'{"zarr_format": 2}'}
    group = exzarr.open_group(store, mode="r+")
    group.create_array("a", data=RAMP)
    group.create_array("sub/b", data=RAMP, zarr_format=3)
    assert sorted(name for name, _ in group.members(max_depth=None)) == ["a", "sub", "sub/b"]
    assert group["sub/b"][...].tolist() == [0, 1, 2, 3]
    with pytest.raises(exzarr.ExZarrError):
        group.create_array("c", data=RAMP, compressor="lz4")


@pytest.mark.parametrize(("zarr_format", "dtype"), [(2, "i1"), (2, "f8"), (2, "?"), (3, "i1"), (3, "f8")])
def test_created_arrays_are_zarr(zarr_format, dtype, tmp_path):
    """zarr-python reads them too."""
    zarr = pytest.importorskip("zarr")
    data = (np.arange(70).reshape(7, 10) * 3).astype(dtype)
    exzarr.create_array(tmp_path, data=data, chunks=(3, 4), zarr_format=zarr_format)
    np.testing.assert_array_equal(zarr.open_array(tmp_path, mode="r")[...], data)
