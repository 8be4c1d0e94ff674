from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import ReadOnlyError, StoreIOError


@pytest.fixture(params=["chunks", "shards", "strings", "memory"])
def make(request, tmp_path):
    def make(shape, chunks, **more):
        if request.param == "shards":
            more["shards"] = tuple(2 * c for c in chunks)
        if request.param == "strings":
            more["dtype"] = "str"
        where = {} if request.param == "memory" else tmp_path / "a"
        return zarrc.create_array(where, **{"shape": shape, "chunks": chunks, "dtype": "i4", **more})

    return make


def frames(z, first, count, axis=0):
    shape = [n if i != axis % z.ndim else count for i, n in enumerate(z.shape)]
    order = np.arange(first, first + count).reshape([-1 if i == axis % z.ndim else 1 for i in range(z.ndim)])
    return np.broadcast_to(order, shape).astype(z.dtype)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_frames_in_any_portions(make, axis):
    rng = np.random.default_rng(axis + 5)
    shape = [5, 6, 7]
    shape[axis] = 3
    z = make(tuple(shape), (2, 3, 2))
    z[...] = frames(z, 0, 3, axis)
    n = 3
    with z.appender(axis) as out:
        while n < 80:
            count = int(rng.choice([0, 1, 2, 3, 9, 25]))
            block = frames(z, n, count, axis)
            out.append(block.squeeze(axis) if count == 1 and rng.random() < 0.5 else block)
            n += count
            assert out.length == n
            assert n - z.shape[axis] < 12
            if rng.random() < 0.2:
                out.flush()
                assert z.shape[axis] == n
            stored = zarrc.open_array(z.store_path)
            np.testing.assert_array_equal(stored[...], frames(z, 0, stored.shape[axis], axis))
    assert z.shape[axis] == n
    np.testing.assert_array_equal(z[...], frames(z, 0, n, axis))


def test_each_chunk_is_written_once(tmp_path, monkeypatch):
    """From the start of a chunk on, without flush in between."""
    z = zarrc.create_array(tmp_path / "a", shape=(0, 10), chunks=(4, 10), dtype="i4")
    shapes = []
    original = type(z).append
    monkeypatch.setattr(
        type(z), "append", lambda self, data, axis=0: shapes.append(data.shape) or original(self, data, axis)
    )
    with z.appender() as out:
        for k in range(11):
            out.append(np.full(10, k))
        out.append(np.zeros((14, 10)))
    assert [n for n, _ in shapes] == [4, 4, 4, 12, 1]


def test_others_append_too(make):
    z = make((0, 3), (4, 3))
    other = zarrc.open_array(z.store_path)
    with z.appender() as out:
        out.append(frames(z, 0, 2))
        other.append(frames(z, 100, 3))
        out.append(frames(z, 2, 9))
    found = zarrc.open_array(z.store_path)[:, 0].tolist()
    order = [str(k) for k in range(11)] if z.dtype.kind == "T" else list(range(11))
    assert [v for v in found if v in order] == order and len(found) == 14


def test_frames_stay_when_the_block_fails(make):
    z = make((0, 3), (4, 3))
    with pytest.raises(RuntimeError, match="camera"), z.appender() as out:
        out.append(frames(z, 0, 6))
        raise RuntimeError("camera")
    np.testing.assert_array_equal(zarrc.open_array(z.store_path)[...], frames(z, 0, 6))


def test_refused(make):
    z = make((0, 3), (4, 3))
    with pytest.raises(ValueError, match="axis 2"):
        z.appender(2)
    out = z.appender()
    for wrong in (np.zeros(4), np.zeros((2, 4)), np.zeros((1, 2, 3)), np.int32(1)):
        with pytest.raises(ValueError, match="shape"):
            out.append(wrong)
    out.append(frames(z, 0, 1))
    out.close()
    out.close()
    with pytest.raises(ValueError, match="closed"):
        out.append(frames(z, 0, 1))
    assert z.shape == (1, 3)
    with pytest.raises(ReadOnlyError):
        zarrc.open_array(z.store_path, mode="r").appender()


def test_masked_frames(tmp_path):
    dtype = {"name": "optional", "configuration": {"name": "int32", "configuration": {}}}
    z = zarrc.create_array(tmp_path / "a", shape=(0, 2), chunks=(3, 2), dtype=dtype)
    with z.appender() as out:
        for k in range(5):
            out.append(np.ma.array([k, -1], mask=[False, True], dtype="i4"))
    assert z[...].mask.tolist() == [[False, True]] * 5
    assert z[...][:, 0].tolist() == list(range(5))


def test_a_frame_that_was_refused_can_be_given_again(make, monkeypatch):
    z = make((0, 3), (3, 3))
    original, full = type(z).append, [True]

    def append(self, data, axis=0):
        if full[0]:
            raise StoreIOError(28, "No space left on device", "a")
        return original(self, data, axis)

    monkeypatch.setattr(type(z), "append", append)
    with z.appender() as out:
        n, refused = 0, 0
        while n < 14:
            try:
                out.append(frames(z, n, 1))
                n += 1
            except StoreIOError:
                assert out.length == n
                refused, full[0] = refused + 1, False
    assert refused == 1
    np.testing.assert_array_equal(z[...], frames(z, 0, 14))


def test_an_interrupt_right_after_the_frames_were_stored(make, monkeypatch):
    z = make((0, 3), (4, 3))
    original = type(z).append

    def append(self, data, axis=0):
        original(self, data, axis)
        raise KeyboardInterrupt

    out = z.appender()
    out.append(frames(z, 0, 2))
    monkeypatch.setattr(type(z), "append", append)
    with pytest.raises(KeyboardInterrupt):
        out.flush()
    monkeypatch.setattr(type(z), "append", original)
    out.close()
    np.testing.assert_array_equal(z[...], frames(z, 0, 2))
