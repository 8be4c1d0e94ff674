"""Orders in which a shard's inner chunks are written. Documents do not say them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import product
from typing import Any

from zarrc.codecs.base import Codec
from zarrc.codecs.choices import SubchunkWriteOrder
from zarrc.codecs.registry import parse_codec

# Numbers of zc_write_order_t (csrc/engine/shard_order.h).
NATIVE_WRITE_ORDERS = {"unordered": 0, "lexicographic": 0, "colexicographic": 1, "morton": 2}


def written_coordinates(counts: Sequence[int], order: SubchunkWriteOrder) -> Iterable[tuple[int, ...]]:
    """Grid coordinates of all inner chunks, ``counts`` of them along each axis, in the order of writing."""
    coordinates = product(*map(range, counts))
    if order == "colexicographic":
        return (coords[::-1] for coords in product(*map(range, counts[::-1])))
    if order == "morton":
        bits = [
            (axis, shift)
            for shift in range(max((count - 1).bit_length() for count in (1, *counts)))
            for axis, count in enumerate(counts)
            if (count - 1) >> shift
        ]
        return sorted(
            coordinates, key=lambda c: sum((c[axis] >> shift & 1) << i for i, (axis, shift) in enumerate(bits))
        )
    return coordinates


def in_write_orders(codecs: Iterable[Any], orders: Sequence[SubchunkWriteOrder]) -> list[Codec]:
    """The codecs of a chain, parsed, whose shard, and the shards in that, are written in these orders."""
    parsed = [parse_codec(codec, 3) for codec in codecs]
    return [
        replace(codec, subchunk_write_order=orders[0], codecs=in_write_orders(codec.codecs, orders[1:]))  # type: ignore[attr-defined, call-arg, type-var]
        if orders and hasattr(codec, "subchunk_write_order")
        else codec
        for codec in parsed
    ]
