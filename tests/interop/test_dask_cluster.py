"""Processes of a `distributed` cluster write one array."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc

pytest.importorskip("dask.array", reason="dask is not installed")
distributed = pytest.importorskip("distributed", reason="distributed is not installed")

import dask.array as da  # noqa: E402

import zarrc.interop.dask as zd  # noqa: E402

# zarr-python warns of it too, whoever consolidates
pytestmark = pytest.mark.filterwarnings(
    "ignore:Consolidated metadata is currently not part", "ignore::DeprecationWarning"
)


@pytest.fixture(scope="module")
def client():
    with (
        distributed.LocalCluster(
            n_workers=3, threads_per_worker=2, processes=True, dashboard_address=None, memory_limit=None
        ) as cluster,
        distributed.Client(cluster) as client,
    ):
        client.wait_for_workers(3)
        yield client


def values(*shape: int) -> np.ndarray:
    return np.arange(np.prod(shape), dtype="f8").reshape(shape)


@pytest.mark.parametrize("shards", [None, (20, 10)])
def test_workers_write_one_array(client, tmp_path, shards):
    x = da.from_array(values(60, 50), chunks=(7, 50))
    zd.to_zarr(x, tmp_path / "a", chunks=(10, 5), shards=shards, compressors={"name": "zstd"})
    z = zarrc.open_array(tmp_path / "a")
    np.testing.assert_array_equal(z[...], values(60, 50))
    zd.to_zarr(zd.from_zarr(z, chunks="auto") * 2, z)
    np.testing.assert_array_equal(z[...], values(60, 50) * 2)
    zd.to_zarr(-x[:33], z, region=(slice(5, 38), slice(None)))
    expected = values(60, 50) * 2
    expected[5:38] = -values(60, 50)[:33]
    np.testing.assert_array_equal(z[...], expected)
    assert len({w for w in client.scheduler_info(n_workers=-1)["workers"]}) >= 3


def test_store_and_from_array(client, tmp_path):
    z = zarrc.create_array(tmp_path / "a", shape=(40,), chunks=(8,), dtype="f8")
    da.store(da.from_array(values(40), chunks=8), z, lock=False)
    assert float(da.from_array(z, chunks=8).sum().compute()) == values(40).sum()


def test_arrays_groups_and_stores_as_arguments(client, tmp_path):
    group = zarrc.create_group(tmp_path / "g")
    group.create_array("a", shape=4, dtype="i4")[...] = [1, 2, 3, 4]
    futures = [
        client.submit(lambda z: int(z[...].sum()), group["a"]),
        client.submit(lambda g: int(g["a"][1:].sum()), group),
        client.submit(lambda s: int(zarrc.open_array(s, path="a")[0]), group.store),
    ]
    assert client.gather(futures) == [10, 9, 1]


def test_memory_of_this_process_is_refused(client):
    z = zarrc.create_array({}, shape=4, chunks=2, dtype="f8")
    with pytest.raises(RuntimeError, match="memory of this process"):
        zd.to_zarr(da.ones(4, chunks=2), z)


def test_datasets(client, tmp_path):
    xr = pytest.importorskip("xarray", reason="xarray is not installed")
    from zarrc.interop.xarray import to_zarr

    path = str(tmp_path / "s.zarr")
    ds = xr.Dataset({"v": (("t", "x"), values(12, 5))}, coords={"x": np.arange(5)})
    to_zarr(ds.chunk(t=2), path)
    to_zarr(ds.chunk(t=2), path, append_dim="t", compute=False).compute()
    with xr.open_dataset(path, engine="zarrc", chunks={}) as back:
        np.testing.assert_array_equal(back["v"].compute(), np.concatenate([values(12, 5)] * 2))
        assert float(back["v"].mean().compute()) == values(12, 5).mean()
