"""xarray opens stores with ``engine="zarrc"``."""

from __future__ import annotations

import os
import pickle
import shutil
import subprocess
import sys

import numpy as np
import pytest

import zarrc

xr = pytest.importorskip("xarray", reason="xarray is not installed")

from zarrc.interop.xarray import ZarrcBackendEntrypoint, ZarrcStore, to_zarr  # noqa: E402

# zarr-python warns of it too, whoever consolidates
pytestmark = pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
FORMATS = pytest.mark.parametrize("zarr_format", [2, 3])


def example() -> xr.Dataset:
    """Coordinates, times, packed and masked values, strings, a scalar, odd chunks."""
    rng = np.random.default_rng(0)
    ds = xr.Dataset(
        {
            "t": (("time", "y", "x"), rng.random((7, 5, 6)).astype("f4"), {"units": "K", "range": [0, 1]}),
            "packed": (("y", "x"), rng.random((5, 6)), {"long_name": "in 16 bits"}),
            "holes": (("x",), np.array([1.0, np.nan, 3, 4, np.nan, 6])),
            "count": (("time",), np.arange(7, dtype="i4")),
            "flag": (("y",), np.array([True, False, True, True, False])),
            "name": (("y",), np.array(["a", "bb", "", "ü", "eeeee"], dtype=object)),
            "scalar": ((), np.float64(3.5)),
        },
        coords={
            "time": np.arange("2000-01-01", "2000-01-08", dtype="M8[D]").astype("M8[ns]"),
            "y": np.linspace(-1, 1, 5),
            "x": np.arange(6),
            "area": (("y", "x"), rng.random((5, 6))),
        },
        attrs={"title": "example", "levels": [1, 2]},
    )
    ds["t"].encoding = {"chunks": (3, 5, 2)}
    ds["packed"].encoding = {"dtype": "i2", "scale_factor": 0.001, "add_offset": 0.5, "_FillValue": -9999}
    return ds


@pytest.fixture(params=[2, 3])
def path(request, tmp_path):
    where = str(tmp_path / "s.zarr")
    to_zarr(example(), where, zarr_format=request.param)
    return where


def chunk_files(path: str) -> list[str]:
    documents = ("zarr.json", ".zarray", ".zattrs", ".zgroup", ".zmetadata")
    return [os.path.join(d, f) for d, _, files in os.walk(path) for f in files if f not in documents]


def test_the_engine_is_registered():
    assert isinstance(xr.backends.list_engines()["zarrc"], ZarrcBackendEntrypoint)


def test_values_coordinates_and_attributes_come_back(path):
    with xr.open_dataset(path, engine="zarrc") as ds:
        expected = example()
        np.testing.assert_allclose(ds["packed"], expected["packed"], atol=6e-4)
        xr.testing.assert_identical(ds.drop_vars("packed").load(), expected.drop_vars("packed"))
        assert ds["packed"].attrs == expected["packed"].attrs


def test_zarr_python_reads_what_was_written(path):
    pytest.importorskip("zarr")
    with xr.open_dataset(path, engine="zarr") as theirs, xr.open_dataset(path, engine="zarrc") as ours:
        xr.testing.assert_identical(theirs.load(), ours.load())


@FORMATS
def test_what_zarr_python_wrote_is_read(tmp_path, zarr_format):
    pytest.importorskip("zarr")
    where = str(tmp_path / "s.zarr")
    example().to_zarr(where, zarr_format=zarr_format)
    with xr.open_dataset(where, engine="zarr") as theirs, xr.open_dataset(where, engine="zarrc") as ours:
        for name, variable in theirs.variables.items():
            mine, encoding = ours[name].encoding, variable.encoding
            assert mine.keys() == encoding.keys()
            for key in ("chunks", "preferred_chunks", "shards", "dtype", "scale_factor", "units"):
                assert mine.get(key) == encoding.get(key)
            np.testing.assert_equal(mine.get("fill_value"), encoding.get("fill_value"))
        xr.testing.assert_identical(theirs.load(), ours.load())


def test_opening_reads_no_values(path):
    expected = example()
    kept = [f for f in chunk_files(path) if os.path.relpath(f, path).split(os.sep)[0] in ("time", "y", "x")]
    for file in set(chunk_files(path)) - set(kept):
        os.unlink(file)
    with xr.open_dataset(path, engine="zarrc") as ds:
        assert ds.sizes == expected.sizes
        assert not ds["t"]._in_memory
        assert "nan" in repr(ds["t"].values) or (ds["t"].values == 0).all()


def test_consolidated_metadata_are_all_that_opening_needs(path):
    for file in ("t/zarr.json", "t/.zarray", "t/.zattrs"):
        if os.path.exists(os.path.join(path, file)):
            os.unlink(os.path.join(path, file))
    with xr.open_dataset(path, engine="zarrc") as ds:
        np.testing.assert_array_equal(ds["t"], example()["t"])


@FORMATS
def test_stores_without_consolidated_metadata(tmp_path, zarr_format):
    where = str(tmp_path / "s.zarr")
    to_zarr(example(), where, zarr_format=zarr_format, consolidated=False)
    with pytest.raises(ValueError, match="onsolidated"):
        xr.open_dataset(where, engine="zarrc", consolidated=True)
    with pytest.warns(RuntimeWarning, match="consolidated"), xr.open_dataset(where, engine="zarrc") as ds:
        assert set(ds.variables) == set(example().variables)
    with xr.open_dataset(where, engine="zarrc", consolidated=False) as ds:
        np.testing.assert_array_equal(ds["t"], example()["t"])


@pytest.mark.parametrize(
    "pick",
    [
        {"x": 2},
        {"x": -1, "y": slice(1, 4)},
        {"time": slice(6, 0, -2)},
        {"time": slice(None, None, 3), "x": slice(None, None, -1)},
        {"time": [5, 0, 5], "y": [1, 3]},
        {"time": np.array([True, False] * 3 + [True]), "x": [0]},
        {"time": [4, 2], "y": slice(0, 0)},
        {"time": xr.DataArray([0, 6, 3], dims="p"), "x": xr.DataArray([5, 5, 0], dims="p")},
        {"time": xr.DataArray([[0, 6], [3, 3]], dims=("p", "q")), "y": xr.DataArray([4, 0], dims="q")},
        {"y": xr.DataArray([4, 0], dims="p"), "x": slice(1, 5, 2), "time": 3},
    ],
    ids=str,
)
def test_lazy_indexing_gives_what_numpy_gives(path, pick):
    with xr.open_dataset(path, engine="zarrc", cache=False) as ds:
        xr.testing.assert_identical(ds["t"].isel(pick).load(), example()["t"].isel(pick))
        twice = {dim: 0 for dim in ds["t"].isel(pick).dims if ds["t"].isel(pick).sizes[dim]}
        xr.testing.assert_identical(ds["t"].isel(pick).isel(twice).load(), example()["t"].isel(pick).isel(twice))


def test_encoding_makes_the_same_store_again(path, tmp_path):
    with xr.open_dataset(path, engine="zarrc") as ds:
        assert ds["t"].encoding["chunks"] == (3, 5, 2)
        assert ds["t"].encoding["preferred_chunks"] == {"time": 3, "y": 5, "x": 2}
        zarr_format = zarrc.open_group(path).metadata.zarr_format
        again = str(tmp_path / "again.zarr")
        to_zarr(ds, again, zarr_format=zarr_format)
    first, second = zarrc.open_group(path), zarrc.open_group(again)
    assert first.metadata.attributes == second.metadata.attributes
    for name, array in first.arrays():
        expected = array.metadata
        if name == "time":  # whose units xarray spells in another way
            expected = expected.with_attributes(second[name].metadata.attributes)
        assert second[name].metadata == expected
        np.testing.assert_array_equal(second[name][...], array[...])


def test_shards_filters_and_codecs_round_trip(tmp_path):
    data = np.arange(48, dtype="i4").reshape(8, 6)
    ds = xr.Dataset({"a": (("y", "x"), data)})
    encoding = {
        "a": {
            "chunks": (2, 3),
            "shards": (4, 6),
            "filters": [{"name": "numcodecs.delta", "configuration": {"dtype": "<i4"}}],
            "compressors": [{"name": "zstd", "configuration": {"level": 2, "checksum": True}}],
            "fill_value": 7,
        }
    }
    to_zarr(ds, tmp_path / "s", encoding=encoding, zarr_format=3)
    with xr.open_dataset(str(tmp_path / "s"), engine="zarrc") as back:
        found = back["a"].encoding
        assert (found["chunks"], found["shards"], found["fill_value"]) == ((2, 3), (4, 6), 7)
        assert [c.to_dict()["name"] for c in found["compressors"]] == ["zstd"]
        assert [c.to_dict()["name"] for c in found["filters"]] == ["numcodecs.delta"]
        np.testing.assert_array_equal(back["a"], data)
        to_zarr(back, tmp_path / "again")
    assert zarrc.open_array(tmp_path / "again/a").metadata == zarrc.open_array(tmp_path / "s/a").metadata


def test_variables_of_a_rectilinear_grid(tmp_path):
    group = zarrc.create_group(tmp_path / "s")
    z = group.create_array("a", shape=(10,), chunks=[[3, 3, 4]], dtype="i2", dimension_names=("x",))
    z[...] = np.arange(10)
    with xr.open_dataset(str(tmp_path / "s"), engine="zarrc", consolidated=False) as ds:
        assert ds["a"].encoding["chunks"] == ((3, 3, 4),)
        np.testing.assert_array_equal(ds["a"], np.arange(10))


def test_variables_whose_codecs_differ_do_not_share_them(tmp_path):
    group = zarrc.create_group(tmp_path / "s", zarr_format=2)
    zstd, attrs = {"id": "zstd", "level": 1}, {"_ARRAY_DIMENSIONS": ["x"]}
    for name, filters, compressor in (("f", [zstd], None), ("c", None, zstd), ("both", [zstd], zstd)):
        group.create_array(name, shape=4, dtype="i4", filters=filters, compressors=compressor, attributes=attrs)
    with xr.open_dataset(str(tmp_path / "s"), engine="zarrc", consolidated=False) as ds:
        counts = {n: (len(v.encoding["filters"]), len(v.encoding["compressors"])) for n, v in ds.variables.items()}
    assert counts == {"f": (1, 0), "c": (0, 1), "both": (1, 1)}


def test_attributes_are_the_datasets_own(path):
    with xr.open_dataset(path, engine="zarrc") as ds:
        ds["t"].attrs["range"].append(2)
        ds.attrs["levels"].append(3)
    with xr.open_dataset(path, engine="zarrc") as ds:
        assert ds["t"].attrs["range"] == [0, 1]
        assert ds.attrs["levels"] == [1, 2]


def test_datasets_pickle_without_their_values(path):
    with xr.open_dataset(path, engine="zarrc") as ds:
        data = pickle.dumps(ds)
        assert len(data) < 20_000
        xr.testing.assert_identical(pickle.loads(data).load(), ds.load())


def test_dask_chunks_are_the_stores(path):
    pytest.importorskip("dask", reason="dask is not installed")
    with xr.open_dataset(path, engine="zarrc", chunks={}) as ds:
        assert ds["t"].chunks == ((3, 3, 1), (5,), (2, 2, 2))
        xr.testing.assert_identical(ds["t"].compute(), example()["t"])
    with xr.open_dataset(path, engine="zarrc", chunks={"time": -1, "x": -1}) as ds:
        assert ds["t"].chunks == ((7,), (5,), (6,))
        np.testing.assert_array_equal((ds["t"] + 1).mean("time"), (example()["t"] + 1).mean("time"))


def test_stores_and_dictionaries(tmp_path):
    kept: dict = {}
    to_zarr(example(), kept)
    for store in (kept, zarrc.storage.MemoryStore(kept)):
        with xr.open_dataset(store, engine="zarrc") as ds:
            np.testing.assert_array_equal(ds["t"], example()["t"])


def test_async_loading(path):
    import asyncio

    async def load():
        with xr.open_dataset(path, engine="zarrc") as ds:
            return [
                await ds["t"].isel(time=[0, 2], x=[1, 3]).load_async(),
                await ds["t"].isel(time=xr.DataArray([0, 2], dims="p"), y=xr.DataArray([1, 3], dims="p")).load_async(),
                await ds["t"].isel(time=1).load_async(),
            ]

    outer, points, basic = asyncio.run(load())
    t = example()["t"]
    np.testing.assert_array_equal(outer, t.isel(time=[0, 2], x=[1, 3]))
    np.testing.assert_array_equal(points, t.values[[0, 2], [1, 3]])
    np.testing.assert_array_equal(basic, t.isel(time=1))


# trees ---------------------------------------------------------------------------------------------------------
def tree() -> xr.DataTree:
    return xr.DataTree.from_dict(
        {
            "/": xr.Dataset(coords={"x": [1, 2]}, attrs={"root": 1}),
            "/a": xr.Dataset({"v": ("x", [3.0, 4.0])}),
            "/a/b": xr.Dataset({"w": ("y", [5, 6, 7])}),
            "/c": xr.Dataset(attrs={"empty": True}),
        }
    )


@FORMATS
@pytest.mark.parametrize("consolidated", [True, False])
def test_trees(tmp_path, zarr_format, consolidated):
    where = str(tmp_path / "t.zarr")
    to_zarr(tree(), where, zarr_format=zarr_format, consolidated=consolidated)
    with xr.open_datatree(where, engine="zarrc", consolidated=consolidated) as back:
        xr.testing.assert_identical(back.load(), tree())
    with xr.open_datatree(where, engine="zarrc", group="a", consolidated=consolidated) as back:
        assert sorted(back.groups) == ["/", "/b"]
        np.testing.assert_array_equal(back["b/w"], [5, 6, 7])
    groups = xr.open_groups(where, engine="zarrc", consolidated=consolidated)
    assert sorted(groups) == ["/", "/a", "/a/b", "/c"]
    with xr.open_dataset(where, engine="zarrc", group="a/b", consolidated=consolidated) as ds:
        np.testing.assert_array_equal(ds["w"], [5, 6, 7])


# what is refused -----------------------------------------------------------------------------------------------
def test_missing_stores_and_groups(path, tmp_path):
    with pytest.raises(FileNotFoundError):
        xr.open_dataset(str(tmp_path / "no"), engine="zarrc")
    with pytest.raises(KeyError):
        xr.open_dataset(path, engine="zarrc", group="no")


@FORMATS
def test_arrays_without_dimensions(tmp_path, zarr_format):
    zarrc.create_group(tmp_path / "s", zarr_format=zarr_format).create_array("a", shape=3, dtype="i4")
    with pytest.raises(KeyError, match="required for xarray to determine variable dimensions"):
        xr.open_dataset(str(tmp_path / "s"), engine="zarrc", consolidated=False)


def test_dimensions_of_nczarr(tmp_path):
    import json

    zarrc.create_group(tmp_path / "s", zarr_format=2).create_array("a", shape=(3,), chunks=(3,), dtype="i4")[...] = 5
    document = json.loads((tmp_path / "s/a/.zarray").read_text())
    document["_NCZARR_ARRAY"] = {"dimrefs": ["/x"]}
    (tmp_path / "s/a/.zarray").write_text(json.dumps(document))
    with xr.open_dataset(str(tmp_path / "s"), engine="zarrc", consolidated=False) as ds:
        assert ds["a"].dims == ("x",)
        assert ds["a"].values.tolist() == [5, 5, 5]


def test_sizes_that_disagree(tmp_path):
    group = zarrc.create_group(tmp_path / "s")
    for name, n in (("a", 3), ("b", 4)):
        group.create_array(name, shape=n, dtype="i4", dimension_names=("x",))
    with pytest.raises(ValueError, match="conflicting"):
        ZarrcStore.open_group(tmp_path / "s").get_dimensions()


# guessing ------------------------------------------------------------------------------------------------------
def test_no_store_is_taken_from_zarr_python(path, monkeypatch, tmp_path):
    engine = ZarrcBackendEntrypoint()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object() if name == "zarr" else None)
    assert not engine.guess_can_open(path)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert engine.guess_can_open(path)
    shutil.copytree(path, tmp_path / "no-suffix")
    assert engine.guess_can_open(tmp_path / "no-suffix")
    (tmp_path / "file.zarr").write_text("")
    assert not engine.guess_can_open(tmp_path / "file.zarr")
    assert not engine.guess_can_open(tmp_path / "no.zarr")
    assert not engine.guess_can_open({})
    assert not engine.guess_can_open(b"CDF")


ALONE = """
import sys
sys.modules["zarr"] = None  # as if it were not installed
import numpy as np, xarray as xr
from zarrc.interop.xarray import to_zarr
ds = xr.Dataset({"a": ("x", np.arange(4.0))}, coords={"x": [1, 2, 3, 4]})
to_zarr(ds, sys.argv[1])
to_zarr(ds.assign_coords(x=[5, 6, 7, 8]), sys.argv[1], append_dim="x")
back = xr.open_dataset(sys.argv[1], engine="zarrc")
assert back["a"].values.tolist() == [0, 1, 2, 3] * 2, back
assert [name for name in sys.modules if name.partition(".")[0] == "zarr"] == ["zarr"]
"""


def test_zarr_python_is_not_needed(tmp_path):
    subprocess.run([sys.executable, "-c", ALONE, str(tmp_path / "s.zarr")], check=True)


@pytest.mark.parametrize("package", ["xarray", "dask"])
def test_a_missing_package_says_what_to_install(package):
    script = f"""
import sys
sys.modules[{package!r}] = None
import zarrc
try:
    import zarrc.interop.{package}
except zarrc.errors.MissingDependencyError as e:
    assert "pip install 'zarrc[{package}]'" in str(e)
else:
    raise AssertionError
"""
    subprocess.run([sys.executable, "-c", script], check=True)
