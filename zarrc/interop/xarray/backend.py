"""The engine ``zarrc`` of ``xarray.open_dataset``, ``open_datatree`` and ``open_groups``."""

from __future__ import annotations

import importlib.util
import os
from typing import Any

from xarray.backends.zarr import ZarrBackendEntrypoint

from zarrc.interop.xarray.rebind import rebound
from zarrc.interop.xarray.store import ZarrcStore

_DOCUMENTS = ("zarr.json", ".zgroup", ".zmetadata")


class ZarrcBackendEntrypoint(ZarrBackendEntrypoint):
    """Opens Zarr v2 and v3 stores with zarrc; parameters as of engine "zarr".

    Local paths, URLs (with ``storage_options``), zarrc's and zarr-python's stores, and dictionaries can be opened.
    Without consolidated metadata the members are listed, which xarray warns of unless ``consolidated=False``.
    """

    description = "Open Zarr stores using zarrc in Xarray"
    url = "https://docs.xarray.dev/en/stable/user-guide/io.html#zarr"
    supports_groups = True

    open_dataset = rebound(ZarrBackendEntrypoint.open_dataset, ZarrStore=ZarrcStore)
    open_groups_as_dict = rebound(ZarrBackendEntrypoint.open_groups_as_dict, ZarrStore=ZarrcStore)

    def guess_can_open(self, filename_or_obj: Any) -> bool:
        """Whether to open this when no engine is named: only directories that hold Zarr metadata, and only where
        zarr-python, whose engine has always opened them, is not installed."""
        if not isinstance(filename_or_obj, str | os.PathLike) or importlib.util.find_spec("zarr") is not None:
            return False
        return any(os.path.isfile(os.path.join(filename_or_obj, name)) for name in _DOCUMENTS)
