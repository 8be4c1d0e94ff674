"""The codec pipeline as a plug-in of zarr-python: its name, its life, and what it leaves to others."""

from __future__ import annotations

import asyncio
import multiprocessing
import pickle
import shutil
import subprocess
import sys
import threading
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrc

zarr = pytest.importorskip("zarr", minversion="3.1")

from pipeline_arrays import CHUNKS, KINDS, OURS, SHAPE, create, declined_batches, same, values  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore::UserWarning")


@pytest.fixture(autouse=True)
def ours():
    with zarr.config.set({"codec_pipeline.path": OURS}):
        yield


@pytest.fixture
def declined():
    with declined_batches() as seen:
        yield seen


def test_import_of_zarrc_does_not_import_zarr():
    code = "import sys, zarrc; assert 'zarr' not in sys.modules; assert not hasattr(zarrc, 'nonsense')"
    subprocess.run([sys.executable, "-c", code], check=True)


def test_name():
    cls = zarrc.ZarrcCodecPipeline
    assert f"{cls.__module__}.{cls.__qualname__}" == OURS
    assert pickle.loads(pickle.dumps(cls)) is cls


def test_equal_and_pickled(tmp_path):
    array = create(tmp_path, "v3")
    array[...] = 3
    again = zarr.open_array(tmp_path, path="group/array")
    assert array == again
    assert hash(array._async_array.codec_pipeline) == hash(again._async_array.codec_pipeline)
    assert create({}, "v2")._async_array.codec_pipeline != array._async_array.codec_pipeline
    copy = pickle.loads(pickle.dumps(array))
    assert copy == array
    same(copy[...], array[...])
    assert list(copy._async_array.codec_pipeline) == list(array._async_array.codec_pipeline)


def test_changes_follow(tmp_path):
    array = create(tmp_path, "v3 sharded")
    array[...] = 1
    array.resize((30, 30))
    array[20:, 10:] = 2
    assert array[29, 29] == 2 and array[24, 3] == 0 and array[20, 10] == 2


def test_read_only(tmp_path):
    create(tmp_path, "v3")[...] = 1
    array = zarr.open_array(zarr.storage.LocalStore(tmp_path, read_only=True), path="group/array")
    before = sorted(path.stat().st_mtime_ns for path in Path(tmp_path).rglob("*"))
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2
    assert sorted(path.stat().st_mtime_ns for path in Path(tmp_path).rglob("*")) == before


def test_damaged_chunk_is_named(tmp_path):
    array = create(tmp_path, "v3")
    array[...] = values("f4")
    chunk = tmp_path / "group/array/c/1/2"
    chunk.write_bytes(chunk.read_bytes()[:-5])
    with pytest.raises(ValueError, match=r"group/array.*c/1/2"):
        array[...]
    same(array[:6], values("f4")[:6])


@pytest.mark.parametrize("kind", ["v3", "v3 strings"])
def test_directory_that_vanished(kind, tmp_path):
    array = create(tmp_path, kind)
    array[...] = values(KINDS[kind]["dtype"])
    shutil.rmtree(tmp_path / "group")
    assert (np.asarray(array[...]) == array.fill_value).all()
    array[:6, :5] = values(KINDS[kind]["dtype"])[:6, :5]
    same(array[:6, :5], values(KINDS[kind]["dtype"])[:6, :5])


@pytest.mark.parametrize("kind", ["v3", "v3 sharded", "v3 strings"])
@pytest.mark.parametrize("place", ["local", "memory"])
def test_threads_lose_no_update(kind, place, tmp_path):
    data = values(KINDS[kind]["dtype"])
    array = create(tmp_path if place == "local" else zarr.storage.MemoryStore(), kind)

    def rows(first: int) -> None:
        for row in range(first, SHAPE[0], 4):
            array[row] = data[row]

    threads = [threading.Thread(target=rows, args=(k,)) for k in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    same(array[...], data)


def total(array: Any, queue: Any) -> None:
    queue.put(float(np.sum(array[...])))


@pytest.mark.parametrize("how", ["fork", "spawn"])
def test_other_processes(how, tmp_path):
    installed = any(point.name == "zarrc" for point in entry_points(group="zarr.codec_pipeline"))
    if how == "spawn" and not installed:
        pytest.skip("children find the pipeline by its entry point, and zarrc is not installed")
    array = zarr.create_array(tmp_path, shape=(512, 512), chunks=(64, 64), dtype="f4")
    array[...] = 1
    array[...]
    context = multiprocessing.get_context(how)
    queue = context.Queue()
    process = context.Process(target=total, args=(array, queue))
    process.start()
    try:
        assert queue.get(timeout=60) == 512 * 512
    finally:
        process.join(60)
        process.kill()


def test_foreign_codecs_are_left_to_zarr(declined):
    from numcodecs import Zstd

    class Own(Zstd):
        codec_id = "zstd"

    array = zarr.create_array({}, shape=(8,), chunks=(4,), dtype="i4", zarr_format=2, compressors=Own())
    array[...] = np.arange(8)
    same(array[...], np.arange(8))
    assert type(array._async_array.codec_pipeline) is not zarrc.ZarrcCodecPipeline
    assert any("Own" in text for text in declined)


def test_stores_that_intercept_are_asked():
    class Counting(zarr.storage.MemoryStore):
        gets = 0

        async def get(self, *args: Any, **kwargs: Any) -> Any:
            type(self).gets += 1
            return await super().get(*args, **kwargs)

    array = create(Counting(), "v3")
    array[...] = 1
    Counting.gets = 0
    same(array[...], np.ones(SHAPE))
    assert Counting.gets == 16


def test_parts_of_remote_shards_are_ranges():
    class Ranges(zarr.storage.MemoryStore):
        whole = 0

        async def get(self, key: str, prototype: Any = None, byte_range: Any = None) -> Any:
            type(self).whole += byte_range is None
            return await super().get(key, prototype, byte_range)

    array = create(Ranges(), "v3 sharded")
    array[...] = values("f4")
    Ranges.whole = 0
    same(array[0, 0], values("f4")[0, 0])
    assert Ranges.whole == 0


def test_selections_that_nobody_makes_are_declined(tmp_path, declined):
    """The pipeline's contract is wider than zarr-python's indexers: the rest is answered too."""
    array = create(tmp_path, "v3")
    data = values("f4")
    array[...] = data
    inner = array._async_array
    from zarr.core.array_spec import ArrayConfig, ArraySpec
    from zarr.core.buffer import default_buffer_prototype

    prototype = default_buffer_prototype()
    spec = ArraySpec(CHUNKS, inner._zdtype, 0, ArrayConfig.from_dict({}), prototype)
    out = prototype.nd_buffer.empty(shape=(5, 5), dtype=np.dtype("f4"))
    key = inner.store_path / "c/0/0"
    item = (key, spec, (slice(4, None, -1), slice(0, 5)), (slice(0, 5), slice(0, 5)), False)
    asyncio.run(inner.codec_pipeline.read([item], out))
    same(out.as_numpy_array(), data[4::-1, :5])
    assert len(declined) == 1
