from __future__ import annotations

import itertools
import json

import numpy as np
import pytest

import zarrc
from zarrc.metadata import ArrayV2Metadata, build_array_metadata
from zarrc.metadata.migrate_v3 import migrate_v2_to_v3
from zarrc.metadata.v2_to_v3 import v3_metadata

RNG = np.random.default_rng(3)
NUMBERS = [
    f"{order}{kind}" for order, kind in itertools.product("<>", ("i2", "u4", "i8", "f2", "f4", "f8", "c8", "c16"))
]
OTHERS = ["|b1", "|i1", "|u1", "<M8[s]", ">M8[ns]", "<m8[10us]", ">m8[D]", "|S3", "<U2", ">U3", "|V5"]
STRUCTS = [[("a", "<i4"), ("b", "|u1"), ("c", "<f8")], [("a", ">i4"), ("b", ">U2")], [("a", "|S2"), ("b", "|i1")]]


def values(dtype, shape):
    dtype = np.dtype(dtype)
    if dtype.kind == "U":
        return RNG.choice(np.array(["", "a", "zé", "\U0001f600"]), size=shape).astype(dtype)
    raw = RNG.integers(0, 2 if dtype.kind == "b" else 120, size=(*shape, dtype.itemsize), dtype="u1")
    if dtype.names:
        made = np.empty(shape, dtype)
        for name in dtype.names:
            made[name] = values(dtype[name], shape)
        return made
    return np.ascontiguousarray(raw).view(dtype)[..., 0]


def migrated(path, data, *, read_as=3, **settings):
    """What was written as v2, as read by the metadata of v3 once those of v2 are gone."""
    settings = {"chunks": tuple(max(1, n // 2) for n in data.shape), "compressors": None, **settings}
    array = zarrc.create_array(
        path, shape=data.shape, dtype=settings.pop("dtype", data.dtype), zarr_format=2, **settings
    )
    array[...] = data
    expected = zarrc.open_array(path, zarr_format=2, mode="r")[...]
    before = {file: file.read_bytes() for file in path.rglob("*") if file.is_file()}
    migrate_v2_to_v3(input_store=path)
    assert {
        file: file.read_bytes() for file in path.rglob("*") if file.is_file() and file.name != "zarr.json"
    } == before
    for name in (".zarray", ".zattrs"):
        (path / name).unlink()
    found = zarrc.open_array(path, zarr_format=read_as, mode="r")
    return expected, found


def assert_same(expected, found):
    assert found.shape == expected.shape
    if expected.dtype.hasobject or expected.dtype.kind == "T":
        assert found.tolist() == expected.tolist()
    else:
        assert found.astype(expected.dtype, casting="equiv").tobytes() == expected.tobytes()


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", [*NUMBERS, *OTHERS, *STRUCTS], ids=str)
def test_data_types(tmp_path, dtype, order):
    data = values(np.dtype(dtype), (5, 4))
    expected, found = migrated(tmp_path / "a", data, order=order, compressors={"id": "zlib", "level": 1})
    assert_same(expected, found[...])
    assert_same(data, found[...])


@pytest.mark.parametrize("separator", [".", "/"])
@pytest.mark.parametrize("shape", [(), (7,), (5, 4), (3, 4, 5)])
@pytest.mark.parametrize("order", ["C", "F"])
def test_shapes_orders_and_separators(tmp_path, shape, order, separator):
    data = values("<i4", shape)
    keys = {"name": "v2", "separator": separator}
    expected, found = migrated(tmp_path / "a", data, order=order, chunk_key_encoding=keys)
    assert_same(expected, found[...])
    assert found.metadata.chunk_key_encoding.name == "v2"
    names = [codec["name"] for codec in found.metadata.named_codecs]
    assert names == ["transpose"] * (order == "F" and len(shape) > 1) + ["bytes"]


FIXED = {"id": "fixedscaleoffset", "scale": 10, "offset": 3}
CHAINS = [
    ("<i4", None, {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}),
    ("|u1", None, {"id": "blosc", "cname": "zstd", "clevel": 1, "shuffle": -1, "blocksize": 0}),
    ("<f8", None, {"id": "blosc", "cname": "blosclz", "clevel": 9, "shuffle": 2, "blocksize": 0}),
    ("<i4", None, {"id": "blosc", "cname": "zlib", "clevel": 3, "shuffle": 0, "blocksize": 256}),
    ("<f4", None, {"id": "zstd", "level": 3}),
    ("<f4", None, {"id": "zstd", "level": 3, "checksum": True}),
    ("<f4", None, {"id": "gzip", "level": 3}),
    ("<f4", None, {"id": "bz2", "level": 3}),
    ("<f4", None, {"id": "lz4", "acceleration": 2}),
    ("<f4", None, {"id": "lzma", "format": 1, "check": -1, "preset": 1, "filters": None}),
    ("<f4", None, {"id": "crc32", "location": "end"}),
    ("<f4", [{"id": "crc32c"}], None),
    ("<f4", [{"id": "adler32"}], {"id": "zlib", "level": 1}),
    ("<f4", [{"id": "fletcher32"}], None),
    ("<i4", [{"id": "shuffle", "elementsize": 4}], {"id": "zlib", "level": 1}),
    ("<i4", [{"id": "delta", "dtype": "<i4"}], {"id": "zlib", "level": 1}),
    (">i4", [{"id": "delta", "dtype": ">i4"}], {"id": "zlib", "level": 1}),
    (">i4", [{"id": "delta", "dtype": ">i4", "astype": "<i2"}], None),
    ("<i4", [{"id": "delta", "dtype": "<i4"}, {"id": "shuffle", "elementsize": 4}], {"id": "zstd", "level": 1}),
    ("<f4", [{**FIXED, "dtype": "<f4", "astype": "<i2"}], {"id": "zstd", "level": 1}),
    (">f4", [{**FIXED, "dtype": ">f4", "astype": ">i2"}, {"id": "delta", "dtype": ">i2"}], None),
    ("<f8", [{"id": "quantize", "digits": 2, "dtype": "<f8"}], {"id": "zlib", "level": 1}),
    ("<f4", [{"id": "bitround", "keepbits": 5}], {"id": "zlib", "level": 1}),
    ("<f8", [{"id": "astype", "encode_dtype": "<f4", "decode_dtype": "<f8"}], {"id": "zlib", "level": 1}),
    (">f8", [{"id": "astype", "encode_dtype": ">f4", "decode_dtype": ">f8"}], None),
    ("|b1", [{"id": "packbits"}], {"id": "zlib", "level": 1}),
    ("<u2", None, {"id": "delta", "dtype": "<u2"}),
]


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize(("dtype", "filters", "compressor"), CHAINS, ids=str)
def test_codecs(tmp_path, dtype, filters, compressor, order):
    data = values(np.dtype(dtype), (5, 4))
    if data.dtype.kind == "f":
        data = (RNG.integers(-100, 100, (5, 4)) / 4).astype(dtype)
    elif filters:
        data = RNG.integers(0, 2, (5, 4)).astype(dtype)
    expected, found = migrated(tmp_path / "a", data, filters=filters, compressors=compressor, order=order)
    assert_same(expected, found[...])


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("codec_id", ["vlen-utf8", "vlen-bytes"])
def test_variable_length(tmp_path, codec_id, order):
    texts = np.array([["", "a", "zé"], ["bc", "d" * 50, "\U0001f600"]], dtype=object)
    data = texts if codec_id == "vlen-utf8" else np.vectorize(str.encode, otypes=[object])(texts)
    dtype = zarrc.dtype.VariableLengthUTF8() if codec_id == "vlen-utf8" else zarrc.dtype.VariableLengthBytes()
    expected, found = migrated(tmp_path / "a", data, dtype=dtype, compressors={"id": "zstd", "level": 1}, order=order)
    assert_same(expected, found[...])
    assert codec_id in [codec["name"] for codec in found.metadata.named_codecs]


@pytest.mark.parametrize(
    ("dtype", "fill"),
    [
        ("<i4", 7),
        ("<i4", None),
        (">f4", float("nan")),
        ("<f8", float("-inf")),
        ("<c8", 1 + 2j),
        ("|b1", True),
        ("<M8[s]", np.datetime64("NaT")),
        ("|S3", b"ab"),
        ("<U3", "ab"),
        (">u2", 258),
    ],
)
def test_fill_values(tmp_path, dtype, fill):
    path = tmp_path / "a"
    old = zarrc.create_array(path, shape=(4,), chunks=(2,), dtype=dtype, zarr_format=2, fill_value=fill)
    migrate_v2_to_v3(input_store=path)
    new = zarrc.open_array(path, zarr_format=3)
    assert new.metadata.fill_value is not None
    assert_same(old[...], new[...])


def test_metadata_document():
    old = ArrayV2Metadata(
        shape=(4, 6),
        dtype=np.dtype(">f8"),
        chunks=(2, 3),
        fill_value=1.5,
        order="F",
        compressor={"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 1, "blocksize": 0},
        attributes={"a": [1, {"b": None}]},
    )
    new = v3_metadata(old)
    assert json.loads(new.documents()["zarr.json"]) == {
        "zarr_format": 3,
        "node_type": "array",
        "shape": [4, 6],
        "data_type": "float64",
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [2, 3]}},
        "chunk_key_encoding": {"name": "v2", "configuration": {"separator": "."}},
        "fill_value": 1.5,
        "codecs": [
            {"name": "transpose", "configuration": {"order": [1, 0]}},
            {"name": "bytes", "configuration": {"endian": "big"}},
            {
                "name": "blosc",
                "configuration": {"typesize": 8, "cname": "zstd", "clevel": 3, "shuffle": "shuffle", "blocksize": 0},
            },
        ],
        "attributes": {"a": [1, {"b": None}]},
        "storage_transformers": [],
    }


def v2(dtype, *, filters=None, compressor=None):
    document = {"zarr_format": 2, "shape": [4], "chunks": [2], "dtype": dtype, "order": "C", "fill_value": None}
    return ArrayV2Metadata.from_dict({**document, "filters": filters, "compressor": compressor})


@pytest.mark.parametrize("codec_id", ["nonesuch", "snappy", "base64", "json2", "pickle"])
def test_codecs_without_counterpart(codec_id):
    message = f"^Couldn't find corresponding zarr.codecs.numcodecs codec for {codec_id} \\(array 'g/a'\\)$"
    with pytest.raises(ValueError, match=message):
        v3_metadata(v2("<i4", filters=[{"id": codec_id}]), "g/a")


def test_filter_on_arrays_behind_bytes():
    filters = [{"id": "shuffle", "elementsize": 4}, {"id": "delta", "dtype": "<i4"}]
    with pytest.raises(TypeError, match=r"Delta.* is not a BytesBytesCodec"):
        v3_metadata(v2("<i4", filters=filters))


def test_fields_of_both_byte_orders():
    with pytest.raises(ValueError, match="both byte orders"):
        v3_metadata(v2([["a", "<i4"], ["b", ">i4"]]))


def test_values_that_v3_cannot_give():
    # the differences of big-endian elements seen as little-endian ones: v3 has no codec that reverses bytes alone
    with pytest.raises(ValueError, match="no codecs of Zarr v3 give the values of"):
        v3_metadata(v2(">i4", filters=[{"id": "delta", "dtype": "<i4"}]))


def test_new_metadata_are_a_fresh_copy():
    old = build_array_metadata(2, (4,), zarrc.dtype.Int16(), (2,), attributes={"a": {"b": 1}})
    v3_metadata(old).attributes["a"]["b"] = 2
    assert old.attributes == {"a": {"b": 1}}


@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("dtype", ["<f4", ">f4"])
@pytest.mark.parametrize(
    ("package", "codec"), [("zfpy", {"id": "zfpy", "mode": 4, "tolerance": 0.01}), ("pcodec", {"id": "pcodec"})]
)
@pytest.mark.parametrize("role", ["filters", "compressors"])
def test_compressors_of_arrays(tmp_path, package, codec, dtype, order, role):
    pytest.importorskip(package)
    data = values(np.dtype("<i4"), (5, 4)).astype(dtype)
    settings = {"filters": [codec]} if role == "filters" else {"compressors": codec}
    expected, found = migrated(tmp_path / "a", data, order=order, **settings)
    assert_same(expected, found[...])
