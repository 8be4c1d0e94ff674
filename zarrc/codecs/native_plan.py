"""What the C core is told of a chain: plain tuples, compiled by ``zarrc._core``."""

from __future__ import annotations

from zarrc.codecs.base import NativeStep
from zarrc.frozen import Record


class NativeShard(Record):
    """What a plan whose array -> bytes codec is ``sharding_indexed`` has in place of elements.

    Parameters
    ----------
    inner_shape
        Shape of an inner chunk in elements, along the axes of the array (not of storage).
    chunk
        Plan of an inner chunk. Its ``order`` names axes of the array: transposes before the shard are composed in.
    index
        Plan of the index: uint64, shape ``chunks_per_shard + (2,)``, whose axes but the last are the storage axes of
        the shard, so that axis i counts inner chunks along array axis ``order[i]`` of the outer plan.
    index_at_start
        Whether the index comes before the inner chunks or after them.
    write_order
        In which order inner chunks are written: a number of ``zc_write_order_t``.
    """

    inner_shape: tuple[int, ...]
    chunk: NativePlan
    index: NativePlan  # type: ignore[assignment]
    index_at_start: bool
    write_order: int


class NativePlan(Record):
    """What the C core needs to know of a chain.

    Parameters
    ----------
    itemsize
        Bytes of an element in memory.
    order
        Array axis for each storage axis, outermost first.
    swap
        Width in bytes of the components to reverse between memory and storage, 0 for none.
    steps
        bytes -> bytes steps in encode order.
    decoded_sizes
        Exact decoded size in bytes of each step, -1 where it depends on the content.
    shard
        Set for a shard: ``steps`` then follow the shard, ``swap`` is 0.
    """

    itemsize: int
    order: tuple[int, ...]
    swap: int
    steps: tuple[NativeStep, ...]
    decoded_sizes: tuple[int, ...]
    shard: NativeShard | None
