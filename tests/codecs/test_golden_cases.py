"""Every byte-level case through the codec chain, with the dtypes that its metadata name."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path

import numpy as np
import pytest

from zarrc.codecs import Chain, ChunkSpec
from zarrc.dtypes import parse_v2, parse_v3
from zarrc.errors import BaseZarrError, MissingDependencyError

# What objects a case holds, where the expectation has no room for it.
OBJECTS = {
    "v2_vlen_bytes": [b"\xff", b""],
    "v2_vlen_array": [[1, 2], []],
    "v2_json2": ["foo", {"a": 1}],
}
# Refused for something besides codecs and chunks: not for this test.
METADATA = ("v3_extra_", "v3_fill_", "v2_fill_", "v3_storage_transformers", "v3_codec_must_understand_false")


def cases() -> dict:
    named = os.environ.get("ZARRC_GOLDEN")
    folder = Path(named) if named else Path(__file__).resolve().parents[3] / "shared" / "golden"
    path = folder / "handmade" / "cases.json"
    found = json.loads(path.read_text()) if path.exists() else {}
    return {name: case for name, case in found.items() if not name.startswith(METADATA)}


def chain_of(folder: Path) -> Chain:
    if (folder / ".zarray").exists():
        meta = json.loads((folder / ".zarray").read_text())
        filters = meta.get("filters")
        data_type = parse_v2(meta["dtype"], filters[0]["id"] if filters else None)
        spec = ChunkSpec(tuple(meta["chunks"]), data_type.dtype)
        return Chain.from_v2(filters, meta["compressor"], meta.get("order", "C"), spec)
    meta = json.loads((folder / "zarr.json").read_text())
    data_type = parse_v3(meta["data_type"])
    fill = data_type.fill_from_json(meta["fill_value"], 3)
    shape = tuple(meta["chunk_grid"]["configuration"]["chunk_shape"])
    fill = None if data_type.bits else fill
    return Chain.from_v3(meta["codecs"], ChunkSpec(shape, data_type.carrier, fill, data_type.bits))


@pytest.mark.parametrize("name", cases() or [pytest.param("", marks=pytest.mark.skip("no golden cases"))])
def test_golden(golden, name):
    folder = golden / name
    chunks = [
        path
        for path in folder.rglob("*")
        if path.is_file() and not path.name.startswith(".z") and path.name != "zarr.json"
    ]
    expect = cases()[name]["expect"]
    meta = folder / "zarr.json"
    if len(chunks) != 1 or (meta.exists() and json.loads(meta.read_text())["chunk_grid"]["name"] != "regular"):
        pytest.skip("several chunks or none: an array's matter")
    if expect is None and name not in OBJECTS:
        with pytest.raises(BaseZarrError):
            chain_of(folder).decode_chunk(chunks[0].read_bytes())
        return
    try:
        chain = chain_of(folder)
    except MissingDependencyError as e:
        pytest.skip(str(e))
    array = chain.decode_chunk(chunks[0].read_bytes())
    again = chain.decode_chunk(chain.encode_chunk(array))
    if name in OBJECTS:
        for found in (array, again):
            items = [item.tolist() if isinstance(item, np.ndarray) else item for item in found]
            assert items == OBJECTS[name]
        return
    if array.shape != tuple(expect["shape"]):
        pytest.skip("the chunk reaches beyond the array")
    for found in (array, again):
        if "values" in expect:
            assert found.reshape(-1).tolist() == expect["values"]
            continue
        content = found.tobytes() if expect["dtype"] == "struct" else found.astype(expect["dtype"]).tobytes()
        if "hex" in expect:
            assert content.hex() == expect["hex"]
        else:
            assert hashlib.sha256(content).hexdigest() == expect["sha256"]
