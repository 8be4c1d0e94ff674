"""The small checks that codecs of other packages import from ``zarr.core.common``."""

from __future__ import annotations

import asyncio

import pytest

from zarrc.core.common import ceildiv, concurrent_map, parse_named_configuration, parse_shapelike, product


@pytest.mark.parametrize(("given", "shape"), [(3, (3,)), ((), ()), ([2, 0], (2, 0)), (iter([1]), (1,))])
def test_shapes(given, shape):
    assert parse_shapelike(given) == shape


@pytest.mark.parametrize(
    ("given", "error"), [(1.5, TypeError), (["a"], TypeError), (-1, ValueError), ([1, -1], ValueError)]
)
def test_refused_shapes(given, error):
    with pytest.raises(error, match="Expected"):
        parse_shapelike(given)


def test_named_configurations():
    assert parse_named_configuration({"name": "a", "configuration": {"b": 1}}, "a") == ("a", {"b": 1})
    assert parse_named_configuration("a", require_configuration=False) == ("a", None)
    for wrong, error in (("a", TypeError), ({}, ValueError), ({"name": "a"}, ValueError)):
        with pytest.raises(error):
            parse_named_configuration(wrong)
    with pytest.raises(ValueError, match="Expected 'b'"):
        parse_named_configuration({"name": "a", "configuration": {}}, "b")


def test_numbers():
    assert (product([2, 3]), product(()), ceildiv(5, 2), ceildiv(0, 0)) == (6, 1, 3, 0)


def test_concurrency_is_bounded_and_order_kept():
    running = most = 0

    async def work(n):
        nonlocal running, most
        running += 1
        most = max(most, running)
        await asyncio.sleep(0)
        running -= 1
        return n

    assert asyncio.run(concurrent_map([(n,) for n in range(6)], work, 2)) == list(range(6))
    assert most == 2
    assert asyncio.run(concurrent_map([(1,)], work)) == [1]
