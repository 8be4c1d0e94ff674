"""The metadata of the handmade byte-level cases: parsed or refused, and their fill values to the bit."""

from __future__ import annotations

import hashlib
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from zarrc.errors import MetadataValidationError, MissingDependencyError
from zarrc.metadata import parse_array_json


def _folder() -> Path | None:
    given = os.environ.get("ZARRC_GOLDEN")
    root = Path(given) if given else Path(__file__).resolve().parents[3] / "shared" / "golden"
    folder = root / "handmade"
    return folder if (folder / "cases.json").is_file() else None


FOLDER = _folder()
CASES: dict[str, Any] = json.loads((FOLDER / "cases.json").read_text()) if FOLDER else {}

# refused by the metadata alone; all other invalid cases have broken chunks or codecs
REFUSED = {
    "v3_codec_must_understand_false",
    "v3_extra_mu_true",
    "v3_extra_scalar",
    "v3_fill_bool_int",
    "v3_fill_i4_float",
    "v3_fill_i4_out_of_range",
    "v3_fill_null",
}

pytestmark = pytest.mark.skipif(FOLDER is None, reason="handmade cases not found (ZARRC_GOLDEN)")


def parse(name: str) -> Any:
    assert FOLDER is not None
    v2 = FOLDER / name / ".zarray"
    if v2.exists():
        zattrs = v2.with_name(".zattrs")
        return parse_array_json(v2.read_bytes(), 2, name, zattrs.read_bytes() if zattrs.exists() else None)
    return parse_array_json((FOLDER / name / "zarr.json").read_bytes(), 3, name)


@pytest.mark.parametrize("name", sorted(CASES))
def test_case(name: str) -> None:
    assert FOLDER is not None
    if name in REFUSED:
        with pytest.raises(MetadataValidationError, match=f"^{name}/"):
            parse(name)
        return
    try:
        m = parse(name)
    except MissingDependencyError as e:
        pytest.skip(str(e))
    expect = CASES[name]["expect"]
    if expect is None:
        return
    assert list(m.shape) == expect["shape"]
    if expect["dtype"] in ("struct", "str"):
        assert m.dtype.names or m.dtype.kind in "UTO"
    else:
        assert m.dtype.newbyteorder("=") == np.dtype(expect["dtype"]).newbyteorder("=") or m.dtype.kind == "V"
    chunks = [p for p in (FOLDER / name).rglob("*") if p.is_file() and not p.name.startswith((".z", "zarr"))]
    if chunks:
        return
    # nothing is stored: the array is its fill value
    filled = np.full(m.shape, m.fill_scalar, m.dtype)
    if "values" in expect:
        assert filled.tolist() == expect["values"]
    else:
        if m.dtype.names is None and m.data_type.item_swap:
            filled = filled.astype(m.dtype.newbyteorder("<"))
        if "hex" in expect:
            assert filled.tobytes().hex() == expect["hex"]
        else:
            assert hashlib.sha256(filled.tobytes()).hexdigest() == expect["sha256"]
