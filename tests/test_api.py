"""open, create, save and load, and the modes of opening."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ArrayNotFoundError,
    ContainsArrayError,
    ContainsGroupError,
    GroupNotFoundError,
    NodeNotFoundError,
    NodeTypeValidationError,
    ReadOnlyError,
)
from zarrc.stores import LocalStore, MemoryStore

formats = pytest.mark.parametrize("zarr_format", [2, 3])


@pytest.fixture(params=["memory", "local", "str", "path", "dict"])
def store(request, tmp_path):
    made = {
        "memory": MemoryStore,
        "local": lambda: LocalStore(tmp_path / "s.zarr"),
        "str": lambda: str(tmp_path / "s.zarr"),
        "path": lambda: tmp_path / "s.zarr",
        "dict": dict,
    }
    return made[request.param]()


# modes -----------------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("mode", ["r", "r+"])
def test_modes_that_need_something_there(store, mode):
    for use, error in (
        (zarrc.open, NodeNotFoundError),
        (zarrc.open_array, ArrayNotFoundError),
        (zarrc.open_group, GroupNotFoundError),
    ):
        with pytest.raises(error) as caught:
            use(store, mode=mode)
        assert isinstance(caught.value, FileNotFoundError)
        assert isinstance(caught.value, ValueError)
    with pytest.raises(ArrayNotFoundError):
        zarrc.open_array(store, mode=mode, shape=3, dtype="i4")
    zarrc.create_array(store, name="a", data=np.arange(3))
    zarrc.create_group(store, path="g")
    for array in (zarrc.open(store, mode=mode, path="a"), zarrc.open_array(store, mode=mode, path="a")):
        assert array.read_only == (mode == "r")
        assert array[...].tolist() == [0, 1, 2]
    for group in (zarrc.open(store, mode=mode, path="g"), zarrc.open_group(store, mode=mode, path="g")):
        assert group.read_only == (mode == "r")
    with pytest.raises(NodeTypeValidationError):
        zarrc.open_array(store, mode=mode, path="g")
    with pytest.raises(ContainsArrayError):
        zarrc.open_group(store, mode=mode, path="a")


@formats
def test_mode_a(store, zarr_format):
    with pytest.raises(ArrayNotFoundError):
        zarrc.open_array(store, mode="a", zarr_format=zarr_format)
    group = zarrc.open_group(store, mode="a", attributes={"k": 1}, zarr_format=zarr_format)
    assert group.attrs["k"] == 1
    assert zarrc.open(store) == group
    array = zarrc.open_array(store, path="a", shape=3, dtype="i4", fill_value=7, zarr_format=zarr_format)
    assert zarrc.open_array(store, path="a", shape=5, dtype="f8") == array
    assert zarrc.open(store, path="b", shape=3, dtype="i4", zarr_format=zarr_format).shape == (3,)
    assert isinstance(zarrc.open(store, path="c", zarr_format=zarr_format), zarrc.Group)
    assert sorted(group) == ["a", "b", "c"]


def test_mode_w(store):
    zarrc.open_array(store, mode="w", shape=3, dtype="i4")[...] = 5
    array = zarrc.open_array(store, mode="w", shape=4, dtype="f8")
    assert array[...].tolist() == [0.0] * 4
    assert not array.read_only
    with pytest.raises(ValueError):
        zarrc.open_array(store, mode="w")
    assert zarrc.open_array(store, mode="r").shape == (4,)
    group = zarrc.open_group(store, mode="w", attributes={"k": 1})
    assert zarrc.open(store, mode="r").attrs == group.attrs == {"k": 1}
    zarrc.open_group(store, mode="w", zarr_format=2)
    assert zarrc.open(store, mode="r").metadata.zarr_format == 2
    assert zarrc.open(store, mode="w", shape=2, dtype="i4").shape == (2,)
    assert isinstance(zarrc.open(store, mode="w"), zarrc.Group)


@pytest.mark.parametrize("mode", ["w-", "x"])
def test_mode_w_minus(store, mode):
    zarrc.open_array(store, mode=mode, path="a", shape=3, dtype="i4")
    zarrc.open_group(store, mode=mode, path="g")
    zarrc.open(store, mode=mode, path="b", shape=3, dtype="i4")
    for path in "abg":
        for use in (zarrc.open, zarrc.open_group, zarrc.open_array):
            with pytest.raises(FileExistsError):
                use(store, mode=mode, path=path, **({"shape": 3, "dtype": "i4"} if use is zarrc.open_array else {}))
    assert zarrc.open_array(store, path="a").shape == (3,)


def test_bad_modes():
    for use in (zarrc.open, zarrc.open_array, zarrc.open_group):
        with pytest.raises(ValueError, match="mode"):
            use(MemoryStore(), mode="rw")


def test_read_only_stores():
    keys: dict[str, bytes] = {}
    zarrc.create_array(keys, data=np.arange(3))
    frozen = MemoryStore(keys, read_only=True)
    assert zarrc.open(frozen).read_only
    assert zarrc.open_array(frozen)[...].tolist() == [0, 1, 2]
    for use in (
        lambda: zarrc.open_array(frozen, mode="r+"),
        lambda: zarrc.open_array(frozen, mode="w", shape=3, dtype="i4"),
        lambda: zarrc.create_array(frozen, name="b", shape=3, dtype="i4"),
        lambda: zarrc.create_group(frozen, path="g"),
        lambda: zarrc.save(frozen, np.arange(3)),
    ):
        with pytest.raises(ReadOnlyError):
            use()


# creation --------------------------------------------------------------------------------------------------------
@formats
def test_overwrite(store, zarr_format):
    zarrc.create_array(store, name="x", data=np.arange(9), chunks=2, zarr_format=zarr_format)
    for use in (
        lambda **k: zarrc.create_array(store, name="x", shape=3, dtype="i4", zarr_format=zarr_format, **k),
        lambda **k: zarrc.create(3, store=store, path="x", dtype="i4", zarr_format=zarr_format, **k),
    ):
        with pytest.raises(ContainsArrayError):
            use()
        assert use(overwrite=True)[...].tolist() == [0, 0, 0]
    with pytest.raises(ContainsArrayError):
        zarrc.create_group(store, path="x", zarr_format=zarr_format)
    zarrc.create_group(store, path="x", zarr_format=zarr_format, overwrite=True)
    with pytest.raises(ContainsGroupError):
        zarrc.create_array(store, name="x", shape=3, dtype="i4", zarr_format=zarr_format)
    assert isinstance(zarrc.open(store, path="x"), zarrc.Group)


def test_group(store):
    group = zarrc.group(store, attributes={"k": 1})
    assert zarrc.group(store) == group
    group.create_group("sub")
    assert list(zarrc.group(store)) == ["sub"]
    assert list(zarrc.group(store, overwrite=True)) == []
    assert zarrc.group().attrs == {}
    with pytest.raises(TypeError):
        zarrc.group(store, colour=1)


@formats
def test_makers(zarr_format):
    common = {"chunks": (2, 2), "zarr_format": zarr_format}
    assert not zarrc.zeros((3, 4), **common)[...].any()
    assert zarrc.zeros((3, 4), **common).dtype == np.float64
    assert (zarrc.ones((3, 4), dtype="i2", **common)[...] == 1).all()
    assert zarrc.ones(3, dtype=bool, zarr_format=zarr_format)[...].all()
    assert (zarrc.full((3, 4), 7, dtype="u1", **common)[...] == 7).all()
    assert np.isnan(zarrc.full((3, 4), np.nan, **common)[...]).all()
    assert zarrc.empty((3, 4), dtype="i4", **common).shape == (3, 4)
    array = zarrc.array([[1, 2], [3, 4]], **common)
    assert array[...].tolist() == [[1, 2], [3, 4]]
    assert array.dtype == np.int64
    assert zarrc.array([1.9, 2], dtype="i4").dtype == np.int32
    assert zarrc.array(np.arange(3.0), dtype=">f4", zarr_format=2)[...].tolist() == [0, 1, 2]
    again = zarrc.array(array)
    assert again.chunks == (2, 2)
    assert again[...].tolist() == [[1, 2], [3, 4]]


@formats
def test_likes(zarr_format):
    codec = {"id": "zlib", "level": 3} if zarr_format == 2 else {"name": "gzip", "configuration": {"level": 3}}
    order = "F" if zarr_format == 2 else "C"
    a = zarrc.create(
        (6, 4),
        chunks=(4, 3),
        dtype="i2",
        compressor=codec,
        fill_value=9,
        zarr_format=zarr_format,
        order="F" if zarr_format == 2 else None,
    )
    for like, value in (
        (zarrc.zeros_like(a), 0),
        (zarrc.ones_like(a), 1),
        (zarrc.full_like(a, fill_value=5), 5),
        (zarrc.full_like(a), 9),
        (zarrc.empty_like(a), 9),
        (zarrc.open_like(a, "x"), 9),
    ):
        assert (like.shape, like.chunks, like.dtype, like.order) == ((6, 4), (4, 3), a.dtype, order)
        assert like.metadata.zarr_format == zarr_format
        assert like.compressors == a.compressors
        assert (like[...] == value).all()
    assert zarrc.zeros_like(a, dtype="f4", chunks=(1, 1)).dtype == np.float32
    other = zarrc.zeros_like(a, zarr_format=5 - zarr_format)
    assert (other.metadata.zarr_format, other.chunks) == (5 - zarr_format, (4, 3))
    plain = zarrc.ones_like(np.zeros((2, 3), "u1"))
    assert (plain.shape, plain.dtype) == ((2, 3), np.uint8)


def test_create_with_names_of_v2():
    array = zarrc.create(
        (6, 4), chunks=3, dtype=">i4", order="F", dimension_separator="/", compressor=None, zarr_format=2,
        filters=[{"id": "delta", "dtype": ">i4"}], write_empty_chunks=True,
    )  # fmt: skip
    array[...] = value = np.arange(24).reshape(6, 4)
    assert {k for k, _ in array.store.list_prefix_sync("")} == {".zarray", ".zattrs", "0/0", "0/1", "1/0", "1/1"}
    assert np.array_equal(zarrc.open_array(array.store)[...], value)
    assert array.compressor is None
    assert array.config.write_empty_chunks
    assert zarrc.create(5, chunks=False).chunks == (5,)
    assert zarrc.create(5).dtype == np.float64
    assert zarrc.create((4, 4), chunk_shape=(2, 2)).chunks == (2, 2)
    with pytest.raises(ValueError):
        zarrc.create((4, 4), chunk_shape=(2, 2), chunks=(2, 2))
    with pytest.raises(ValueError):
        zarrc.create(4, dimension_separator="/", chunk_key_encoding="v2")
    with pytest.raises(TypeError):
        zarrc.create(4, colour=1)


def test_create_with_codecs():
    codecs = [{"name": "transpose", "configuration": {"order": [1, 0]}}, "bytes", {"name": "gzip"}]
    codecs[1] = {"name": "bytes", "configuration": {"endian": "big"}}
    array = zarrc.create((2, 3), dtype="i4", codecs=codecs, dimension_separator=".")
    assert [c["name"] for c in array.metadata.codecs] == ["transpose", "bytes", "gzip"]
    array[...] = [[1, 2, 3], [4, 5, 6]]
    assert array.store.exists_sync("c.0.0")
    assert zarrc.open(array.store)[...].tolist() == [[1, 2, 3], [4, 5, 6]]
    assert zarrc.create(3, dtype="i4", codecs=[codecs[1]]).compressors == ()


def test_config_when_opening(store):
    zarrc.create_array(store, shape=(2, 2), dtype="i4")
    for use in (zarrc.open, zarrc.open_array):
        assert use(store, config={"order": "F"}).order == "F"
        assert use(store).order == "C"
    with pytest.raises(TypeError):
        zarrc.open_array(store, config={"colour": 1})


# save and load ---------------------------------------------------------------------------------------------------
@formats
def test_save_and_load(store, zarr_format):
    value = np.arange(12.0).reshape(3, 4)
    zarrc.save(store, value, zarr_format=zarr_format)
    assert zarrc.open(store).metadata.zarr_format == zarr_format
    found = zarrc.load(store)
    assert isinstance(found, np.ndarray)
    assert np.array_equal(found, value)
    zarrc.save_array(store, [1, 2], path="x/y", zarr_format=zarr_format)
    assert zarrc.load(store, path="x/y").tolist() == [1, 2]
    zarrc.save_array(store, value[0], path="x/y", zarr_format=zarr_format)
    assert zarrc.load(store, path="x/y").tolist() == [0, 1, 2, 3]


@formats
def test_save_several(store, zarr_format):
    zarrc.save(store, np.arange(3), [4.5], name=np.ones(2), zarr_format=zarr_format)
    assert {k: v.tolist() for k, v in zarrc.load(store).items()} == {
        "arr_0": [0, 1, 2],
        "arr_1": [4.5],
        "name": [1, 1],
    }
    zarrc.save_group(store, np.zeros(1), path="sub", zarr_format=zarr_format)
    assert list(zarrc.load(store, path="sub")) == ["arr_0"]
    zarrc.save(store, np.arange(2), np.arange(2), zarr_format=zarr_format)
    assert zarrc.load(store)["arr_0"].tolist() == [0, 1]


def test_nothing_to_save(store):
    for use in (zarrc.save, zarrc.save_group):
        with pytest.raises(ValueError, match="at least one"):
            use(store)
    with pytest.raises(FileNotFoundError):
        zarrc.load(store)


def test_load_of_one_element(store):
    zarrc.save(store, np.float32(3))
    assert zarrc.load(store) == 3


# whatever is stored ----------------------------------------------------------------------------------------------
def test_formats_side_by_side(store):
    zarrc.create_array(store, data=np.arange(2), zarr_format=2)
    zarrc.create_array(store, data=np.arange(3), zarr_format=3)
    assert zarrc.open_array(store).shape == (3,)
    assert zarrc.open_array(store, zarr_format=2).shape == (2,)
    assert zarrc.open(store, zarr_format=2).metadata.zarr_format == 2
    assert zarrc.open_array(store, zarr_format=3)[...].tolist() == [0, 1, 2]


def test_public_names():
    assert set(zarrc.__all__) >= set(zarrc.api.__all__)
    assert all(hasattr(zarrc, name) for name in zarrc.__all__)
