"""Several byte ranges of one value, read together where they are near each other."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from typing import Any

from zarrc.abc.store import RangeByteRequest

# index in the request, first byte, byte after the last
_Part = tuple[int, int, int]


def merge_ranges(
    byte_ranges: Sequence[Any], max_gap_bytes: int, max_coalesced_bytes: int
) -> tuple[list[list[_Part]], list[tuple[int, Any]]]:
    """The ranges with a beginning and an end, in groups that one read serves; and all other requests.

    Parameters
    ----------
    byte_ranges
        Byte requests of zarr-python's; None is the whole value.
    max_gap_bytes
        Ranges this far apart still share a read.
    max_coalesced_bytes
        Of one read, unless a single range is longer.
    """
    parts: list[_Part] = []
    others: list[tuple[int, Any]] = []
    for index, request in enumerate(byte_ranges):
        if hasattr(request, "start") and hasattr(request, "end"):
            parts.append((index, request.start, request.end))
        else:
            others.append((index, request))
    groups: list[list[_Part]] = []
    end = 0
    for part in sorted(parts, key=lambda part: part[1:]):
        joins = bool(groups) and part[1] - end <= max_gap_bytes
        if joins and max(end, part[2]) - groups[-1][0][1] <= max_coalesced_bytes:
            groups[-1].append(part)
            end = max(end, part[2])
        else:
            groups.append([part])
            end = part[2]
    return groups, others


async def get_ranges(
    store: Any,
    key: str,
    byte_ranges: Sequence[Any],
    prototype: Any,
    max_concurrency: int,
    max_gap_bytes: int,
    max_coalesced_bytes: int,
) -> AsyncIterator[Sequence[tuple[int, Any]]]:
    """Batches of ``(index of the range, buffer)``, one per read, in the order of completion.

    Raises
    ------
    BaseExceptionGroup
        With the errors of the reads; FileNotFoundError where there is no such key.
    """
    groups, others = merge_ranges(byte_ranges, max_gap_bytes, max_coalesced_bytes)
    limit = asyncio.Semaphore(max_concurrency)

    async def read(request: Any) -> Any:
        async with limit:
            found = await store.get(key, prototype, request)
        if found is None:
            raise FileNotFoundError(key)
        return found

    async def one(index: int, request: Any) -> list[tuple[int, Any]]:
        return [(index, await read(request))]

    async def several(group: list[_Part]) -> list[tuple[int, Any]]:
        first = group[0][1]
        found = await read(RangeByteRequest(first, max(part[2] for part in group)))
        return [(index, found[start - first : end - first]) for index, start, end in group]

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(several(group)) for group in groups]
        made += [tasks.create_task(one(*other)) for other in others]
        for done in asyncio.as_completed(made):
            yield await done
