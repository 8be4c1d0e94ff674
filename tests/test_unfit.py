"""Values that do not fit into an array."""

from __future__ import annotations

import re

import numpy as np
import pytest

import zarrc
from zarrc.errors import (
    ArrayIndexError,
    BoundsCheckError,
    CodecError,
    NegativeStepError,
    VindexInvalidSelectionError,
    ZeroStepError,
)
from zarrc.stores import LocalStore, MemoryStore


@pytest.fixture(params=["memory", "local", "python", "buffered"])
def array(request, tmp_path):
    """6 x 6 of float32 at "a/b", in each of the ways that values take."""
    compressors = {"name": "numcodecs.lzma"} if request.param == "python" else "auto"
    store = LocalStore(tmp_path) if request.param == "local" else MemoryStore()
    array = zarrc.create_array(store, name="a/b", shape=(6, 6), chunks=(2, 2), dtype="f4", compressors=compressors)
    if request.param != "buffered":
        yield array
        return
    with array.batch_writes():
        yield array


@pytest.mark.parametrize(
    ("write", "given", "wanted"),
    [
        (lambda z: z.__setitem__(slice(2), np.ones(3)), (3,), (2, 6)),
        (lambda z: z.__setitem__((0, 0), [1, 2]), (2,), ()),
        (lambda z: z.vindex.__setitem__(([1, 2], [3, 4]), np.ones(3)), (3,), (2,)),
        (lambda z: z.__setitem__(np.eye(6, dtype=bool), np.ones(3)), (3,), (6,)),
        (lambda z: z.oindex.__setitem__(([0, 1], [1, 2]), np.ones((3, 2))), (3, 2), (2, 2)),
        (lambda z: z.blocks.__setitem__((0, 0), np.ones((2, 2, 2))), (2, 2, 2), (2, 2)),
    ],
)
def test_shapes(array, write, given, wanted):
    message = f"could not broadcast shape {given} to selection {wanted} of array '.*a/b' of shape (6, 6)"
    with pytest.raises(ValueError, match=re.escape(message).replace(r"\.\*", ".*")) as caught:
        write(array)
    assert type(caught.value) is ValueError
    assert not array[...].any()


@pytest.mark.parametrize(
    ("value", "error", "message"),
    [
        ("abc", ValueError, "a/b' of dtype float32 cannot hold this value of type str: could not convert string"),
        (1j, TypeError, "value of type complex: "),
        (np.array(["abc"]), ValueError, "value of dtype <U3: could not convert string"),
        ([[1, 2], [3]], ValueError, "value of type list: "),
    ],
)
def test_values(array, value, error, message):
    with pytest.raises(error, match=message) as caught:
        array[0, 0] = value
    assert type(caught.value) is error
    assert not array[...].any()


def test_other_types_of_numpys_errors():
    array = zarrc.create_array({}, name="a", shape=3, dtype="u1")
    with pytest.raises(OverflowError, match=r"a' of dtype uint8 cannot hold this value of type int: .*300"):
        array[0] = 300
    text = zarrc.create_array({}, shape=3, dtype="S3", zarr_format=2)
    with pytest.raises(UnicodeEncodeError, match="ascii"):
        text[0] = "\xe9"


def test_errors_about_other_things_come_as_they_are():
    store = MemoryStore()
    array = zarrc.create_array(store, shape=(2, 2), dtype="i4")
    store.set_bytes("c/0/0", b"damaged")
    with pytest.raises(CodecError):
        array[0] = 1

    def refuse(key, value):
        raise ValueError("no room") from KeyError(key)

    store.set_bytes = refuse
    with pytest.raises(ValueError, match=r"^no room$") as caught:
        array[...] = 1
    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.parametrize(
    ("key", "error"),
    [
        (9, BoundsCheckError),
        ((0, 0, 0), ArrayIndexError),
        (slice(None, None, -1), NegativeStepError),
        (slice(None, None, 0), ZeroStepError),
        (np.ones((6, 7), bool), ArrayIndexError),
    ],
)
def test_indices(array, key, error):
    for use in (lambda: array[key], lambda: array.__setitem__(key, 1)):
        with pytest.raises(error, match=r"\(array '.*a/b' of shape \(6, 6\)\)$") as caught:
            use()
        assert type(caught.value) is error


def test_masks_of_another_shape(array):
    message = r"1-dimensional only; a mask .* must have the same shape as the target array, \(6, 6\), .* has \(6, 7\)"
    for use in (lambda: array[np.ones((6, 7), bool)], lambda: array.__setitem__(np.ones((6, 7), bool), 1)):
        with pytest.raises(ArrayIndexError, match=message):
            use()
    line = zarrc.create_array({}, shape=3, dtype="i4")
    with pytest.raises(VindexInvalidSelectionError, match=r"same shape as the target array \(3,\)"):
        line[np.ones((3, 2), bool)]


@pytest.mark.parametrize(
    ("index", "error"),
    [
        (lambda z: z.oindex[[9], :], BoundsCheckError),
        (lambda z: z.vindex[[0], [9]], BoundsCheckError),
        (lambda z: z.vindex[0:2, [1]], VindexInvalidSelectionError),
        (lambda z: z.blocks[7, 0], BoundsCheckError),
        (lambda z: z.get_orthogonal_selection(([1.5], 0)), ArrayIndexError),
        (lambda z: z.set_mask_selection(np.ones((2, 2), bool), 1), VindexInvalidSelectionError),
        (lambda z: z.get_basic_selection((0, 0, 0)), ArrayIndexError),
    ],
)
def test_other_ways_of_indexing(array, index, error):
    with pytest.raises(IndexError, match=r"a/b' of shape \(6, 6\)") as caught:
        index(array)
    assert isinstance(caught.value, error)


def test_values_of_fields():
    array = zarrc.create_array({}, name="r", shape=3, dtype=[("a", "i4"), ("b", "f4")])
    with pytest.raises(ValueError, match=r"r' of dtype .* cannot hold this value of type str"):
        array[0, "a"] = "x"
    assert not array["a"].any()
