"""zarr-python reads what zarrc writes, and the other way round."""

from __future__ import annotations

from itertools import product
from typing import Any

import numpy as np
import pytest

import zarrc

zarr = pytest.importorskip("zarr", minversion="3.0")
pytestmark = [
    pytest.mark.filterwarnings("ignore:Numcodecs codecs are not in the Zarr version 3:UserWarning"),
    pytest.mark.filterwarnings("ignore:.*does not have a Zarr V3 specification"),
]

KINDS = ["b1", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "M8[ns]", "m8[10s]"]
DTYPES = [np.dtype("|b1")] + [np.dtype(o + k) for k in KINDS[1:] for o in "<>" if k[1:] != "1" or o == "<"]
FILLS = {"b": True, "i": -7, "u": 9, "f": -0.0, "c": complex(1.5, float("nan")), "M": 12345, "m": -3}
CNAMES = ["blosclz", "lz4", "lz4hc", "zlib", "zstd"]

V2: dict[str, Any] = {
    "none": ([], None),
    "zstd": ([], {"id": "zstd", "level": 3}),
    "zstd checksum": ([], {"id": "zstd", "level": 0, "checksum": True}),
    "gzip": ([], {"id": "gzip", "level": 4}),
    "zlib": ([], {"id": "zlib", "level": 1}),
    "lz4": ([], {"id": "lz4", "acceleration": 1}),
    "crc32c": ([{"id": "crc32c"}], {"id": "zlib", "level": 1}),
    "delta": ([{"id": "delta", "dtype": "DTYPE"}], None),
    "shuffle": ([{"id": "shuffle", "elementsize": "ITEMSIZE"}], {"id": "lz4", "acceleration": 1}),
    "delta, shuffle": (
        [{"id": "delta", "dtype": "DTYPE"}, {"id": "shuffle", "elementsize": "ITEMSIZE"}],
        {"id": "zstd", "level": 1},
    ),
    **{
        f"blosc {cname} {shuffle}": (
            [],
            {"id": "blosc", "cname": cname, "clevel": 5, "shuffle": shuffle, "blocksize": 0},
        )
        for cname, shuffle in product(CNAMES, (-1, 0, 1, 2))
    },
}


def named(name: str, **configuration: Any) -> dict[str, Any]:
    return {"name": name, "configuration": configuration}


LITTLE, BIG = named("bytes", endian="little"), named("bytes", endian="big")
V3: dict[str, Any] = {
    "none": [LITTLE],
    "big": [BIG],
    "zstd": [LITTLE, named("zstd", level=3, checksum=False)],
    "zstd checksum": [BIG, named("zstd", level=0, checksum=True)],
    "gzip": [LITTLE, named("gzip", level=4)],
    "crc32c": [LITTLE, named("crc32c")],
    "zstd, crc32c": [LITTLE, named("zstd", level=1, checksum=False), named("crc32c")],
    "transpose": [named("transpose", order="REVERSED"), LITTLE],
    "transpose, gzip": [named("transpose", order="REVERSED"), BIG, named("gzip", level=1)],
    "numcodecs.delta": [named("numcodecs.delta", dtype="NATIVE"), LITTLE],
    "numcodecs.shuffle": [LITTLE, named("numcodecs.shuffle", elementsize="ITEMSIZE")],
    "numcodecs.zlib": [LITTLE, named("numcodecs.zlib", level=2)],
    "numcodecs.lz4": [LITTLE, named("numcodecs.lz4", acceleration=1)],
    "numcodecs.zstd": [LITTLE, named("numcodecs.zstd", level=2)],
    "numcodecs.gzip": [LITTLE, named("numcodecs.gzip", level=2)],
    "numcodecs.blosc": [LITTLE, named("numcodecs.blosc", cname="lz4", clevel=3, shuffle=1, blocksize=0)],
    "numcodecs.crc32c": [LITTLE, named("numcodecs.crc32c", location="end")],
    **{
        f"blosc {cname} {shuffle}": [
            LITTLE,
            named("blosc", cname=cname, clevel=5, shuffle=shuffle, typesize="ITEMSIZE", blocksize=0),
        ]
        for cname, shuffle in product(CNAMES, ("noshuffle", "shuffle", "bitshuffle"))
    },
}
# per axis: shape, chunk
SHAPES = [((7,), (3,)), ((5, 6), (2, 4)), ((3, 4, 5), (2, 5, 2)), ((), ()), ((4, 0), (3, 2))]
LAYOUTS = {2: list(product("CF", "./")), 3: list(product(("default", "v2"), "./"))}


def pairwise(*axes: list[Any]) -> list[tuple[Any, ...]]:
    """All pairs of the first two axes, the others going round so that each value meets many of them."""
    return [
        (*pair, *(axis[(n + n // len(axis)) % len(axis)] for axis in axes[2:]))
        for n, pair in enumerate(product(axes[0], axes[1]))
    ]


def resolved(value: Any, dtype: np.dtype, ndim: int) -> Any:
    """The configuration with the array's own numbers put in."""
    numbers = {
        "DTYPE": dtype.str,
        "NATIVE": dtype.newbyteorder("=").str,
        "ITEMSIZE": dtype.itemsize,
        "REVERSED": list(range(ndim))[::-1],
    }
    if isinstance(value, dict):
        return {k: resolved(v, dtype, ndim) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [resolved(v, dtype, ndim) for v in value]
    return numbers.get(value, value) if isinstance(value, str) else value


def fits(codec: str, dtype: np.dtype) -> bool:
    """numcodecs' delta adds and subtracts, which booleans and times do not allow; in v3 zarr-python hands it the bytes
    of a big-endian array as if they were little-endian."""
    return "delta" not in codec or (dtype.kind in "iufc" and (dtype.isnative or "numcodecs" not in codec))


def create(package: Any, store: Any, codec: str, dtype: np.dtype, zarr_format: int, shape: Any, layout: Any) -> Any:
    extent, chunks = shape
    first, separator = layout
    plain = 2.5 if "delta" in codec and dtype.kind in "fc" else FILLS[dtype.kind]  # NaN and -0.0 do not survive sums
    fill = np.array(plain).astype(dtype if dtype.kind not in "Mm" else "i8").view(dtype)[()]
    settings: dict[str, Any] = {"store": store, "shape": extent, "chunks": chunks, "dtype": dtype, "fill_value": fill}
    if zarr_format == 2:
        filters, compressor = resolved(V2[codec], dtype, len(extent))
        return package.create(
            **settings,
            zarr_format=2,
            order=first,
            dimension_separator=separator,
            filters=filters or None,
            compressor=compressor,
        )
    codecs = resolved(V3[codec], dtype, len(extent))
    if dtype.itemsize == 1:
        codecs = [named("bytes") if c["name"] == "bytes" else c for c in codecs]
    return package.create(**settings, zarr_format=3, chunk_key_encoding=(first, separator), codecs=codecs)


def contents(dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    raw = np.random.default_rng(5).integers(0, 256, int(np.prod(shape, dtype=int)) * dtype.itemsize, np.uint8)
    if dtype.kind == "b":
        return (raw & 1).view(dtype).reshape(shape)
    if dtype.kind in "fc":
        return (raw[:: dtype.itemsize] // 8 - 9.0).astype(dtype).reshape(shape)
    return raw.view(dtype).reshape(shape)


def check(writer: Any, reader: Any, folder: Any, case: tuple[Any, ...], zarr_format: int) -> None:
    codec, dtype, shape, layout = case
    store = str(folder / "a.zarr")
    written = create(writer, store, codec, dtype, zarr_format, shape, layout)
    value = contents(dtype, shape[0])
    # All but the first chunk of each axis, so that whole, partial, edge and missing chunks occur.
    part = tuple(slice(edge - 1, None) for edge in shape[1])
    written[part] = value[part]
    expected = np.full(shape[0], np.asarray(written.fill_value, dtype), dtype)
    expected[part] = value[part]
    found = reader.open_array(store, mode="r")
    assert found.shape == shape[0]
    assert found.chunks == shape[1]
    assert found.dtype.newbyteorder("=") == dtype.newbyteorder("=")
    assert np.asarray(found.fill_value, dtype).tobytes() == np.asarray(written.fill_value, dtype).tobytes()
    for package_array in (written, found):
        got = np.asarray(package_array[...])
        assert got.astype(dtype).tobytes() == expected.tobytes()
    if all(shape[0]):
        inner = tuple(slice(1, None, 2) for _ in shape[0])
        assert np.asarray(found[inner]).astype(dtype).tobytes() == expected[(*inner, ...)].tobytes()
    # and merges into what the other wrote
    both = reader.open_array(store, mode="r+")
    first = tuple(slice(0, 1) for _ in shape[0])
    both[first] = value[first]
    expected[first] = value[first]
    assert np.asarray(writer.open_array(store, mode="r")[...]).astype(dtype).tobytes() == expected.tobytes()


def cases(codecs: list[str], layouts: list[Any]) -> list[tuple[Any, ...]]:
    """Every codec with every dtype; of the many forms of Blosc each with a third of them."""
    every = [case for case in pairwise(codecs, DTYPES, SHAPES, layouts) if fits(case[0], case[1])]
    thirds = {codec: n % 3 for n, codec in enumerate(codecs) if codec.startswith("blosc")}
    return [case for case in every if DTYPES.index(case[1]) % 3 == thirds.get(case[0], DTYPES.index(case[1]) % 3)]


CASES_2, CASES_3 = cases(list(V2), LAYOUTS[2]), cases(list(V3), LAYOUTS[3])


def sweep(writer: Any, reader: Any, folder: Any, cases: list[tuple[Any, ...]], zarr_format: int) -> None:
    for n, case in enumerate(cases):
        place = folder / str(n)
        place.mkdir()
        try:
            check(writer, reader, place, case, zarr_format)
        except Exception as e:
            e.add_note(f"case: codec {case[0]!r}, dtype {case[1].str}, shape and chunks {case[2]}, layout {case[3]}")
            raise


@pytest.mark.parametrize("codec", V2)
@pytest.mark.parametrize("writer", ["zarrc", "zarr"])
def test_v2(tmp_path, codec, writer):
    packages = (zarrc, zarr) if writer == "zarrc" else (zarr, zarrc)
    sweep(*packages, tmp_path, [case for case in CASES_2 if case[0] == codec], 2)


@pytest.mark.parametrize("codec", V3)
@pytest.mark.parametrize("writer", ["zarrc", "zarr"])
def test_v3(tmp_path, codec, writer):
    packages = (zarrc, zarr) if writer == "zarrc" else (zarr, zarrc)
    sweep(*packages, tmp_path, [case for case in CASES_3 if case[0] == codec], 3)
