from __future__ import annotations

import asyncio

import pytest

from zarrc.abc.store import OffsetByteRequest, RangeByteRequest, SuffixByteRequest
from zarrc.storage import MemoryStore, ZipStore
from zarrc.stores.byte_ranges import merge_ranges
from zarrc.stores.wrapper import WrapperStore

VALUE = bytes(range(200))


def ranges(*bounds):
    return [RangeByteRequest(*each) for each in bounds]


@pytest.mark.parametrize(
    ("bounds", "gap", "most", "groups"),
    [
        ([], 0, 100, []),
        ([(0, 3), (3, 5), (9, 10)], 0, 100, [[0, 1], [2]]),
        ([(9, 10), (0, 3), (3, 5)], 4, 100, [[1, 2, 0]]),
        ([(0, 50), (50, 100), (100, 150)], 0, 100, [[0, 1], [2]]),
        ([(0, 150), (150, 151)], 0, 100, [[0], [1]]),
        ([(0, 90), (10, 20), (90, 95)], 0, 100, [[0, 1, 2]]),
    ],
)
def test_merge_ranges(bounds, gap, most, groups):
    found, others = merge_ranges(ranges(*bounds), gap, most)
    assert [[index for index, _, _ in group] for group in found] == groups
    assert others == []


class Counting(MemoryStore):
    requests: list

    async def get(self, key, prototype=None, byte_range=None):
        self.requests.append(byte_range)
        return await super().get(key, prototype, byte_range)


@pytest.mark.parametrize("gap", [0, 5, 1000])
def test_get_ranges(gap):
    requests = [*ranges((10, 20), (25, 30), (0, 2), (11, 12), (150, 250)), None, OffsetByteRequest(190)]
    requests += [SuffixByteRequest(3), *ranges((40, 40))]
    expected = [VALUE[10:20], VALUE[25:30], VALUE[:2], VALUE[11:12], VALUE[150:], VALUE, VALUE[190:], VALUE[-3:], b""]
    store = Counting({"k": VALUE})
    store.requests = []

    async def collect():
        return [pair async for group in store.get_ranges("k", requests, max_gap_bytes=gap) for pair in group]

    for found in (dict(asyncio.run(collect())), dict(store.get_ranges_sync("k", requests, max_gap_bytes=gap))):
        assert [found[i].to_bytes() for i in range(len(requests))] == expected
    assert len(store.requests) == {0: 5 + 3, 5: 4 + 3, 1000: 1 + 3}[gap]


def test_no_such_key():
    async def collect():
        return [group async for group in MemoryStore().get_ranges("k", ranges((0, 1), (90, 95)), max_gap_bytes=0)]

    with pytest.raises(ExceptionGroup) as caught:
        asyncio.run(collect())
    assert caught.group_contains(FileNotFoundError)
    with pytest.raises(ExceptionGroup) as caught:
        MemoryStore().get_ranges_sync("k", ranges((0, 1), (90, 95)))
    assert caught.group_contains(FileNotFoundError)


def test_of_wrappers_and_of_stores_without_synchronous_methods(tmp_path):
    zipped = ZipStore(tmp_path / "x.zip", mode="w")
    asyncio.run(zipped.set("k", VALUE))
    for store in (WrapperStore(MemoryStore({"k": VALUE})), zipped):

        async def collect(store=store):
            return [pair async for group in store.get_ranges("k", ranges((3, 9))) for pair in group]

        ((_, found),) = asyncio.run(collect())
        assert found.to_bytes() == VALUE[3:9]
    assert WrapperStore(MemoryStore({"k": VALUE})).get_ranges_sync("k", [None])[0][1].to_bytes() == VALUE
    for without in (zipped, WrapperStore(zipped)):
        with pytest.raises(TypeError, match="synchronous"):
            without.get_ranges_sync("k", ranges((3, 9)))
