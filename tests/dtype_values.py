"""Data types of every family with random values, for tests of arrays."""

from __future__ import annotations

from typing import Any

import numpy as np
from array_strategies import DTYPES, same

NESTED = np.dtype([("a", "<i4"), ("b", [("x", ">f4"), ("y", "S3")]), ("c", "<U2")])
SUBARRAY = np.dtype([("a", "<u2"), ("b", ">f8", (2, 2)), ("c", "V3")])

#: What `zarrc.create_array` is given, by a name for messages.
NUMBERS: dict[str, Any] = {name: np.dtype(name) for name in DTYPES}
FIXED: dict[str, Any] = {
    "S5": np.dtype("S5"),
    "U3": np.dtype("<U3"),
    ">U2": np.dtype(">U2"),
    "V4": np.dtype("V4"),
    "struct": np.dtype([("a", "<i2"), ("b", "<f4")]),
    "nested struct": NESTED,
}
VARIABLE: dict[str, Any] = {"string": np.dtypes.StringDType(), "bytes": "bytes"}
ONLY_V2: dict[str, Any] = {"sub-arrays": SUBARRAY}
EVERY: dict[str, Any] = {**NUMBERS, **FIXED, **VARIABLE, **ONLY_V2}

_LETTERS = np.array(list("aé漢😀 z"))


def values(dtype: Any, shape: tuple[int, ...], seed: int) -> np.ndarray:
    """Random elements. Numbers are random bits; some elements are zero or empty."""
    rng = np.random.default_rng(seed)
    count = int(np.prod(shape, dtype=int))
    if isinstance(dtype, str) and dtype == "bytes":
        made = np.empty(count, object)
        made[:] = [rng.bytes(int(n)) for n in rng.integers(0, 40, count)]
        return made.reshape(shape)
    dtype = np.dtype(dtype)
    if dtype.kind == "T":
        texts = ["".join(rng.choice(_LETTERS, int(n))) for n in rng.integers(0, 30, count)]
        return np.array(texts, dtype).reshape(shape)
    made = np.zeros(count, dtype)
    if dtype.kind == "U":
        made[:] = ["".join(rng.choice(_LETTERS, 3)) for _ in range(count)]
    elif dtype.kind == "S":
        made[:] = [rng.bytes(dtype.itemsize).replace(b"\0", b"x") for _ in range(count)]
    elif dtype.names:
        for name in dtype.names:
            made[name] = values(dtype[name].base, made[name].shape, seed + 1)
    elif dtype.kind == "b":
        made[:] = rng.integers(0, 2, count)
    else:
        made = rng.integers(0, 256, count * dtype.itemsize, np.uint8).view(dtype)
    made[rng.random(count) < 0.2] = np.zeros((), dtype)
    return made.reshape(shape)


def alike(found: Any, expected: Any) -> bool:
    """Same shape and same values: to the bit for numbers and structs, by value for strings and objects."""
    expected = np.asarray(expected)
    found = found if isinstance(found, np.ndarray) else np.asarray(found, expected.dtype)
    if expected.dtype.kind in "TO" or found.dtype.kind in "TO":
        return found.shape == expected.shape and found.tolist() == expected.tolist()
    if found.dtype.names:
        return found.shape == expected.shape and found.astype(expected.dtype).tobytes() == expected.tobytes()
    return same(found, expected)
