"""Chunks that say, or hold, far more than a chunk has: refused, in memory of twice the chunk's true size."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc import _core

TRUE = 16 << 20  # bytes of a chunk
HELD = 256 << 20  # bytes that a bomb decodes to

CHILD = """
import json, resource, sys
import zarrc
from zarrc.errors import CodecError

bomb, small = sys.argv[1:]
zarrc.open_array(small, mode="r")[...]
array = zarrc.open_array(bomb, mode="r")
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
try:
    array[...]
    said = "nothing"
except CodecError as e:
    said = str(e)
except MemoryError as e:
    said = "out of memory"
after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
print(json.dumps({"said": said, "bytes": 1024 * (after - before)}))
"""


def zeros() -> bytes:
    return bytes(HELD)


def zstd_bomb() -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=1).compress(zeros())


def zstd_stream() -> bytes:
    """Without the content's size in the header."""
    import zstandard

    return zstandard.ZstdCompressor(level=1, write_content_size=False).compress(zeros())


def zstd_frames() -> bytes:
    import zstandard

    return zstandard.ZstdCompressor(level=1).compress(bytes(1 << 20)) * 256


def gzip_members() -> bytes:
    return gzip.compress(bytes(1 << 20), 1) * 256


def native(name: str, params: tuple[int, ...]) -> bytes:
    plan = _core.Plan((HELD,), 1, (0,), 0, [(name, params)], b"\1", True, "/")
    made = plan.write((HELD,), ((0, 1, HELD, True),), np.zeros(HELD, "u1"), "", None, [None], True)
    assert made is not None and made[0] is not None
    return made[0]


def lz4_lie() -> bytes:
    return struct.pack("<I", 2**31 - 1) + bytes(1000)


def blosc_lie() -> bytes:
    frame = bytearray(native("blosc", (1, 5, 1, 4, 0)))
    frame[4:8] = struct.pack("<I", 2**31 - 20)
    return bytes(frame)


def snappy_bomb() -> bytes:
    import snappy

    return snappy.compress(zeros())


def snappy_lie() -> bytes:
    return b"\xff\xff\xff\xff\x07" + bytes(1000)


def shard_lie() -> bytes:
    """Every inner chunk is the same bomb."""
    bomb = native("zstd", (1, 0))
    index = struct.pack("<QQ", 0, len(bomb)) * 16
    checksum = zarrc.codecs.Crc32cCodec().encode(index)
    return bomb + bytes(checksum)


def codec(name: str, **configuration: object) -> dict:
    return {"name": name, "configuration": configuration}


SHARDS = {"chunks": (TRUE // 16,), "shards": (TRUE,), "compressors": [codec("zstd", level=1)]}
BOMBS: dict[str, tuple[dict, object]] = {
    "zstd": ({"compressors": [codec("zstd", level=1)]}, zstd_bomb),
    "zstd-stream": ({"compressors": [codec("zstd", level=1)]}, zstd_stream),
    "zstd-frames": ({"compressors": [codec("zstd", level=1)]}, zstd_frames),
    "gzip": ({"compressors": [codec("gzip", level=1)]}, lambda: gzip.compress(zeros(), 1)),
    "gzip-members": ({"compressors": [codec("gzip", level=1)]}, gzip_members),
    "zlib": ({"compressors": {"id": "zlib", "level": 1}}, lambda: zlib.compress(zeros(), 1)),
    "lz4": ({"compressors": {"id": "lz4", "acceleration": 1}}, lambda: native("lz4", (1,))),
    "lz4-lie": ({"compressors": {"id": "lz4", "acceleration": 1}}, lz4_lie),
    "blosc": (
        {"compressors": [codec("blosc", cname="lz4", clevel=5, typesize=1)]},
        lambda: native("blosc", (1, 5, 1, 4, 0)),
    ),
    "blosc-lie": ({"compressors": [codec("blosc", cname="lz4", clevel=5, typesize=1)]}, blosc_lie),
    "shuffle-zstd": (
        {"filters": [{"id": "shuffle", "elementsize": 4}], "compressors": {"id": "zstd", "level": 1}},
        zstd_bomb,
    ),
    "two-bombs": (
        {"compressors": [codec("gzip", level=1), codec("zstd", level=1)]},
        lambda: zarrc.codecs.ZstdCodec().encode(gzip.compress(zeros(), 1)),
    ),
    "bz2": ({"compressors": [codec("numcodecs.bz2", level=1)]}, lambda: bz2.compress(zeros(), 1)),
    "lzma": ({"compressors": [codec("numcodecs.lzma", preset=0)]}, lambda: lzma.compress(zeros(), preset=0)),
    "snappy": ({"compressors": {"id": "snappy"}}, snappy_bomb),
    "snappy-lie": ({"compressors": {"id": "snappy"}}, snappy_lie),
    "zstd-in-python": ({"compressors": [codec("numcodecs.bz2", level=1), codec("zstd", level=1)]}, zstd_bomb),
    "gzip-in-python": (
        {"compressors": [codec("numcodecs.bz2", level=1), codec("gzip", level=1)]},
        lambda: gzip.compress(zeros(), 1),
    ),
    "blosc-in-python": (
        {"compressors": [codec("numcodecs.bz2", level=1), codec("blosc", cname="lz4", clevel=5, typesize=1)]},
        lambda: native("blosc", (1, 5, 1, 4, 0)),
    ),
    "lz4-in-python": (
        {"filters": [{"id": "bz2", "level": 1}], "compressors": {"id": "lz4", "acceleration": 1}},
        lambda: native("lz4", (1,)),
    ),
    "shard": (SHARDS, shard_lie),
    "shard-short": (SHARDS, lambda: bytes(300)),
    "shard-of-noughts": (SHARDS | {"compressors": None}, lambda: bytes(HELD)),
}
TEXT = {
    "vlen-count": struct.pack("<I", 2**32 - 1) + bytes(100),
    "vlen-length": struct.pack("<II", 4, 2**31) + bytes(100),
    "vlen-lengths": struct.pack("<I", 4) + struct.pack("<I", 2**32 - 1) * 4,
}


def run(bomb: Path, small: Path) -> dict:
    child = subprocess.run(
        [sys.executable, "-c", CHILD, str(bomb), str(small)], capture_output=True, text=True, check=False, timeout=120
    )
    assert child.returncode == 0, child.stderr
    return json.loads(child.stdout)


def make(path: Path, n: int, options: dict, scale: int = 1) -> None:
    """An array of one chunk of n bytes."""
    first = next(iter(options.get("filters", [{}])), {}) if options.get("filters") else {}
    v2 = isinstance(options.get("compressors"), dict) or "id" in first
    options = {"chunks": (n,)} | options
    for key in ("chunks", "shards"):
        if key in options:
            options[key] = (options[key][0] // scale,)
    array = zarrc.create_array(path, shape=(n,), dtype="u1", fill_value=1, zarr_format=2 if v2 else 3, **options)
    array[...] = 7


def chunk_of(path: Path) -> Path:
    return next(f for f in path.rglob("*") if f.is_file() and f.name not in ("zarr.json", ".zarray", ".zattrs"))


@pytest.mark.parametrize("name", BOMBS)
def test_bomb(name, tmp_path):
    options, content = BOMBS[name]
    make(tmp_path / "bomb", TRUE, options)
    make(tmp_path / "small", TRUE // 1024, options, 1024)
    chunk_of(tmp_path / "bomb").write_bytes(content())
    result = run(tmp_path / "bomb", tmp_path / "small")
    assert "chunk 'c/0'" in result["said"] or "chunk '0'" in result["said"], result
    assert result["bytes"] <= 2 * TRUE, result


@pytest.mark.parametrize("options", [{"compressors": None}, SHARDS], ids=["plain", "shards"])
def test_zip_member(options, tmp_path):
    for where, scale in (("bomb", 1), ("small", 1024)):
        make(tmp_path / where, TRUE // scale, options, scale)
        with zipfile.ZipFile(tmp_path / f"{where}.zip", "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
            archive.write(tmp_path / where / "zarr.json", "zarr.json")
            archive.writestr("c/0", zeros() * 4 if where == "bomb" else chunk_of(tmp_path / where).read_bytes())
    result = run(tmp_path / "bomb.zip", tmp_path / "small.zip")
    assert "chunk 'c/0'" in result["said"], result
    assert result["bytes"] <= 4 * TRUE, result  # of the member no more is inflated than some twice a chunk's size
    report = zarrc.verify(tmp_path / "bomb.zip")
    assert [finding.kind for finding in report.findings] == ["damaged"]


@pytest.mark.parametrize("name", TEXT)
def test_text(name, tmp_path):
    for where, n in (("bomb", 4), ("small", 2)):
        array = zarrc.create_array(
            tmp_path / where, shape=(n,), chunks=(n,), dtype="str", compressors=[codec("zstd", level=1)]
        )
        array[...] = ["text"] * n
    chunk_of(tmp_path / "bomb").write_bytes(zarrc.codecs.ZstdCodec().encode(TEXT[name]))
    result = run(tmp_path / "bomb", tmp_path / "small")
    assert "chunk 'c/0'" in result["said"], result
    assert result["bytes"] <= 8 << 20, result
