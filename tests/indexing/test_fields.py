from __future__ import annotations

import numpy as np
import pytest

import zarrc
from zarrc.errors import ArrayIndexError
from zarrc.indexing import field_dtype, pop_fields, take_fields

VALUE = np.array(
    [(b"aaa", 1, 4.2), (b"bbb", 2, 8.4), (b"ccc", 3, 12.6), (b"ddd", 4, 0.5)],
    dtype=[("foo", "S3"), ("bar", "i4"), ("baz", "f8")],
)
CHOICES = ["foo", "bar", ["foo"], ["baz", "foo"], ["foo", "bar", "baz"]]


@pytest.fixture(params=[(2, None), (3, None), (3, 4)])
def array(request):
    zarr_format, shards = request.param
    return zarrc.create_array({}, data=VALUE, chunks=2, shards=shards, zarr_format=zarr_format)


@pytest.mark.parametrize(
    ("key", "fields", "rest"),
    [
        ("a", "a", Ellipsis),
        (["a", "b"], ["a", "b"], Ellipsis),
        (("a", "b"), ["a", "b"], Ellipsis),
        ((slice(2), "a"), "a", (slice(2),)),
        ((slice(2), ["a"]), ["a"], (slice(2),)),
        ((0, "a", 1, "b"), ["a", "b"], (0, 1)),
        (3, None, 3),
        ([1, 2], None, [1, 2]),
        ([], None, []),
        ((0, [1, 2]), None, (0, [1, 2])),
    ],
)
def test_pop_fields(key, fields, rest):
    assert pop_fields(key) == (fields, rest)


@pytest.mark.parametrize("fields", CHOICES)
@pytest.mark.parametrize("key", [Ellipsis, slice(1, 3), slice(0, 4, 2), 2])
def test_reads(array, fields, key):
    expected = VALUE[key][fields]
    for found in (
        array.get_basic_selection(key, fields=fields),
        array[key, fields],
        array.oindex[key, fields],
    ):
        assert np.array_equal(found, expected)
        assert found.dtype == (VALUE.dtype[fields] if isinstance(fields, str) else found.dtype)
        assert found.dtype.names == (None if isinstance(fields, str) else tuple(fields))
    assert np.array_equal(array[fields], VALUE[fields])


@pytest.mark.parametrize("fields", CHOICES)
def test_reads_of_other_selections(array, fields):
    mask = np.array([True, False, False, True])
    for found, key in (
        (array.oindex[[0, 3], fields], [0, 3]),
        (array.vindex[[3, 0], fields], [3, 0]),
        (array.vindex[mask, fields], mask),
        (array.get_mask_selection(mask, fields=fields), mask),
        (array.get_coordinate_selection([1, 2], fields=fields), [1, 2]),
        (array.get_orthogonal_selection([1, 2], fields=fields), [1, 2]),
        (array.blocks[0, fields], slice(*((0, 4) if array.shards else (0, 2)))),
    ):
        assert np.array_equal(found, VALUE[key][fields])


def test_out(array):
    out = np.zeros(4, "i4")
    assert array.get_basic_selection(Ellipsis, fields="bar", out=out) is out
    assert out.tolist() == [1, 2, 3, 4]
    with pytest.raises(ValueError, match="dtype"):
        array.get_basic_selection(Ellipsis, fields="foo", out=out)


@pytest.mark.parametrize("fields", ["bar", ["bar"]])
def test_writes(array, fields):
    expected = VALUE.copy()

    def check():
        assert np.array_equal(zarrc.open_array(array.store)[...], expected)

    array[1:3, fields] = [20, 30]
    expected["bar"][1:3] = [20, 30]
    check()
    array.oindex[[0, 3], fields] = 7
    expected["bar"][[0, 3]] = 7
    check()
    array.vindex[[2], fields] = [9]
    expected["bar"][2] = 9
    check()
    array.set_mask_selection(np.array([False, True, False, False]), 5, fields=fields)
    expected["bar"][1] = 5
    check()
    array.blocks[0, fields] = 1
    expected["bar"][: 4 if array.shards else 2] = 1
    check()
    array.set_basic_selection(0, 2, fields=fields)
    expected["bar"][0] = 2
    check()
    if fields == "bar":
        array["foo"] = b"x"
        expected["foo"] = b"x"
        check()


def test_refused(array):
    with pytest.raises(ArrayIndexError, match="field not found: 'nope'"):
        array["nope"]
    with pytest.raises(ArrayIndexError, match="must be a string or list of strings"):
        array.get_basic_selection(Ellipsis, fields=slice(None))
    with pytest.raises(ArrayIndexError, match="multiple fields are not supported"):
        array[["foo", "bar"]] = VALUE[["foo", "bar"]]
    plain = zarrc.zeros((3, 3))
    for key in ("foo", (0, "foo")):
        with pytest.raises(IndexError, match="unsupported selection item for basic indexing"):
            plain[key]
    with pytest.raises(ArrayIndexError, match="does not have any fields"):
        plain.get_basic_selection(Ellipsis, fields="foo")
    with pytest.raises(ArrayIndexError, match="does not have any fields"):
        plain.oindex[0, "foo"]


def test_one_record():
    assert take_fields(VALUE[1], "bar", field_dtype("bar", VALUE.dtype)) == 2
    assert take_fields(VALUE[1], ["bar"], field_dtype(["bar"], VALUE.dtype)).item() == (2,)


@pytest.mark.parametrize("missing", ["fill", "mask", "raise"])
@pytest.mark.parametrize("batch", [False, True])
@pytest.mark.parametrize("zarr_format", [2, 3])
def test_a_field_of_a_missing_chunk_is_written(missing, batch, zarr_format):
    fill = np.array((b"f", 7, 8.0), VALUE.dtype)[()]
    made = zarrc.create_array(
        {}, shape=4, chunks=2, dtype=VALUE.dtype, fill_value=fill, zarr_format=zarr_format, config={"missing": missing}
    )
    if batch:
        with made.batch_writes():
            made[0:3, "bar"] = [1, 2, 3]
            made[2:3, "bar"] = 4
    else:
        made[0:3, "bar"] = [1, 2, 4]
    expected = [(b"f", 1, 8.0), (b"f", 2, 8.0), (b"f", 4, 8.0), (b"f", 7, 8.0)]
    assert zarrc.open_array(made.store)[:].tolist() == expected
