"""zarr-python with zarrc's codec pipeline: the same values and the same stored chunks as with its own."""

from __future__ import annotations

import numpy as np
import pytest

import zarrc

zarr = pytest.importorskip("zarr", minversion="3.1")

from pipeline_arrays import (  # noqa: E402
    KEYS,
    KINDS,
    OURS,
    OUTER,
    POINTS,
    SHAPE,
    STOCK,
    create,
    declined_batches,
    outer,
    outer_of,
    same,
    values,
)

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(autouse=True)
def ours():
    with zarr.config.set({"codec_pipeline.path": OURS}):
        yield


@pytest.fixture
def declined():
    with declined_batches() as seen:
        yield seen


@pytest.fixture(params=["local", "memory", "fsspec", "zip"])
def store(request, tmp_path):
    if request.param == "local":
        return zarr.storage.LocalStore(tmp_path / "s")
    if request.param == "memory":
        return zarr.storage.MemoryStore()
    if request.param == "fsspec":
        pytest.importorskip("fsspec")
        return zarr.storage.FsspecStore.from_url(f"file://{tmp_path}/s", storage_options={"auto_mkdir": True})
    return zarr.storage.ZipStore(tmp_path / "s.zip", mode="w")


@pytest.mark.parametrize("kind", KINDS)
def test_reads(kind, store, declined):
    data = values(KINDS[kind]["dtype"])
    array = create(store, kind)
    array[...] = data
    assert array.dtype == data.dtype
    for key in KEYS.values():
        same(array[key], data[key])
    for key in OUTER.values():
        same(array.oindex[key], outer_of(data, key))
    for key in POINTS.values():
        same(array.vindex[key], data[key])
    expected = [text for text in declined if "parts of shards" not in text]
    assert not expected


@pytest.mark.parametrize("kind", KINDS)
def test_writes(kind, tmp_path, declined):
    """Each kind of selection, on files; what is then stored reads as with zarr-python's own pipeline."""
    data = values(KINDS[kind]["dtype"])
    expected = data.copy()
    array = create(zarr.storage.LocalStore(tmp_path), kind)
    array[...] = data
    fresh = data[::-1, ::-1].copy()
    for key in KEYS.values():
        array[key] = fresh[key]
        expected[key] = fresh[key]
    for name, key in OUTER.items():
        if name == "repeated":  # which of the values stays is not said
            continue
        array.oindex[key] = outer_of(fresh, key)
        expected[outer(key)] = fresh[outer(key)]
    for key in POINTS.values():
        array.vindex[key] = fresh[key]
        expected[key] = fresh[key]
    array[4:9, 3] = fresh[0, 0]
    expected[4:9, 3] = fresh[0, 0]
    array.vindex[[1, 20], [3, 16]] = fresh[0, 1]
    expected[[1, 20], [3, 16]] = fresh[0, 1]
    same(array[...], expected)
    assert not declined
    with zarr.config.set({"codec_pipeline.path": STOCK}):
        same(zarr.open_array(tmp_path, path="group/array")[...], expected)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("empty", [False, True])
def test_stored_chunks_are_the_same(kind, empty):
    """Which chunks are stored, and where nothing is compressed their bytes."""
    stores = []
    for path in (OURS, STOCK):
        with zarr.config.set({"codec_pipeline.path": path, "array.write_empty_chunks": empty}):
            store = zarr.storage.MemoryStore()
            array = create(store, kind)
            array[2:9, 3:14] = values(KINDS[kind]["dtype"])[2:9, 3:14]
            array[6:12, 5:10] = array.fill_value if array.fill_value is not None else 0
            array[22, 16] = values(KINDS[kind]["dtype"])[22, 16]
            stores.append(store._store_dict)
    assert stores[0].keys() == stores[1].keys()
    if KINDS[kind].get("compressors", 1) is None:
        assert all(stores[0][key].to_bytes() == stores[1][key].to_bytes() for key in stores[0])


@pytest.mark.parametrize("dtype", ["f8", "M8[s]", str])
def test_no_axes(dtype, store):
    array = zarr.create_array(store, name="scalar", shape=(), dtype=dtype)
    assert array[()] == array.fill_value or array[()] != array[()]
    if not isinstance(store, zarr.storage.ZipStore):
        value = np.ones((), dtype=dtype)[()] if dtype is not str else "one"
        array[...] = value
        assert array[()] == value


def test_the_fill_value_over_stored_chunks(store, declined):
    """Chunks of a zip archive cannot be removed: they are stored; what is missing stays missing."""
    for dtype in ("i4", str):
        array = zarr.create_array(store, name=f"a-{np.dtype(dtype).name}", shape=(15,), chunks=(3,), dtype=dtype)
        array[:9] = np.full(9, 7, dtype)
        array[3:12] = np.full(9, array.fill_value, dtype)
        array[1:3] = np.full(2, array.fill_value, dtype)
        assert array[...].tolist() == np.array([7] + [array.fill_value] * 14, dtype).tolist()
        assert array.nchunks_initialized == (3 if isinstance(store, zarr.storage.ZipStore) else 1)
    assert not declined


def test_nothing_selected(store):
    array = create(store, "v3")
    assert array[3:3].shape == (0, 17)
    array[3:3] = 1
    same(array[...], np.zeros(SHAPE))


def test_into_memory_of_any_strides(tmp_path):
    from zarr.core.buffer.cpu import NDBuffer

    data = values("f4")
    array = create(tmp_path, "v3")
    array[...] = data
    memory = np.zeros((2 * SHAPE[1], 3 * SHAPE[0]), dtype="f4")[::2, ::-3].T
    array.get_basic_selection(..., out=NDBuffer.from_numpy_array(memory))
    same(memory, data)


def test_rectilinear(tmp_path):
    try:
        with zarr.config.set({"array.rectilinear_chunks": True}):
            array = zarr.create_array(tmp_path, shape=(10, 6), chunks=[[2, 5, 3], [4, 2]], dtype="i4")
            data = np.arange(60, dtype="i4").reshape(10, 6)
            array[...] = data
            same(array[1:9:2, 3:], data[1:9:2, 3:])
            same(array.oindex[[9, 0, 3], [5, 1]], data[np.ix_([9, 0, 3], [5, 1])])
    except (TypeError, ValueError, KeyError) as e:
        pytest.skip(f"no rectilinear grids here: {e}")


def test_says_which_chunks_are_missing(tmp_path):
    array = create(tmp_path, "v3")
    array[:6, :5] = 1
    seen = []
    pipeline = array._async_array.codec_pipeline
    plain = type(pipeline).read

    async def read(self, batch, out, drop_axes=()):
        seen.append(await plain(self, batch, out, drop_axes))
        return seen[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(type(pipeline), "read", read)
        array[:7, :4]
    assert [result["status"] for result in seen[0]] == ["present", "missing"]


def test_agrees_with_the_engine_that_cuts_itself(tmp_path):
    """The native call for zarr-python's parts against the one for whole selections."""
    array = create(tmp_path, "v3 sharded")
    array[...] = values("f4")
    own = zarrc.open_array(tmp_path / "group/array", mode="r")
    for key in KEYS.values():
        same(array[key], own[key])
    for key in OUTER.values():
        same(array.oindex[key], own.oindex[key])
    for key in POINTS.values():
        same(array.vindex[key], own.vindex[key])
