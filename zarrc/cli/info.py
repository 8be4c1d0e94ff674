"""``zarrc info PATH``: what lies at a path."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

import zarrc
from zarrc.cli.output import printable

_MAX_ATTRIBUTES = 20
_MAX_VALUE = 60


def _shortened(value: Any) -> str:
    text = " ".join(repr(value).split())
    return text if len(text) <= _MAX_VALUE else text[: _MAX_VALUE - 3] + "..."


def _attribute_lines(attributes: Mapping[str, Any]) -> list[str]:
    """One line an attribute, values cut to 60 characters, at most 20 lines."""
    names = list(attributes)
    lines = [f"  {printable(name)}: {_shortened(attributes[name])}" for name in names[:_MAX_ATTRIBUTES]]
    if len(names) > _MAX_ATTRIBUTES:
        lines.append(f"  and {len(names) - _MAX_ATTRIBUTES} more")
    return ["", f"Attributes ({len(names)}):", *lines] if names else []


def _tree_lines(group: zarrc.Group, prefix: str = "") -> Iterator[str]:
    """One line a member, in order of names, arrays with shape and dtype."""
    members = sorted(group.members(), key=lambda member: member[0])
    for number, (name, node) in enumerate(members, 1):
        last = number == len(members)
        branch, below = ("└── ", "    ") if last else ("├── ", "│   ")
        if isinstance(node, zarrc.Group):
            yield f"{prefix}{branch}{printable(name)}"
            yield from _tree_lines(node, prefix + below)
        else:
            yield f"{prefix}{branch}{printable(name)} {node.shape} {node.dtype}"


def show_info(path: str, *, complete: bool = False) -> int:
    """Prints the info table of the array, or the info table and tree of the group, at ``path``, and its attributes.

    ``complete`` adds what must be counted in the store. Raises what `zarrc.open` raises.
    """
    node = zarrc.open(path, mode="r")
    print(node.info_complete() if complete else node.info)
    if isinstance(node, zarrc.Group):
        print("\n" + "\n".join(["/", *_tree_lines(node)]))
    for line in _attribute_lines(node.attrs.asdict()):
        print(line)
    return 0
