"""``zarrc verify PATH``: reads everything and says what is wrong."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from types import TracebackType
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from zarrc.verifying import Report, verify

_MOST_LINES = 1000


class Bar(AbstractContextManager["Bar"]):
    """A progress bar on standard error, where that is a terminal: the array at hand, bytes, bytes a second."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}"), BarColumn(), DownloadColumn(), TransferSpeedColumn())
        console = Console(stderr=True)
        self._progress = Progress(*columns, console=console, transient=True, disable=not console.is_terminal)
        self._task: Any = None
        self._path: str | None = None

    def __call__(self, path: str, done: int, total: int) -> None:
        if path != self._path:
            if self._task is not None:
                self._progress.remove_task(self._task)
            self._task = self._progress.add_task("", total=total)
            self._path = path
        name = path if len(path) <= 40 else f"...{path[-37:]}"
        self._progress.update(self._task, description=name or "/", completed=done, total=total)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def print_findings(report: Report, line: Callable[[int], str]) -> None:
    """One line a finding, at most 1000; ``line`` gives that of a number."""
    for number in range(min(len(report.findings), _MOST_LINES)):
        print(line(number))
    if len(report.findings) > _MOST_LINES:
        print(f"and {len(report.findings) - _MOST_LINES} more (--json has all)")


def summary(report: Report) -> str:
    """Two lines: what was read, and how many findings of which kind there are."""
    rate = report.stored_bytes / 1e6 / report.seconds if report.seconds else 0.0
    read = (
        f"{report.arrays} arrays, {report.groups} groups; {report.stored_chunks} stored chunks "
        f"({report.chunks} with those in shards), {report.stored_bytes / 1e6:.1f} MB read, "
        f"{report.decoded_bytes / 1e6:.1f} MB decoded in {report.seconds:.1f} s ({rate:.0f} MB/s)"
    )
    counts = ", ".join(f"{n} {kind}" for kind, n in report.counts().items())
    return f"{read}\n{f'found: {counts}' if counts else 'nothing found'}"


def write_json(file: Path, content: dict[str, Any]) -> None:
    """The whole report; raises OSError."""
    file.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def run_verify(path: str, json_file: Path | None) -> int:
    """Checks what lies at ``path``; 1 if anything was found. Raises what `zarrc.verify` raises."""
    with Bar() as bar:
        report = verify(path, progress=bar)
    print_findings(report, lambda number: str(report.findings[number]))
    print(summary(report))
    if json_file is not None:
        write_json(json_file, report.to_dict())
    sys.stdout.flush()
    return 0 if report.ok else 1
