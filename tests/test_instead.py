"""What is said of a place where a node was looked for in vain."""

from __future__ import annotations

import re

import pytest

import zarrc
from zarrc.errors import ArrayNotFoundError, ContainsArrayError, GroupNotFoundError, NodeTypeValidationError
from zarrc.instead import not_found
from zarrc.stores import LocalStore, MemoryStore, StorePath

OPENERS = [(zarrc.open_array, "array"), (zarrc.open_group, "group"), (zarrc.open, "array or group")]


@pytest.mark.parametrize("zarr_format", [2, 3])
@pytest.mark.parametrize("kind", ["array", "group"])
@pytest.mark.parametrize(("use", "what"), OPENERS)
def test_a_node_of_the_other_format(use, what, kind, zarr_format):
    store = MemoryStore()
    if kind == "array":
        zarrc.create_array(store, name="x/y", shape=3, dtype="i4", zarr_format=zarr_format)
    else:
        zarrc.create_group(store, path="x/y", zarr_format=zarr_format)
    error = ArrayNotFoundError if use is zarrc.open_array else GroupNotFoundError
    message = f"No {what} found in store .* at path 'x/y'. An? {kind} of Zarr format {zarr_format} is there: say "
    with pytest.raises(error, match=message):
        use(store, path="x/y", mode="r", zarr_format=5 - zarr_format)


def test_a_broken_node_of_the_other_format_is_none():
    store = MemoryStore({"zarr.json": b"{"})
    assert not_found("array", StorePath(store), 2).endswith("at path ''")


def test_what_would_make_one():
    with pytest.raises(ArrayNotFoundError, match=r"at path 'a'\. To make one, give shape or data"):
        zarrc.open_array({}, path="a", mode="a")
    with pytest.raises(ArrayNotFoundError, match=r"at path 'a'$"):
        zarrc.open_array({}, path="a", mode="r+")


@pytest.mark.parametrize(("use", "_what"), OPENERS)
@pytest.mark.parametrize("below", ["", "x/y"])
def test_a_file(tmp_path, use, _what, below):
    file = tmp_path / "data.nc"
    file.write_bytes(b"CDF")
    with pytest.raises(FileNotFoundError, match=re.escape(f"{str(file)!r} is a file, and no directory")):
        use(file, path=below, mode="r")
    with pytest.raises(FileNotFoundError, match=re.escape(f"{str(file)!r} is a file, and no directory")):
        use(tmp_path, path=f"data.nc/{below}", mode="r")


def test_nothing_more_is_known(tmp_path):
    for store in (LocalStore(tmp_path), MemoryStore(), LocalStore(tmp_path, follow_symlinks=False)):
        assert not_found("group", StorePath(store, "a/b"), 3) == f"No group found in store {str(store)!r} at path 'a/b'"


def test_the_other_kind_of_node_says_who_opens_it():
    store = MemoryStore()
    zarrc.create_array(store, name="a", shape=3, dtype="i4")
    with pytest.raises(NodeTypeValidationError, match="a group is stored here, not an array: open_group opens it"):
        zarrc.open_array(store, mode="r")
    with pytest.raises(ContainsArrayError, match=r"exists in store .* at path 'a'\. open_array opens it"):
        zarrc.open_group(store, path="a", mode="r")


def test_consolidated_metadata_where_a_store_has_none():
    class Plain(MemoryStore):
        supports_consolidated_metadata = False

    with pytest.raises(ValueError, match="doesn't support consolidated metadata"):
        zarrc.open_group(Plain(), use_consolidated=True)
