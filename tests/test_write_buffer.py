from __future__ import annotations

import os
import threading
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import zarrc
from zarrc.errors import ChunkNotFoundError, CodecError, ReadOnlyError
from zarrc.write_buffer import WriteBuffer

LAYOUTS = {
    "chunks": {"chunks": (5, 7)},
    "shards": {"chunks": (2, 3), "shards": (6, 9)},
    "rectilinear": {"chunks": [[4, 9, 10], [11, 12]]},
    "strings": {"chunks": (5, 7), "dtype": "str"},
    "v2": {"chunks": (5, 7), "zarr_format": 2, "order": "F"},
}
SHAPE = (20, 23)


def make(layout, where=None, **more):
    with zarrc.config.set({"array.rectilinear_chunks": True}):
        return zarrc.create_array(where, **{"shape": SHAPE, "dtype": "i4", **LAYOUTS[layout], **more})


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("layout", LAYOUTS)
@given(data=st.data())
def test_as_without(layout, local, tmp_path_factory, data):
    """Any sequence of writes and reads gives what it gives on an array that gathers nothing."""
    z = make(layout, tmp_path_factory.mktemp("a") / "z" if local else None)
    z[3:9] = "1" if z.dtype.kind == "T" else 1
    model = z[...]
    rng = np.random.default_rng(data.draw(st.integers(0, 2**32)))
    most = data.draw(st.sampled_from([0, 300, 2000, 1 << 28]))

    def pick():
        kind = rng.integers(5)
        rows, columns = np.sort(rng.integers(0, 21, 2)), np.sort(rng.integers(0, 24, 2))
        step = int(rng.integers(1, 4))
        if kind == 0:
            return "basic", (slice(rows[0], rows[1], step), slice(columns[0], columns[1]))
        if kind == 1:
            return "basic", (int(rng.integers(20)), slice(columns[0], columns[1], step))
        if kind == 2:
            return "orthogonal", (rng.permutation(20)[:4], slice(columns[0], columns[1]))
        if kind == 3:
            n = int(rng.integers(1, 9))
            return "coordinate", (rng.integers(0, 20, n), rng.integers(0, 23, n))
        return "basic", (slice(None), slice(None))

    def numpy_key(kind, key):
        return np.ix_(key[0], np.arange(23)[key[1]]) if kind == "orthogonal" else key

    with z.batch_writes(max_bytes=most):
        for k in range(12):
            kind, key = pick()
            if rng.random() < 0.6:
                value = np.full(model[numpy_key(kind, key)].shape, k).astype(z.dtype)
                getattr(z, f"set_{kind}_selection")(key, value)
                model[numpy_key(kind, key)] = value
            else:
                found = getattr(z, f"get_{kind}_selection")(key)
                np.testing.assert_array_equal(found, model[numpy_key(kind, key)])
    np.testing.assert_array_equal(z[...], model)
    np.testing.assert_array_equal(zarrc.open_array(z.store_path)[...], model)


def count_writes(z, monkeypatch):
    """Names of the chunks that were written, in order."""
    written = []
    plan = type(z._opened.io)

    def write(self, place, root, label, shape, selection, value, config, mask=None):
        written.append(tuple(axis.start for axis in selection.axes))
        return original(self, place, root, label, shape, selection, value, config, mask)

    original = plan.write
    monkeypatch.setattr(plan, "write", write)
    return written


def test_each_shard_is_written_once(tmp_path, monkeypatch):
    z = make("shards", tmp_path / "a")
    written = count_writes(z, monkeypatch)
    with z.batch_writes():
        for i in range(20):
            for j in range(23):
                z[i, j] = i * 23 + j
        assert written == []
        assert zarrc.open_array(tmp_path / "a")[...].max() == 0
    assert sorted(written) == [(i, j) for i in range(0, 20, 6) for j in range(0, 23, 9)]
    np.testing.assert_array_equal(z[...], np.arange(460).reshape(20, 23))


def test_memory_is_bounded(tmp_path, monkeypatch):
    """Five bytes an item: the value and whether it was written. The chunk that waits longest goes first."""
    z = make("chunks", tmp_path / "a")
    written = count_writes(z, monkeypatch)
    with z.batch_writes(max_bytes=2 * 35 * 5):
        z[0, 0] = 1
        z[0, 7] = 2
        z[0, 1] = 3
        assert written == []
        z[0, 14] = 4
        assert written == [(0, 7)]
        z[0, 21] = 5
        assert written == [(0, 7), (0, 0)]
        assert z[0, :23:7].tolist() == [1, 2, 4, 5]
    assert len(written) == 4


def test_others_keep_what_they_wrote(tmp_path):
    z = make("shards", tmp_path / "a")
    other = zarrc.open_array(tmp_path / "a")
    with z.batch_writes():
        z[0] = 1
        other[1] = 2
        other[0, 3] = 3
        assert other[0, 0] == 0
    assert z[0].tolist() == [1] * 23 and z[1].tolist() == [2] * 23


def test_stored_when_the_block_fails(tmp_path):
    z = make("chunks", tmp_path / "a")
    with pytest.raises(RuntimeError, match="stop"), z.batch_writes():
        z[0] = 1
        raise RuntimeError("stop")
    assert (zarrc.open_array(tmp_path / "a")[0] == 1).all()
    z[1] = 2  # and nothing is gathered any more
    assert (zarrc.open_array(tmp_path / "a")[1] == 2).all()


def test_a_chunk_that_cannot_be_stored(tmp_path):
    """The others are stored all the same; the error is raised, and an error of the block is its context."""
    z = make("chunks", tmp_path / "a")
    z[...] = 1
    (tmp_path / "a" / "c" / "0" / "1").write_bytes(b"?")
    with pytest.raises(CodecError, match="c/0/1") as caught, z.batch_writes():
        z[:, 8] = 2
        raise RuntimeError("stop")
    assert isinstance(caught.value.__context__, RuntimeError)
    assert (z[5:, 8] == 2).all()


def test_resize_and_append_inside(tmp_path):
    z = make("chunks", tmp_path / "a")
    with z.batch_writes():
        z[19] = 1
        z.resize((30, 23))
        z[29] = 2
        z.append(np.full((2, 23), 3))
        z[31, 0] = 4
        assert z[28:, 0].tolist() == [0, 2, 3, 4]
    assert zarrc.open_array(tmp_path / "a")[19:, 0].tolist() == [1] + [0] * 9 + [2, 3, 4]


def test_missing_chunks(tmp_path):
    z = make("chunks", tmp_path / "a", config={"missing": "mask"})
    with z.batch_writes():
        z[0, 3] = 7
        found = z[:2, :5]
        assert found.mask.tolist() == [[True, True, True, False, True], [True] * 5]
    strict = z.with_config({"missing": "raise"})
    with strict.batch_writes():
        strict[5:10, :7] = 1
        assert (strict[5:10, :7] == 1).all()
        with pytest.raises(ChunkNotFoundError):
            strict[10]


def test_threads_share_it(tmp_path):
    z = make("shards", tmp_path / "a")

    def work(k):
        for j in range(23):
            z[k, j] = 100 * k + j
            assert z[k, j] == 100 * k + j

    before = set(threading.enumerate())
    with z.batch_writes(max_bytes=600), ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(20)))
    np.testing.assert_array_equal(z[...], 100 * np.arange(20)[:, np.newaxis] + np.arange(23))
    assert set(threading.enumerate()) <= before


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_forked_child_stores_nothing_of_its_parents(tmp_path):
    z = make("chunks", tmp_path / "a")
    with z.batch_writes():
        z[0] = 1
        pid = os.fork()
        if pid == 0:
            code = 1
            try:
                z[1] = 2
                z._buffer.flush()
                code = 0
            finally:
                os._exit(code)
        assert os.waitpid(pid, 0)[1] == 0
        seen = zarrc.open_array(tmp_path / "a")[:2, 0].tolist()
    assert seen == [0, 2]
    assert z[:2, 0].tolist() == [1, 2]


def test_refused(tmp_path):
    z = make("chunks", tmp_path / "a")
    with z.batch_writes(), pytest.raises(RuntimeError, match="already"), z.batch_writes():
        pass
    with pytest.raises(ReadOnlyError), zarrc.open_array(tmp_path / "a", mode="r").batch_writes():
        pass
    with z.batch_writes(), pytest.raises(ValueError, match="broadcast"):
        z[0] = np.zeros(3)


def test_masked_values(tmp_path):
    dtype = {"name": "optional", "configuration": {"name": "int32", "configuration": {}}}
    z = zarrc.create_array(tmp_path / "a", shape=6, chunks=4, dtype=dtype)
    z[...] = np.arange(6)
    with z.batch_writes():
        z[1] = np.ma.masked
        z[4:] = np.ma.array([7, 8], mask=[True, False], dtype="i4")
        assert z[...].tolist() == [0, None, 2, 3, None, 8]
    assert z[...].tolist() == [0, None, 2, 3, None, 8]


@pytest.mark.parametrize("layout", ["chunks", "shards", "strings"])
def test_refreshed_inside(tmp_path, layout):
    """Others made the array longer, or shorter: what was gathered is stored where it then lies in the array."""
    options = {"chunks": {"chunks": 4}, "shards": {"chunks": 2, "shards": 4}, "strings": {"chunks": 4, "dtype": "str"}}
    z = zarrc.create_array(tmp_path / "a", shape=10, **{"dtype": "i4", **options[layout]})
    z[...] = np.zeros(10).astype("i4").astype(z.dtype)
    other = zarrc.open_array(tmp_path / "a")

    def values(*numbers):
        return np.array(numbers).astype(z.dtype)

    with z.batch_writes():
        z[8:10] = values(8, 9)
        other.append(values(1, 2))
        z.refresh()
        z[11:] = values(11)
        assert z[8:].astype("i4").tolist() == [8, 9, 1, 11]
    assert other[8:].astype("i4").tolist() == [8, 9, 1, 11]
    with z.batch_writes():
        z[3:5] = values(3, 4)
        z[10:] = values(5, 5)
        other.resize(5)
        z.refresh()
        z[0:1] = values(7)
    assert other[...].astype("i4").tolist() == [7, 0, 0, 3, 4]
    assert zarrc.verify(tmp_path / "a").ok


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize("dtype", ["i4", "str", "optional"])
def test_refreshed_inside_where_a_chunk_is_cut(tmp_path, dtype, local):
    """Others made an inner axis shorter: the part of the chunk that is left is stored."""
    wanted = {"name": "optional", "configuration": {"name": "int32"}} if dtype == "optional" else dtype
    z = zarrc.create_array(tmp_path / "a" if local else None, shape=(10, 10), chunks=(10, 10), dtype=wanted)
    other = zarrc.open_array(z.store_path)
    values = np.ma.array(np.full((3, 3), 5), mask=np.eye(3, dtype=bool) * (dtype == "optional")).astype(z.dtype)
    with z.batch_writes():
        z[:3, :3] = values if dtype == "optional" else values.data
        other.resize((10, 2))
        z.refresh()
        found = z[:4]
    stored = zarrc.open_array(z.store_path)[:4]
    for part in (found, stored):
        assert np.ma.allequal(part[:3], values[:, :2])
        assert np.array_equal(np.ma.getmaskarray(part[:3]), values.mask[:, :2])
        assert (np.ma.getmaskarray(part[3]) if dtype == "optional" else part[3] == z.fill_value).all()


@pytest.mark.parametrize("local", [True, False])
@pytest.mark.parametrize(("dtype", "value"), [("i4", 5), ("str", "a"), ("optional", 2**53 + 1), ("optional", None)])
def test_no_axes(tmp_path, dtype, value, local):
    wanted = {"name": "optional", "configuration": {"name": "int64"}} if dtype == "optional" else dtype
    z = zarrc.create_array(tmp_path / "a" if local else None, shape=(), dtype=wanted)
    if value is None:
        z[...] = 3
    with z.batch_writes():
        z[...] = np.ma.masked if value is None else value
        assert z[...].tolist() == z[()].tolist() == value if dtype != "str" else z[...] == value
    found = zarrc.open_array(z.store_path)[...]
    assert found.tolist() == value if dtype != "str" else found == value


def test_interrupted_while_storing(tmp_path, monkeypatch):
    """All is stored before the interrupt is raised; a second one ends it."""
    z = make("chunks", tmp_path / "a")
    original, interrupts = WriteBuffer._store, [2]

    def store(self, chunk):
        if len(self._chunks) == interrupts[0]:
            interrupts[0] = 0
            raise KeyboardInterrupt
        original(self, chunk)

    monkeypatch.setattr(WriteBuffer, "_store", store)
    with pytest.raises(KeyboardInterrupt), z.batch_writes():
        z[...] = 3
    assert (z[...] == 3).all()
    monkeypatch.setattr(WriteBuffer, "_store", lambda self, chunk: (_ for _ in ()).throw(KeyboardInterrupt))
    with pytest.raises(KeyboardInterrupt), z.batch_writes():
        z[...] = 4
    assert (z[...] == 3).all()
