"""What a cut off append or resize left beyond the shape does not come back as data."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc import array_changes
from zarrc.errors import ChunkIOError
from zarrc.storage import LocalStore, MemoryStore

FILL = -1


@pytest.fixture(params=["by key", "by listing"])
def way(request, monkeypatch):
    if request.param == "by listing":
        monkeypatch.setattr(array_changes, "_MOST_BY_KEY", 0)


@pytest.mark.parametrize("shards", [None, (4, 6)])
def test_after_a_failed_append(shards, way, tmp_path):
    array = zarrc.create_array(
        tmp_path / "a", shape=(8, 7), chunks=(2, 3), shards=shards, dtype="i4", fill_value=FILL, compressors=None
    )
    array[...] = 1
    rows = 4 if shards else 2
    last = tmp_path / f"a/c/{24 // rows - 1}/0"
    last.mkdir(parents=True)  # in the way of the last chunk, as a full disk would be
    with pytest.raises(ChunkIOError):
        array.append(np.full((16, 7), 777, "i4"))
    last.rmdir()
    assert array.shape == (8, 7) and [f.kind for f in zarrc.verify(tmp_path / "a").findings].count("outside") > 1
    array.append(np.full((1, 7), 2, "i4"))
    array.resize((10, 9))
    expected = np.full((10, 9), FILL)
    expected[:8, :7], expected[8:9, :7] = 1, 2
    assert array[...].tolist() == expected.tolist()
    array.resize((24, 7))
    assert (array[10:] == FILL).all() and (array[:8] == 1).all()
    assert not zarrc.verify(tmp_path / "a").findings


class Stopped(Exception):
    pass


@pytest.mark.parametrize("kind", ["directory", "memory"])
def test_after_an_interrupted_resize(kind, way, tmp_path, monkeypatch):
    store = LocalStore(tmp_path) if kind == "directory" else MemoryStore()
    array = zarrc.create_array(store, shape=(16, 4), chunks=(4, 2), dtype="i4", fill_value=FILL)
    array[...] = 3

    def stop(self, key):
        raise Stopped

    with monkeypatch.context() as patch, pytest.raises(Stopped):
        patch.setattr(type(store), "delete_sync", stop)
        array.resize((4, 4))
    array = zarrc.open_array(store)
    assert array.shape == (4, 4)
    array.resize((5, 2))
    array.resize((16, 4))
    assert (array[:4, :2] == 3).all() and (array[4:] == FILL).all() and (array[:, 2:] == FILL).all()


def test_a_huge_array_can_be_resized(way):
    array = zarrc.create_array(MemoryStore(), shape=(8,), chunks=(4,), dtype="i4", fill_value=FILL)
    array[...] = 1
    array.resize((1 << 60,))
    assert array[4:9].tolist() == [1, 1, 1, 1, FILL]
    array.resize((1 << 50,))
    array.append([5])
    assert array[-2:].tolist() == [FILL, 5]
    wide = zarrc.create_array(MemoryStore(), shape=(1 << 40, 0), chunks=(1, 1), dtype="i4")
    wide.resize((1 << 41, 0))
    wide.resize((1 << 39, 0))
    assert wide.nchunks_initialized == 0
