"""Random arrays, their layouts and keys, for the property tests of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from hypothesis import strategies as st

import zarrc
from zarrc.chunkio import ChunkIO
from zarrc.node import Opened

NUMBERS = ["i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "M8[ns]", "M8[D]", "m8[25s]"]
DTYPES = ["|b1", *[order + name for name in NUMBERS for order in "<>" if name[1:] != "1" or order == "<"]]

dtypes = st.sampled_from(DTYPES).map(np.dtype)
shapes = st.lists(st.integers(0, 7), max_size=4).map(tuple)

# Chains without a compressor: both engines must store the same bytes.
EXACT: dict[int, list[dict[str, Any]]] = {
    2: [
        {"compressors": None},
        {"compressors": None, "filters": "shuffle"},
        {"compressors": None, "filters": [{"id": "crc32c"}]},
    ],
    3: [
        {"compressors": None},
        {"compressors": [{"name": "crc32c"}]},
        {"compressors": None, "filters": "reversed axes"},
        {"compressors": None, "serializer": {"name": "bytes", "configuration": {"endian": "big"}}},
    ],
}
# The engines' compressors are of different libraries: only the contents are the same.
COMPRESSED: dict[int, list[dict[str, Any]]] = {
    2: [
        {"compressors": {"id": "zstd", "level": 1, "checksum": True}},
        {"compressors": {"id": "lz4", "acceleration": 1}, "filters": "shuffle"},
        {"compressors": {"id": "zlib", "level": 2}},
        {"compressors": {"id": "blosc", "cname": "zstd", "clevel": 3, "shuffle": 1, "blocksize": 0}},
    ],
    3: [
        {"compressors": [{"name": "zstd", "configuration": {"level": 1, "checksum": False}}, {"name": "crc32c"}]},
        {"compressors": [{"name": "gzip", "configuration": {"level": 2}}], "filters": "reversed axes"},
    ],
}


@dataclass(frozen=True)
class Layout:
    """What `zarrc.create_array` is given."""

    shape: tuple[int, ...]
    dtype: np.dtype
    settings: dict[str, Any]

    def create(self, store: Any, **more: Any) -> zarrc.Array:
        return zarrc.create_array(store, shape=self.shape, dtype=self.dtype, **{**self.settings, **more})


def items(draw: Any, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """Random bits as elements: every NaN, -0.0 and NaT occurs. Often a part of them is zero."""
    seed = draw(st.integers(0, 2**32 - 1))
    rng = np.random.default_rng(seed)
    count = int(np.prod(shape, dtype=int))
    if dtype.kind == "b":
        data = rng.integers(0, 2, count, np.uint8).view(np.bool_)
    else:
        data = rng.integers(0, 256, count * dtype.itemsize, np.uint8).view(dtype)
    data = data.reshape(shape).copy()
    if draw(st.booleans()) and data.ndim:
        data[: data.shape[0] // 2] = np.zeros((), dtype)
    return data


@st.composite
def layouts(draw: Any, chains: tuple[dict[int, list[dict[str, Any]]], ...] = (EXACT, COMPRESSED)) -> Layout:
    shape, dtype = draw(shapes), draw(dtypes)
    zarr_format = draw(st.sampled_from([2, 3]))
    settings: dict[str, Any] = {
        "chunks": tuple(draw(st.integers(1, 9)) for _ in shape),
        "zarr_format": zarr_format,
        "config": {"write_empty_chunks": draw(st.booleans())},
    }
    order = draw(st.sampled_from(["C", "F"]))
    settings |= {"order": order} if zarr_format == 2 else {"config": {**settings["config"], "order": order}}
    separator = draw(st.sampled_from("./"))
    settings |= draw(st.sampled_from([chain for table in chains for chain in table[zarr_format]]))
    if zarr_format == 2:
        settings["chunk_key_encoding"] = ("v2", separator)
        if settings.get("filters") == "shuffle":
            settings["filters"] = [{"id": "shuffle", "elementsize": dtype.itemsize}]
    else:
        settings["chunk_key_encoding"] = (draw(st.sampled_from(["default", "v2"])), separator)
        if settings.get("filters") == "reversed axes":
            axes = list(range(len(shape)))[::-1]
            settings["filters"] = [{"name": "transpose", "configuration": {"order": axes}}]
    if draw(st.booleans()):
        fill = items(draw, dtype, ())[()]
        # v2 documents write every NaN alike
        if zarr_format == 3 or dtype.kind not in "fc" or not np.isnan(fill):
            settings["fill_value"] = fill
    return Layout(shape, dtype, settings)


@st.composite
def keys(draw: Any, shape: tuple[int, ...]) -> Any:
    """A basic key for this shape, in any of the forms that numpy takes."""
    parts: list[Any] = []
    for n in shape:
        if n and draw(st.integers(0, 2)) == 0:
            parts.append(draw(st.integers(-n, n - 1)))
        else:
            edge = st.none() | st.integers(-n - 2, n + 2)
            parts.append(slice(draw(edge), draw(edge), draw(st.none() | st.integers(1, n + 2))))
    form = draw(st.sampled_from(["all", "tuple", "shorter", "dots"]))
    if form == "all":
        return Ellipsis
    if form == "shorter":
        return tuple(parts[: draw(st.integers(0, len(parts)))])
    if form == "dots":
        first = draw(st.integers(0, len(parts)))
        last = draw(st.integers(first, len(parts)))
        return (*parts[:first], Ellipsis, *parts[last:])
    return parts[0] if len(parts) == 1 and draw(st.booleans()) else tuple(parts)


def python_engine(array: zarrc.Array) -> zarrc.Array:
    """The same array, its chunks moved by the Python engine."""
    opened = Opened(array.metadata)
    opened._io = ChunkIO(array.metadata, native=False)
    return zarrc.Array(array.store_path, opened, array.config)


def same(found: Any, expected: Any) -> bool:
    """Same shape, same values, to the bit; byte order aside."""
    found, expected = np.asarray(found), np.asarray(expected)
    if found.shape != expected.shape or found.dtype != expected.dtype.newbyteorder(found.dtype.byteorder):
        return False
    return found.tobytes() == expected.astype(found.dtype).tobytes()


def chunks_stored(store: zarrc.stores.Store) -> dict[str, bytes]:
    """Everything in a store but metadata."""
    listed = [key for key, _ in store.list_prefix_sync("")]
    return {k: store.get_bytes(k) for k in listed if k.rsplit("/", 1)[-1] not in ("zarr.json", ".zarray", ".zattrs")}
