"""Modules that are imported when something of them is first needed, so that `import zarrc` stays light."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any


class LazyModule:
    """Stands for a module: named at the head of a file like an import, imported when it is first asked for something.

    For modules of this package and of the standard library; what users may not have installed is imported where the
    error says what to install.

    Parameters
    ----------
    name : str
        Its full name.
    """

    __slots__ = ("_name",)

    def __init__(self, name: str) -> None:
        self._name = name

    def __getattr__(self, attribute: str) -> Any:
        return getattr(import_module(self._name), attribute)

    def __reduce__(self) -> tuple:
        return (type(self), (self._name,))

    def __repr__(self) -> str:
        return f"LazyModule({self._name!r})"


def submodules(package: str, *names: str) -> Callable[[str], Any]:
    """A ``__getattr__`` for a package (PEP 562) whose modules of these names are imported when first asked for."""

    def get(name: str) -> Any:
        if name in names:
            return import_module(f"{package}.{name}")
        raise AttributeError(f"module {package!r} has no attribute {name!r}")

    return get
