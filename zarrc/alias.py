"""``import zarr`` that gives this package, for a whole process."""

from __future__ import annotations

import importlib
import importlib.abc
import importlib.machinery
import sys
from types import ModuleType
from typing import Any


class _Loader(importlib.abc.Loader):
    """Hands out a module that exists, under a second name, and keeps its identity."""

    def __init__(self, module: ModuleType) -> None:
        self._module = module
        self._spec = getattr(module, "__spec__", None)

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType:
        return self._module

    def exec_module(self, module: ModuleType) -> None:
        module.__spec__ = self._spec  # importlib has put the second name's there


class _Finder(importlib.abc.MetaPathFinder):
    def find_spec(self, fullname: str, path: Any = None, target: Any = None) -> Any:
        if fullname != "zarr" and not fullname.startswith("zarr."):
            return None
        name = "zarrc" + fullname.removeprefix("zarr")
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError as e:
            if e.name is not None and (name == e.name or name.startswith(f"{e.name}.")):
                raise ModuleNotFoundError(f"zarrc has no module for {fullname!r}", name=fullname) from None
            raise
        return importlib.machinery.ModuleSpec(fullname, _Loader(module), is_package=hasattr(module, "__path__"))


_finder = _Finder()


def install_as_zarr() -> None:
    """Makes ``import zarr`` and ``import zarr.<module>`` give this package, in all code of the process from now on.

    Modules have one identity under both names: ``zarr.Array is zarrc.Array``. Calling it again does nothing.

    Raises
    ------
    RuntimeError
        zarr-python was imported before: whoever did would go on with it.
    """
    present = sys.modules.get("zarr")
    package = sys.modules["zarrc"]
    if present is package:
        return
    if present is not None:
        raise RuntimeError("zarr-python is imported already; call zarrc.install_as_zarr() before anything imports zarr")
    sys.meta_path.insert(0, _finder)
    sys.modules["zarr"] = package
