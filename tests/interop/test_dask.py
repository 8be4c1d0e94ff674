"""dask arrays from stored arrays and into them."""

from __future__ import annotations

import pickle
import subprocess
import sys

import numpy as np
import pytest

import zarrc

pytest.importorskip("dask.array", reason="dask is not installed")

import dask.array as da
from dask.base import tokenize
from hypothesis import given
from hypothesis import strategies as st

import zarrc.interop.dask as zd


def values(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype="f8").reshape(shape)


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "a.zarr")


def stored(path, shape=(10, 7), chunks=(4, 3), **settings) -> zarrc.Array:
    array = zarrc.create_array(path, shape=shape, chunks=chunks, dtype="f8", **settings)
    array[...] = values(*shape)
    return array


# reading -------------------------------------------------------------------------------------------------------
def test_from_array_takes_an_array_as_it_is(path):
    z = stored(path)
    for x in (da.from_array(z), da.from_array(z, chunks=z.chunks), da.from_array(z, chunks=(3, 7), inline_array=True)):
        assert (x.shape, x.dtype) == (z.shape, z.dtype)
        np.testing.assert_array_equal(x, values(10, 7))
    np.testing.assert_array_equal(da.from_array(z, chunks=z.chunks)[::-2, [6, 0]], values(10, 7)[::-2, [6, 0]])


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_from_zarr(path, zarr_format):
    z = stored(path, zarr_format=zarr_format)
    for where in (z, path, zarrc.storage.LocalStore(path)):
        x = zd.from_zarr(where)
        assert x.chunks == ((4, 4, 2), (3, 3, 1))
        np.testing.assert_array_equal(x.compute(), values(10, 7))
    assert zd.from_zarr(path, chunks=(5, 7)).chunks == ((5, 5), (7,))
    assert zd.from_zarr(path, name="n").name == "n"
    np.testing.assert_array_equal(zd.from_zarr(path, inline_array=True).sum(), values(10, 7).sum())


def test_components_and_dictionaries():
    kept: dict = {}
    group = zarrc.create_group(kept)
    group.create_array("g/a", shape=4, dtype="i4", chunks=2)[...] = [1, 2, 3, 4]
    np.testing.assert_array_equal(zd.from_zarr(kept, component="g/a"), [1, 2, 3, 4])
    with pytest.raises(FileNotFoundError):
        zd.from_zarr(kept, component="g/b")


def test_chunks_of_rectilinear_and_sharded_arrays(path, tmp_path):
    z = zarrc.create_array(path, shape=(10,), chunks=[[3, 3, 4]], dtype="f8")
    z[...] = values(10)
    assert zd.from_zarr(z).chunks == ((3, 3, 4),)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(zd.from_zarr(z))), values(10))
    zd.to_zarr(-zd.from_zarr(z, chunks=5), z)
    np.testing.assert_array_equal(z[...], -values(10))
    z = zarrc.create_array(tmp_path / "s", shape=(1000, 10), chunks=(10, 10), shards=(100, 10), dtype="f8")
    assert zd.from_zarr(z).chunks[0] == (10,) * 100
    import dask

    with dask.config.set({"array.chunk-size": "20kiB"}):
        automatic = zd.from_zarr(z, chunks="auto").chunks[0]
    assert sum(automatic) == 1000
    assert all(end % 100 == 0 for end in np.cumsum(automatic))
    assert len(automatic) < 10


def test_zero_dimensions_and_no_elements(path, tmp_path):
    z = zarrc.create_array(path, shape=(), dtype="i4", fill_value=5)
    assert zd.from_zarr(z).compute() == 5
    z = zarrc.create_array(tmp_path / "e", shape=(0, 3), chunks=(2, 2), dtype="i4")
    assert zd.from_zarr(z).compute().shape == (0, 3)
    for x in (da.zeros((0, 3)), da.asarray(np.float64(2.5))):
        zd.to_zarr(x, tmp_path / "out", mode="w")
        np.testing.assert_array_equal(zarrc.open_array(tmp_path / "out")[...], x)


# names ---------------------------------------------------------------------------------------------------------
def test_tokens_are_the_same_for_the_same_place(path, tmp_path, monkeypatch):
    z = stored(path)
    token = tokenize(z)
    assert tokenize(zarrc.open_array(path, mode="r")) == token
    assert tokenize(pickle.loads(pickle.dumps(z))) == token
    monkeypatch.chdir(tmp_path)
    assert tokenize(zarrc.open_array("a.zarr")) == token
    assert zd.from_zarr(path).name == zd.from_zarr(z).name
    assert zd.from_zarr(path).name != zd.from_zarr(path, chunks=(5, 5)).name
    script = f"import zarrc, dask; print(dask.base.tokenize(zarrc.open_array({path!r})))"
    run = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == token


def test_tokens_differ_where_what_is_read_may(path, tmp_path):
    z = stored(path)
    tokens = [tokenize(z), tokenize(stored(tmp_path / "b.zarr")), tokenize(z.with_config({"order": "F"}))]
    z.attrs["units"] = "m"
    tokens.append(tokenize(z))
    z.resize((12, 7))
    tokens.append(tokenize(z))
    assert len(set(tokens)) == len(tokens)
    group = zarrc.create_group(tmp_path / "g")
    assert tokenize(group) == tokenize(zarrc.open_group(tmp_path / "g"))
    assert tokenize(group) != tokenize(group.create_group("g"))


def test_tokens_of_arrays_in_memory_are_of_their_values():
    def made(value: int) -> zarrc.Array:
        z = zarrc.create_array({}, shape=4, chunks=2, dtype="i4")
        z[...] = value
        return z

    assert tokenize(made(1)) == tokenize(made(1))
    assert tokenize(made(1)) != tokenize(made(2))
    z = made(1)
    token = tokenize(z)
    z[0] = 7
    assert tokenize(z) != token


# writing -------------------------------------------------------------------------------------------------------
def test_store_writes_to_an_array_as_it_is(path):
    z = zarrc.create_array(path, shape=(10, 7), chunks=(4, 3), dtype="f8")
    da.store(da.from_array(values(10, 7), chunks=(4, 3)), z, lock=False)
    np.testing.assert_array_equal(z[...], values(10, 7))
    kept = da.from_array(values(4, 7), chunks=(4, 3)).store(z, regions=(slice(4, 8), slice(None)), return_stored=True)
    np.testing.assert_array_equal(kept[4:8] if kept.shape == z.shape else kept, values(4, 7))
    np.testing.assert_array_equal(z[4:8], values(4, 7))


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_to_zarr_makes_an_array(path, zarr_format):
    x = da.from_array(values(10, 7), chunks=(4, 3)).astype("f4")
    assert zd.to_zarr(x, path, zarr_format=zarr_format, fill_value=3) is None
    z = zarrc.open_array(path)
    assert (z.shape, z.chunks, z.dtype, z.fill_value) == ((10, 7), (4, 3), np.dtype("f4"), 3)
    np.testing.assert_array_equal(z[...], values(10, 7).astype("f4"))


def test_modes(path):
    x = da.from_array(values(6), chunks=2)
    with pytest.raises(FileNotFoundError):
        zd.to_zarr(x, path, mode="r+")
    zd.to_zarr(x, path)
    for mode in ("a", "w-"):
        with pytest.raises(zarrc.errors.ContainsArrayError):
            zd.to_zarr(x, path, mode=mode)
    zd.to_zarr(x + 1, path, mode="r+")
    np.testing.assert_array_equal(zarrc.open_array(path)[...], values(6) + 1)
    zd.to_zarr(da.zeros(3, chunks=3), path, mode="w")
    assert zarrc.open_array(path).shape == (3,)
    for wrong in ({"mode": "r"}, {"mode": "r+"}, {"mode": "r+", "fill_value": 1}, {"component": "a", "name": "b"}):
        with pytest.raises(ValueError, match=r"mode|shape|exists|both"):
            zd.to_zarr(x, path, **wrong)
    unknown = x[x > 2]
    with pytest.raises(ValueError, match="unknown"):
        zd.to_zarr(unknown, path, mode="w")


def test_components(path):
    zd.to_zarr(da.ones(3), path, component="a/b")
    zd.to_zarr(da.zeros(3), path, name="c")
    group = zarrc.open_group(path)
    assert sorted(group) == ["a", "c"]
    assert group["a/b"][...].tolist() == [1, 1, 1]


def test_writing_later_and_reading_back(path):
    x = da.from_array(values(10), chunks=4)
    later = zd.to_zarr(x, path, compute=False)
    z = zarrc.open_array(path)
    assert z.nchunks_initialized == 0
    pickle.loads(pickle.dumps(later)).compute()
    np.testing.assert_array_equal(z[...], values(10))
    back = zd.to_zarr(x * 2, path, mode="w", return_stored=True)
    np.testing.assert_array_equal(back, values(10) * 2)


def test_regions(path):
    z = stored(path)
    expected = values(10, 7)
    x = da.from_array(-values(5, 7), chunks=(2, 2))
    for where in (z, path):
        zd.to_zarr(x, where, region=(slice(3, 8),))
        expected[3:8] = -values(5, 7)
        np.testing.assert_array_equal(z[...], expected)
    zd.to_zarr(x, z, region=(slice(None, None, 2), slice(None)))
    expected[::2] = -values(5, 7)
    np.testing.assert_array_equal(z[...], expected)
    for wrong in ((slice(0, 4),), (slice(None, None, -2),), (3,), (slice(5),) * 3):
        with pytest.raises(ValueError, match=r"region|shape"):
            zd.to_zarr(x, z, region=wrong)


@pytest.mark.parametrize("chunks", [(3, 3), (10, 1), ((1, 2, 7), (7,)), ((5, 1, 4), (1, 1, 5))], ids=str)
def test_every_stored_chunk_is_written_by_one_task(path, chunks, monkeypatch):
    written: list[tuple] = []
    z = zarrc.create_array(path, shape=(10, 7), chunks=(2, 1), shards=(4, 3), dtype="f8")
    original = zarrc.Array.__setitem__

    def noted(self, key, value):
        written.append(key)
        original(self, key, value)

    monkeypatch.setattr(zarrc.Array, "__setitem__", noted)
    zd.to_zarr(da.from_array(values(10, 7), chunks=chunks), z)
    np.testing.assert_array_equal(z[...], values(10, 7))
    shards = [(i // 4, j // 3) for k in written for i in range(10)[k[0]][::4] for j in range(7)[k[1]][::3]]
    assert len(shards) == len(set(shards)) == 9
    assert all(range(10)[k[0]].start % 4 == 0 and range(7)[k[1]].start % 3 == 0 for k in written)


@given(st.data())
def test_aligned_chunks(data):
    n = data.draw(st.integers(1, 30), label="length")
    edge = data.draw(st.integers(1, 8), label="chunk")
    z = zarrc.create_array({}, shape=n, chunks=edge, dtype="i1")
    start, step = data.draw(st.integers(0, n - 1)), data.draw(st.integers(1, 5))
    region = slice(start, data.draw(st.integers(start, n)), step)
    picked = range(n)[region]
    cuts = sorted(data.draw(st.sets(st.integers(1, max(1, len(picked) - 1)), max_size=6)) if len(picked) > 1 else [])
    given_chunks = (tuple(np.diff([0, *cuts, len(picked)]).tolist()),)
    (found,) = zd.aligned_chunks(given_chunks, z, (region,))
    assert sum(found) == len(picked)
    ends = np.cumsum(found).tolist()
    owners = [picked[i] // edge for i in range(len(picked))]
    for end in ends[:-1]:
        assert 0 < end < len(picked)
        assert owners[end - 1] != owners[end]
    # no boundary moved further than to the next edge
    for cut in cuts:
        assert any((end >= cut and len(set(owners[cut - 1 : end])) <= 1) or end == cut for end in ends)


def test_aligned_chunks_refuse_other_lengths(path):
    z = zarrc.create_array(path, shape=10, chunks=4, dtype="i1")
    with pytest.raises(ValueError, match="axis 0: 9 elements"):
        zd.aligned_chunks(((4, 5),), z)
    assert zd.aligned_chunks(((4, 4, 2),), z) == ((4, 4, 2),)


def test_dask_is_not_imported_without_need():
    script = (
        "import sys, zarrc, zarrc.interop; assert not {'dask', 'xarray', 'pandas', 'distributed'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", script], check=True)
