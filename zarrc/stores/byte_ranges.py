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


def _cut(found: Any, group: list[_Part]) -> list[tuple[int, Any]]:
    """What one read of a group gives each of its ranges."""
    first = group[0][1]
    return [(index, found[start - first : end - first]) for index, start, end in group]


def _request(group: list[_Part]) -> RangeByteRequest:
    return RangeByteRequest(group[0][1], max(part[2] for part in group))


def get_ranges_sync(
    store: Any, key: str, byte_ranges: Sequence[Any], prototype: Any, max_gap_bytes: int, max_coalesced_bytes: int
) -> list[tuple[int, Any]]:
    """``(index of the range, buffer)`` of all ranges, by the store's ``get_sync``.

    Raises
    ------
    BaseExceptionGroup
        With FileNotFoundError, where there is no such key.
    """
    groups, others = merge_ranges(byte_ranges, max_gap_bytes, max_coalesced_bytes)

    def read(request: Any) -> Any:
        found = store.get_sync(key, prototype=prototype, byte_range=request)
        if found is None:
            raise BaseExceptionGroup("chunk read failed", [FileNotFoundError(key)])
        return found

    made = [(index, read(request)) for index, request in others]
    for group in groups:
        made += _cut(read(_request(group)), group)
    return made


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
        return _cut(await read(_request(group)), group)

    async with asyncio.TaskGroup() as tasks:
        made = [tasks.create_task(several(group)) for group in groups]
        made += [tasks.create_task(one(*other)) for other in others]
        for done in asyncio.as_completed(made):
            yield await done
