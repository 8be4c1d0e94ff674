"""Types and small checks that codecs of other packages use, under their names of ``zarr.core.common``."""

from __future__ import annotations

import asyncio
import math
import operator
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Literal, TypeVar

JSON = str | int | float | Mapping[str, Any] | Sequence[Any] | None
ZarrFormat = Literal[2, 3]
MemoryOrder = Literal["C", "F"]
AccessModeLiteral = Literal["r", "r+", "a", "w", "w-"]
BytesLike = bytes | bytearray | memoryview
ShapeLike = Iterable[int] | int
ChunkCoords = tuple[int, ...]
Result = TypeVar("Result")

ZARR_JSON = "zarr.json"
ZARRAY_JSON = ".zarray"
ZGROUP_JSON = ".zgroup"
ZATTRS_JSON = ".zattrs"
ZMETADATA_V2_JSON = ".zmetadata"


def product(tup: Iterable[int]) -> int:
    """The product of integers; 1 of none."""
    return math.prod(tup)


def ceildiv(a: float, b: float) -> int:
    """a / b, rounded up; 0 for 0 / 0."""
    return 0 if a == 0 else math.ceil(a / b)


def parse_shapelike(data: Any) -> tuple[int, ...]:
    """A shape as a tuple of ints.

    Raises
    ------
    TypeError
        It is neither an integer nor several.
    ValueError
        One is negative.
    """
    try:
        size = operator.index(data)
    except TypeError:
        pass
    else:
        if size < 0:
            raise ValueError(f"Expected a non-negative integer. Got {data!r} instead.")
        return (size,)
    if not isinstance(data, Iterable):
        raise TypeError(f"Expected an integer or an iterable of integers. Got {data!r} instead.")
    try:
        shape = tuple([operator.index(size) for size in data])
    except TypeError:
        raise TypeError(f"Expected an iterable of integers. Got {data!r} instead.") from None
    if any(size < 0 for size in shape):
        raise ValueError(f"Expected all values to be non-negative. Got {data!r} instead.")
    return shape


def parse_named_configuration(
    data: Any, expected_name: str | None = None, *, require_configuration: bool = True
) -> tuple[str, Any]:
    """Name and configuration of an entry of v3 metadata, ``{"name": ..., "configuration": {...}}`` or the name alone.

    Raises
    ------
    TypeError
        It is no such object.
    ValueError
        The name is not ``expected_name``, or a key is missing.
    """
    if isinstance(data, str) and not require_configuration:
        data = {"name": data}
    if not isinstance(data, Mapping):
        raise TypeError(f"Expected dict, got {type(data)}")
    if "name" not in data:
        raise ValueError(f"Named configuration does not have a 'name' key. Got {data!r}.")
    name, configuration = data["name"], data.get("configuration")
    if expected_name is not None and name != expected_name:
        raise ValueError(f"Expected '{expected_name}'. Got {name!r} instead.")
    if configuration is None and require_configuration:
        raise ValueError(f"Named configuration does not have a 'configuration' key. Got {data!r}.")
    return name, configuration


async def concurrent_map(
    items: Iterable[tuple[Any, ...]], func: Callable[..., Awaitable[Result]], limit: int | None = None
) -> list[Result]:
    """The results of ``func`` for the tuples of arguments, in order, at most ``limit`` at a time."""
    if limit is None:
        return list(await asyncio.gather(*[func(*item) for item in items]))
    gate = asyncio.Semaphore(limit)

    async def one(item: tuple[Any, ...]) -> Result:
        async with gate:
            return await func(*item)

    return list(await asyncio.gather(*[one(item) for item in items]))
