"""Reading little of a chunk: the same values as from the whole, from fewer bytes of the file."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from selection_strategies import picks, read

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


CHAINS = {
    "none": None,
    "blosc shuffle": BloscCodec(cname="lz4", shuffle="shuffle"),
    "blosc shuffle zlib": BloscCodec(cname="zlib", clevel=1, shuffle="shuffle", blocksize=4 * BLOCK),
    "blosc shuffle zstd": BloscCodec(cname="zstd", clevel=1, shuffle="shuffle", blocksize=BLOCK),
    "blosc bitshuffle": BloscCodec(cname="lz4", shuffle="bitshuffle", blocksize=BLOCK),
    "blosc noshuffle": BloscCodec(cname="blosclz", shuffle="noshuffle", blocksize=4 * BLOCK),
    "blosc of noise": BloscCodec(cname="lz4", shuffle="shuffle", typesize=2),
    "lz4": {"id": "lz4", "acceleration": 1},
    "zstd": {"id": "zstd", "level": 1},
    "zlib": {"id": "zlib", "level": 1},
    "crc32c": {"id": "crc32c"},
}


@pytest.fixture(scope="module", params=CHAINS)
def chained(request, tmp_path_factory):
    """An array of 12 chunks of 640 KiB, those at the end cut by the shape."""
    chain = CHAINS[request.param]
    zarr_format = 2 if isinstance(chain, dict) else 3
    array = zarrc.create_array(
        tmp_path_factory.mktemp("chain"),
        shape=(70, 130, 120),
        chunks=SHAPE,
        dtype="i4",
        compressors=chain,
        zarr_format=zarr_format,
    )
    rng = np.random.default_rng(2)
    model = rng.integers(0, 1 << (32 if "noise" in request.param else 20), array.shape, dtype="u4").view("i4")
    array[...] = model
    return array, model


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_sparse_selections(chained, data):
    array, model = chained
    kind = data.draw(st.sampled_from(["basic", "orthogonal", "coordinate"]))
    pick = data.draw(picks(kind, array.shape, array.metadata.grid.edges(array.shape)))
    assert np.array_equal(read(array, pick), pick.of(model))


def test_sparse_masks(chained):
    array, model = chained
    for share in (1e-5, 1e-3, 0.2):
        mask = np.random.default_rng(3).random(array.shape) < share
        assert np.array_equal(array.get_mask_selection(mask), model[mask])


@counted
@pytest.mark.parametrize("selection", ["points", "rows"])
def test_uncompressed_chunks_are_read_in_parts(tmp_path, selection):
    array = zarrc.create_array(tmp_path, shape=SHAPE, dtype="i4", chunks=SHAPE, compressors=None)
    array[...] = values()
    before = bytes_read()
    if selection == "points":
        points = ([0, 39, 20], [0, 63, 5], [0, 63, 63])
        assert np.array_equal(array.vindex[points], values()[points])
    else:
        assert np.array_equal(array.oindex[[0, 20, 39], [1, 2]], values()[[0, 20, 39], 1:3])
    assert bytes_read() - before < 40_000


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
