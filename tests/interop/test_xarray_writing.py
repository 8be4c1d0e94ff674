"""`zarrc.interop.xarray.to_zarr` with xarray's meanings of its parameters."""

from __future__ import annotations

import os
import pickle

import numpy as np
import pytest

import zarrc

xr = pytest.importorskip("xarray", reason="xarray is not installed")

from zarrc.interop.xarray import ZarrcStore, to_zarr  # noqa: E402

# zarr-python warns of it too, whoever consolidates
pytestmark = pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
FORMATS = pytest.mark.parametrize("zarr_format", [2, 3])


def dataset(first: int = 0, n: int = 6) -> xr.Dataset:
    time = np.arange(first, first + n)
    values = time[:, None] * 10.0 + np.arange(4)
    return xr.Dataset(
        {"v": (("time", "x"), values), "fixed": ("x", np.arange(4.0))}, coords={"time": time, "x": np.arange(4)}
    )


def read(path) -> xr.Dataset:
    with xr.open_dataset(path, engine="zarrc", consolidated=False) as ds:
        return ds.load()


@pytest.fixture
def path(tmp_path):
    return str(tmp_path / "s.zarr")


def test_it_gives_the_store(path):
    store = to_zarr(dataset(), path)
    assert isinstance(store, ZarrcStore)
    assert store.zarr_group["v"].shape == (6, 4)
    assert type(pickle.loads(pickle.dumps(store))) is ZarrcStore


@FORMATS
def test_modes(path, zarr_format):
    to_zarr(dataset(), path, zarr_format=zarr_format)
    with pytest.raises((FileExistsError, ValueError)):
        to_zarr(dataset(), path)
    with pytest.raises((FileExistsError, ValueError)):
        to_zarr(dataset(), path, mode="w-")
    to_zarr(dataset()[["fixed"]] * 2, path, mode="w", zarr_format=zarr_format)
    assert set(read(path).data_vars) == {"fixed"}
    to_zarr(dataset(), path, mode="a")
    xr.testing.assert_identical(read(path), dataset())
    to_zarr(dataset() + 1, path, mode="r+")
    xr.testing.assert_identical(read(path), dataset() + 1)
    with pytest.raises(ValueError, match="non-pre-existing"):
        to_zarr(dataset().assign(new=("x", np.zeros(4))), path, mode="r+")
    with pytest.raises(ValueError, match="supported options for mode"):
        to_zarr(dataset(), path, mode="r")


@FORMATS
def test_append(path, zarr_format):
    to_zarr(dataset(0), path, zarr_format=zarr_format, encoding={"v": {"chunks": (4, 3)}})
    to_zarr(dataset(6, 5), path, append_dim="time")
    xr.testing.assert_identical(read(path), dataset(0, 11))
    to_zarr(dataset(11, 2).assign(fixed=("x", np.full(4, 9.0))), path, append_dim="time", mode="a-")
    xr.testing.assert_identical(read(path), dataset(0, 13))
    with xr.open_dataset(path, engine="zarrc") as consolidated:
        assert consolidated.sizes["time"] == 13
    with pytest.raises(ValueError, match="different dimension sizes"):
        to_zarr(dataset(13, 2).isel(x=slice(2)), path, append_dim="time")
    with pytest.raises(ValueError, match="append_dim"):
        to_zarr(dataset(13, 2), path, append_dim="no")
    with pytest.raises(ValueError, match="already exists, but encoding was provided"):
        to_zarr(dataset(13, 2), path, append_dim="time", encoding={"v": {"chunks": (1, 1)}})
    with pytest.raises(ValueError, match="cannot set append_dim"):
        to_zarr(dataset(), path, append_dim="time", mode="w")
    assert zarrc.open_array(path, path="v").shape == (13, 4)


@FORMATS
def test_regions(path, zarr_format):
    to_zarr(dataset() * 0, path, zarr_format=zarr_format)
    part = dataset().isel(time=slice(2, 5))
    to_zarr(part.drop_vars(["fixed", "x", "time"]), path, region={"time": slice(2, 5)})
    found = read(path)["v"].values
    np.testing.assert_array_equal(found[2:5], part["v"])
    assert not found[:2].any()
    assert not found[5:].any()
    to_zarr(dataset().isel(time=[0, 1]).drop_vars("fixed"), path, region="auto")
    np.testing.assert_array_equal(read(path)["v"].values[:5], dataset()["v"].values[:5])
    to_zarr(dataset().isel(time=[5])[["v"]], path, region={"time": "auto", "x": slice(0, 4)}, mode="r+")
    np.testing.assert_array_equal(read(path)["v"], dataset()["v"])
    for wrong, error in (
        ({"time": slice(0, 6, 2)}, ValueError),
        ({"no": slice(0, 2)}, ValueError),
        ({"time": 3}, TypeError),
        ({"time": slice(0, 2)}, ValueError),
    ):
        with pytest.raises(error):
            to_zarr(part, path, region=wrong)
    with pytest.raises(KeyError, match="Not all values"):
        to_zarr(dataset(100, 2).drop_vars("fixed"), path, region="auto")
    with pytest.raises(ValueError, match="cannot set region"):
        to_zarr(part, path, region={"time": slice(2, 5)}, mode="w")


def test_encodings_that_are_unknown(path):
    with pytest.raises(ValueError, match="unexpected encoding"):
        to_zarr(dataset(), path, encoding={"v": {"zlib": True}})


def test_codecs_of_all_kinds(path):
    numcodecs = pytest.importorskip("numcodecs")
    encoding = {
        "v": {"compressors": zarrc.codecs.ZstdCodec(level=3), "chunks": (2, 2)},
        "fixed": {"compressors": None},
        "time": {"compressors": [{"name": "gzip", "configuration": {"level": 1}}]},
    }
    to_zarr(dataset(), path, encoding=encoding)
    group = zarrc.open_group(path)
    assert [c.to_dict()["name"] for c in group["v"].compressors] == ["zstd"]
    assert group["fixed"].compressors == ()
    assert [c.to_dict()["name"] for c in group["time"].compressors] == ["gzip"]
    xr.testing.assert_identical(read(path), dataset())
    to_zarr(dataset(), path, mode="w", zarr_format=2, encoding={"v": {"compressors": numcodecs.Zlib(level=2)}})
    assert zarrc.open_array(path, path="v").metadata.compressor == {"id": "zlib", "level": 2}


def test_empty_chunks(path):
    ds = xr.Dataset({"a": ("x", np.zeros(4))})
    encoding = {"a": {"chunks": (2,), "fill_value": 0.0}}
    to_zarr(ds, path, encoding=encoding)
    assert zarrc.open_array(path, path="a").nchunks_initialized == 0
    to_zarr(ds, path, mode="w", encoding=encoding, write_empty_chunks=True)
    assert zarrc.open_array(path, path="a").nchunks_initialized == 2
    to_zarr(ds, path, mode="a", write_empty_chunks=False)
    assert zarrc.open_array(path, path="a").nchunks_initialized == 0


def test_groups_in_one_store(path):
    to_zarr(dataset(), path, group="a/b")
    to_zarr(dataset(1), path, group="c", mode="a")
    with xr.open_datatree(path, engine="zarrc", consolidated=False) as tree:
        assert sorted(tree.groups) == ["/", "/a", "/a/b", "/c"]
        xr.testing.assert_identical(tree["c"].to_dataset(inherit=False).load(), dataset(1))


def test_consolidation(path):
    to_zarr(dataset(), path, consolidated=False)
    assert zarrc.open_group(path).metadata.consolidated_metadata is None
    to_zarr(dataset(), path, mode="w")
    assert set(zarrc.open_group(path).metadata.consolidated_metadata) == {"v", "fixed", "time", "x"}


@pytest.mark.parametrize("name", [None, "v", "x"])
def test_data_arrays(path, name):
    array = dataset()["v"].rename(name)
    to_zarr(array, path)
    with xr.open_dataarray(path, engine="zarrc") as back:
        xr.testing.assert_identical(back.load(), array)
    with pytest.raises(TypeError, match="Dataset, DataArray or DataTree"):
        to_zarr(array.values, path)


@FORMATS
def test_strings_keep_their_codecs(tmp_path, zarr_format):
    ds = xr.Dataset({"n": ("y", np.array(["a", "bb", "ü"], dtype=object)), "u": ("y", np.array(["x", "yy", ""]))})
    to_zarr(ds, tmp_path / "0", zarr_format=zarr_format)
    for i in range(2):
        with xr.open_dataset(str(tmp_path / str(i)), engine="zarrc") as back:
            assert back["n"].values.tolist() == ["a", "bb", "ü"]
            to_zarr(back, tmp_path / str(i + 1), zarr_format=zarr_format)
    first, last = (zarrc.open_group(tmp_path / str(i)) for i in (0, 2))
    for name in ("n", "u"):
        assert last[name].metadata == first[name].metadata
    if zarr_format == 2:
        assert [len(c) for c in (last["n"].filters, last["n"].compressors)] == [1, 1]


def test_missing_values_and_packing(path):
    ds = xr.Dataset(
        {"a": ("x", np.array([1.5, np.nan, 2.5])), "t": ("x", np.array(["2000-01-01", "NaT", "2001"], "M8[ns]"))}
    )
    for zarr_format in (2, 3):
        encoding = {"a": {"dtype": "i2", "scale_factor": 0.5, "_FillValue": -1}}
        to_zarr(ds, path, mode="w", zarr_format=zarr_format, encoding=encoding)
        assert zarrc.open_array(path, path="a").dtype == "i2"
        xr.testing.assert_identical(read(path), ds)


# dask ----------------------------------------------------------------------------------------------------------
def chunked(**chunks) -> xr.Dataset:
    pytest.importorskip("dask", reason="dask is not installed")
    return dataset().chunk(chunks)


def test_dask_arrays(path):
    to_zarr(chunked(time=2, x=3), path)
    assert zarrc.open_array(path, path="v").chunks == (2, 3)
    xr.testing.assert_identical(read(path), dataset())


def test_writing_later(path):
    later = to_zarr(chunked(time=2), path, compute=False)
    assert zarrc.open_array(path, path="v").nchunks_initialized == 0
    pickle.loads(pickle.dumps(later)).compute()
    xr.testing.assert_identical(read(path), dataset())


def test_chunks_that_would_share_a_stored_one_are_refused(path):
    encoding = {"v": {"chunks": (4, 4)}}
    with pytest.raises(ValueError, match="chunks"):
        to_zarr(chunked(time=3), path, encoding=encoding)
    to_zarr(chunked(time=3), path, mode="w", encoding=encoding, align_chunks=True)
    xr.testing.assert_identical(read(path), dataset())
    to_zarr(chunked(time=4), path, mode="w", encoding=encoding)
    with pytest.raises(ValueError, match="chunks"):
        to_zarr(
            chunked(time=3).drop_vars(["fixed", "x", "time"]).isel(time=slice(3)), path, region={"time": slice(3, 6)}
        )
    to_zarr(chunked(time=3), path, mode="w", encoding=encoding, safe_chunks=False)
    xr.testing.assert_identical(read(path), dataset())
    sharded = {"v": {"chunks": (1, 4), "shards": (4, 4)}}
    with pytest.raises(ValueError, match="chunks"):
        to_zarr(chunked(time=1), path, mode="w", encoding=sharded)
    to_zarr(chunked(time=4), path, mode="w", encoding=sharded)
    xr.testing.assert_identical(read(path), dataset())


def test_appending_and_regions_of_dask_arrays(path):
    to_zarr(chunked(time=2), path)
    to_zarr(chunked(time=2).assign_coords(time=np.arange(6, 12)), path, append_dim="time")
    assert read(path).sizes["time"] == 12
    np.testing.assert_array_equal(read(path)["v"][6:], dataset()["v"])
    part = (chunked(time=2) * 0).drop_vars(["fixed", "x", "time"])
    to_zarr(part, path, region={"time": slice(6, 12)})
    assert not read(path)["v"][6:].any()


@FORMATS
def test_the_same_files_as_with_zarr_python(tmp_path, zarr_format):
    pytest.importorskip("zarr")
    theirs, ours = tmp_path / "theirs", tmp_path / "ours"
    chunks = {"v": {"chunks": (3, 4)}}
    dataset().to_zarr(theirs, zarr_format=zarr_format, encoding=chunks, consolidated=False)
    to_zarr(dataset(), ours, zarr_format=zarr_format, encoding=chunks, consolidated=False)
    names = [
        sorted(os.path.relpath(os.path.join(d, f), top) for d, _, fs in os.walk(top) for f in fs)
        for top in (theirs, ours)
    ]
    assert names[0] == names[1]
    for name in ("v", "fixed", "time", "x"):
        assert zarrc.open_array(theirs, path=name).metadata == zarrc.open_array(ours, path=name).metadata
