"""Which node lies at a place, and what may be put there."""

from __future__ import annotations

import asyncio
import json

import pytest

import zarrc
from zarrc.errors import (
    CodecValidationError,
    ContainsArrayError,
    ContainsGroupError,
    MetadataValidationError,
    ReadOnlyError,
    UnknownCodecError,
)
from zarrc.metadata import GroupMetadata
from zarrc.node import Opened, ensure_empty, read_node, write_documents
from zarrc.stores import MemoryStore, StorePath


@pytest.fixture
def place():
    return StorePath(MemoryStore(), "some/where")


def kind(found) -> str | None:
    return None if found is None else f"{type(found).__name__} {getattr(found, 'metadata', found).zarr_format}"


def make(place, zarr_format, node):
    if node == "array":
        zarrc.create_array(place, shape=3, dtype="f4", zarr_format=zarr_format)
    else:
        zarrc.create_group(place, zarr_format=zarr_format)


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("node", ["array", "group"])
def test_detection(place, zarr_format, node):
    assert read_node(place) is None
    make(place, zarr_format, node)
    found = read_node(place)
    assert isinstance(found, Opened if node == "array" else GroupMetadata)
    assert kind(found) == kind(read_node(place, zarr_format))
    assert kind(found).endswith(str(zarr_format))
    assert read_node(place, 5 - zarr_format) is None
    assert isinstance(read_node(StorePath(place.store)), GroupMetadata)  # parents are made groups


def test_precedence(place):
    for zarr_format, node in ((2, "group"), (2, "array"), (3, "group")):
        if (zarr_format, node) == (2, "array"):
            other = StorePath(MemoryStore())
            make(other, 2, "array")
            place.store.set_bytes(place.key(".zarray"), other.store.get_bytes(".zarray"))
        else:
            make(place, zarr_format, node)
        expected = "Opened" if node == "array" else "GroupMetadata"
        assert kind(read_node(place)) == f"{expected} {zarr_format}"
    assert kind(read_node(place, 2)) == "Opened 2"


def test_the_word_group_in_an_arrays_document(place):
    zarrc.create_array(place, shape=3, dtype="f4", attributes={"kind": "group", "group": "group"})
    assert isinstance(read_node(place), Opened)
    assert zarrc.open(place).attrs["kind"] == "group"


def test_equal_documents_are_parsed_once():
    places = [StorePath(MemoryStore()) for _ in range(2)]
    for place in places:
        make(place, 3, "array")
    first, second = (read_node(place) for place in places)
    assert first is second
    assert first.io is second.io
    document = json.loads(places[0].store.get_bytes("zarr.json"))
    places[0].store.set_bytes("zarr.json", json.dumps({**document, "shape": [4]}).encode())
    assert read_node(places[0]).metadata.shape == (4,)


@pytest.mark.parametrize("name", ["zarr.json", ".zarray", ".zgroup"])
@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"\xff\xfe", b'{"zarr_format": 9}'])
def test_broken_documents_name_themselves(place, name, content):
    place.store.set_bytes(place.key(name), content)
    with pytest.raises(MetadataValidationError, match=name.replace(".", r"\.")):
        read_node(place)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_ensure_empty(place, zarr_format):
    ensure_empty(place, False, zarr_format)
    make(place, zarr_format, "array")
    with pytest.raises(ContainsArrayError, match="some/where"):
        ensure_empty(place, False, zarr_format)
    ensure_empty(place, False, 5 - zarr_format)
    ensure_empty(place, True, zarr_format)
    assert list(place.store.list_prefix_sync(place.path)) == []
    make(place, zarr_format, "group")
    with pytest.raises(ContainsGroupError):
        ensure_empty(place, False, zarr_format)
    with pytest.raises(ReadOnlyError):
        ensure_empty(StorePath(place.store.with_read_only(True), "x"), True, zarr_format)


def test_write_documents(place):
    write_documents(place, {"zarr.json": b"{}", "other": b"1"})
    assert dict(place.store.list_prefix_sync("")) == {"some/where/zarr.json": 2, "some/where/other": 1}


class Distant(zarrc.storage.MemoryStore):
    """Counts the times that somebody had to wait for an answer."""

    waits = 0
    asked = 0

    async def get(self, key, prototype=None, byte_range=None):
        if self.asked == 0:
            self.waits += 1
        self.asked += 1
        for _ in range(3):  # others may ask meanwhile
            await asyncio.sleep(0)
        self.asked -= 1
        return await super().get(key, prototype, byte_range)


@pytest.mark.parametrize("zarr_format", [2, 3])
def test_documents_are_asked_for_at_once(zarr_format):
    store = Distant()
    root = zarrc.create_group(store, zarr_format=zarr_format, attributes={"a": 1})
    for name in ("x", "y"):
        root.create_array(name, shape=3, dtype="f4", attributes={"name": name})
    root.create_group("g", attributes={"b": 2})

    def waits(do):
        before = store.waits
        result = do()
        return result, store.waits - before

    for do in (zarrc.open, zarrc.open_group):
        group, n = waits(lambda do=do: do(store))
        assert n == 1 and group.attrs["a"] == 1
    for do in (zarrc.open, zarrc.open_array):
        array, n = waits(lambda do=do: do(store, path="x"))
        assert n == 1 and array.attrs["name"] == "x"
    array, n = waits(lambda: group["y"])
    assert n == 1 and array.attrs["name"] == "y"
    members, n = waits(lambda: dict(group.members()))
    assert n == 1 and {name: dict(node.attrs) for name, node in members.items()} == {
        "x": {"name": "x"}, "y": {"name": "y"}, "g": {"b": 2}
    }  # fmt: skip


def _with_codec(store, path, codec, zarr_format):
    """An array below ``path`` whose stored document has this codec last."""
    zarrc.create_array(store, name=path, shape=4, dtype="i4", zarr_format=zarr_format)
    key = f"{path}/{'zarr.json' if zarr_format == 3 else '.zarray'}"
    document = json.loads(store.get_bytes(key))
    document.update({"codecs": [*document["codecs"], codec]} if zarr_format == 3 else {"compressor": codec})
    store.set_bytes(key, json.dumps(document).encode())
    return zarrc.open_array(store, path=path)


@pytest.mark.parametrize(
    ("codec", "zarr_format", "error", "message"),
    [
        ({"name": "zst"}, 3, UnknownCodecError, r"/a/b/zarr\.json: codecs\[2\]: unknown codec 'zst' in Zarr v3"),
        ({"id": "lzo"}, 2, UnknownCodecError, r"/a/b/\.zarray: compressor: unknown codec 'lzo' in Zarr v2"),
        ({"name": "zfp"}, 3, CodecValidationError, r"/a/b/zarr\.json: codecs\[2\]: codec 'zfp': bad configuration"),
    ],
)
def test_codecs_that_do_not_work_are_found_by_document_and_key(codec, zarr_format, error, message):
    store = MemoryStore()
    array = _with_codec(store, "a/b", codec, zarr_format)
    for use in (lambda: array[0], lambda: array.compressors, lambda: array.__setitem__(0, 1)):
        with pytest.raises(error, match=message):
            use()
    with pytest.raises(error, match="/c/zarr.json" if zarr_format == 3 else "/c/.zarray"):
        _with_codec(store, "c", codec, zarr_format)[...]  # equal documents are parsed once: the place is that asked
