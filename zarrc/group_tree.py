"""The picture of a hierarchy that ``Group.tree()`` gives."""

from __future__ import annotations

import sys
from html import escape
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from zarrc.group import Group


class TreeRepr:
    """A tree: text as ``repr``, HTML in notebooks."""

    def __init__(self, text: str, html: str, note: str = "") -> None:
        self._text, self._html, self._note = text, html, note

    def __repr__(self) -> str:
        return self._note + self._text

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None, **_: Any) -> dict[str, str]:
        style = "white-space:pre;overflow-x:auto;line-height:normal;font-family:monospace"
        return {
            "text/plain": repr(self),
            "text/html": f'<pre style="{style}">{escape(self._note)}{self._html}</pre>\n',
        }


def group_tree(group: Group, level: int | None = None, *, max_nodes: int = 500, plain: bool = False) -> TreeRepr:
    """Names of all nodes below a group, with shape and dtype of the arrays.

    Parameters
    ----------
    level : int, optional
        Depth; None: everything.
    max_nodes : int
        No more than this many are shown.
    plain : bool
        No bold type.
    """
    members = sorted(group.members(max_depth=level), key=lambda member: member[0])
    note = f"Truncated at max_nodes={max_nodes}, some nodes and their children may be missing\n"
    note = note if len(members) > max_nodes else ""
    children: dict[str, list[tuple[str, Any]]] = {}
    for path, node in members[:max_nodes]:
        above, _, name = path.rpartition("/")
        children.setdefault(above, []).append((name, node))
    bold = ("", "") if plain or not sys.stdout.isatty() else ("\x1b[1m", "\x1b[0m")
    html_bold = ("", "") if plain else ("<b>", "</b>")
    text = [f"{bold[0]}{group.name}{bold[1]}"]
    html = [f"{html_bold[0]}{escape(group.name)}{html_bold[1]}"]
    pending = [("", "", iter(_marked(children.get("", []))))]
    while pending:
        path, indent, rest = pending[-1]
        following = next(rest, None)
        if following is None:
            pending.pop()
            continue
        (name, node), last = following
        start = indent + ("└── " if last else "├── ")
        shown = f" {node.shape} {node.dtype}" if hasattr(node, "dtype") else ""
        text.append(f"{start}{bold[0]}{name}{bold[1]}{shown}")
        html.append(f"{start}{html_bold[0]}{escape(name)}{html_bold[1]}{escape(shown)}")
        below = f"{path}/{name}" if path else name
        pending.append((below, indent + ("    " if last else "│   "), iter(_marked(children.get(below, [])))))
    return TreeRepr("\n".join(text) + "\n", "\n".join(html) + "\n", note)


def _marked(items: list[tuple[str, Any]]) -> list[tuple[tuple[str, Any], bool]]:
    """Each item with whether it is the last."""
    return [(item, i == len(items) - 1) for i, item in enumerate(items)]
