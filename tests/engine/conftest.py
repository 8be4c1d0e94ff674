"""Small chunked arrays of every codec, and what must hold after an operation failed."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

import zarrc
from zarrc.errors import ChunkIOError, CodecError

ITEMS = 24
# Names of chains: format and how to make it. Contents are int32.
V2: dict[str, dict] = {
    "plain": {},
    "zstd": {"compressor": {"id": "zstd", "level": 1, "checksum": False}},
    "zstd+sum": {"compressor": {"id": "zstd", "level": 1, "checksum": True}},
    "zlib": {"compressor": {"id": "zlib", "level": 1}},
    "gzip": {"compressor": {"id": "gzip", "level": 1}},
    "lz4": {"compressor": {"id": "lz4", "acceleration": 1}},
    "blosc": {"compressor": {"id": "blosc", "cname": "lz4", "clevel": 5, "shuffle": 1, "blocksize": 0}},
    "delta": {"filters": [{"id": "delta", "dtype": "<i4", "astype": "<i4"}]},
    "shuffle+zlib": {"filters": [{"id": "shuffle", "elementsize": 4}], "compressor": {"id": "zlib", "level": 1}},
    "crc32c": {"compressor": {"id": "crc32c"}},
}
_BYTES = {"name": "bytes", "configuration": {"endian": "little"}}


def _v3(name: str, **configuration: object) -> dict:
    return {"name": name, "configuration": configuration} if configuration else {"name": name}


V3: dict[str, list[dict]] = {
    "plain": [],
    "zstd": [_v3("zstd", level=1, checksum=False)],
    "zstd+sum": [_v3("zstd", level=1, checksum=True)],
    "gzip": [_v3("gzip", level=1)],
    "crc32c": [_v3("crc32c")],
    "zstd+crc32c": [_v3("zstd", level=1, checksum=False), _v3("crc32c")],
    **{
        f"blosc-{cname}": [_v3("blosc", cname=cname, clevel=5, shuffle=shuffle, typesize=4, blocksize=0)]
        for cname, shuffle in (
            ("lz4", "shuffle"),
            ("blosclz", "noshuffle"),
            ("zstd", "bitshuffle"),
            ("zlib", "shuffle"),
        )
    },
}
CHAINS = [(2, name) for name in V2] + [(3, name) for name in V3]
CHECKED = {"zstd+sum", "zlib", "gzip", "shuffle+zlib", "crc32c", "zstd+crc32c"}


def make(place: Path | dict, chain: tuple[int, str], shape=(ITEMS,), chunks=(ITEMS,), **more: object) -> zarrc.Array:
    """An array of that chain in a directory, or in a mapping of keys to bytes."""
    fmt, name = chain
    if fmt == 2:
        config = V2[name]
        more |= {"filters": config.get("filters"), "compressors": config.get("compressor")}
    else:
        more |= {"compressors": V3[name] or None, "serializer": _BYTES, "filters": None}
    return zarrc.create_array(
        place if isinstance(place, dict) else str(place),
        shape=shape,
        chunks=chunks,
        dtype="int32",
        fill_value=-1,
        zarr_format=fmt,
        overwrite=True,
        **more,
    )


def chunk_file(path: Path, chain: tuple[int, str], *coords: int) -> Path:
    """Where the chunk lies."""
    text = [str(c) for c in coords]
    return path / ".".join(text) if chain[0] == 2 else path.joinpath("c", *text)


def leftovers(path: Path) -> list[str]:
    return [f for _, _, files in os.walk(path) for f in files if f.endswith(".partial")]


def open_files() -> int:
    return len(os.listdir("/proc/self/fd"))


@contextmanager
def refused(array: zarrc.Array, key: str) -> Iterator[None]:
    """The block raises `CodecError` or `ChunkIOError` that name array, chunk and codec; no file stays open."""
    before = open_files()
    with pytest.raises((CodecError, ChunkIOError)) as caught:
        yield
    e = caught.value
    if isinstance(e, CodecError):
        assert e.array == str(array.store_path) and e.key == key and e.codec
        assert e.array in str(e) and repr(e.key) in str(e) and repr(e.codec) in str(e)
    else:
        assert e.errno and e.filename == f"{array.store_path}/{key}"
    assert open_files() == before


def readable(array: zarrc.Array, key: str, selection: object = ...) -> bool:
    """Whether the selection can be read; then it has its shape, else the error is as in `refused`."""
    try:
        out = array[selection]
    except (CodecError, ChunkIOError):
        with refused(array, key):
            array[selection]
        return False
    assert out.shape == np.empty(array.shape)[selection].shape
    assert out.dtype == array.dtype
    return True


@pytest.fixture(scope="session")
def kit() -> SimpleNamespace:
    return SimpleNamespace(
        make=make, chunk_file=chunk_file, leftovers=leftovers, open_files=open_files, refused=refused, readable=readable
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    given = any("chain" in mark.args[0] for mark in metafunc.definition.iter_markers("parametrize"))
    if "chain" in metafunc.fixturenames and not given:
        metafunc.parametrize("chain", CHAINS, ids=[f"v{fmt}-{name}" for fmt, name in CHAINS])


@pytest.fixture
def checked() -> Callable[[tuple[int, str]], bool]:
    """Whether a chain's bytes are protected by a checksum."""
    return lambda chain: chain[1] in CHECKED


@pytest.fixture
def stored(tmp_path: Path, chain: tuple[int, str]) -> SimpleNamespace:
    """An array with one chunk of each chain, its file, the file's bytes, the chunk's key and the data."""
    array = make(tmp_path / "a", chain)
    data = (np.arange(ITEMS, dtype="i4") // 3) * 1001
    array[...] = data
    file = chunk_file(tmp_path / "a", chain, 0)
    key = "0" if chain[0] == 2 else "c/0"
    return SimpleNamespace(array=array, file=file, content=file.read_bytes(), key=key, data=data, chain=chain)
