"""Records that are made without compiling anything."""

from __future__ import annotations

import pickle

import pytest

from zarrc.frozen import Frozen, Record, set_slot


class Point(Record):
    x: int
    index: str  # a name that tuple has too


class Named(Frozen):
    __slots__ = ("name", "upper")
    _fields = ("name",)

    def __init__(self, name):
        set_slot(self, "name", name)
        set_slot(self, "upper", name.upper())


def test_record_is_a_tuple_with_names():
    p = Point(1, "a")
    assert (p.x, p.index, *p) == (1, "a", 1, "a")
    assert p == (1, "a") and hash(p) == hash((1, "a"))
    assert repr(p) == "Point(1, 'a')"
    with pytest.raises(AttributeError):
        p.x = 2
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(p, protocol))
        assert again == p and type(again) is Point


def test_frozen_compares_by_its_fields():
    a = Named("a")
    assert a == Named("a") and a != Named("b") and a != "a" and hash(a) == hash(Named("a"))
    again = pickle.loads(pickle.dumps(a))
    assert again == a and again.upper == "A"
    for change in (lambda: setattr(a, "name", "b"), lambda: delattr(a, "name")):
        with pytest.raises(AttributeError, match="immutable"):
            change()
