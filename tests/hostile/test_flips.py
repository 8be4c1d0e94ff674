"""Every flipped byte of a chunk with a checksum, and of a shard's index, is noticed: by reading and by `verify`."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.errors import CodecError

VALUES = np.arange(1, 65, dtype="u2").reshape(8, 8)
BIG = {"name": "bytes", "configuration": {"endian": "big"}}
SUM = {"name": "crc32c"}
BZ2 = {"name": "numcodecs.bz2", "configuration": {"level": 1}}  # has no C implementation: the Python codecs run


def sharding(location: str, codecs: list[dict]) -> dict:
    little = {"name": "bytes", "configuration": {"endian": "little"}}
    configuration = {"chunk_shape": [2, 4], "codecs": codecs, "index_codecs": [little, SUM], "index_location": location}
    return {"name": "sharding_indexed", "configuration": configuration}


KINDS = {
    "crc32c": {"compressors": [SUM]},
    "zstd+crc32c": {"compressors": [{"name": "zstd", "configuration": {"level": 1}}, SUM]},
    "bz2+crc32c": {"compressors": [BZ2, SUM]},
    "v2": {"compressors": {"id": "crc32c"}, "zarr_format": 2},
    "shard-end": {"serializer": sharding("end", [BIG, SUM])},
    "shard-start": {"serializer": sharding("start", [BIG, SUM])},
    "shard-zstd": {"serializer": sharding("end", [BIG, {"name": "zstd", "configuration": {"level": 1}}, SUM])},
    "shard-bz2": {"serializer": sharding("end", [BIG, BZ2, SUM])},
    "shard+crc32c": {"serializer": sharding("start", [BIG]), "compressors": [SUM]},
}


def stored(path: Path, kind: str) -> tuple[zarrc.Array, Path]:
    options = {"filters": None, "compressors": None, "zarr_format": 3} | KINDS[kind]
    array = zarrc.create_array(path, shape=(8, 8), chunks=(8, 8), dtype="u2", fill_value=0, **options)
    array[...] = VALUES
    return array, path / ("0.0" if options["zarr_format"] == 2 else "c/0/0")


@pytest.mark.filterwarnings("ignore:Combining a `sharding_indexed` codec:zarrc.errors.ZarrUserWarning")
@pytest.mark.parametrize("kind", KINDS)
def test_every_byte(kind, tmp_path):
    array, file = stored(tmp_path / "a", kind)
    content = file.read_bytes()
    np.testing.assert_array_equal(array[...], VALUES)
    for at in range(len(content)):
        for mask in (0x01, 0x80, 0xFF):
            damaged = bytearray(content)
            damaged[at] ^= mask
            file.write_bytes(damaged)
            with pytest.raises(CodecError):
                array[...]
        assert {f.kind for f in zarrc.verify(tmp_path / "a").findings} == {"damaged"}, at
    file.write_bytes(content)
    assert zarrc.verify(tmp_path / "a").ok


@pytest.mark.parametrize("kind", ["shard-end", "shard-start"])
def test_index_byte_spoils_any_part(kind, tmp_path):
    """A read of one inner chunk looks at the whole index."""
    array, file = stored(tmp_path / "a", kind)
    content = file.read_bytes()
    size = 16 * 8 + 4
    first = 0 if kind == "shard-start" else len(content) - size
    for at in range(first, first + size):
        damaged = bytearray(content)
        damaged[at] ^= 0x10
        file.write_bytes(damaged)
        with pytest.raises(CodecError, match="index"):
            array[0, 0]
