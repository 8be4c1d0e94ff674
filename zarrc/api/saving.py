"""Saves numpy arrays whole, and loads them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from zarrc.api.creating import array
from zarrc.api.modes import open_place
from zarrc.api.opening import open
from zarrc.array import Array
from zarrc.dtypes import from_numpy
from zarrc.group import create_at_place
from zarrc.node import ZarrFormat
from zarrc.stores import StoreLike


def _is_array(given: Any) -> bool:
    return hasattr(given, "dtype") and hasattr(given, "shape")


def save(
    store: StoreLike,
    *args: Any,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Saves one array, or several as members of a group: positional ones as ``arr_0``, ``arr_1`` ..., others by name.

    Several arrays replace what is there; one does not: `save_array` has ``overwrite`` for that. ``store``, ``path`` and
    ``storage_options`` as in `zarrc.open`; `load` reads what was saved.

    Raises ValueError when there is nothing to save; otherwise as `save_array` and `save_group`.
    """
    if len(args) == 1 and not kwargs:
        save_array(store, args[0], zarr_format=zarr_format, path=path, storage_options=storage_options)
    else:
        save_group(store, *args, zarr_format=zarr_format, path=path, storage_options=storage_options, **kwargs)


def save_array(
    store: StoreLike,
    arr: Any,
    *,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Saves one array. Keyword arguments as in `zarrc.create`.

    Raises
    ------
    TypeError
        What is given is no array.
    ContainsArrayError, ContainsGroupError
        Something is there, and neither ``overwrite=True`` nor ``mode="w"`` is given.
    """
    if not _is_array(arr):
        raise TypeError(f"arr argument must be numpy or other NDArrayLike array, not {type(arr).__name__}")
    place, mode = open_place(store, path, kwargs.pop("mode", None) or "a", storage_options)
    overwrite = bool(kwargs.pop("overwrite", None)) or mode == "w"
    array(arr, store=place, zarr_format=zarr_format, overwrite=overwrite, **kwargs)


def save_group(
    store: StoreLike,
    *args: Any,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> None:
    """Saves arrays as members of a new group, which replaces what is there.

    Raises
    ------
    ValueError
        There is nothing to save, or a data type that Zarr does not have; then nothing is replaced.
    TypeError
        Something given is no array.
    """
    for arr in args:
        if not _is_array(arr):
            raise TypeError(
                "All arguments must be numpy or other NDArrayLike arrays (except store, path, storage_options, and "
                f"zarr_format), not {type(arr).__name__}"
            )
    for name, arr in kwargs.items():
        if not _is_array(arr):
            raise TypeError(f"Keyword argument '{name}' must be a numpy or other NDArrayLike array")
    named = {**{f"arr_{i}": arr for i, arr in enumerate(args)}, **kwargs}
    if not named:
        raise ValueError("at least one array must be provided")
    for arr in named.values():
        from_numpy(arr.dtype)
    place, _ = open_place(store, path, "w", storage_options)
    group = create_at_place(place, zarr_format, None, True)
    for name, arr in named.items():
        array(np.asarray(arr), store=place / name, zarr_format=group.metadata.zarr_format)


def load(store: StoreLike, path: str | None = None, zarr_format: ZarrFormat | None = None) -> Any:
    """A whole array as ndarray; of a group a dictionary of the arrays directly in it, by name.

    ``store``, ``path`` and ``zarr_format`` as in `zarrc.open`. All elements are read into memory.

    Raises
    ------
    NodeNotFoundError
        Nothing is there (also a FileNotFoundError).
    CodecError, ChunkIOError
        A chunk cannot be read.
    """
    node = open(store, mode="r", path=path, zarr_format=zarr_format)
    if isinstance(node, Array):
        return node[...]
    return {name: member[...] for name, member in node.arrays()}
