"""Stores of ExZarr 1.0.1, read as ExZarr means them, and stores made for it."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrc
from zarrc.codecs import ChunkSpec
from zarrc.codecs.crc32c_table import crc32c
from zarrc.errors import (
    ArrayNotFoundError,
    CodecError,
    ContainsArrayError,
    GroupNotFoundError,
    MetadataValidationError,
    NodeTypeValidationError,
    ReadOnlyError,
)
from zarrc.interop import exzarr
from zarrc.interop.exzarr.codecs import FramedBzip2, FramedLZ4, ReciprocalScale, SplicedGzip, Unapplied
from zarrc.interop.exzarr.shards import ExZarrShard

_NAMED = os.environ.get("ZARRC_GOLDEN")
GOLDEN = (Path(_NAMED) if _NAMED else Path(__file__).resolve().parents[3] / "shared" / "golden") / "exzarr"
_MANIFEST = GOLDEN / "manifest.json"
ENTRIES: list[dict[str, Any]] = json.loads(_MANIFEST.read_text())["entries"] if _MANIFEST.exists() else []
golden = pytest.mark.skipif(
    not ENTRIES, reason=f"no golden stores at {GOLDEN.parent}; ZARRC_GOLDEN may name their folder"
)

# No element of these was ever stored: (error, what it says, why there is nothing).
NO_DATA: dict[str, tuple[type[Exception], str]] = {
    # FormatConverter failed with {:cannot_convert, ...} and left nothing but an empty folder, or not even that
    "conv/v3gzip_to_v2": (ArrayNotFoundError, "No array found"),
    "conv/v3none_to_v2": (ArrayNotFoundError, "No array found"),
    # {:error, :write_failed}: as a v2 compressor ExZarr does not know gzip
    "v2/codec_gzip_float64": (exzarr.ExZarrError, "'compressor'.*gzip.*fails to write chunks"),
    # ArgumentError at the first chunk: floats are not converted to integers
    "v2/filter_astype_f8_i4_none": (exzarr.ExZarrError, "'filters'.*astype.*fails to write chunks"),
    "v2/filter_astype_f8_i4_zlib": (exzarr.ExZarrError, "'filters'.*astype.*fails to write chunks"),
}
# Metadata only: ExZarr raises on these fill values, while Zarr has a meaning for them.
FILL_ONLY = {"v2/fill_meta_null": 0.0, "v3/fill_meta_NaN": np.nan, "v3/fill_meta_Infinity": np.inf}
# What Zarr can make nothing of, or something wrong, so that nothing may be written.
PRIVATE = {
    *("v2/codec_blosc_int32", "v2/codec_bzip2_float64", "v2/codec_bzip2_int32", "v2/codec_crc32c_float64"),
    *("v2/codec_lz4_int32", "v2/datetime64_1d_zlib", "v2/filter_categorize_i4_none", "v2/filter_categorize_i4_zlib"),
    *("v2/filter_fso_scale0.1_none", "v2/filter_fso_scale0.1_zlib", "v2/filter_fso_scale1_none"),
    *("v2/filter_fso_scale1_zlib", "v2/filter_packbits_bool_zlib", "v3/a2a_bitround_f4", "v3/a2a_shuffle"),
    *("v3/codec_bz2", "v3/codec_lz4", "v3/datetime64_1d_le", "v3/timedelta64_1d_le", "v3/shard_1d_ragged_gzip"),
    *("v3/shard_2d_bytes", "v3/shard_2d_gzip", "v3/shard_2d_partial_bytes", "v3/shard_2d_start_bytes"),
    *("v3/shard_3d_bytes", "v3/shard_3d_gzip", "zip/v3.zip"),
}


def formula(name: str, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """What the manifest's formula gives."""
    i = np.arange(int(np.prod(shape)))
    if dtype.kind == "b":
        values: Any = i % 3 == 0
    elif dtype.kind in "iu":
        whole = (
            i.astype("u8") * np.uint64(2654435761) + np.uint64(12345) if name == "hash" else (i * 3 - 7).astype("u8")
        )
        values = whole.astype(f"u{dtype.itemsize}").view(dtype)
    elif dtype.kind in "Mm":
        values = (i * 86400000000 + 5 if dtype.kind == "M" else i * 1000003 - 7).view(dtype)
    elif name == "ramp":
        values = i * 3 - 7
    elif name == "tenths":
        values = 10 + ((i * 7) % 500) / 10
    elif name == "pi":
        values = 3.14159265358979 * (i + 1) / 7
    else:
        steps = (i * 37) % 1000
        values = steps / 8 - 20 if dtype in (np.dtype("f4"), np.dtype("c8")) else steps * 0.1 - 3
        values = values + 1j * (i / 4) if dtype.kind == "c" else values
    return np.asarray(values).astype(dtype).reshape(shape)


def expected(entry: dict[str, Any]) -> np.ndarray:
    """The formula's values in the box that was written, the fill value around it."""
    name = entry["dtype"] + ("[us]" if entry["dtype"] in ("datetime64", "timedelta64") else "")
    shape = tuple(entry["shape"])
    values = formula(entry["formula"], np.dtype(name), shape)
    if "written_box" not in entry:
        return values
    start, stop = entry["written_box"]
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    out = np.full(shape, entry["fill_value"], name)
    out[box] = values[box]
    return out


def entries(*kinds: str) -> list[Any]:
    return [pytest.param(entry, id=entry["path"]) for entry in ENTRIES if entry["kind"] in kinds]


# reading ---------------------------------------------------------------------------------------------------------
@golden
def test_every_entry_is_tested():
    assert len(ENTRIES) == 132
    assert {entry["kind"] for entry in ENTRIES} == {"array", "zip-array", "group"}
    assert {entry["path"] for entry in ENTRIES} >= NO_DATA.keys() | FILL_ONLY.keys() | PRIVATE


@golden
@pytest.mark.parametrize("entry", entries("array", "zip-array"))
def test_array(entry):
    store, path = GOLDEN / entry["path"], entry["path"]
    if path in NO_DATA:
        error, message = NO_DATA[path]
        assert entry["exzarr_write"] != "ok"
        with pytest.raises(error, match=message):
            exzarr.open_array(store)
        return
    array = exzarr.open_array(store)
    assert array.metadata.zarr_format == entry["zarr_format"]
    assert array.shape == tuple(entry["shape"])
    assert array.chunks == tuple(entry["chunks"])
    assert bool(array.deviations) == (path in PRIVATE)
    if entry.get("dimension_names"):
        assert array.metadata.dimension_names == tuple(entry["dimension_names"])
    if path in FILL_ONLY:
        assert array.nchunks_initialized == 0
        np.testing.assert_array_equal(array[...], np.full(array.shape, FILL_ONLY[path], array.dtype))
        return
    found = exzarr.read(store)
    assert found.dtype.newbyteorder("<").name == entry["dtype"] + ("[us]" if found.dtype.kind in "Mm" else "")
    assert found.tobytes() == (GOLDEN / entry["raw"]).read_bytes()
    if entry["expected_from"] == "formula":
        np.testing.assert_array_equal(found, expected(entry))
    # parts, through the same chunks
    key = tuple(slice(n // 3, n - n // 4) for n in array.shape)
    assert array[key].tobytes() == found[key].tobytes()
    points = tuple(np.array([0, n - 1, n // 2]) for n in array.shape)
    assert array.vindex[points].tobytes() == found[points].tobytes()
    assert pickle.loads(pickle.dumps(array))[...].tobytes() == found.tobytes()


@golden
@pytest.mark.parametrize("entry", entries("array"))
def test_writing(entry, tmp_path):
    """What zarrc.open_array understands in the same way may be written; all else says why not."""
    if entry["path"] in NO_DATA:
        return
    store = tmp_path / "store"
    shutil.copytree(GOLDEN / entry["path"], store, copy_function=shutil.copyfile)
    for folder in (store, *store.rglob("*")):
        folder.chmod(0o755)
    with pytest.raises(ReadOnlyError):
        exzarr.open_array(store)[...] = 0
    array = exzarr.open_array(store, mode="r+")
    data = np.ones(array.shape, array.dtype)
    if array.deviations:
        before = array[...]
        for write in (lambda: array.__setitem__(..., data), lambda: array.resize((1,) * array.ndim)):
            with pytest.raises(exzarr.ExZarrError, match="not written, because ExZarr"):
                write()
        with pytest.raises(exzarr.ExZarrError, match="not written, because ExZarr"):
            array.attrs["a"] = 1
        assert array[...].tobytes() == before.tobytes()
        return
    array[...] = data
    plain = zarrc.open_array(store, mode="r")
    assert plain.metadata == array.metadata
    np.testing.assert_array_equal(plain[...], array[...])
    array.resize(tuple(n + 1 for n in array.shape))
    assert exzarr.open_array(store).shape == array.shape


@golden
@pytest.mark.parametrize("entry", entries("group"))
def test_group(entry):
    store = GOLDEN / entry["path"]
    group = exzarr.open_group(store)
    for path in entry["arrays"]:
        array = group[path]
        assert array.metadata.zarr_format == int(path[-1])
        dumped = GOLDEN / f"{entry['path']}.{path.replace('/', '.')}.raw"
        data = dumped.read_bytes() if dumped.exists() else formula("hash", array.dtype, array.shape).tobytes()
        assert array[...].tobytes() == data
    members = dict(group.members(max_depth=None))
    assert {name for name, node in members.items() if isinstance(node, zarrc.Array)} == set(entry["arrays"])
    assert members["sub"].path == "sub" and isinstance(members["sub"], exzarr.ExZarrGroup)
    assert pickle.loads(pickle.dumps(group)) == group
    with pytest.raises(NodeTypeValidationError):
        exzarr.open_array(store)
    with pytest.raises(ContainsArrayError):
        exzarr.open_group(store, path="a2")
    with pytest.raises(GroupNotFoundError):
        exzarr.open_group(store, path="none")


# documents -------------------------------------------------------------------------------------------------------
V2 = {"zarr_format": 2, "shape": [4], "chunks": [4], "dtype": "<i4", "order": "C", "fill_value": 0, "filters": None}
V2 |= {"compressor": None}
BYTES, GZIP = {"name": "bytes", "configuration": {}}, {"name": "gzip", "configuration": {"level": 5}}
V3 = {"zarr_format": 3, "node_type": "array", "shape": [4], "data_type": "int32", "fill_value": 0, "codecs": [BYTES]}
V3 |= {"chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [4]}}, "attributes": {}}
V3 |= {"chunk_key_encoding": {"name": "default"}}


def store_of(document: dict[str, Any], chunk: bytes | None = None) -> dict[str, bytes]:
    name, key = (".zarray", "0") if document["zarr_format"] == 2 else ("zarr.json", "c/0")
    return {name: json.dumps(document).encode()} | ({} if chunk is None else {key: chunk})


def shard_codec(**changes: Any) -> dict[str, Any]:
    configuration = {"chunk_shape": [2], "codecs": [BYTES], "index_codecs": [{"name": "bytes"}, {"name": "crc32c"}]}
    return {"name": "sharding_indexed", "configuration": {**configuration, **changes}}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"dtype": ">i4"}, "'dtype'.*ExZarr does not write this"),
        ({"dtype": "<f2"}, "'dtype'"),
        ({"dtype": "<M8[us]"}, "'dtype'"),
        ({"dtype": [["a", "<i4"]]}, "'dtype'"),
        ({"order": "F"}, "'order'"),
        ({"dimension_separator": "/"}, "'dimension_separator'"),
        ({"compressor": {"id": "gzip", "level": 5}}, "fails to write chunks"),
        ({"compressor": {"id": "lz4", "acceleration": 1}}, "'compressor'"),
        ({"compressor": {"id": "mine"}}, "'compressor'.*not one of ExZarr's own"),
        ({"compressor": {"id": "crc32c", "location": "start"}}, "'compressor'"),
        ({"compressor": {"id": "blosc", "level": 11}}, "'compressor'"),
        ({"compressor": "zlib"}, "'compressor'"),
        ({"filters": [{"id": "mine"}]}, "'filters'.*not one of ExZarr's own"),
        ({"filters": {"id": "delta"}}, "'filters'"),
        ({"filters": [3]}, "'filters'"),
    ],
)
def test_v2_refused(changes, message):
    with pytest.raises(exzarr.ExZarrError, match=message):
        exzarr.open_array(store_of({**V2, **changes}))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"data_type": "float16"}, "'data_type'"),
        ({"chunk_grid": {"name": "irregular", "configuration": {"chunk_sizes": [[4]]}}}, "'chunk_grid'"),
        ({"chunk_key_encoding": {"name": "v2"}}, "'chunk_key_encoding'"),
        ({"chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}}}, "'chunk_key_encoding'"),
        ({"codecs": []}, "'codecs'"),
        ({"codecs": [GZIP]}, "'codecs'"),
        ({"codecs": [BYTES, BYTES]}, "two codecs"),
        ({"codecs": [BYTES, {"name": "snappy"}]}, "snappy"),
        ({"codecs": [BYTES, {"name": "mine"}]}, "not one of"),
        ({"codecs": [{"name": "transpose", "configuration": {"order": [0]}}, BYTES]}, "transpose"),
        ({"codecs": [{"name": "quantize"}, BYTES]}, "quantize"),
        ({"codecs": [{"name": "shuffle"}, BYTES]}, "elementsize"),
        ({"codecs": [shard_codec(), GZIP]}, "around its shards"),
        ({"codecs": [shard_codec(chunk_shape=[2, 2])]}, "as many axes"),
        ({"codecs": [shard_codec(chunk_shape=[0])]}, "positive"),
        ({"codecs": [shard_codec(codecs=[{"name": "delta"}, BYTES])]}, "twice"),
        ({"codecs": [shard_codec(index_codecs=[{"name": "bytes"}, GZIP])]}, "'index_codecs'"),
    ],
)
def test_v3_refused(changes, message):
    with pytest.raises(MetadataValidationError, match=message):
        exzarr.open_array(store_of({**V3, **changes}))


RAMP = np.arange(4, dtype="<i4")


@pytest.mark.parametrize(
    ("document", "chunk", "values"),
    [
        ({**V2, "compressor": {"id": "snappy", "level": 5}}, "snappy", [0, 1, 2, 3]),
        ({**V2, "filters": [{"id": "packbits"}]}, RAMP.tobytes(), [0, 1, 2, 3]),
        ({**V3, "codecs": [{"name": "delta"}, BYTES]}, RAMP.tobytes(), [0, 1, 2, 3]),
        ({**V3, "codecs": [{"name": "bytes", "configuration": {"endian": "big"}}]}, RAMP.tobytes(), [0, 1, 2, 3]),
        ({**V3, "fill_value": None}, None, [0] * 4),
        ({**V3, "data_type": "bool", "fill_value": 1}, None, [True] * 4),
        ({**V3, "data_type": "complex64", "fill_value": 0}, None, [0] * 4),
        ({**V3, "data_type": "datetime64", "fill_value": None}, None, None),
    ],
)
def test_deviating_documents(document, chunk, values):
    """Forms without a golden store, as the description of ExZarr has them."""
    if chunk == "snappy":
        chunk = zarrc.codecs.SnappyCodec().encode(RAMP.tobytes())
    array = exzarr.open_array(store_of(document, chunk))
    assert array.deviations
    found = array[...]
    assert found.tolist() == values if values is not None else (found == np.datetime64(0, "us")).all()


def test_places(tmp_path):
    with pytest.raises(ArrayNotFoundError):
        exzarr.open_array({})
    with pytest.raises(NodeTypeValidationError):
        exzarr.open_array({"zarr.json": b'{"zarr_format": 3, "node_type": "group"}'})
    with pytest.raises(ValueError, match="mode"):
        exzarr.open_array({}, mode="w")
    array = exzarr.open_array(store_of(V2, RAMP.tobytes()), config={"order": "F"})
    assert array.order == "F" and array.with_config({"order": "C"}).deviations == ()
    (tmp_path / "bad.zip").write_bytes(b"no zip")
    with pytest.raises(exzarr.ExZarrError, match="not a zip file"):
        exzarr.open_array(tmp_path / "bad.zip")


def test_zip(tmp_path):
    path = tmp_path / "array.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr(".zarray", json.dumps(V2))
        file.writestr("0", RAMP.tobytes())
    array = exzarr.open_array(path, mode="r+")
    assert array[1:3].tolist() == [1, 2]
    assert sorted(array.store.list_dir_sync("")) == [".zarray", "0"]
    assert array.nchunks_initialized == 1
    assert array.store.get_sync("0", -4) == RAMP[3:].tobytes()
    with pytest.raises(ReadOnlyError):
        array[0] = 1
    with pytest.raises(ReadOnlyError):
        array.store.with_read_only(False)
    array.store.close()
    assert array[...].tolist() == [0, 1, 2, 3]
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"0", raw.index(b"PK\x03\x04", 4)) + 3] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises((exzarr.ExZarrError, CodecError)):
        exzarr.read(path)


# codecs ----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("codec", [FramedLZ4(), FramedBzip2(), Unapplied("packbits")])
@pytest.mark.parametrize("size", [1, 48, 5000])
def test_framed(codec, size):
    data = (np.arange(size) % 7).astype("u1").tobytes()
    assert codec.decode(codec.encode(data), nbytes=size) == data


@pytest.mark.parametrize("codec", [FramedLZ4(), FramedBzip2()])
def test_framed_bad(codec):
    stored = codec.encode(bytes(range(100)))
    assert int.from_bytes(stored[:8], "little") == 100
    wrong = [b"", stored[:8], stored[:20], (101).to_bytes(8, "little") + stored[8:], b"\xff" * 8 + stored[8:]]
    for data in (*wrong, (99).to_bytes(8, "little") + stored[8:]):
        with pytest.raises(CodecError):
            codec.decode(data, nbytes=101)
    with pytest.raises(CodecError, match="expected"):
        codec.decode(stored, nbytes=99)


def test_reciprocal_scale():
    codec = ReciprocalScale(offset=10, scale=0.1, dtype="<f8", astype="<i2")
    values = np.array([10.0, 10.7, 9.3])
    stored = codec.encode(values.tobytes())
    assert np.frombuffer(stored, "<i2").tolist() == [0, 7, -7]
    np.testing.assert_allclose(np.frombuffer(codec.decode(stored), "<f8"), values)
    assert codec.native(ChunkSpec((3,), np.dtype("<f8"))) is None


def test_spliced_gzip():
    """Only the end of a gzip member of a chunk is cut off, and no chunk whose start is still compressed is read."""
    codec = SplicedGzip()
    old = codec.encode(bytes(16))
    new = bytes(range(1, 17))
    assert codec.decode(codec.encode(new), nbytes=16) == new
    long_enough = (old * 2)[-40:]
    assert codec.decode(codec.encode(new + long_enough[16:]), nbytes=16) == new
    with pytest.raises(CodecError, match="elements are lost"):
        codec.decode(codec.encode(codec.encode(bytes(range(16)))), nbytes=16)
    with pytest.raises(CodecError, match="expected"):
        codec.decode(codec.encode(new + bytes(8)), nbytes=16)
    with pytest.raises(CodecError):
        codec.decode(codec.encode(new + bytes(10**6)), nbytes=16)


def shard(entries: list[tuple[list[int], int, int]], chunks: bytes, *, size: int | None = None) -> bytes:
    index = len(entries).to_bytes(4, "little")
    for grid, _, _ in entries:
        index += len(grid).to_bytes(4, "little") + np.array(grid, "<i4").tobytes()
    for _, offset, nbytes in entries:
        index += np.array([offset, nbytes], "<u8").tobytes()
    index += crc32c(memoryview(index)).to_bytes(4, "little")
    return chunks + index + (len(index) if size is None else size).to_bytes(8, "little")


def test_shard():
    spec = ChunkSpec((4,), np.dtype("<i4"), np.int32(9))
    codec = ExZarrShard((2,)).resolve(spec)
    chunks = RAMP.tobytes()
    assert codec.decode(shard([([6], 0, 8), ([7], 8, 8)], chunks)).tolist() == [0, 1, 2, 3]
    assert codec.decode(shard([([7], 0, 8)], chunks)).tolist() == [9, 9, 0, 1]
    assert codec.decode(shard([], b"")).tolist() == [9] * 4
    good = shard([([0], 0, 8)], chunks)
    bad = {
        "cannot hold": [b"", good[:7], shard([], b"", size=1 << 60)],
        "checksum": [good[:20] + b"\xff" + good[21:]],
        "a shard has 2": [shard([([i], 0, 8) for i in range(3)], chunks)],
        "more than one shard": [shard([([0], 0, 8), ([2], 0, 8)], chunks), shard([([-1], 0, 8)], chunks)],
        "not within": [shard([([0], 12, 8)], chunks), shard([([0], 0, (1 << 64) - 1)], chunks)],
        "there twice": [shard([([0], 0, 8), ([0], 8, 8)], chunks)],
        "inner chunk": [shard([([0], 0, 7)], chunks)],
        "axes": [shard([([0, 0], 0, 8)], chunks)],
    }
    for message, stored in bad.items():
        for data in stored:
            with pytest.raises(CodecError, match=message):
                codec.decode(data)
    with pytest.raises(exzarr.ExZarrError):
        codec.encode(RAMP)


# creating --------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("compressor", [None, "zlib", "gzip", "zstd", "blosc"])
@pytest.mark.parametrize("dtype", ["i1", "u2", "<i4", "u8", "f4", "f8", "?", "c8", "c16"])
def test_create(zarr_format, compressor, dtype, tmp_path):
    refused = compressor == ("gzip" if zarr_format == 2 else "zlib") or (
        zarr_format == 3 and dtype in ("?", "c8", "c16")
    )
    data = formula("ramp", np.dtype(dtype), (7, 10))

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
