"""Arrays, selections and fixtures for the tests of zarrc as zarr-python's codec pipeline."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest

import zarrc

zarr = pytest.importorskip("zarr", minversion="3.1")

from zarr.registry import register_pipeline  # noqa: E402

OURS = "zarrc.ZarrcCodecPipeline"
STOCK = "zarr.core.codec_pipeline.BatchedCodecPipeline"
SHAPE, CHUNKS = (23, 17), (6, 5)

register_pipeline(zarrc.ZarrcCodecPipeline)


# what arrays there are -----------------------------------------------------------------------------------------
def values(dtype: Any) -> np.ndarray:
    numbers = np.arange(np.prod(SHAPE)).reshape(SHAPE)
    if dtype is str:
        texts = np.array([f"text {n} \u00e4" for n in numbers.flat], dtype=np.dtypes.StringDType()).reshape(SHAPE)
        return texts if hasattr(np.dtypes, "StringDType") else texts.astype(object)
    dtype = np.dtype(dtype)
    if dtype.fields:
        data = np.zeros(SHAPE, dtype=dtype)
        for name in dtype.names:
            data[name] = numbers
        return data
    return numbers.astype(dtype)


KINDS: dict[str, dict[str, Any]] = {
    "v3": {"dtype": "f4"},
    "v3 plain": {"dtype": "i2", "compressors": None},
    "v3 F": {"dtype": "f8", "config": {"order": "F"}},
    "v3 big-endian": {"dtype": ">i4"},
    "v3 stored big-endian": {"dtype": "u8", "serializer": {"name": "bytes", "configuration": {"endian": "big"}}},
    "v3 transposed": {"dtype": "f4", "filters": [{"name": "transpose", "configuration": {"order": [1, 0]}}]},
    "v3 sharded": {"dtype": "f4", "shards": (12, 10)},
    "v3 dates": {"dtype": "M8[ns]", "fill_value": np.datetime64("NaT", "ns")},
    "v3 strings": {"dtype": str},
    "v3 fixed strings": {"dtype": "U4"},
    "v3 bytes": {"dtype": "S4"},
    "v3 bool": {"dtype": "bool"},
    "v3 complex": {"dtype": "c8"},
    "v2": {"dtype": "f4", "zarr_format": 2},
    "v2 F": {"dtype": "f4", "zarr_format": 2, "order": "F"},
    "v2 big-endian": {"dtype": ">i4", "zarr_format": 2},
    "v2 no fill": {"dtype": "i4", "zarr_format": 2, "fill_value": None},
    "v2 strings": {"dtype": str, "zarr_format": 2},
    "v2 struct": {"dtype": [("a", "<i4"), ("b", ">f8")], "zarr_format": 2, "fill_value": (0, 0)},
}


def create(store: Any, kind: str, **more: Any) -> Any:
    return zarr.create_array(store, name="group/array", shape=SHAPE, chunks=CHUNKS, **{**KINDS[kind], **more})


KEYS: dict[str, Any] = {
    "everything": (...,),
    "box": (slice(3, 19), slice(2, 16)),
    "steps": (slice(1, 22, 4), slice(None, None, 3)),
    "wide steps": (slice(0, 23, 9), slice(3, None, 8)),
    "row": (7,),
    "column": (slice(None), 16),
    "item": (22, 0),
    "one chunk": (slice(6, 12), slice(5, 10)),
}
OUTER: dict[str, Any] = {
    "lists": ([3, 8, 21], [0, 16]),
    "unsorted": ([21, 3, 8, 4], [16, 0, 2, 15]),
    "reversed": ([21, 8, 4, 3], [16, 15, 2]),
    "repeated": ([5, 5, 6], [1, 1]),
    "list and slice": ([9, 2, 20], slice(1, 15)),
    "slice and list": (slice(2, 21, 3), [12, 4]),
    "list and integer": ([2, 20, 1], 7),
    "mask": (np.arange(23) % 3 == 0, slice(None)),
    "two masks": (np.arange(23) % 4 == 1, np.arange(17) % 2 == 0),
}
POINTS: dict[str, Any] = {
    "points": ([3, 8, 21, 3], [0, 16, 4, 5]),
    "sorted points": ([0, 1, 22], [0, 1, 2]),
    "table of points": ([[3, 8], [21, 0]], [[0, 16], [4, 2]]),
    "mask of all": (np.arange(np.prod(SHAPE)).reshape(SHAPE) % 7 == 0,),
}


def outer(key: tuple) -> tuple:
    axes = []
    for item, length in zip(key, SHAPE, strict=True):
        index = np.arange(length)[item]
        axes.append(np.atleast_1d(index))
    return np.ix_(*axes)


def outer_of(data: np.ndarray, key: tuple) -> np.ndarray:
    dropped = tuple(i for i, item in enumerate(key) if isinstance(item, int))
    return data[outer(key)].squeeze(axis=dropped)


def same(found: Any, expected: Any) -> None:
    np.testing.assert_array_equal(np.asarray(found), np.asarray(expected))


class Declined(logging.Handler):
    """Remembers where zarr-python's own pipeline took over."""

    def __init__(self) -> None:
        super().__init__()
        self.seen: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.seen.append(record.getMessage())


@contextmanager
def declined_batches() -> Iterator[list[str]]:
    """What the pipeline says at debug level meanwhile."""
    handler, logger = Declined(), logging.getLogger("zarrc.pipeline")
    level = logger.level
    logger.addHandler(handler)
    logger.setLevel(logging.DEBUG)
    try:
        yield handler.seen
    finally:
        logger.removeHandler(handler)
        logger.setLevel(level)
