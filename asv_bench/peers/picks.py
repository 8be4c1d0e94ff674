"""Selections other than boxes: points, rows and masks of the big array."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

_SEED = 5


@dataclass(frozen=True)
class Picks:
    """A selection as a function of the array's shape, and the kind of indexing that it is made for.

    ``numpy`` gives the same values from a numpy array.
    """

    title: str
    kind: Literal["basic", "oindex", "vindex"]
    key: Callable[[tuple[int, ...]], Any]

    def numpy(self, values: np.ndarray) -> np.ndarray:
        """What a library should return."""
        key = self.key(values.shape)
        outer = self.kind == "oindex" and all(isinstance(part, np.ndarray) for part in key)
        return np.asarray(values[np.ix_(*key) if outer else key])


def _points(count: int) -> Callable[[tuple[int, ...]], Any]:
    def key(shape: tuple[int, ...]) -> Any:
        rng = np.random.default_rng(_SEED)
        return tuple(rng.integers(0, edge, count) for edge in shape)

    return key


def _sorted_per_axis(count: int) -> Callable[[tuple[int, ...]], Any]:
    return lambda shape: tuple(
        np.sort(np.random.default_rng(_SEED + axis).choice(edge, min(count, edge), replace=False))
        for axis, edge in enumerate(shape)
    )


def _rows(count: int) -> Callable[[tuple[int, ...]], Any]:
    """Whole rows of a table, in ascending order."""
    return lambda shape: (np.sort(np.random.default_rng(_SEED).choice(shape[0], count, replace=False)), slice(None))


def _mask(shape: tuple[int, ...]) -> Any:
    mask = np.zeros(shape, dtype=bool)
    mask[_points(20_000)(shape)] = True
    return mask


PICKS = {
    "points": Picks("20 000 random", "vindex", _points(20_000)),
    "few-points": Picks("100 random", "vindex", _points(100)),
    "mask": Picks("20 000 random elements", "vindex", _mask),
    "orthogonal": Picks("40 indices per axis", "oindex", _sorted_per_axis(40)),
    "rows": Picks("1024 sorted rows of a table", "oindex", _rows(1024)),
    "strided": Picks("[::7, ::5, ::3]", "basic", lambda shape: np.s_[::7, ::5, ::3]),
}
