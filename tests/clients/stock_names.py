"""pytest plug-in, after ``swapzarr`` with ZARR_SWAP_FALLBACK=stock: lets zarr-python's own test modules be imported.

They name private things of zarr-python at their heads which the tests of the public API then do not use. Where zarrc
has a module but not the name, stock zarr-python's object stands in. Every name so lent is printed at the end of the
run, so that nobody takes a test of a lent object for one of zarrc.
"""

from __future__ import annotations

import ast
import importlib
import sys
import types
from pathlib import Path

import swapzarr

_lent: list[str] = []


def _stock(name: str):  # type: ignore[no-untyped-def]
    return swapzarr._stock_modules.get(name)


def _storage_module(name: str) -> None:
    """``zarr.storage._local`` and its like: zarrc's public classes first, stock's private helpers after."""
    stock = _stock(name)
    if stock is None or name in sys.modules:
        return
    module = types.ModuleType(name)
    ours = importlib.import_module("zarrc.storage")

    def find(attribute: str):  # type: ignore[no-untyped-def]
        if not attribute.startswith("_") and hasattr(ours, attribute):
            return getattr(ours, attribute)
        if attribute.startswith("__"):
            raise AttributeError(attribute)
        _lent.append(f"{name}.{attribute}")
        return getattr(stock, attribute)

    module.__getattr__ = find  # type: ignore[attr-defined]
    sys.modules[name] = module


def _lend(tree: ast.Module) -> None:
    for statement in tree.body:
        if not isinstance(statement, ast.ImportFrom) or not (statement.module or "").startswith("zarr"):
            continue
        stock = _stock(statement.module or "")
        if stock is None:
            continue
        module = importlib.import_module(statement.module or "")
        if not module.__name__.startswith("zarrc"):
            continue
        for alias in statement.names:
            if not hasattr(module, alias.name) and hasattr(stock, alias.name):
                setattr(module, alias.name, getattr(stock, alias.name))
                _lent.append(f"{statement.module}.{alias.name}")


def _lend_all() -> None:
    """Now, at import: conftest.py, too, has such names at its head."""
    for leaf in ("_fsspec", "_local", "_logging", "_memory", "_obstore", "_wrapper", "_zip"):
        _storage_module(f"zarr.storage.{leaf}")
    for path in Path("tests").rglob("*.py"):
        _lend(ast.parse(path.read_text()))


_lend_all()


def pytest_terminal_summary(terminalreporter) -> None:  # type: ignore[no-untyped-def]
    terminalreporter.write_line(f"lent by stock zarr-python: {', '.join(sorted(set(_lent)))}")
