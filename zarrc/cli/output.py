"""What the command writes: its streams, its reports as JSON, and how numbers and names look in them."""

from __future__ import annotations

import json
import os
import stat
import sys
from types import TracebackType
from typing import Any, TextIO


def prepare_streams() -> None:
    """Lets standard output and error take any text: characters that they cannot encode are replaced, and where a
    stream was closed before the start nothing is written."""
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if stream is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
        elif stream.errors in ("strict", "surrogateescape"):
            stream.reconfigure(errors="replace")


def let_go() -> None:
    """Writes what standard output still holds; where it cannot, drops it, so that the interpreter does not fail with
    it once more at its end."""
    try:
        sys.stdout.flush()
    except OSError:
        null = os.open(os.devnull, os.O_WRONLY)
        os.dup2(null, sys.stdout.fileno())
        os.close(null)


def printable(text: str) -> str:
    """The text on one line, without characters that steer a terminal: names come from the store."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode("ascii") for c in text)


def counted(number: int, noun: str) -> str:
    """ "1 array", "2 arrays"."""
    return f"{number} {noun}{'' if number == 1 else 's'}"


def size_text(nbytes: float) -> str:
    """Bytes with a decimal unit: 1500 is "1.5 KB"."""
    if round(nbytes) < 1000:
        return counted(round(nbytes), "byte")
    power = 1
    while power < 4 and round(nbytes / 1000**power, 1) >= 1000:
        power += 1
    return f"{nbytes / 1000**power:.1f} {'KMGT'[power - 1]}B"


class JsonReport:
    """Where ``--json`` leads: opened at once, so that a bad path is known before hours of reading; written at the end.

    Parameters
    ----------
    name : str or None
        Path of a file, replaced when the report is written; "-" for standard output, None for nowhere.
    """

    def __init__(self, name: str | None) -> None:
        self._name = name
        self._file: TextIO | None = None
        self._made = False

    @property
    def text(self) -> TextIO:
        """The stream for text: standard output, where the report does not go there."""
        return sys.stderr if self._name == "-" else sys.stdout

    def __enter__(self) -> JsonReport:
        if self._name == "-":
            self._file = sys.stdout
        elif self._name is not None:
            self._made = not os.path.lexists(self._name)
            self._file = open(self._name, "w", encoding="utf-8", opener=_open_whole)
        return self

    def write(self, content: dict[str, Any]) -> None:
        """Raises OSError."""
        if self._file is None:
            return
        if self._name != "-" and stat.S_ISREG(os.fstat(self._file.fileno()).st_mode):
            self._file.truncate(0)
        self._made = False
        self._file.write(json.dumps(content, indent=2) + "\n")
        self._file.flush()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._file is None or self._name is None or self._name == "-":
            return
        self._file.close()
        if self._made:  # nothing was written
            os.unlink(self._name)


def _open_whole(path: str, flags: int) -> int:
    """Opens without emptying: an older report stays until there is a new one."""
    return os.open(path, flags & ~os.O_TRUNC, 0o666)
