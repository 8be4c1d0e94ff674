"""pytest plug-in: xarray's own tests of engine "zarr" run against engine "zarrc", zarr-python beside it.

What the tests open with ``engine="zarr"`` or `xarray.open_zarr` is opened by `ZarrcBackendEntrypoint`, what they write
with ``to_zarr`` is written by `ZarrcStore`; stores, arrays and groups that they make or look into with ``import zarr``
stay zarr-python's. The number of stores that zarrc opened is printed at the end, so that nobody takes a run that never
reached it for a success.
"""

from __future__ import annotations

from typing import Any

import xarray.backends
import xarray.backends.common
import zarr
import zarr.core.indexing
from xarray.backends.zarr import ZarrBackendEntrypoint

import zarrc
import zarrc.core.indexing
from zarrc.interop.xarray import ZarrcBackendEntrypoint, ZarrcStore

_opened = 0


def _in_the_tests_format(open_group: Any) -> Any:
    """The tests say by zarr-python's configuration which format they want."""

    def opened(cls: type, *args: Any, **settings: Any) -> Any:
        global _opened
        _opened += 1
        with zarrc.config.set({"default_zarr_format": zarr.config.get("default_zarr_format")}):
            return open_group(*args, **settings)

    return classmethod(opened)


ZarrcStore.open_group = _in_the_tests_format(ZarrcStore.open_group)  # type: ignore[method-assign]


class InItsPlace(ZarrcBackendEntrypoint):
    """Also opens what only the built-in engine is asked for."""

    guess_can_open = ZarrBackendEntrypoint.guess_can_open


xarray.backends.common.BACKEND_ENTRYPOINTS["zarr"] = ("zarr", InItsPlace)
# these the tests wrap, to see that they are called
zarr.AsyncArray = zarrc.AsyncArray  # type: ignore[misc, attr-defined]
zarr.core.indexing.AsyncOIndex = zarrc.core.indexing.AsyncOIndex  # type: ignore[attr-defined]
zarr.core.indexing.AsyncVIndex = zarrc.core.indexing.AsyncVIndex  # type: ignore[attr-defined]
xarray.backends.ZarrStore = ZarrcStore  # type: ignore[misc]


def pytest_terminal_summary(terminalreporter: Any) -> None:
    terminalreporter.write_line(f"stores opened by zarrc in this process: {_opened}")
