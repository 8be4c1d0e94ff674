"""Every key through zarr-python and zarrc: the same result where zarr-python takes it, an error where both refuse."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from selection_strategies import KINDS, picks, read, write

import zarrc

zarr = pytest.importorskip("zarr", minversion="3.0")

SHAPES = {(7,): (3,), (5, 6): (2, 4), (3, 4, 5): (2, 3, 2)}


def model_of(shape: tuple[int, ...]) -> np.ndarray:
    return np.arange(1, 1 + int(np.prod(shape)), dtype="i4").reshape(shape)


def twins(shape: tuple[int, ...], shards: bool = False) -> tuple[Any, Any]:
    """The same new array of both packages, holding `model_of` its shape."""
    made = []
    for package in (zarrc, zarr):
        chunks = SHAPES[shape]
        more = {"shards": tuple(2 * n for n in chunks)} if shards else {}
        array = package.create_array({}, shape=shape, chunks=chunks, dtype="i4", **more)
        array[...] = model_of(shape)
        made.append(array)
    return made[0], made[1]


TWINS = {(shape, shards): twins(shape, shards) for shape in SHAPES for shards in (False, True)}


def outcome(call: Any, *args: Any) -> tuple[str, Any]:
    try:
        found = call(*args)
    except Exception as e:
        return "error", e
    return "value", np.asarray(found)


def fold(first: tuple[str, Any], second: tuple[str, Any]) -> None:
    (mine, found), (theirs, expected) = first, second
    if theirs == "value":
        assert mine == "value", found
        if found.shape == () and expected.shape == (1,):
            found = found.reshape(1)  # coordinates that are all integers: numpy's one item, in zarr-python an array
        assert np.array_equal(found, expected)
    elif mine == "error" and not isinstance(expected, ValueError | TypeError):
        assert isinstance(found, IndexError)
        names = {type(found).__name__, type(expected).__name__}
        assert len(names) == 1 or "IndexError" in names or "ArrayIndexError" in names or names <= CLASHES


CLASHES = {"VindexInvalidSelectionError", "BoundsCheckError", "NegativeStepError"}


def parts() -> Any:
    lists = st.lists(st.integers(-8, 8), max_size=4)
    masks = st.lists(st.booleans(), min_size=1, max_size=8).map(lambda m: np.array(m, bool))
    slices = st.builds(slice, *[st.none() | st.integers(-8, 8)] * 2, st.none() | st.integers(-2, 4))
    nested = st.lists(lists, min_size=1, max_size=2)
    odd = st.sampled_from([None, ..., True, 1.5, "a", np.bool_(False), np.uint8(2), np.array([[0, 1], [1, 0]])])
    return st.integers(-8, 8) | slices | lists | lists.map(lambda i: np.array(i, int)) | masks | nested | odd


keys = parts() | st.lists(parts(), max_size=4).map(tuple)


def as_integers(key: Any) -> bool:
    """0-d integer arrays and floats read as integers are numpy's affair: zarr-python is of two minds."""
    items = key if isinstance(key, tuple) else (key,)
    return not any(isinstance(i, np.ndarray) and i.ndim == 0 for i in items)


def far_blocks(kind: str, key: Any, array: zarrc.Array) -> bool:
    """Slices of blocks whose edges lie beyond the grid: zarr-python wraps those that are negative twice."""
    if not kind.startswith("block"):
        return False
    least = -min(len(bounds) - 1 for bounds in array.metadata.grid.edges(array.shape))
    items = key if isinstance(key, tuple) else (key,)
    return any(isinstance(i, slice) and min(i.start or 0, i.stop or 0) < least for i in items)


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=100, deadline=None)
@given(st.sampled_from(list(TWINS)), keys.filter(as_integers))
def test_any_key(kind, which, key):
    ours, theirs = TWINS[which]
    assume(not far_blocks(kind, key, ours))

    def look(array: Any) -> Any:
        if kind in ("basic", "orthogonal", "coordinate", "mask", "block"):
            return getattr(array, f"get_{kind}_selection")(key)
        return (array if kind == "getitem" else getattr(array, kind))[key]

    fold(outcome(look, ours), outcome(look, theirs))


@pytest.mark.parametrize("kind", KINDS)
@settings(max_examples=25, deadline=None)
@given(st.data())
def test_good_keys(kind, data):
    shape, shards = data.draw(st.sampled_from(list(TWINS)))
    ours, theirs = twins(shape, shards)
    pick = data.draw(picks(kind, shape, ours.metadata.grid.edges(shape), repeats=False))
    assume(not far_blocks(kind, pick.key, ours))
    fold(outcome(read, ours, pick), outcome(read, theirs, pick))
    value = -np.arange(int(np.prod(pick.shape)), dtype="i4").reshape(pick.shape)
    if outcome(write, theirs, pick, value)[0] == "error":
        return
    write(ours, pick, value)
    assert np.array_equal(ours[...], np.asarray(theirs[...]))
