"""Stores that others wrote, and byte-level cases, with the values they must give."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import zarrc
from zarrc.errors import BaseZarrError, MissingDependencyError
from zarrc.grid import RegularGrid

_NAMED = os.environ.get("ZARRC_GOLDEN")
GOLDEN = Path(_NAMED) if _NAMED else Path(__file__).resolve().parents[3] / "shared" / "golden"


def _load(name: str) -> Any:
    path = GOLDEN / name
    return json.loads(path.read_text()) if path.exists() else None


MANIFEST = _load("exzarr/manifest.json") or {"entries": []}
CASES: dict[str, Any] = _load("handmade/cases.json") or {}

pytestmark = pytest.mark.skipif(
    not CASES, reason=f"no golden stores at {GOLDEN}; the environment variable ZARRC_GOLDEN may name their folder"
)

REFUSALS = (BaseZarrError, MissingDependencyError)

# Refused, though the manifest has a value: why.
REFUSED = {
    "v3_codec_must_understand_false": "3.1 lets a reader ignore such a codec; to decode without it could be wrong",
}
# The specification leaves these open and no value is expected: a value and an error are both fine.
OPEN = {"v3_fill_r24_b64", "v3_shard_offset_ok_len_max"}
# What objects a case holds, where the expectation has no room for it.
OBJECTS: dict[str, list[Any]] = {
    "v2_vlen_bytes": [b"\xff", b""],
    "v2_vlen_array": [[1, 2], []],
    "v2_json2": ["foo", {"a": 1}],
    "v3_fill_bytes_list": [b"\x01\x02\x03"] * 2,
    "v3_fill_bytes_b64": [b"\x01\x02\x03"] * 2,
}


# ExZarr ----------------------------------------------------------------------------------------------------------
def readable(kind: str) -> list[Any]:
    return [
        pytest.param(entry, id=entry["path"])
        for entry in MANIFEST["entries"]
        if entry["kind"] == kind and entry["read_by_zarr_python"]
    ]


def formula(name: str, dtype: np.dtype, count: int) -> np.ndarray:
    """The values that the manifest's formula gives, in C order of the elements."""
    i = [int(n) for n in range(count)]
    if dtype.kind == "b":
        return np.array([n % 3 == 0 for n in i], dtype)
    if dtype.kind in "iu":
        bits = 8 * dtype.itemsize
        whole = {"hash": lambda n: n * 2654435761 + 12345, "ramp": lambda n: n * 3 - 7}[name]
        return np.array([whole(n) % (1 << bits) for n in i], f"u{dtype.itemsize}").view(dtype)
    if dtype.kind == "m":
        return np.array([n * 1000003 - 7 for n in i], "i8").view(dtype)
    if dtype.kind == "M":
        return np.array([n * 86400000000 + 5 for n in i], "i8").view(dtype)
    if name == "ramp":
        return np.array([n * 3 - 7 for n in i], dtype)
    if name == "pi":
        return np.array([3.14159265358979 * (n + 1) / 7 for n in i], dtype)
    if name == "tenths":
        return np.array([10 + ((n * 7) % 500) / 10 for n in i], dtype)
    single = dtype in (np.dtype("f4"), np.dtype("c8"))
    real = [((n * 37) % 1000) / 8 - 20 if single else ((n * 37) % 1000) * 0.1 - 3 for n in i]
    if dtype.kind == "c":
        return np.array([complex(r, n / 4) for r, n in zip(real, i, strict=True)], dtype)
    return np.array(real, dtype)


@pytest.mark.parametrize("entry", readable("array"))
def test_exzarr_array(entry):
    store = GOLDEN / "exzarr" / entry["path"]
    array = zarrc.open_array(store, mode="r")
    assert array.shape == tuple(entry["shape"])
    assert array.chunks == tuple(entry["chunks"])
    assert array.metadata.zarr_format == entry["zarr_format"]
    found = array[...]
    dumped = (GOLDEN / "exzarr" / entry["raw"]).read_bytes()
    assert hashlib.sha256(dumped).hexdigest() == entry["sha256"]
    assert found.tobytes() == dumped
    if entry["expected_from"] == "formula" and "written_box" not in entry:
        assert found.tobytes() == formula(entry["formula"], found.dtype, found.size).tobytes()
    if entry.get("dimension_names"):
        assert array.metadata.dimension_names == tuple(entry["dimension_names"])


def groups() -> list[Any]:
    return [pytest.param(entry, id=entry["path"]) for entry in MANIFEST["entries"] if entry["kind"] == "group"]


@pytest.mark.parametrize("entry", groups())
def test_exzarr_group(entry):
    """ExZarr puts v3 arrays into v2 groups; those members are not of the group, but open by their own path."""
    store = GOLDEN / "exzarr" / entry["path"]
    group = zarrc.open_group(store, mode="r", use_consolidated=False)
    assert group.metadata.zarr_format == 2
    for path in entry["arrays"]:
        array = zarrc.open_array(store, path=path, mode="r")
        dumped = GOLDEN / "exzarr" / f"{entry['path']}.{path.replace('/', '.')}.raw"
        if dumped.exists():
            assert array[...].tobytes() == dumped.read_bytes()
        if array.metadata.zarr_format == 2:
            assert group[path] == array
    assert [name for name, _ in group.arrays()] == [p for p in entry["arrays"] if p == "a2"]
    assert dict(zarrc.open_group(store, path="sub", mode="r").arrays()).keys() >= {"b2"}


@pytest.mark.parametrize("entry", [g for g in groups() if g.values[0]["consolidated_entries"]])
def test_exzarr_consolidated(entry):
    """`.zmetadata` with the document of a v3 array is refused, or its v2 members read."""
    store = GOLDEN / "exzarr" / entry["path"]
    if any(path.endswith("3") for path in entry["arrays"]):
        try:
            group = zarrc.open_consolidated(store, mode="r")
        except BaseZarrError:
            return
    else:
        group = zarrc.open_consolidated(store, mode="r")
    for path in entry["arrays"]:
        if path.endswith("2"):
            dumped = GOLDEN / "exzarr" / f"{entry['path']}.{path.replace('/', '.')}.raw"
            assert group[path][...].tobytes() == dumped.read_bytes()


# byte-level cases ------------------------------------------------------------------------------------------------
def expected_bytes(expect: dict[str, Any]) -> bytes:
    if "hex" in expect:
        return bytes.fromhex(expect["hex"])
    assert expect["formula"] == "arange(n)"
    data = np.arange(int(np.prod(expect["shape"])), dtype=expect["dtype"]).tobytes()
    assert hashlib.sha256(data).hexdigest() == expect["sha256"]
    return data


def read(store: Path) -> tuple[zarrc.Array, Any]:
    """The array and its contents; skips where they need a package that is not installed."""
    try:
        array = zarrc.open_array(store, mode="r")
        return array, array[...]
    except MissingDependencyError as e:
        pytest.skip(str(e))


@pytest.mark.parametrize("name", CASES)
def test_handmade(name):
    expect, store = CASES[name]["expect"], GOLDEN / "handmade" / name
    if name in OPEN:
        with contextlib.suppress(BaseZarrError):
            zarrc.open_array(store, mode="r")[...]
        return
    if name in REFUSED or (expect is None and name not in OBJECTS):
        with pytest.raises(BaseZarrError):
            zarrc.open_array(store, mode="r")[...]
        return
    array, found = read(store)
    if name in OBJECTS:
        assert [item.tolist() if isinstance(item, np.ndarray) else item for item in found] == OBJECTS[name]
        return
    assert array.shape == tuple(expect["shape"])
    if "values" in expect:
        assert found.tolist() == expect["values"]
        return
    if expect["dtype"] != "struct":
        stored = np.dtype(expect["dtype"])
        if found.dtype.kind == "V":  # types of ml_dtypes are listed as integers: small ones by value, others by bits
            found = found.astype(stored) if "int" in found.dtype.name else found.view(stored)
        assert found.dtype.newbyteorder("<") == stored
        found = found.astype(stored)
    assert found.tobytes() == expected_bytes(expect)


# Malformed, and stored well-formed with the first change.
REPAIRED = {"v2_zero_len_chunk0_legacy"}


@pytest.mark.parametrize("name", sorted(CASES.keys() - REPAIRED))
def test_documents_are_written_back_unchanged(name, tmp_path):
    """Metadata that were read are written as they were; a change of attributes changes nothing else."""
    original = GOLDEN / "handmade" / name
    try:
        metadata = zarrc.open_array(original, mode="r").metadata
    except REFUSALS:
        pytest.skip("refused")
    store = shutil.copytree(original, tmp_path / "a.zarr")
    check_round_trip(store, metadata)


@pytest.mark.parametrize("entry", readable("array"))
def test_exzarr_documents_are_written_back_unchanged(entry, tmp_path):
    store = shutil.copytree(GOLDEN / "exzarr" / entry["path"], tmp_path / "a.zarr")
    check_round_trip(store, zarrc.open_array(store, mode="r").metadata)


def documents(store: Path) -> dict[str, Any]:
    return {
        name: json.loads((store / name).read_text())
        for name in ("zarr.json", ".zarray", ".zattrs")
        if (store / name).exists()
    }


def check_round_trip(store: Path, metadata: Any) -> None:
    before = documents(store)
    document = "zarr.json" if "zarr.json" in before else ".zarray"
    written = {key: json.loads(text) for key, text in metadata.documents().items()}
    assert {key: value for key, value in written.items() if value} == {k: v for k, v in before.items() if v}
    array = zarrc.open_array(store, mode="r+")
    array.attrs["note"] = [1, None, "x"]
    after = documents(store)
    if document == "zarr.json":
        before[document].setdefault("attributes", {})["note"] = [1, None, "x"]
    else:
        before.setdefault(".zattrs", {})["note"] = [1, None, "x"]
    assert after == before
    if array.ndim and isinstance(array.metadata.grid, RegularGrid):
        grown = tuple(n + 1 for n in array.shape)
        array.resize(grown)
        before[document]["shape"] = list(grown)
        assert documents(store) == before
    assert zarrc.open_array(store, mode="r").metadata == array.metadata


def test_lists_name_existing_cases():
    assert set(CASES) >= REFUSED.keys() | OPEN | OBJECTS.keys()
    unread = {name for name in CASES if CASES[name]["expect"] is None} - OPEN - OBJECTS.keys()
    assert all(CASES[name]["spec"] == "invalid" for name in unread)
