"""Every golden store of ExZarr 1.0.1, read as ExZarr means it."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ArrayNotFoundError,
    ContainsArrayError,
    GroupNotFoundError,
    NodeTypeValidationError,
    ReadOnlyError,
)
from zarrc.interop import exzarr

_NAMED = os.environ.get("ZARRC_GOLDEN")
GOLDEN = (Path(_NAMED) if _NAMED else Path(__file__).resolve().parents[3] / "shared" / "golden") / "exzarr"
_MANIFEST = GOLDEN / "manifest.json"
ENTRIES: list[dict[str, Any]] = json.loads(_MANIFEST.read_text())["entries"] if _MANIFEST.exists() else []
golden = pytest.mark.skipif(
    not ENTRIES, reason=f"no golden stores at {GOLDEN.parent}; ZARRC_GOLDEN may name their folder"
)

# No element of these was ever stored: (error, what it says, why there is nothing).
NO_DATA: dict[str, tuple[type[Exception], str]] = {
    # FormatConverter failed with {:cannot_convert, ...} and left nothing but an empty folder, or not even that
    "conv/v3gzip_to_v2": (ArrayNotFoundError, "No array found"),
    "conv/v3none_to_v2": (ArrayNotFoundError, "No array found"),
    # {:error, :write_failed}: as a v2 compressor ExZarr does not know gzip
    "v2/codec_gzip_float64": (exzarr.ExZarrError, "'compressor'.*gzip.*fails to write chunks"),
    # ArgumentError at the first chunk: floats are not converted to integers
    "v2/filter_astype_f8_i4_none": (exzarr.ExZarrError, "'filters'.*astype.*fails to write chunks"),
    "v2/filter_astype_f8_i4_zlib": (exzarr.ExZarrError, "'filters'.*astype.*fails to write chunks"),
}
# Metadata only: ExZarr raises on these fill values, while Zarr has a meaning for them.
FILL_ONLY = {"v2/fill_meta_null": 0.0, "v3/fill_meta_NaN": np.nan, "v3/fill_meta_Infinity": np.inf}
# What Zarr can make nothing of, or something wrong, so that nothing may be written.
PRIVATE = {
    *("v2/codec_blosc_int32", "v2/codec_bzip2_float64", "v2/codec_bzip2_int32", "v2/codec_crc32c_float64"),
    *("v2/codec_lz4_int32", "v2/datetime64_1d_zlib", "v2/filter_categorize_i4_none", "v2/filter_categorize_i4_zlib"),
    *("v2/filter_fso_scale0.1_none", "v2/filter_fso_scale0.1_zlib", "v2/filter_fso_scale1_none"),
    *("v2/filter_fso_scale1_zlib", "v2/filter_packbits_bool_zlib", "v3/a2a_bitround_f4", "v3/a2a_shuffle"),
    *("v3/codec_bz2", "v3/codec_lz4", "v3/datetime64_1d_le", "v3/timedelta64_1d_le", "v3/shard_1d_ragged_gzip"),
    *("v3/shard_2d_bytes", "v3/shard_2d_gzip", "v3/shard_2d_partial_bytes", "v3/shard_2d_start_bytes"),
    *("v3/shard_3d_bytes", "v3/shard_3d_gzip", "zip/v3.zip"),
}


def formula(name: str, dtype: np.dtype, shape: tuple[int, ...]) -> np.ndarray:
    """What the manifest's formula gives."""
    i = np.arange(int(np.prod(shape)))
    if dtype.kind == "b":
        values: Any = i % 3 == 0
    elif dtype.kind in "iu":
        whole = (
            i.astype("u8") * np.uint64(2654435761) + np.uint64(12345) if name == "hash" else (i * 3 - 7).astype("u8")
        )
        values = whole.astype(f"u{dtype.itemsize}").view(dtype)
    elif dtype.kind in "Mm":
        values = (i * 86400000000 + 5 if dtype.kind == "M" else i * 1000003 - 7).view(dtype)
    elif name == "ramp":
        values = i * 3 - 7
    elif name == "tenths":
        values = 10 + ((i * 7) % 500) / 10
    elif name == "pi":
        values = 3.14159265358979 * (i + 1) / 7
    else:
        steps = (i * 37) % 1000
        values = steps / 8 - 20 if dtype in (np.dtype("f4"), np.dtype("c8")) else steps * 0.1 - 3
        values = values + 1j * (i / 4) if dtype.kind == "c" else values
    return np.asarray(values).astype(dtype).reshape(shape)


def expected(entry: dict[str, Any]) -> np.ndarray:
    """The formula's values in the box that was written, the fill value around it."""
    name = entry["dtype"] + ("[us]" if entry["dtype"] in ("datetime64", "timedelta64") else "")
    shape = tuple(entry["shape"])
    values = formula(entry["formula"], np.dtype(name), shape)
    if entry["path"] == "v3/rewrite_chunk_after_reopen":
        values[4:8] = [91, 92, 93, 94]  # the chunk that was rewritten
    if "written_box" not in entry:
        return values
    start, stop = entry["written_box"]
    box = tuple(slice(a, b) for a, b in zip(start, stop, strict=True))
    out = np.full(shape, entry["fill_value"], name)
    out[box] = values[box]
    return out


def entries(*kinds: str) -> list[Any]:
    return [pytest.param(entry, id=entry["path"]) for entry in ENTRIES if entry["kind"] in kinds]


# reading ---------------------------------------------------------------------------------------------------------
@golden
def test_every_entry_is_tested():
    assert len(ENTRIES) == 132
    assert {entry["kind"] for entry in ENTRIES} == {"array", "zip-array", "group"}
    assert {entry["path"] for entry in ENTRIES} >= NO_DATA.keys() | FILL_ONLY.keys() | PRIVATE


@golden
@pytest.mark.parametrize("entry", entries("array", "zip-array"))
def test_array(entry):
    store, path = GOLDEN / entry["path"], entry["path"]
    if path in NO_DATA:
        error, message = NO_DATA[path]
        assert entry["exzarr_write"] != "ok"
        with pytest.raises(error, match=message):
            exzarr.open_array(store)
        return
    array = exzarr.open_array(store)
    assert array.metadata.zarr_format == entry["zarr_format"]
    assert array.shape == tuple(entry["shape"])
    assert array.chunks == tuple(entry["chunks"])
    assert bool(array.deviations) == (path in PRIVATE)
    if entry.get("dimension_names"):
        assert array.metadata.dimension_names == tuple(entry["dimension_names"])
    if path in FILL_ONLY:
        assert array.nchunks_initialized == 0
        np.testing.assert_array_equal(array[...], np.full(array.shape, FILL_ONLY[path], array.dtype))
        return
    found = exzarr.read(store)
    assert found.dtype.newbyteorder("<").name == entry["dtype"] + ("[us]" if found.dtype.kind in "Mm" else "")
    assert found.tobytes() == (GOLDEN / entry["raw"]).read_bytes()
    if entry["expected_from"] == "formula":
        np.testing.assert_array_equal(found, expected(entry))
    # parts, through the same chunks
    key = tuple(slice(n // 3, n - n // 4) for n in array.shape)
    assert array[key].tobytes() == found[key].tobytes()
    points = tuple(np.array([0, n - 1, n // 2]) for n in array.shape)
    assert array.vindex[points].tobytes() == found[points].tobytes()
    assert pickle.loads(pickle.dumps(array))[...].tobytes() == found.tobytes()


@golden
@pytest.mark.parametrize("entry", entries("array"))
def test_writing(entry, tmp_path):
    """What zarrc.open_array understands in the same way may be written; all else says why not."""
    if entry["path"] in NO_DATA:
        return
    store = tmp_path / "store"
    shutil.copytree(GOLDEN / entry["path"], store, copy_function=shutil.copyfile)
    for folder in (store, *store.rglob("*")):
        folder.chmod(0o755)
    with pytest.raises(ReadOnlyError):
        exzarr.open_array(store)[...] = 0
    array = exzarr.open_array(store, mode="r+")
    data = np.ones(array.shape, array.dtype)
    if array.deviations:
        before = array[...]
        for write in (lambda: array.__setitem__(..., data), lambda: array.resize((1,) * array.ndim)):
            with pytest.raises(exzarr.ExZarrError, match="not written, because ExZarr"):
                write()
        with pytest.raises(exzarr.ExZarrError, match="not written, because ExZarr"):
            array.attrs["a"] = 1
        assert array[...].tobytes() == before.tobytes()
        return
    array[...] = data
    plain = zarrc.open_array(store, mode="r")
    assert plain.metadata == array.metadata
    np.testing.assert_array_equal(plain[...], array[...])
    array.resize(tuple(n + 1 for n in array.shape))
    assert exzarr.open_array(store).shape == array.shape


@golden
@pytest.mark.parametrize("entry", entries("group"))
def test_group(entry):
    store = GOLDEN / entry["path"]
    group = exzarr.open_group(store)
    for path in entry["arrays"]:
        array = group[path]
        assert array.metadata.zarr_format == int(path[-1])
        dumped = GOLDEN / f"{entry['path']}.{path.replace('/', '.')}.raw"
        data = dumped.read_bytes() if dumped.exists() else formula("hash", array.dtype, array.shape).tobytes()
        assert array[...].tobytes() == data
    members = dict(group.members(max_depth=None))
    assert {name for name, node in members.items() if isinstance(node, zarrc.Array)} == set(entry["arrays"])
    assert members["sub"].path == "sub" and isinstance(members["sub"], exzarr.ExZarrGroup)
    assert pickle.loads(pickle.dumps(group)) == group
    with pytest.raises(NodeTypeValidationError):
        exzarr.open_array(store)
    with pytest.raises(ContainsArrayError):
        exzarr.open_group(store, path="a2")
    with pytest.raises(GroupNotFoundError):
        exzarr.open_group(store, path="none")
