"""Opens arrays and groups, and makes them in the modes that do."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any, Literal

from zarrc.api.creating import create
from zarrc.api.modes import READING, Mode, open_place, warn_of_ignored
from zarrc.array import Array
from zarrc.array import open_at as open_array_at
from zarrc.errors import ArrayNotFoundError, ContainsArrayError, ContainsGroupError, GroupNotFoundError
from zarrc.group import Group, create_at_place
from zarrc.group import open_at as open_group_at
from zarrc.lazy import LazyModule
from zarrc.metadata import GroupMetadata
from zarrc.node import Documents, Opened, ZarrFormat, check_zarr_format, documents_at, read_node
from zarrc.stores import StoreLike, StorePath

instead = LazyModule("zarrc.instead")


def open(
    store: StoreLike | None = None,
    *,
    mode: Mode | None = None,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Array | Group:
    """Opens an array or a group, by what is stored.

    Parameters
    ----------
    store : Store, StorePath, str, path-like or mapping
        None is a new store in memory.
    mode : {"r", "r+", "a", "w", "w-"}
        "r" read only, must exist; "r+" read and write, must exist; "a" (default) read and write, made if missing;
        "w" made, replacing what is there; "w-" made, must not exist. An array is made when ``shape`` is given,
        else a group.
    zarr_format : 2 or 3, optional
        Look for (or make) this format only.
    path : str, optional
        Path inside the store.
    storage_options : mapping, optional
        For the fsspec file system of a URL.
    config : mapping, optional
        Run-time configuration of an array.
    **kwargs
        For `create` or `zarrc.open_group`.

    Raises
    ------
    GroupNotFoundError
        Nothing is there (also a FileNotFoundError).
    TypeError
        ``config`` for a group, which has none.
    """
    place, mode = open_place(store, path, mode, storage_options)
    check_zarr_format(zarr_format)
    if mode in READING:
        documents = documents_at([place], zarr_format, group=True)[0]
        node = read_node(place, zarr_format, documents)
        if node is not None:
            if isinstance(node, Opened):
                return open_array_at(place, zarr_format, config, node, documents)
            _refuse_config(config, place)
            return _open_found(place, zarr_format, node, documents, **kwargs)
        if mode != "a":
            raise GroupNotFoundError(instead.not_found("array or group", place, zarr_format))
    if "shape" in kwargs or "data" in kwargs:
        return create(store=place, zarr_format=zarr_format, config=config, overwrite=mode == "w", **kwargs)
    _refuse_config(config, place)
    return open_group(place, mode="w" if mode == "w" else "a", zarr_format=zarr_format, **kwargs)


def _open_found(
    place: StorePath,
    zarr_format: ZarrFormat | None,
    node: GroupMetadata,
    documents: Documents,
    use_consolidated: bool | str | None = None,
    **settings: Any,
) -> Group:
    """A group that is there: what it would be made with does not count."""
    return open_group_at(place, zarr_format, use_consolidated, node, documents)


def _refuse_config(config: Any, place: StorePath) -> None:
    if config is not None:
        raise TypeError(
            f"config is the run-time configuration of an array, but {place} resolves to a group, which has none"
        )


def open_array(
    store: StoreLike | None = None,
    *,
    mode: Mode | None = None,
    zarr_format: ZarrFormat | None = None,
    path: str | None = None,
    storage_options: Mapping[str, Any] | None = None,
    config: Mapping[str, Any] | None = None,
    **kwargs: Any,
) -> Array:
    """Opens an array; in the modes that make, makes it with `create`'s keyword arguments.

    Parameters
    ----------
    store, mode, zarr_format, path, storage_options, config
        As `open`.

    Raises
    ------
    ArrayNotFoundError
        Nothing is there (also a FileNotFoundError).
    NodeTypeValidationError
        A group is there.
    FileExistsError
        Mode "w-" and something is there.
    """
    place, mode = open_place(store, path, mode, storage_options)
    check_zarr_format(zarr_format)
    if mode in READING:
        documents = documents_at([place], zarr_format)[0]
        node = read_node(place, zarr_format, documents)
        if node is not None or mode != "a":
            return open_array_at(place, zarr_format, config, node, documents)
        if not ("shape" in kwargs or "data" in kwargs):
            raise ArrayNotFoundError(instead.not_found("array", place, zarr_format, "To make one, give shape or data"))
    kwargs.setdefault("overwrite", mode == "w")
    try:
        return create(store=place, zarr_format=zarr_format, config=config, **kwargs)
    except ContainsArrayError:
        if mode == "a":
            with suppress(ArrayNotFoundError):
                return open_array_at(place, zarr_format, config)  # another thread or process made it meanwhile
        raise


def open_group(
    store: StoreLike | None = None,
    *,
    mode: Mode = "a",
    cache_attrs: bool | None = None,
    synchronizer: Any = None,
    path: str | None = None,
    chunk_store: StoreLike | None = None,
    storage_options: Mapping[str, Any] | None = None,
    zarr_format: ZarrFormat | None = None,
    meta_array: Any = None,
    attributes: dict[str, Any] | None = None,
    use_consolidated: bool | str | None = None,
) -> Group:
    """Opens a group; in the modes that make, makes it with ``attributes``.

    Parameters
    ----------
    store, mode, path, zarr_format, storage_options
        As `open`.
    use_consolidated : bool or str, optional
        True: consolidated metadata must be there (ValueError otherwise); False: it is not used; None: used when
        there. v2: the key of the document, where it is not ".zmetadata".
    cache_attrs, synchronizer, chunk_store, meta_array
        Ignored with a warning, as in zarr-python 3.

    Raises
    ------
    GroupNotFoundError
        Nothing is there (also a FileNotFoundError).
    ContainsArrayError
        An array is there.
    FileExistsError
        Mode "w-" and something is there.
    """
    warn_of_ignored(cache_attrs=cache_attrs, synchronizer=synchronizer, chunk_store=chunk_store, meta_array=meta_array)
    place, mode = open_place(store, path, mode, storage_options)
    check_zarr_format(zarr_format)
    if mode in READING:
        documents = documents_at([place], zarr_format, use_consolidated is not False)[0]
        node = read_node(place, zarr_format, documents)
        refused = use_consolidated and not place.store.supports_consolidated_metadata
        if node is not None or mode != "a" or refused:
            return open_group_at(place, zarr_format, use_consolidated, node, documents)
    try:
        return create_at_place(place, zarr_format, attributes, mode == "w")
    except ContainsGroupError:
        if mode != "a":
            raise
        return open_group_at(place, zarr_format, use_consolidated)  # another thread or process made it meanwhile


def group(
    store: StoreLike | None = None,
    *,
    overwrite: bool = False,
    chunk_store: StoreLike | None = None,
    cache_attrs: bool | None = None,
    synchronizer: Any = None,
    path: str | None = None,
    zarr_format: ZarrFormat | None = None,
    meta_array: Any = None,
    attributes: dict[str, Any] | None = None,
    storage_options: Mapping[str, Any] | None = None,
) -> Group:
    """Opens a group, or makes it when there is none; it can be written. Parameters as in `open_group`.

    Parameters
    ----------
    overwrite : bool
        Make a new one in any case: what is there is removed first, with everything below it.

    Raises
    ------
    ContainsArrayError
        An array is there and ``overwrite`` is off.
    """
    warn_of_ignored(cache_attrs=cache_attrs, synchronizer=synchronizer, chunk_store=chunk_store, meta_array=meta_array)
    mode: Mode = "w" if overwrite else "a"
    return open_group(
        store,
        mode=mode,
        path=path,
        zarr_format=zarr_format,
        attributes=attributes,
        storage_options=storage_options,
    )


def open_consolidated(*args: Any, use_consolidated: Literal[True] = True, **kwargs: Any) -> Group:
    """`open_group` that insists on consolidated metadata.

    Raises ValueError when there is none, and TypeError for another ``use_consolidated`` than True.
    """
    if use_consolidated is not True:
        raise TypeError("open_consolidated() needs use_consolidated=True; open_group() takes other values")
    return open_group(*args, use_consolidated=use_consolidated, **kwargs)
