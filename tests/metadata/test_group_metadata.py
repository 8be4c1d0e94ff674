"""Group metadata and consolidated metadata of both formats."""

from __future__ import annotations

import json
import pickle
from typing import Any

import pytest

from zarrc.dtypes import from_numpy
from zarrc.errors import MetadataValidationError, NodeTypeValidationError
from zarrc.metadata import (
    ArrayV2Metadata,
    ArrayV3Metadata,
    GroupMetadata,
    build_array_metadata,
    consolidate,
    parse_array_json,
    parse_group_json,
    parse_node_v3,
    parse_zmetadata,
)


def array(zarr_format: Any) -> Any:
    codecs: dict[str, Any] = {"codecs": ["bytes"]} if zarr_format == 3 else {}
    return build_array_metadata(zarr_format, (4,), from_numpy("u1"), (2,), attributes={"x": 1}, **codecs)


def test_v3() -> None:
    document = {"zarr_format": 3, "node_type": "group", "attributes": {"a": 1}, "foo": {"must_understand": False}}
    raw = json.dumps(document).encode()
    m = parse_group_json(raw, 3, "g")
    assert (m.attributes, m.zarr_format, m.consolidated_metadata) == ({"a": 1}, 3, None)
    assert m.extra_fields == {"foo": {"must_understand": False}}
    assert json.loads(m.documents()["zarr.json"]) == document
    assert m.with_attributes({}).to_dict() == {**document, "attributes": {}}
    assert parse_node_v3(raw) == m
    assert parse_node_v3(array(3).documents()["zarr.json"]) == array(3)


def test_v2() -> None:
    m = parse_group_json(b'{"zarr_format": 2, "_nczarr_group": 1}', 2, "g", b'{"a": 1}')
    assert (m.attributes, m.zarr_format) == ({"a": 1}, 2)
    files = {name: json.loads(raw) for name, raw in m.documents().items()}
    assert files == {".zgroup": {"zarr_format": 2, "_nczarr_group": 1}, ".zattrs": {"a": 1}}
    assert json.loads(m.with_attributes({"b": 2}).documents()[".zattrs"]) == {"b": 2}


def test_new() -> None:
    assert json.loads(GroupMetadata({"a": 1}).documents()["zarr.json"]) == {
        "zarr_format": 3,
        "node_type": "group",
        "attributes": {"a": 1},
    }
    assert json.loads(GroupMetadata({}, 2).documents()[".zgroup"]) == {"zarr_format": 2}
    assert GroupMetadata() == GroupMetadata.from_dict({"zarr_format": 3, "node_type": "group"})


@pytest.mark.parametrize(
    ("raw", "zarr_format", "error"),
    [
        (b"{}", 3, MetadataValidationError),
        (b"{}", 2, MetadataValidationError),
        (b"[]", 3, MetadataValidationError),
        (b"\xff", 2, MetadataValidationError),
        (b'{"zarr_format": 2}', 3, MetadataValidationError),
        (b'{"zarr_format": 3}', 2, MetadataValidationError),
        (b'{"zarr_format": 3, "node_type": "array"}', 3, NodeTypeValidationError),
        (b'{"zarr_format": 3, "node_type": "group", "attributes": 5}', 3, MetadataValidationError),
        (b'{"zarr_format": 3, "node_type": "group", "foo": 5}', 3, MetadataValidationError),
        (b'{"zarr_format": 3, "node_type": "group", "consolidated_metadata": 5}', 3, MetadataValidationError),
        (
            b'{"zarr_format": 3, "node_type": "group", "consolidated_metadata": {"metadata": {"../a": {}}}}',
            3,
            MetadataValidationError,
        ),
    ],
)
def test_refused(raw: bytes, zarr_format: Any, error: type[Exception]) -> None:
    with pytest.raises(error, match=r"^g/\.?z"):
        parse_group_json(raw, zarr_format, "g")


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_consolidated_round_trip(zarr_format: Any) -> None:
    group = GroupMetadata({"inner": 1}, zarr_format)
    root = GroupMetadata({"root": 1}, zarr_format).with_consolidated({"g": group, "g/a": array(zarr_format)})
    files = root.documents()
    if zarr_format == 3:
        assert set(files) == {"zarr.json"}
        again = parse_group_json(files["zarr.json"], 3)
    else:
        assert set(files) == {".zgroup", ".zattrs", ".zmetadata"}
        again = parse_group_json(files[".zgroup"], 2, "", files[".zattrs"], files[".zmetadata"])
        alone, nodes = parse_zmetadata(files[".zmetadata"])
        assert alone.attributes == {"root": 1}
        assert dict(nodes) == dict(again.consolidated_metadata or {})
    nodes = again.consolidated_metadata
    assert nodes is not None
    assert list(nodes) == ["g", "g/a"]
    assert "g/a" in nodes
    assert isinstance(nodes["g/a"], ArrayV3Metadata if zarr_format == 3 else ArrayV2Metadata)
    assert nodes["g/a"] == array(zarr_format)
    assert nodes["g"].attributes == {"inner": 1}
    assert nodes["g"] is nodes["g"]
    assert dict(nodes.below("g")) == {"a": array(zarr_format)}
    assert again.documents() == files
    assert again == root
    assert pickle.loads(pickle.dumps(again)) == again
    assert set(again.without_consolidated().documents()) <= {"zarr.json", ".zgroup", ".zattrs"}
    assert again.without_consolidated().consolidated_metadata is None


def test_broken_nodes_are_noticed_at_access() -> None:
    nodes = {"good": array(3).to_dict(), "bad": {"zarr_format": 3, "node_type": "array"}}
    document = {
        "zarr_format": 3,
        "node_type": "group",
        "consolidated_metadata": {"kind": "inline", "must_understand": False, "metadata": nodes},
    }
    m = parse_group_json(json.dumps(document).encode(), 3, "root")
    assert m.consolidated_metadata is not None
    assert m.consolidated_metadata["good"] == array(3)
    with pytest.raises(MetadataValidationError, match=r"^root/bad/zarr\.json"):
        m.consolidated_metadata["bad"]
    with pytest.raises(KeyError):
        m.consolidated_metadata["none"]


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_removal_makes_another_object(zarr_format: Any) -> None:
    group, nodes = GroupMetadata({"inner": 1}, zarr_format), ("g", "g/a", "gg", "h")
    root = parse_again(GroupMetadata({}, zarr_format).with_consolidated(dict.fromkeys(nodes, group)), zarr_format)
    files, known = root.documents(), root.consolidated_metadata
    assert known is not None
    parsed = known["h"]
    changed = known.with_node("g", GroupMetadata({"inner": 2}, zarr_format))
    left = changed.without_node("g")
    assert (list(known), list(changed), list(left)) == ([*nodes], [*nodes], ["gg", "h"])
    assert left["h"] is parsed and known["g"].attributes == {"inner": 1}
    assert left.with_node("g", group) is left.without_node("g") is left
    assert list(known.with_changes_of(left)) == [*nodes] and known.with_changes_of(left) is known
    assert list(known.below("g").without_node("a")) == [] and known.below("g").without_node("a").is_part
    smaller = root.without_member("g")
    assert root.documents() == files and smaller.without_member("g") is smaller
    expected = {**files, **parse_again(smaller, zarr_format).documents()}
    assert smaller.documents() == expected != files


def parse_again(metadata: GroupMetadata, zarr_format: Any) -> GroupMetadata:
    files = metadata.documents()
    raws = [files.get(name) for name in (".zattrs", ".zmetadata")]
    return parse_group_json(files[".zgroup" if zarr_format == 2 else "zarr.json"], zarr_format, "", *raws)


def test_consolidated_null_and_unknown_kind() -> None:
    for value in (None, {"kind": "elsewhere", "must_understand": False}):
        document = {"zarr_format": 3, "node_type": "group", "consolidated_metadata": value}
        m = parse_group_json(json.dumps(document).encode(), 3)
        assert m.consolidated_metadata is None
        assert json.loads(m.documents()["zarr.json"]) == document
    with pytest.raises(MetadataValidationError, match="elsewhere"):
        GroupMetadata.from_dict(
            {"zarr_format": 3, "node_type": "group", "consolidated_metadata": {"kind": "elsewhere"}}
        )


@pytest.mark.parametrize(
    "content",
    [
        {},
        {"zarr_consolidated_format": 2, "metadata": {}},
        {"zarr_consolidated_format": 1, "metadata": []},
        {"zarr_consolidated_format": 1, "metadata": {".zgroup": 5}},
        {"zarr_consolidated_format": 1, "metadata": {}},
        {"zarr_consolidated_format": 1, "metadata": {".zgroup": {"zarr_format": 2}, "a/../b/.zgroup": {}}},
    ],
)
def test_refused_zmetadata(content: Any) -> None:
    with pytest.raises(MetadataValidationError, match=r"^r/\.zmetadata"):
        parse_zmetadata(json.dumps(content).encode(), "r")


def test_attributes_alone_are_no_node() -> None:
    content = {
        "zarr_consolidated_format": 1,
        "metadata": {".zgroup": {"zarr_format": 2}, "gone/.zattrs": {}, "note.txt": 5},
    }
    assert list(parse_zmetadata(json.dumps(content).encode())[1]) == []


def test_formats_do_not_mix() -> None:
    with pytest.raises(MetadataValidationError):
        GroupMetadata({}, 3).with_consolidated({"a": array(2)})


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_what_zarr_python_consolidates(zarr_format: Any) -> None:
    zarr = pytest.importorskip("zarr")
    store: dict[str, Any] = {}
    root = zarr.open_group(store, mode="w", zarr_format=zarr_format, attributes={"r": 1})
    root.create_array("g/a", shape=(4,), chunks=(2,), dtype="i4", attributes={"x": 1})
    zarr.consolidate_metadata(store)
    files = {key: value.to_bytes() for key, value in store.items()}
    if zarr_format == 3:
        m = parse_group_json(files["zarr.json"], 3)
    else:
        m = parse_group_json(files[".zgroup"], 2, "", files[".zattrs"], files[".zmetadata"])
    assert m.attributes == {"r": 1}
    assert m.consolidated_metadata is not None
    assert sorted(m.consolidated_metadata) == ["g", "g/a"]
    assert m.consolidated_metadata["g/a"].shape == (4,)
    assert m.consolidated_metadata["g/a"].attributes == {"x": 1}


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.filterwarnings("ignore")
def test_consolidated_as_zarr_python_writes_it(zarr_format: Any) -> None:
    zarr = pytest.importorskip("zarr")
    store: dict[str, Any] = {}
    root = zarr.open_group(store, mode="w", zarr_format=zarr_format, attributes={"r": 1})
    for path in ("B/x", "a", "Z", "k/é", "B/y/deep", "empty"):
        root.create_group(path, attributes={"n": path})
    for path in ("B/arr", "a/Brr", "a/arr", "B/y/deep/arr"):
        root.create_array(path, shape=(4,), chunks=(2,), dtype="f4", fill_value=float("nan"), attributes={"x": 1})
    files = {key: value.to_bytes() for key, value in store.items()}
    nodes: dict[str, Any] = {}
    for key, raw in files.items():
        path, _, name = key.rpartition("/")
        zattrs = files.get(f"{path}/.zattrs")
        if path and name == "zarr.json":
            nodes[path] = parse_node_v3(raw, path)
        elif path and name == ".zarray":
            nodes[path] = parse_array_json(raw, 2, path, zattrs)
        elif path and name == ".zgroup":
            nodes[path] = parse_group_json(raw, 2, path, zattrs)
    name = "zarr.json" if zarr_format == 3 else ".zgroup"
    before = parse_group_json(files[name], zarr_format, "", files.get(".zattrs"))
    consolidated = consolidate(before, nodes)
    ours = consolidated.documents()

    zarr.consolidate_metadata(store)
    theirs = {key: store[key].to_bytes() for key in ours}
    for key, raw in ours.items():
        assert json.loads(raw) == json.loads(theirs[key])

    def order(raw: bytes) -> list[str]:
        content = json.loads(raw)
        return list(content["metadata"] if zarr_format == 2 else content["consolidated_metadata"]["metadata"])

    document = "zarr.json" if zarr_format == 3 else ".zmetadata"
    assert order(ours[document]) == order(theirs[document])

    # and zarr-python reads ours
    for key, raw in ours.items():
        store[key] = type(store[key]).from_bytes(raw)
    again = zarr.open_consolidated(store, zarr_format=zarr_format)
    assert {path for path, _ in again.members(max_depth=None)} == set(nodes)
    assert again["B/y/deep/arr"].attrs.asdict() == {"x": 1}
    assert again["k/é"].attrs.asdict() == {"n": "k/é"}

    # nodes read from it know nothing of what is consolidated
    known = parse_group_json(ours[name], zarr_format, "", ours.get(".zattrs"), ours.get(".zmetadata"))
    assert known.consolidated_metadata is not None
    assert known == consolidated
    for path, node in known.consolidated_metadata.items():
        assert node == nodes[path]
        assert all(b"consolidated" not in raw for raw in node.documents().values())
