"""xarray's Zarr store over zarrc's groups and arrays."""

from __future__ import annotations

import functools
import marshal
import os
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
from xarray import Variable
from xarray.backends.zarr import DIMENSION_KEY, FillValueCoder, ZarrStore, extract_zarr_variable_encoding
from xarray.coding.strings import create_vlen_dtype
from xarray.core.indexing import BasicIndexer, LazilyIndexedArray
from xarray.core.treenode import NodePath
from xarray.core.utils import emit_user_level_warning

from zarrc.api import open_group
from zarrc.array import Array
from zarrc.array_config import parse_array_config
from zarrc.grid import RegularGrid
from zarrc.group import Group
from zarrc.interop.xarray.lazy import ZarrcArrayWrapper
from zarrc.interop.xarray.rebind import ZARRC, rebound
from zarrc.metadata import ArrayV2Metadata, ArrayV3Metadata
from zarrc.metadata.document import copy_json
from zarrc.node import Opened

_names = ZARRC | {"extract_zarr_variable_encoding": rebound(extract_zarr_variable_encoding, **ZARRC)}


class ZarrcStore(ZarrStore):
    """What xarray reads datasets from and writes them to.

    Where the store has consolidated metadata, opening reads that one document. Arrays are objects of some hundred
    bytes; their codecs are compiled when values are first read.
    """

    __slots__ = ("_codecs",)

    def __init__(self, zarr_group: Group, *args: Any, **settings: Any) -> None:
        self._codecs: dict[tuple, dict[str, Any]] = {}
        super().__init__(zarr_group, *args, **settings)

    @classmethod
    def open_group(cls, store: Any, mode: str = "r", group: str | None = None, **settings: Any) -> ZarrcStore:
        """One group of a store; parameters as in ``xarray.backends.ZarrStore.open_group``.

        Raises
        ------
        FileNotFoundError
            There is no group.
        ValueError
            ``consolidated=True`` and no consolidated metadata.
        """
        opened, settings = _opened(store, mode, group, settings)
        return cls(opened, mode, **settings)

    @classmethod
    def open_store(
        cls, store: Any, mode: str = "r", group: str | None = None, **settings: Any
    ) -> dict[str, ZarrcStore]:
        """A group and all groups below it, by absolute path; parameters as in `open_group`."""
        opened, settings = _opened(store, mode, group, settings)
        root = NodePath(group or "/")
        groups = {str(root): opened}
        groups |= {str(root / path): node for path, node in opened.members(None) if isinstance(node, Group)}
        return {path: cls(node, mode, **settings) for path, node in groups.items()}

    def _fetch_members(self) -> dict[str, Array | Group]:
        """As ``dict(group.members())``, faster where one document describes them all."""
        group: Group = self.zarr_group
        known = group.metadata.consolidated_metadata
        if known is None:
            return dict(group.members())
        members: dict[str, Array | Group] = {}
        configs = {order: parse_array_config(None, order) for order in ("C", "F", None)}
        for name in sorted({path.split("/", 1)[0] for path in known}):
            found = known.get(name)
            if isinstance(found, ArrayV2Metadata | ArrayV3Metadata):
                order = found.order if isinstance(found, ArrayV2Metadata) else None
                members[name] = Array(group.store_path / name, Opened(found), configs[order])
            elif found is not None:
                members[name] = group[name]
        return members

    def arrays(self) -> tuple[tuple[str, Array], ...]:
        return tuple([(name, node) for name, node in self.members.items() if isinstance(node, Array)])

    def array_keys(self) -> tuple[str, ...]:
        return tuple([name for name, _ in self.arrays()])

    def get_dimensions(self) -> dict[str, int]:
        """Sizes of the dimensions. Raises ValueError where variables differ."""
        sizes: dict[str, int] = {}
        for name, array in self.arrays():
            dims, _ = _dims_and_attributes(array, self._mode == "r")
            for dim, size in zip(dims, array.shape, strict=True):
                if sizes.setdefault(dim, size) != size:
                    raise ValueError(
                        f"found conflicting lengths for dimension {dim} ({size} in {name!r} != {sizes[dim]})"
                    )
        return sizes

    def open_store_variable(self, name: str) -> Variable:
        """A variable whose values lie in the store, with all of its encoding."""
        array: Array = self.members[name]
        metadata = array.metadata
        dims, attributes = _dims_and_attributes(array, self._mode == "r")
        wrapped = ZarrcArrayWrapper(array)
        encoding = self._encoding(array)
        encoding["preferred_chunks"] = dict(zip(dims, encoding["chunks"], strict=True))
        if wrapped.dtype.kind == "T":
            encoding["dtype"] = wrapped.dtype
        if self._use_zarr_fill_value_as_mask:
            if metadata.fill_value is not None:
                attributes["_FillValue"] = metadata.fill_value
        else:
            if metadata.zarr_format == 3:
                encoding["fill_value"] = metadata.fill_value
            if "_FillValue" in attributes:
                attributes["_FillValue"] = FillValueCoder.decode(attributes["_FillValue"], array.dtype)
        return Variable(dims, LazilyIndexedArray(wrapped, _everything(array.ndim)), attributes, encoding, fastpath=True)

    def _encoding(self, array: Array) -> dict[str, Any]:
        """How the array is cut and encoded. Arrays whose documents say the same share the codec objects."""
        metadata = array.metadata
        grid = metadata.grid
        codecs: Any = metadata.codec_configs
        if isinstance(metadata, ArrayV2Metadata):
            codecs = (metadata.filters, metadata.compressor)
        key = (marshal.dumps(codecs, 2), metadata.dtype, grid.largest_chunk(), metadata.order)
        regular = isinstance(grid, RegularGrid)
        known = self._codecs.get(key) if regular else None
        if known is None:
            known = {
                "chunks": _chunks(array),
                "compressors": array.compressors,
                "filters": array.filters,
                "shards": _shards(array),
            }
            if metadata.zarr_format == 3:
                known["serializer"] = array.serializer
            if regular:
                self._codecs[key] = known
        return dict(known)

    def encode_variable(self, variable: Variable, name: Any = None) -> Variable:
        """As xarray encodes it, which for v2 makes strings of fixed length of ``numpy.dtypes.StringDType``. Where the
        filters in ``encoding`` are those for strings of variable length, as read, they go as objects."""
        if (
            self.zarr_group.metadata.zarr_format == 2
            and variable.dtype == np.dtypes.StringDType()
            and variable.encoding.get("filters")
        ):
            variable = variable.astype(create_vlen_dtype(str), keep_attrs=True)
            variable.encoding.pop("dtype", None)
        return super().encode_variable(variable, name)

    def _open_existing_array(self, *, name: str) -> Array:
        array: Array = self.zarr_group[name]
        return array if self._write_empty is None else array.with_config({"write_empty_chunks": self._write_empty})

    store = rebound(ZarrStore.store, **_names)
    set_variables = rebound(ZarrStore.set_variables, **_names)
    _create_new_array = rebound(ZarrStore._create_new_array, **_names)


def _opened(store: Any, mode: str, group: str | None, settings: dict[str, Any]) -> tuple[Group, dict[str, Any]]:
    """The group, and the settings that are left for `ZarrcStore`."""
    settings = dict(settings)
    for name in ("synchronizer", "chunk_store"):  # of zarr-python 2; xarray before 2026.9 passes them
        if settings.pop(name, None) is not None:
            raise TypeError(f"zarrc has no {name}")
    zarr_format = settings.pop("zarr_format", None) or settings.pop("zarr_version", None)
    settings.pop("zarr_version", None)
    consolidated = settings.pop("consolidated", False)
    if not getattr(store, "supports_consolidated_metadata", True):
        consolidated = settings["consolidate_on_close"] = False
    where = os.fspath(store) if isinstance(store, os.PathLike) else store
    how: dict[str, Any] = {"storage_options": settings.pop("storage_options", None), "zarr_format": zarr_format}
    how["mode"] = "a" if mode == "a-" else mode  # the former is xarray's own
    if consolidated is False:
        found = open_group(where, path=group, use_consolidated=False, **how)
    else:  # which may lie with the root, whatever group is wanted
        found = open_group(where, use_consolidated=True if consolidated else None, **how)
        if consolidated is None and found.metadata.consolidated_metadata is None:
            emit_user_level_warning(
                f"{found.store_path}: no consolidated metadata (Failed to open Zarr store with consolidated metadata), "
                "so every member is looked at. Consolidate the store with zarrc.consolidate_metadata(), or pass "
                "consolidated=False to do without.",
                RuntimeWarning,
            )
        below = (group or "").strip("/")
        node = found[below] if below else found
        if not isinstance(node, Group):
            raise KeyError(f"{node.store_path} is an array, not a group")
        found = node
    settings["close_store_on_close"] = found.store is not store
    if settings.get("use_zarr_fill_value_as_mask") is None:  # v2 has no other way to say which values are missing
        settings["use_zarr_fill_value_as_mask"] = found.metadata.zarr_format == 2
    return found, settings


@functools.cache
def _everything(ndim: int) -> BasicIndexer:
    return BasicIndexer((slice(None),) * ndim)


def _dims_and_attributes(array: Array, try_nczarr: bool) -> tuple[Iterable[Any], dict[str, Any]]:
    """Names of the dimensions, and the attributes without those that only say how a variable is stored.

    Raises KeyError when no names are stored.
    """
    metadata = array.metadata
    attributes: dict[str, Any] = copy_json(metadata.attributes)
    if not isinstance(metadata, ArrayV2Metadata):
        names = metadata.dimension_names or ()
        if len(names) != len(metadata.shape):
            raise KeyError(
                f"{array.store_path}: Zarr object is missing the `dimension_names` metadata which is required for "
                "xarray to determine variable dimensions."
            )
        return names, attributes
    dims = attributes.pop(DIMENSION_KEY, None)
    if dims is None:
        described = metadata.document.get("_NCZARR_ARRAY") if try_nczarr else None
        if not isinstance(described, Mapping) or "dimrefs" not in described:
            also = " and the NCZarr metadata, which are" if try_nczarr else ", which is"
            raise KeyError(
                f"{array.store_path}: Zarr object is missing the attribute `{DIMENSION_KEY}`{also} required for "
                "xarray to determine variable dimensions."
            )
        dims = [os.path.basename(path) for path in described["dimrefs"]]  # names in full, as paths
    return dims, {name: value for name, value in attributes.items() if not name.lower().startswith("_nc")}


def _chunks(array: Array) -> tuple[int | tuple[int, ...], ...]:
    """Per axis the edge of the chunks (of a sharded array, the inner ones), or of each where they differ."""
    regular = isinstance(array.metadata.grid, RegularGrid)
    return array.chunks if regular else tuple(map(_edge, array.read_chunk_sizes))


def _shards(array: Array) -> tuple[int | tuple[int, ...], ...] | None:
    if isinstance(array.metadata.grid, RegularGrid):
        return array.shards
    return None if array._inner_chunks() is None else tuple(map(_edge, array.write_chunk_sizes))


def _edge(sizes: tuple[int, ...]) -> int | tuple[int, ...]:
    """One number where all chunks but the last, which may be smaller, have the same size."""
    if not sizes:  # dask has one empty chunk where there is nothing
        return (0,)
    return sizes[0] if len(set(sizes[:-1])) <= 1 and sizes[-1] <= sizes[0] else sizes
