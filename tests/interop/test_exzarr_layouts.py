"""Documents, codecs and shards of ExZarr's, apart from the golden stores."""

from __future__ import annotations

import json
import zipfile
from typing import Any

import numpy as np
import pytest

import zarrc
from zarrc.codecs import ChunkSpec
from zarrc.codecs.crc32c_table import crc32c
from zarrc.errors import (
    ArrayNotFoundError,
    CodecError,
    MetadataValidationError,
    NodeTypeValidationError,
    ReadOnlyError,
)
from zarrc.interop import exzarr
from zarrc.interop.exzarr.codecs import FramedBzip2, FramedLZ4, ReciprocalScale, SplicedGzip, Unapplied
from zarrc.interop.exzarr.shards import ExZarrShard
from zarrc.stores.zip import DamagedZipError

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
    with pytest.raises(DamagedZipError, match="not a zip file"):
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
    assert array.store.get_bytes("0", -4) == RAMP[3:].tobytes()
    with pytest.raises(ReadOnlyError):
        array[0] = 1
    array.store.close()
    assert array[...].tolist() == [0, 1, 2, 3]
    with zipfile.ZipFile(path) as file:
        data = file.getinfo("0").header_offset + 30 + len("0")  # behind the member's header and name
    raw = bytearray(path.read_bytes())
    raw[data + 2] ^= 0xFF
    path.write_bytes(raw)
    with pytest.raises((DamagedZipError, CodecError)):
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
