"""Arrays of every data type and every codec, for the matrix of who reads what."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from dtype_values import alike, values

import zarrc


class Case(NamedTuple):
    """What `zarrc.create_array` is given beside shape (6, 5); ``chunks`` may be overridden."""

    name: str
    dtype: Any
    settings: dict[str, Any]


def named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


_V3_TYPES = [
    *("bool", "int8", "uint8", "int16", "uint16", "int32", "uint32", "int64", "uint64"),
    *("float16", "float32", "float64", "complex64", "complex128"),
]
_MORE_TYPES: dict[str, Any] = {
    "datetime64[ns]": np.dtype("M8[ns]"),
    "timedelta64[s]": np.dtype("m8[s]"),
    "fixed-length bytes": np.dtype("S5"),
    "fixed-length UTF-32": np.dtype("<U3"),
    "raw bits (r32)": np.dtype("V4"),
    "struct": np.dtype([("a", "<i2"), ("b", "<f4")]),
    "string": np.dtypes.StringDType(),
    "bytes": "bytes",
    "bfloat16": "bfloat16",
    "float8_e4m3fn": "float8_e4m3fn",
    "int4": "int4",
}
_V2_ONLY: dict[str, Any] = {
    "big-endian int32": np.dtype(">i4"),
    "big-endian float64": np.dtype(">f8"),
    "struct with sub-arrays": np.dtype([("a", "<u2"), ("b", "<f8", (2,))]),
}
_NOT_V2 = ("bfloat16", "float8_e4m3fn", "int4")

LITTLE = named("bytes", endian="little")
_SHARD = {"chunks": (2, 1), "shards": (4, 3), "compressors": None}
V3_CODECS: dict[str, dict[str, Any]] = {
    "bytes, big-endian": {"serializer": named("bytes", endian="big"), "compressors": None},
    "transpose": {"filters": named("transpose", order=[1, 0]), "compressors": None},
    "gzip": {"compressors": named("gzip", level=5)},
    "zstd with checksum": {"compressors": named("zstd", level=3, checksum=True)},
    "crc32c": {"compressors": named("crc32c")},
    **{
        f"blosc {cname}": {
            "compressors": named("blosc", cname=cname, clevel=5, shuffle="shuffle", typesize=4, blocksize=0)
        }
        for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
    },
    "blosc bitshuffle": {
        "compressors": named("blosc", cname="zstd", clevel=5, shuffle="bitshuffle", typesize=4, blocksize=0)
    },
    "sharding_indexed": _SHARD,
    "sharding_indexed, index at start": {
        **_SHARD,
        "shards": {"shape": (4, 3), "index_location": "start"},
    },
    "sharding_indexed, transposed inside": {**_SHARD, "filters": named("transpose", order=[1, 0])},
    "sharding_indexed, nested": {
        "chunks": (4, 4),
        "compressors": None,
        "serializer": named(
            "sharding_indexed",
            chunk_shape=[4, 2],
            codecs=[named("sharding_indexed", chunk_shape=[2, 1], codecs=[LITTLE])],
        ),
    },
    "rectilinear chunks": {"chunks": [[1, 2, 3], 2], "compressors": None},
    **{
        f"numcodecs.{name}": {"compressors": named(f"numcodecs.{name}", **configuration)}
        for name, configuration in {
            "zlib": {"level": 2},
            "lz4": {"acceleration": 1},
            "bz2": {"level": 1},
            "lzma": {"format": 1, "check": -1, "preset": None, "filters": None},
            "shuffle": {"elementsize": 4},
            "fletcher32": {},
            "adler32": {},
        }.items()
    },
    **{
        f"numcodecs.{name}": {"filters": named(f"numcodecs.{name}", **configuration), "compressors": None}
        for name, configuration in {"delta": {"dtype": "<i4"}, "bitround": {"keepbits": 10}}.items()
    },
    "separator '.'": {"chunk_key_encoding": ("default", "."), "compressors": None},
    "v2 chunk keys": {"chunk_key_encoding": ("v2", "."), "compressors": None},
}
V2_CODECS: dict[str, dict[str, Any]] = {
    "order F": {"order": "F", "compressors": None},
    "gzip": {"compressors": {"id": "gzip", "level": 5}},
    "zlib": {"compressors": {"id": "zlib", "level": 5}},
    "bz2": {"compressors": {"id": "bz2", "level": 1}},
    "lz4": {"compressors": {"id": "lz4", "acceleration": 1}},
    "zstd": {"compressors": {"id": "zstd", "level": 3}},
    "lzma": {"compressors": {"id": "lzma", "format": 1, "check": -1, "preset": None, "filters": None}},
    **{
        f"blosc {cname}": {"compressors": {"id": "blosc", "cname": cname, "clevel": 5, "shuffle": 1, "blocksize": 0}}
        for cname in ("blosclz", "lz4", "lz4hc", "zlib", "zstd")
    },
    **{
        name: {"filters": [{"id": name, **configuration}], "compressors": None}
        for name, configuration in {
            "delta": {"dtype": "<i4"},
            "shuffle": {"elementsize": 4},
            "crc32": {},
            "crc32c": {},
            "fletcher32": {},
            "fixedscaleoffset": {"offset": 0, "scale": 2, "dtype": "<f8", "astype": "<i4"},
            "astype": {"encode_dtype": "<i8", "decode_dtype": "<i4"},
        }.items()
    },
    "separator '/'": {"chunk_key_encoding": ("v2", "/"), "compressors": None},
}


_FLOATS = {"numcodecs.bitround": "f4", "fixedscaleoffset": "f8"}


def _dtype_cases(zarr_format: int) -> list[Case]:
    chosen = {name: np.dtype(name) for name in _V3_TYPES} | _MORE_TYPES
    if zarr_format == 2:
        chosen = {name: dtype for name, dtype in chosen.items() if name not in _NOT_V2} | _V2_ONLY
    # gzip is what every library has in both formats
    gzip: Any = named("gzip", level=1) if zarr_format == 3 else {"id": "gzip", "level": 1}
    return [Case(name, dtype, {"zarr_format": zarr_format, "compressors": gzip}) for name, dtype in chosen.items()]


def _codec_cases(zarr_format: int) -> list[Case]:
    table = V3_CODECS if zarr_format == 3 else V2_CODECS
    return [
        Case(name, np.dtype(_FLOATS.get(name, "i4")), {"zarr_format": zarr_format, **settings})
        for name, settings in table.items()
    ]


SECTIONS: dict[str, list[Case]] = {
    "Data types, format 3": _dtype_cases(3),
    "Codecs and chunks, format 3": _codec_cases(3),
    "Data types, format 2": _dtype_cases(2),
    "Codecs and chunks, format 2": _codec_cases(2),
}


def create(case: Case, folder: Path) -> zarrc.Array:
    """The empty array of a case."""
    return zarrc.create_array(folder, shape=(6, 5), dtype=case.dtype, **{"chunks": (4, 2), **case.settings})


def contents(case: Case, array: zarrc.Array) -> np.ndarray:
    if array.dtype.kind == "V" and not array.dtype.names and array.dtype.name in _NOT_V2:
        return (np.arange(30).reshape(6, 5) % 7).astype(array.dtype)
    made = values(case.dtype if case.dtype == "bytes" else array.dtype, (6, 5), 7)
    if made.dtype.kind in "fc":
        made = np.arange(30).reshape(6, 5).astype(made.dtype) / 2  # exact in ten bits
    return made


def as_given(found: np.ndarray, expected: np.ndarray) -> bool:
    """Equal, where a library may return strings as objects, and raw bits as an axis of bytes."""
    if found.ndim == expected.ndim + 1 and found.dtype.itemsize == 1:
        return found.tobytes() == expected.tobytes()
    if expected.dtype.kind in "TO":
        return found.shape == expected.shape and found.tolist() == expected.tolist()
    if found.dtype.kind == "V" and not found.dtype.names and expected.dtype.kind == "V":
        return found.tobytes() == expected.tobytes()
    if expected.dtype.kind in "SUV" and found.dtype.kind in "uTO" and not expected.dtype.names:
        return found.tobytes() == expected.tobytes() or found.tolist() == expected.tolist()
    return alike(found, expected)
