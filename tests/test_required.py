"""What errors of groups say of members."""

from __future__ import annotations

import pytest

import zarrc


@pytest.fixture(params=[2, 3])
def group(request):
    group = zarrc.create_group({}, path="g", zarr_format=request.param)
    group.create_array("a/b", shape=3, dtype="f8")
    return group


@pytest.mark.parametrize(
    ("path", "settings", "message"),
    [
        ("a/b", {"shape": 4}, r"Incompatible shape \(\(3,\) vs \(4,\)\): an array exists at '/g/a/b'"),
        ("a/b", {"shape": 3, "dtype": "i4"}, r"Incompatible dtype \(float64 vs int32\): an array exists at '/g/a/b'"),
        ("a/b", {"shape": 3, "dtype": "c16", "exact": True}, r"Incompatible dtype .*'/g/a/b'"),
        ("a", {"shape": 3}, r"Incompatible object \(Group\) already exists at '/g/a'"),
    ],
)
def test_arrays_that_do_not_serve(group, path, settings, message):
    with pytest.raises(TypeError, match=message):
        group.require_array(path, **settings)


def test_an_array_that_serves(group):
    assert group.require_array("a/b", shape=(3,), dtype="c16") == group["a/b"]
    with pytest.raises(TypeError, match=r"Incompatible object \(Array\) already exists at '/g/a/b'"):
        group.require_group("a/b")


def test_missing_members(group):
    for use in (group.__getitem__, group.__delitem__):
        with pytest.raises(KeyError, match=r"no member 'nope/x' in group 'memory://\d+/g'"):
            use("nope/x")


def test_names_that_are_none(group):
    for use in (
        lambda: group.create_array(3, shape=3, dtype="i4"),
        lambda: group.create_group(3),
        lambda: group.zeros(name=3, shape=3),
        lambda: group.__setitem__(3, [1]),
    ):
        with pytest.raises(TypeError, match=r"the name of a member of group 'memory://\d+/g' must be a str, not int"):
            use()
    assert list(group) == ["a"]
