"""Arrays that another library has made from the start, documents and chunks, read and changed by zarrc.

Each library is given the least it needs, so that what its documents spell out, leave out or abbreviate is its own.
"""

from __future__ import annotations

import json
import warnings
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from interop.libraries import LIBRARIES, NotSupported, _refused, installed

import zarrc

SHAPE, CHUNK, SHARD = (5, 7), [2, 4], [4, 8]
LITTLE = {"name": "bytes", "configuration": {"endian": "little"}}
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
TRANSPOSE = {"name": "transpose", "configuration": {"order": [1, 0]}}
GZIP = {"name": "gzip", "configuration": {"level": 3}}
ZSTD = {"name": "zstd", "configuration": {"level": 1, "checksum": True}}
BLOSC = {
    "name": "blosc",
    "configuration": {"cname": "lz4", "clevel": 5, "shuffle": "bitshuffle", "typesize": 4, "blocksize": 0},
}


def sharded(codecs: list, location: str) -> dict:
    index = {"index_codecs": [LITTLE, {"name": "crc32c"}], "index_location": location}
    return {"name": "sharding_indexed", "configuration": {"chunk_shape": CHUNK, "codecs": codecs, **index}}


V3: dict[str, list] = {
    "bytes": [LITTLE],
    "big": [BIG],
    "transpose": [TRANSPOSE, LITTLE],
    "gzip": [LITTLE, GZIP],
    "zstd": [LITTLE, ZSTD],
    "blosc": [LITTLE, BLOSC],
    "crc32c": [LITTLE, {"name": "crc32c"}],
    "shard": [sharded([LITTLE, ZSTD], "end")],
    "shard start": [sharded([TRANSPOSE, BIG], "start")],
    "shard in shard": [sharded([sharded([LITTLE], "end")], "end")],
}
V3["shard in shard"][0]["configuration"]["codecs"][0]["configuration"]["chunk_shape"] = [1, 2]
V2: dict[str, Any] = {
    "none": None,
    "zlib": {"id": "zlib", "level": 2},
    "blosc": {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 2, "blocksize": 0},
    "zstd": {"id": "zstd", "level": 2},
    "bz2": {"id": "bz2", "level": 1},
}
TYPES = ["bool", "int8", "uint16", "int32", "uint64", "float16", "float32", "float64", "complex64", "complex128"]
OTHER_TYPES = ["bfloat16", "int4", "float8_e4m3fn", "string"]


def values(dtype: str) -> np.ndarray:
    rng = np.random.default_rng(3)
    if dtype == "string":
        return np.array([f"w{n}" * (n % 3) for n in range(35)], np.dtypes.StringDType()).reshape(SHAPE)
    if dtype in OTHER_TYPES:
        return rng.integers(-7, 7, SHAPE).astype(np.float32)
    made = rng.integers(0, 100, SHAPE).astype(dtype)
    made[0] = 0
    return made


def document(dtype: str, codecs: list) -> dict:
    fill = [0, 0] if dtype.startswith("complex") else {"bool": False, "string": ""}.get(dtype, 0)
    fill = float(fill) if dtype.startswith(("float", "bfloat")) else fill
    shards = codecs[0]["name"] == "sharding_indexed"
    if dtype == "string":
        codecs = [{"name": "vlen-utf8"}, *codecs[1:]]
    if np.dtype(dtype if dtype in TYPES else "u2").itemsize == 1:
        codecs = [{"name": "bytes"} if codec["name"] == "bytes" else codec for codec in codecs]
    return {
        "zarr_format": 3,
        "node_type": "array",
        "shape": list(SHAPE),
        "data_type": dtype,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": SHARD if shards else CHUNK}},
        "chunk_key_encoding": {"name": "default"},
        "fill_value": fill,
        "codecs": codecs,
        "attributes": {},
    }


def by_tensorstore(folder: Path, dtype: str, codecs: list, value: np.ndarray) -> None:
    import tensorstore

    full = document(dtype, codecs)
    metadata = {key: full[key] for key in ("shape", "data_type", "chunk_grid", "codecs")}
    spec = {"driver": "zarr3", "kvstore": {"driver": "file", "path": str(folder)}, "metadata": metadata}
    array = _refused(lambda: tensorstore.open(spec, create=True).result())
    _refused(lambda: array.write(value.astype(array.dtype.numpy_dtype)).result())


def by_zarrista(folder: Path, dtype: str, codecs: list, value: np.ndarray) -> None:
    import zarrista
    from zarrista.store import FilesystemStore

    folder.mkdir()
    array = _refused(lambda: zarrista.Array.from_metadata(document(dtype, codecs), FilesystemStore(str(folder)), "/"))
    _refused(array.store_metadata)
    _refused(lambda: array.store_array_subset(..., np.array(value, order="C")))


def by_zarrs(folder: Path, dtype: str, codecs: list, value: np.ndarray) -> None:
    import zarr

    zarr.config.set({"codec_pipeline.path": "zarrs.ZarrsCodecPipeline", "codec_pipeline.strict": True})
    try:
        chunks = document(dtype, codecs)["chunk_grid"]["configuration"]["chunk_shape"]
        array = _refused(
            lambda: zarr.create(
                store=str(folder),
                shape=SHAPE,
                chunks=chunks,
                dtype=dtype,
                codecs=codecs,
                fill_value=None,
                zarr_format=3,
            )
        )
        _refused(lambda: array.__setitem__(..., value))
    finally:
        zarr.config.reset()


MAKERS = {"tensorstore": by_tensorstore, "zarrista": by_zarrista, "zarrs": by_zarrs}


@pytest.fixture(autouse=True)
def quiet():
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def check(folder: Path, value: np.ndarray, library: str) -> None:
    """Reads it whole and in part, writes into it, and lets the library read that."""
    array = zarrc.open_array(folder, mode="r+")
    same = np.asarray(array[...]).astype(value.dtype)
    assert np.array_equal(same, value)
    assert np.array_equal(np.asarray(array[1:5:2, 3:]).astype(value.dtype), value[1:5:2, 3:])
    documents = {path: path.read_bytes() for path in (*folder.glob("zarr.json"), *folder.glob(".z*ay"))}
    array[3, 2:6] = array[0, 2:6]
    changed = value.copy()
    changed[3, 2:6] = value[0, 2:6]
    assert np.array_equal(np.asarray(zarrc.open_array(folder)[...]).astype(value.dtype), changed)
    assert documents
    assert all(path.read_bytes() == content for path, content in documents.items())
    try:
        again = LIBRARIES[library][0](folder)
    except NotSupported:
        return
    assert np.array_equal(np.asarray(again).astype(value.dtype), changed)


@pytest.mark.parametrize("library", MAKERS)
@pytest.mark.parametrize("codecs", V3)
@pytest.mark.parametrize("dtype", TYPES + OTHER_TYPES)
def test_v3(tmp_path, library, dtype, codecs):
    if not installed(library):
        pytest.skip(f"{library} is not installed")
    if library == "zarrs" and dtype.startswith("complex") and codecs in ("big", "shard start"):
        pytest.skip("zarrs writes the parts of big-endian complex numbers wrongly in chunks at the edge")
    if dtype in OTHER_TYPES[:3]:
        pytest.importorskip("ml_dtypes")
    value = values(dtype)
    given = value
    if dtype in OTHER_TYPES[:3]:
        given = value.astype(zarrc.dtypes.from_numpy(dtype).dtype)
        value = given.astype(np.float32)
    try:
        MAKERS[library](tmp_path / "a", dtype, V3[codecs], given)
    except NotSupported as e:
        pytest.skip(f"{library} refuses it: {e}"[:200])
    check(tmp_path / "a", value, library)


@pytest.mark.parametrize("compressor", V2)
@pytest.mark.parametrize("dtype", ["|b1", "|i1", "<u2", ">i4", "<f4", ">f8", "<c8"])
@pytest.mark.parametrize("order", ["C", "F"])
@pytest.mark.parametrize("separator", [".", "/"])
def test_v2_by_tensorstore(tmp_path, dtype, compressor, order, separator):
    if not installed("tensorstore"):
        pytest.skip("tensorstore is not installed")
    import tensorstore

    metadata = {"shape": list(SHAPE), "chunks": CHUNK, "dtype": dtype, "compressor": V2[compressor], "order": order}
    folder = tmp_path / "a"
    spec = {
        "driver": "zarr",
        "kvstore": {"driver": "file", "path": str(folder)},
        "metadata": {**metadata, "dimension_separator": separator},
    }
    value = values(np.dtype(dtype).name)
    array = tensorstore.open(spec, create=True).result()
    array.write(value.astype(array.dtype.numpy_dtype)).result()
    assert json.loads((folder / ".zarray").read_text())["dtype"] == dtype
    check(folder, value, "tensorstore")
