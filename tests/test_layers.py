"""Imports go down the layers only."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import zarrc

ROOT = Path(zarrc.__file__).parent
# From the bottom. A module imports from its own layer and those below it.
LAYERS = [
    {"entry_points", "errors", "frozen", "lazy", "logs", "masked", "nearest", "_core", "kernels", "parallel"},
    {"config"},
    {"dtypes", "dtype", "grid", "buffer"},
    {"indexing", "metadata"},
    {"codecs"},
    {"abc", "core.common", "stores"},
    {
        "array_config",
        "attributes",
        "chunkio",
        "instead",
        "layout",
        "node",
        "placed",
        "prototypes",
        "python_engine",
        "repairing_io",
        "unfit",
        "appender",
        "write_buffer",
        "info",
    },
    {"metadata.v2_to_v3"},
    {"accessors", "array", "array_changes", "array_codecs", "array_copy", "async_array", "creation", "required"},
    {"async_group", "consolidated_view", "group", "group_members", "group_tree", "hierarchy"},
    {"api", "metadata.migrate_v3", "storage", "verifying"},
    {"alias", "cli", "core", "interop", "registry", "types", "__main__", "__init__"},
]


def layer_of(module: str) -> int:
    """Number of the layer of a module of zarrc, by the longest part of its dotted name that has one."""
    parts = module.split(".")
    for length in range(len(parts), 0, -1):
        for number, names in enumerate(LAYERS):
            if ".".join(parts[:length]) in names:
                return number
    raise AssertionError(f"zarrc.{module} has no layer: give it one in {Path(__file__).name}")


def imported(tree: ast.Module) -> Iterator[str]:
    """Names below zarrc that a module imports, at once or when it needs them: not those for type checkers only."""
    pending: list[ast.AST] = [tree]
    while pending:
        node = pending.pop()
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            pending += node.orelse
            continue
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func) in ("LazyModule", "importlib.import_module"):
            names = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
        else:
            pending += ast.iter_child_nodes(node)
        yield from (name.removeprefix("zarrc.") for name in names if name.startswith("zarrc."))


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_go_down(path: Path) -> None:
    own = ".".join(path.relative_to(ROOT).with_suffix("").parts)
    above = {name for name in imported(ast.parse(path.read_text())) if layer_of(name) > layer_of(own)}
    assert not above, f"{own} imports from above: {sorted(above)}"


# What users may not have installed.
OPTIONAL = {"distributed", "zarr"}


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: str(path.relative_to(ROOT)))
def test_imports_are_at_the_head(path: Path) -> None:
    functions = [
        n for n in ast.walk(ast.parse(path.read_text())) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)
    ]
    inside = {
        ast.unparse(n)
        for function in functions
        for n in ast.walk(function)
        if isinstance(n, ast.Import | ast.ImportFrom)
    }
    assert {line for line in inside if line.split()[1].partition(".")[0] not in OPTIONAL} == set()
