"""The report: a table for every group of rows, notes below, and the same as JSON."""

from __future__ import annotations

import json
import platform
from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from asv_bench.peers.process import Peer
from asv_bench.peers.runner import OURS, Cell, Result


def human_time(seconds: float) -> str:
    """Three digits in the unit that suits."""
    for unit, scale in (("s", 1.0), ("ms", 1e-3), ("us", 1e-6)):
        if seconds >= 0.9995 * scale:
            value = seconds / scale
            return f"{value:.{max(0, 3 - len(str(int(value))))}f} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def fastest_peer(result: Result) -> tuple[str, float] | None:
    """Name and median seconds of the fastest library that is not zarrc, or None."""
    medians = {name: cell.median for name, cell in result.cells.items() if name not in OURS}
    known = [(seconds, name) for name, seconds in medians.items() if seconds is not None]
    return (min(known)[1], min(known)[0]) if known else None


def _cell(cell: Cell, best: float | None, notes: list[str]) -> str:
    if cell.median is None:
        if cell.note not in notes:
            notes.append(cell.note)
        mark = f"[{notes.index(cell.note) + 1}]"
        return f"[red]failed {escape(mark)}[/]" if cell.failed else f"[dim]- {escape(mark)}[/]"
    ratio = f"{cell.median / best:.2f}x" if best else ""
    return f"{human_time(cell.median)} [dim]{ratio:>6}[/]"


def show(results: list[Result], peers: list[Peer], console: Console, setting: str) -> None:
    """Prints the tables. A ratio is a median over the median of the fastest library that is not zarrc."""
    console.print(setting, highlight=False)
    console.print("  ".join(f"{peer.name} {peer.version or '-'}" for peer in peers), highlight=False)
    notes: list[str] = []
    for group in dict.fromkeys(result.row.group for result in results):
        table = Table(title=group, title_justify="left", show_lines=False)
        table.add_column("row", no_wrap=True)
        for peer in peers:
            table.add_column(peer.name, justify="right", no_wrap=True)
        for result in (r for r in results if r.row.group == group):
            best = fastest_peer(result)
            table.add_row(
                result.row.name, *(_cell(result.cells[p.name], best[1] if best else None, notes) for p in peers)
            )
        console.print(table)
    for number, note in enumerate(notes, 1):
        console.print(f"[{number}] {note}", markup=False, highlight=False)


def as_json(results: Iterable[Result], peers: list[Peer], setting: str) -> str:
    """All rounds of all rows."""
    rows = [
        {
            "row": r.row.name,
            "group": r.row.group,
            "nbytes": r.nbytes,
            "fastest_peer": (fastest_peer(r) or (None,))[0],
            "peers": {
                name: {"seconds": cell.seconds, "median": cell.median, "note": cell.note, "failed": cell.failed}
                for name, cell in r.cells.items()
            },
        }
        for r in results
    ]
    versions = {peer.name: peer.version or None for peer in peers}
    document = {"setting": setting, "python": platform.python_version(), "versions": versions, "rows": rows}
    return json.dumps(document, indent=1)


def write_json(path: Path, results: list[Result], peers: list[Peer], setting: str) -> None:
    """`as_json` in a file."""
    path.write_text(as_json(results, peers, setting) + "\n")
