"""Documents that are parsed once."""

from __future__ import annotations

import pytest

import zarrc
from zarrc.metadata import parse_group_json, parse_zmetadata
from zarrc.metadata.remembered import Remembered


def test_the_last_documents_are_remembered():
    parsed: list[str] = []
    known = Remembered(2, 3)

    def get(raw, path="p"):
        return known.get(raw, path, lambda: parsed.append(raw) or (raw, path))

    for raw in (b"a", b"a", b"b", b"a"):
        assert get(raw) == (raw, "p")
    assert parsed == [b"a", b"b"]
    assert get(b"a", "elsewhere") == (b"a", "elsewhere")
    get(b"a")
    assert parsed == [b"a", b"b", b"a", b"a"]
    for raw in (b"long", "x", bytearray(b"y")):
        get(raw)
        get(raw)
    assert parsed[4:] == [b"long", b"long", "x", "x", bytearray(b"y"), bytearray(b"y")]


def test_errors_are_not_remembered():
    known, answers = Remembered(2, 100), iter([ValueError("no"), "yes"])

    def parse():
        answer = next(answers)
        if isinstance(answer, Exception):
            raise answer
        return answer

    with pytest.raises(ValueError, match="no"):
        known.get(b"a", "", parse)
    assert known.get(b"a", "", parse) == "yes"


@pytest.mark.filterwarnings("ignore:Consolidated metadata is currently not part")
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_changes_of_one_object_do_not_reach_others(tmp_path, zarr_format):
    group = zarrc.create_group(tmp_path, zarr_format=zarr_format, attributes={"a": [1]})
    group.create_array("x", shape=2, dtype="i4", attributes={"b": [2]})
    zarrc.consolidate_metadata(tmp_path)
    raw = (tmp_path / ("zarr.json" if zarr_format == 3 else ".zmetadata")).read_bytes()
    parse = parse_zmetadata if zarr_format == 2 else lambda raw: parse_group_json(raw, 3)
    assert parse(raw) is parse(raw)
    first, second = zarrc.open_group(tmp_path), zarrc.open_group(tmp_path)
    first["x"].attrs["b"] = [3]
    first.attrs["a"] = [4]
    first.create_array("y", shape=2, dtype="i4")
    assert second["x"].attrs["b"] == [2]
    assert second.attrs["a"] == [1]
    assert "y" not in second
    del first["x"]
    assert "x" in second
    assert zarrc.open_group(tmp_path, use_consolidated=False).attrs["a"] == [4]
