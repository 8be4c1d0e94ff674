"""``zarrc verify PATH``: reads everything and says what is wrong."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from types import TracebackType
from typing import Any, TextIO

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TransferSpeedColumn

from zarrc.cli.output import JsonReport, counted, printable, size_text
from zarrc.verifying import Report, verify

_MOST_LINES = 1000


class Bar(AbstractContextManager["Bar"]):
    """A progress bar on standard error, where that is a terminal: the array at hand, bytes, bytes a second."""

    def __init__(self) -> None:
        columns = (TextColumn("{task.description}", markup=False), BarColumn(), DownloadColumn(), TransferSpeedColumn())
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
        self._progress.update(self._task, description=printable(name) or "/", completed=done, total=total)

    def __enter__(self) -> Bar:
        self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._progress.stop()


def print_findings(report: Report, line: Callable[[int], str], file: TextIO) -> None:
    """One line a finding, at most 1000; ``line`` gives that of a number."""
    for number in range(min(len(report.findings), _MOST_LINES)):
        print(printable(line(number)), file=file)
    if len(report.findings) > _MOST_LINES:
        print(f"and {len(report.findings) - _MOST_LINES} more (--json has all)", file=file)


def summary(report: Report) -> str:
    """Two lines: what was read, and how many findings of which kind there are."""
    chunks = counted(report.stored_chunks, "stored chunk")
    if report.chunks > report.stored_chunks:
        chunks += f" ({report.chunks} with those in shards)"
    seconds = f"{report.seconds:.{1 if report.seconds >= 1 else 3}f}"
    rate = f" ({size_text(report.stored_bytes / report.seconds)}/s)" if report.seconds else ""
    read = (
        f"{counted(report.arrays, 'array')}, {counted(report.groups, 'group')}; {chunks}, "
        f"{size_text(report.stored_bytes)} read, {size_text(report.decoded_bytes)} decoded in {seconds} s{rate}"
    )
    counts = ", ".join(f"{n} {kind}" for kind, n in report.counts().items())
    return f"{read}\n{f'found: {counts}' if counts else 'nothing found'}"


def run_verify(path: str, json_name: str | None) -> int:
    """Checks what lies at ``path``; 1 if anything was found. Raises what `zarrc.verify` raises, and OSError where the
    JSON cannot be written."""
    with JsonReport(json_name) as report_file:
        with Bar() as bar:
            report = verify(path, progress=bar)
        print_findings(report, lambda number: str(report.findings[number]), report_file.text)
        print(summary(report), file=report_file.text)
        report_file.write(report.to_dict())
    return 0 if report.ok else 1
