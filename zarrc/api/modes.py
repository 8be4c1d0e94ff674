"""Modes of opening, and settings of zarr-python 2 that nobody follows any more."""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import Any, Literal, get_args

from zarrc.errors import ReadOnlyError, ZarrRuntimeWarning
from zarrc.stores import StoreLike, StorePath, make_store_path

Mode = Literal["r", "r+", "a", "w", "w-"]
MODES: tuple[Mode, ...] = get_args(Mode)
#: Modes that open what is there.
READING: tuple[Mode, ...] = ("r", "r+", "a")


def open_place(
    store: StoreLike | None, path: Any, mode: Mode | None, storage_options: Mapping[str, Any] | None = None
) -> tuple[StorePath, Mode]:
    """The place that a user names, and the mode in force: None is "r" for stores that refuse writes, else "a".

    Raises
    ------
    ValueError
        No such mode.
    ReadOnlyError
        The mode writes and the store refuses it.
    FileExistsError
        Mode "w-" and something is there.
    """
    if mode is not None and mode not in MODES:
        raise ValueError(f"Invalid mode: {mode}, expected one of {', '.join(map(repr, MODES))}")
    place = make_store_path(store, path, read_only=mode == "r", storage_options=storage_options)
    if mode is None:
        mode = "r" if place.read_only else "a"
    elif mode != "r" and place.read_only:
        raise ReadOnlyError(
            f"Store is read-only but mode is {mode!r}: {place.store} cannot be written. Open it in mode 'r'."
        )
    if mode == "w-" and next(iter(place.store.list_dir_sync(place.path)), None) is not None:
        raise FileExistsError(
            f"something is stored at {place} already, and mode 'w-' replaces nothing: use mode 'w' to replace it, 'a' "
            "to open it"
        )
    return place, mode


def warn_of_ignored(**given: Any) -> None:
    """Warns of each setting that was given: zarr-python 3 takes them, and does nothing with them either."""
    for name, value in given.items():
        if value is not None:
            warnings.warn(f"{name} is not yet implemented, and ignored", ZarrRuntimeWarning, stacklevel=3)
