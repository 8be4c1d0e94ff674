"""Reading little of a chunk: the same values as from the whole, from fewer bytes of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import zarrc
from zarrc.codecs import BloscCodec
from zarrc.errors import CodecError

SHAPE = (40, 64, 64)  # 640 KiB
counted = pytest.mark.skipif(not Path("/proc/self/io").exists(), reason="counts bytes by /proc/self/io")
BLOCK = 1 << 14  # of each of the four byte planes


def values() -> np.ndarray:
    return np.random.default_rng(1).integers(0, 1 << 20, SHAPE, dtype="i4")


def made(path: Path, cname: str = "lz4", **settings) -> zarrc.Array:
    settings = {"chunks": SHAPE} | settings
    codec = BloscCodec(cname=cname, clevel=3, shuffle="shuffle", blocksize=BLOCK)
    array = zarrc.create_array(path, shape=SHAPE, dtype="i4", compressors=codec, **settings)
    array[...] = values()
    return array


def bytes_read() -> int:
    """By this process so far."""
    return int(Path("/proc/self/io").read_text().split()[1])


@pytest.mark.parametrize("key", [np.s_[7, 8, 9], np.s_[39, 63, 63], np.s_[:3, ::2, 5], np.s_[4:11], np.s_[0, 0, 0]])
@pytest.mark.parametrize("cname", ["lz4", "zstd", "blosclz", "zlib"])
def test_values(tmp_path, cname, key):
    assert np.array_equal(made(tmp_path, cname)[key], values()[key])


@counted
def test_stored_frames(tmp_path):
    codec = BloscCodec(cname="lz4", clevel=0, shuffle="noshuffle")
    array = zarrc.create_array(tmp_path, shape=SHAPE, dtype="i4", chunks=SHAPE, compressors=codec)
    array[...] = values()
    before = bytes_read()
    assert array[20, 30, 40] == values()[20, 30, 40]
    assert bytes_read() - before < 20_000


@counted
@pytest.mark.parametrize("settings", [{}, {"chunks": (20, 64, 64), "shards": SHAPE}], ids=["chunk", "shard"])
def test_few_bytes_are_read(tmp_path, settings):
    array = made(tmp_path, **settings)
    stored = (tmp_path / "c/0/0/0").stat().st_size
    before = bytes_read()
    assert array[20, 30, 40] == values()[20, 30, 40]
    assert bytes_read() - before < stored / 4


def test_damage_elsewhere_is_not_in_the_way(tmp_path):
    array = made(tmp_path)
    file = tmp_path / "c/0/0/0"
    stored = bytearray(file.read_bytes())
    starts = np.frombuffer(bytes(stored[16:56]), "<u4")
    stored[starts[9] : starts[9] + 4] = b"\xff" * 4
    file.write_bytes(stored)
    assert np.array_equal(array[:36], values()[:36])
    for key in (np.s_[39, 0, 0], np.s_[...]):
        with pytest.raises(CodecError, match=r"c/0/0/0.*blosc"):
            array[key]


def test_truncated(tmp_path):
    array = made(tmp_path)
    file = tmp_path / "c/0/0/0"
    file.write_bytes(file.read_bytes()[:-1])
    with pytest.raises(CodecError, match="frame"):
        array[0, 0, 0]
