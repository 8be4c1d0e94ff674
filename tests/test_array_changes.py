"""What an append that failed left beyond the shape does not come back as data."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import ChunkIOError
from zarrc.storage import LocalStore, MemoryStore

FILL = -1


@pytest.mark.parametrize("shards", [None, (4, 6)])
@pytest.mark.parametrize("concurrency", ["process", "thread"])
def test_after_a_failed_append(shards, concurrency, tmp_path):
    array = zarrc.create_array(
        tmp_path / "a", shape=(8, 7), chunks=(2, 3), shards=shards, dtype="i4", fill_value=FILL, compressors=None,
        config={"concurrency": concurrency},
    )  # fmt: skip
    array[...] = 1
    rows = 4 if shards else 2
    last = tmp_path / f"a/c/{24 // rows - 1}/0"
    last.mkdir(parents=True)  # in the way of the last chunk, as a full disk would be
    with pytest.raises(ChunkIOError):
        array.append(np.full((16, 7), 777, "i4"))
    last.rmdir()
    assert array.shape == (8, 7) and not zarrc.verify(tmp_path / "a").findings
    array.append(np.full((1, 7), 2, "i4"))
    array.resize((24, 9))
    expected = np.full((24, 9), FILL)
    expected[:8, :7], expected[8:9, :7] = 1, 2
    assert array[...].tolist() == expected.tolist()


@pytest.mark.parametrize("kind", ["directory", "memory"])
def test_chunks_beyond_the_shape_that_others_put_there_stay(kind, tmp_path):
    store = LocalStore(tmp_path) if kind == "directory" else MemoryStore()
    array = zarrc.create_array(store, shape=(8,), chunks=(2,), dtype="i4", fill_value=FILL)
    array[...] = 7
    zarrc.open_array(store)._resize((2,), False)
    array.refresh().resize((8,))
    assert array[...].tolist() == [7] * 8


def test_a_huge_array_can_be_resized():
    array = zarrc.create_array(MemoryStore(), shape=(8,), chunks=(4,), dtype="i4", fill_value=FILL)
    array[...] = 1
    array.resize((1 << 60,))
    assert array[4:9].tolist() == [1, 1, 1, 1, FILL]
    array.resize((1 << 50,))
    array.append([5])
    assert array[-2:].tolist() == [FILL, 5]
