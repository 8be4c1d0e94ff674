from __future__ import annotations

import json
import pickle

import numpy as np
import pytest

import zarrc
from zarrc.chunkio import ChunkIO
from zarrc.errors import ConflictError
from zarrc.repairing_io import RepairingIO
from zarrc.stores import MemoryStore

pytestmark = pytest.mark.filterwarnings("ignore::zarrc.errors.ZarrUserWarning")
FORMATS = pytest.mark.parametrize("zarr_format", [2, 3])


def name_of(zarr_format):
    return ".zarray" if zarr_format == 2 else "zarr.json"


def edit(path, zarr_format, chunks, **changes):
    """Changes the stored document; gives its bytes."""
    document = json.loads((path / name_of(zarr_format)).read_text())
    if zarr_format == 2:
        document["chunks"] = chunks
    else:
        document["chunk_grid"] = {"name": "regular", "configuration": {"chunk_shape": chunks}}
    (path / name_of(zarr_format)).write_text(json.dumps({**document, **changes}))
    return (path / name_of(zarr_format)).read_bytes()


def chunks_of(path, zarr_format):
    document = json.loads((path / name_of(zarr_format)).read_text())
    return document["chunks"] if zarr_format == 2 else document["chunk_grid"]["configuration"]["chunk_shape"]


@pytest.fixture
def legacy(tmp_path, zarr_format):
    zarrc.create_array(
        tmp_path, shape=(3,), chunks=(3,), dtype="<i2", zarr_format=zarr_format, attributes={"units": "m"}
    )
    edit(tmp_path, zarr_format, [0])
    return tmp_path


def kind(array):
    return type(array._opened.io)


@FORMATS
def test_grid_is_stored_before_the_first_chunk(legacy, zarr_format):
    array = zarrc.open_array(legacy)
    assert kind(array) is RepairingIO
    array[1] = 5
    assert chunks_of(legacy, zarr_format) == [1]
    again = zarrc.open_array(legacy)
    assert kind(again) is ChunkIO
    assert again[...].tolist() == [0, 5, 0]
    assert again.attrs.asdict() == {"units": "m"}
    stored = (legacy / name_of(zarr_format)).read_bytes()
    array[2] = 6
    assert (legacy / name_of(zarr_format)).read_bytes() == stored
    assert again[...].tolist() == [0, 5, 6]


@FORMATS
@pytest.mark.parametrize("write", ["batch", "points", "pickled", "thread", "none"])
def test_every_way_to_write(legacy, zarr_format, write):
    array = zarrc.open_array(legacy)
    if write == "batch":
        with array.batch_writes():
            array[0:2] = [4, 5]
            assert chunks_of(legacy, zarr_format) == [0]
    elif write == "points":
        array.vindex[[0, 1]] = [4, 5]
    elif write == "pickled":
        pickle.loads(pickle.dumps(array))[0:2] = [4, 5]
    else:
        array.with_config({"concurrency": write})[0:2] = [4, 5]
    assert chunks_of(legacy, zarr_format) == [1]
    assert zarrc.open_array(legacy)[...].tolist() == [4, 5, 0]


@FORMATS
def test_append_and_attributes(legacy, zarr_format):
    array = zarrc.open_array(legacy)
    array.append(np.array([7], "<i2"))
    assert kind(array) is ChunkIO
    assert zarrc.open_array(legacy)[...].tolist() == [0, 0, 0, 7]
    edit(legacy, zarr_format, [0])
    array = zarrc.open_array(legacy)
    array.attrs["a"] = 1
    assert kind(array) is ChunkIO
    assert chunks_of(legacy, zarr_format) == [1]


@FORMATS
def test_empty_selections_and_reads_store_nothing(legacy, zarr_format):
    before = {file: file.read_bytes() for file in legacy.iterdir()}
    array = zarrc.open_array(legacy)
    array[0:0] = np.empty(0, "<i2")
    assert array[...].tolist() == [0, 0, 0]
    assert {file: file.read_bytes() for file in legacy.iterdir()} == before


@FORMATS
def test_what_another_stored_meanwhile_is_kept(legacy, zarr_format):
    stale = zarrc.open_array(legacy)
    text = edit(legacy, zarr_format, [1], shape=[10])
    stale[0] = 9
    assert (legacy / name_of(zarr_format)).read_bytes() == text
    edit(legacy, zarr_format, [0], shape=[12])
    zarrc.open_array(legacy)[1] = 8
    again = zarrc.open_array(legacy)
    assert again.shape == (12,)
    assert again[:3].tolist() == [9, 8, 0]


@FORMATS
@pytest.mark.parametrize("change", ["chunks", "rank", "codecs"])
def test_other_chunks_by_now(legacy, zarr_format, change):
    array = zarrc.open_array(legacy)
    if change == "codecs":
        changes = {"compressor": {"id": "zlib", "level": 1}} if zarr_format == 2 else {"codecs": ["bytes", "crc32c"]}
        if zarr_format == 3:
            changes["data_type"] = "int8"
        edit(legacy, zarr_format, [0], **changes)
    elif change == "rank":
        edit(legacy, zarr_format, [1, 1], shape=[3, 3])
    else:
        edit(legacy, zarr_format, [3])
    before = {file: file.read_bytes() for file in legacy.iterdir()}
    with pytest.raises(ConflictError, match="has changed since this array was opened; reopen"):
        array[0] = 1
    assert {file: file.read_bytes() for file in legacy.iterdir()} == before


def test_sizes_that_are_only_spelled_otherwise_stay(tmp_path):
    zarrc.create_array(tmp_path, shape=(3,), chunks=(1,), dtype="<i2")
    text = edit(tmp_path, 3, [True])
    array = zarrc.open_array(tmp_path)
    assert kind(array) is ChunkIO
    array[...] = 3
    assert (tmp_path / "zarr.json").read_bytes() == text


def test_lists_of_lengths_in_a_regular_grid(tmp_path):
    zarrc.create_array(tmp_path, shape=(4, 20), chunks=[2, [5, 10, 5]], dtype="<i2")[...] = 1
    edit(tmp_path, 3, [2, [5, 10, 5]])
    array = zarrc.open_array(tmp_path)
    assert (array[...] == 1).all()
    array[:, :6] = 2
    assert json.loads((tmp_path / "zarr.json").read_text())["chunk_grid"]["name"] == "rectilinear"
    assert zarrc.open_array(tmp_path)[0, 4:7].tolist() == [2, 2, 1]


@FORMATS
def test_metadata_that_lie_nowhere(zarr_format):
    document = {"zarr_format": 2, "shape": [3], "chunks": [0], "dtype": "<i2", "fill_value": 0, "compressor": None}
    if zarr_format == 3:
        array = zarrc.create_array({}, shape=(3,), chunks=(1,), dtype="<i2")
        grid = {"name": "regular", "configuration": {"chunk_shape": [0]}}
        document = {**array.metadata.to_dict(), "chunk_grid": grid}
    store = MemoryStore()
    array = zarrc.Array.from_dict(store, document)
    assert kind(array) is RepairingIO
    array[...] = [1, 2, 3]
    assert array[...].tolist() == [1, 2, 3]
    assert not [key for key, _ in store.list_prefix_sync("") if key.endswith(("zarray", "json"))]


@FORMATS
def test_groups_consolidate_what_is_stored(tmp_path, zarr_format):
    zarrc.create_group(tmp_path, zarr_format=zarr_format).create_array("a", shape=(3,), chunks=(3,), dtype="<i2")
    text = edit(tmp_path / "a", zarr_format, [0])

    def consolidated():
        if zarr_format == 2:
            return json.loads((tmp_path / ".zmetadata").read_text())["metadata"]["a/.zarray"]
        return json.loads((tmp_path / "zarr.json").read_text())["consolidated_metadata"]["metadata"]["a"]

    group = zarrc.consolidate_metadata(tmp_path)
    assert consolidated() == json.loads(text)
    assert (tmp_path / "a" / name_of(zarr_format)).read_bytes() == text
    for opened in (group, zarrc.open_group(tmp_path, use_consolidated=True)):
        edit(tmp_path / "a", zarr_format, [0])
        array = opened["a"]
        array[...] = [7, 8, 9]
        assert chunks_of(tmp_path / "a", zarr_format) == [1]
        assert zarrc.open_array(tmp_path / "a")[...].tolist() == [7, 8, 9]
        opened.attrs["x"] = 1
        assert consolidated() == json.loads(text)
    zarrc.consolidate_metadata(tmp_path)
    assert consolidated() != json.loads(text)


@FORMATS
def test_well_formed_arrays_read_no_document_when_they_write(zarr_format):
    keys = []

    class Counting(MemoryStore):
        def get_bytes(self, key, start=0, length=-1):
            keys.append(key)
            return super().get_bytes(key, start, length)

    array = zarrc.create_array(Counting(), shape=(4,), chunks=(2,), dtype="i2", zarr_format=zarr_format)
    keys.clear()
    array[:2] = 1
    assert not [key for key in keys if key.endswith(("zarr.json", ".zarray"))]
