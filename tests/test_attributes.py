from __future__ import annotations

import json
from collections import OrderedDict
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

import zarrc
from zarrc.errors import MetadataValidationError, ReadOnlyError
from zarrc.stores import MemoryStore


@pytest.fixture(params=[(make, zarr_format) for make in ("array", "group") for zarr_format in (2, 3)], ids=str)
def node(request):
    make, zarr_format = request.param
    if make == "group":
        return zarrc.create_group(None, zarr_format=zarr_format)
    return zarrc.create_array(None, shape=3, dtype="f4", zarr_format=zarr_format, fill_value=np.nan)


def reopened(node):
    return zarrc.open(node.store).attrs.asdict()


def test_mapping(node):
    attrs = node.attrs
    assert len(attrs) == 0
    attrs["a"] = 1
    attrs["b"] = {"c": [1, None, "ü", 1.5, True]}
    assert attrs["b"]["c"][2] == "ü"
    assert set(attrs) == {"a", "b"}
    assert "a" in attrs
    assert "z" not in attrs
    assert attrs.get("z") is None
    with pytest.raises(KeyError):
        attrs["z"]
    with pytest.raises(KeyError):
        del attrs["z"]
    del attrs["a"]
    assert reopened(node) == {"b": {"c": [1, None, "ü", 1.5, True]}} == dict(node.attrs)
    assert attrs.setdefault("d", 4) == 4
    assert attrs.pop("d") == 4
    attrs.clear()
    assert reopened(node) == {}


def test_put_update_asdict(node):
    node.attrs.put({"a": 1, "b": 2})
    node.attrs.update({"b": 3}, c=4)
    node.attrs.update([("d", 5)])
    assert node.attrs.asdict() == reopened(node) == {"a": 1, "b": 3, "c": 4, "d": 5}
    node.attrs.put({"z": 0})
    assert reopened(node) == {"z": 0}
    assert repr(node.attrs) == "{'z': 0}"
    assert node.update_attributes({"y": 1}).attrs.asdict() == {"z": 0, "y": 1}


def test_update_is_one_write(node):
    writes = []
    store = node.store
    original = store.set_bytes
    store.set_bytes = lambda key, value: (writes.append(key), original(key, value))
    node.attrs.update({str(n): n for n in range(10)})
    assert len(writes) == len(set(writes))


def test_what_json_cannot_hold(node):
    node.attrs["a"] = 1
    before = dict(node.store.list_prefix_sync(""))
    for bad in (object(), np.arange(3), {1, 2}, b"bytes", 1j):
        with pytest.raises(TypeError):
            node.attrs["b"] = bad
        with pytest.raises(TypeError):
            node.attrs.put({"b": bad})
    assert node.attrs.asdict() == {"a": 1}
    assert dict(node.store.list_prefix_sync("")) == before


def test_copies_go_in_and_out(node):
    given = {"list": [1]}
    node.attrs.put(given)
    given["list"].append(2)
    node.attrs["list"].append(3)
    node.attrs.asdict()["list"].append(4)
    node.attrs["other"] = inner = [1]
    inner.append(2)
    assert node.attrs.asdict() == reopened(node) == {"list": [1], "other": [1]}


def test_documents(node):
    node.attrs["a"] = 1
    store, zarr_format = node.store, node.metadata.zarr_format
    found = json.loads(store.get_bytes("zarr.json" if zarr_format == 3 else ".zattrs"))
    assert (found["attributes"] if zarr_format == 3 else found) == {"a": 1}
    if isinstance(node, zarrc.Array):
        assert np.isnan(zarrc.open_array(store).fill_value)


def test_read_only(node):
    node.attrs["a"] = 1
    frozen = zarrc.open(node.store, mode="r")
    for change in (
        lambda: frozen.attrs.put({}),
        lambda: frozen.attrs.update(a=2),
        lambda: frozen.attrs.__setitem__("a", 2),
        lambda: frozen.attrs.__delitem__("a"),
    ):
        with pytest.raises(ReadOnlyError):
            change()
    assert frozen.attrs["a"] == 1


def test_arrays_opened_of_equal_documents_do_not_share_attributes():
    one, two = (zarrc.create_array(MemoryStore(), shape=3, dtype="i4", attributes={"k": 0}) for _ in range(2))
    one, two = zarrc.open_array(one.store), zarrc.open_array(two.store)
    one.attrs["k"] = 1
    one.attrs["n"] = 1
    assert two.attrs.asdict() == {"k": 0}


def test_threads_lose_nothing(tmp_path):
    array = zarrc.create_array(tmp_path, shape=3, dtype="i4")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: array.attrs.__setitem__(f"k{i}", i), range(80)))
    assert zarrc.open_array(tmp_path).attrs.asdict() == {f"k{i}": i for i in range(80)}


def test_threads_append(tmp_path):
    array = zarrc.create_array(tmp_path, shape=0, chunks=7, dtype="i8")
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda i: array.append(np.ones(3, "i8")), range(40)))
    assert array.shape == (120,)
    assert array[...].sum() == 120


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_keys_are_what_json_makes_of_them(zarr_format):
    store = MemoryStore()
    array = zarrc.create_array(store, shape=2, dtype="i4", zarr_format=zarr_format)
    array.attrs.put({1: 1, "1": 2, "in": {True: 3, "true": 4, None: 5, 2.5: 6}})
    expected = {"1": 2, "in": {"true": 4, "null": 5, "2.5": 6}}
    assert array.attrs.asdict() == expected
    array.attrs[7] = 8
    assert zarrc.open_array(store).attrs.asdict() == {**expected, "7": 8}
    made = zarrc.create_group(MemoryStore(), attributes={1: {0: 1, "0": 2}}, zarr_format=zarr_format)
    assert zarrc.open_group(made.store).attrs.asdict() == {"1": {"0": 2}}


def test_what_is_nested_too_deeply():
    deep = []
    for _ in range(2000):
        deep = [deep]
    array = zarrc.create_array(MemoryStore(), shape=2, dtype="i4", attributes={"kept": 1})
    with pytest.raises(MetadataValidationError, match="deep"):
        array.attrs.put({"a": deep})
    with pytest.raises(MetadataValidationError, match="deep"):
        array.attrs["a"] = deep
    assert array.attrs.asdict() == {"kept": 1}


def test_what_is_given_is_not_shared():
    array = zarrc.create_array(MemoryStore(), shape=2, dtype="i4")
    given = OrderedDict(a=[1])
    array.attrs["in"] = given
    given["a"].append(2)
    given["b"] = 3
    assert array.attrs.asdict() == {"in": {"a": [1]}}


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (np.arange(3), r"attributes\['a'\]: Object of type ndarray is not JSON serializable: store its tolist\(\)"),
        ([0, {"b": {1}}], r"attributes\['a'\]\[1\]\['b'\]: Object of type set is not JSON serializable: store a list"),
        (b"x", r"attributes\['a'\]: Object of type bytes is not JSON serializable$"),
        ({(1, 2): 3}, r"attributes\['a'\]\[\(1, 2\)\]: keys must be str, .* not tuple"),
    ],
)
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_what_json_cannot_hold_is_named(value, message, zarr_format):
    group = zarrc.create_group({}, path="g", zarr_format=zarr_format)
    array = group.create_array("z", shape=3, dtype="i4")
    for use, where in (
        (lambda: group.attrs.update({"fine": 1, "a": value}), "/g: "),
        (lambda: array.attrs.__setitem__("a", value), "/g/z: "),
        (lambda: group.create_array("new", shape=3, dtype="i4", attributes={"a": value}), "(/g/new: )?"),
        (lambda: group.create_group("new", attributes={"a": value}), "/g/new: "),
    ):
        with pytest.raises(TypeError, match=where + message):
            use()
    assert "new" not in group
