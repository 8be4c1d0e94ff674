"""The two movers of chunks; what they move is tested with arrays (test_array.py)."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from array_strategies import python_engine, same

import zarrc
from zarrc.chunkio import ChunkIO, chain_of
from zarrc.codecs import Codec
from zarrc.codecs.registry import register_codec, unregister_codec
from zarrc.errors import UnknownCodecError
from zarrc.stores import LocalStore, MemoryStore


class Reversed(Codec):
    """Bytes in reverse order: a codec without C implementation."""

    name = "test.reversed"
    codec_id = "test.reversed"
    kind = "bytes_bytes"

    def to_dict(self):
        return {"name": self.name}

    def get_config(self):
        return {"id": self.codec_id}

    def encode(self, data):
        return bytes(memoryview(data).cast("B"))[::-1]

    def decode(self, data, nbytes=None):
        return bytes(memoryview(data).cast("B"))[::-1]


@pytest.fixture
def reversed_codec():
    register_codec(Reversed)
    yield Reversed
    unregister_codec(Reversed)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("kind", ["memory", "local"])
def test_python_codecs_go_the_python_way(tmp_path, reversed_codec, zarr_format, kind):
    store = MemoryStore() if kind == "memory" else LocalStore(tmp_path)
    array = zarrc.create_array(
        store, shape=(5, 7), chunks=(2, 3), dtype="i4", compressors=Reversed(), zarr_format=zarr_format, fill_value=-1
    )
    assert ChunkIO(array.metadata).plan is None
    value = np.arange(35, dtype="i4").reshape(5, 7)
    array[1:, 2:] = value[1:, 2:]
    expected = np.full((5, 7), -1, "i4")
    expected[1:, 2:] = value[1:, 2:]
    assert same(zarrc.open_array(store)[...], expected)
    array[...] = -1
    assert array.nchunks_initialized == 0
    array[3, 4] = 9
    assert same(array[::2, 1::2], np.where(np.arange(35).reshape(5, 7) == 25, 9, -1).astype("i4")[::2, 1::2])
    assert array[3, 4] == 9


def test_a_codec_that_went_away(reversed_codec):
    array = zarrc.create_array(None, shape=3, dtype="i4", compressors=Reversed())
    unregister_codec(Reversed)
    fresh = zarrc.create_array(None, shape=3, dtype="i4")
    assert fresh[...].tolist() == [0, 0, 0]
    with pytest.raises(UnknownCodecError, match=r"test\.reversed"):
        chain_of(array.metadata)


def test_native_wherever_possible():
    array = zarrc.create_array(None, shape=3, dtype="i4")
    assert ChunkIO(array.metadata).plan is not None
    assert ChunkIO(array.metadata, native=False).plan is None


@pytest.mark.parametrize("kind", ["memory", "local"])
@pytest.mark.parametrize("native", [True, False])
def test_concurrent_partial_writes_lose_nothing(tmp_path, kind, native):
    store = MemoryStore() if kind == "memory" else LocalStore(tmp_path)
    array = zarrc.create_array(store, shape=64, chunks=64, dtype="i4", fill_value=-1)
    target = array if native else python_engine(array)

    def write(n: int) -> None:
        target[n : n + 1] = np.array([n])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(write, range(64)))
    assert array[...].tolist() == list(range(64))
