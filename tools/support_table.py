"""Writes the table of which library reads and writes what zarrc does.

Usage: ``python tools/support_table.py docs/support.md``.

Each case of ``tests/interop/matrix_cases.py`` is stored by zarrc and read by the library, then written by the library
and read by zarrc. Only libraries that are installed get a column.
"""

from __future__ import annotations

import importlib.metadata
import sys
import tempfile
import warnings
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from interop.libraries import LIBRARIES, NAMES, NotSupported, installed, zarrc_read, zarrc_write
from interop.matrix_cases import SECTIONS, Case, as_given, contents, create

_WORDS = {(True, True): "read, write", (True, False): "read", (False, True): "write", (False, False): "-"}
_INTRODUCTION = """# Who reads what

zarrc reads and writes everything in these tables. A column says what another library does with it: "read" is that it
gives the values that zarrc wrote, "write" that zarrc reads what it wrote into an array that zarrc had made. "!" marks
other values than were written. This file is made by `tools/support_table.py`; `tests/interop/test_matrix.py` checks the
same cases.
"""


def support(case: Case, library: str) -> str:
    """What a library does with a case."""
    read, write = LIBRARIES[library]
    wrong = False
    able = []
    for writer, reader in ((zarrc_write, read), (write, zarrc_read)):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            value = contents(case, create(case, folder))
            try:
                writer(folder, value)
                right = as_given(reader(folder), value)
            except NotSupported:
                able.append(False)
            else:
                able.append(right)
                wrong |= not right
    return _WORDS[able[0], able[1]] + (" !" if wrong else "")


def table(title: str, cases: list[Case], libraries: list[str]) -> str:
    first = "Data type" if title.startswith("Data") else "Codec"
    rows = [[first, *(f"{NAMES[x]} {importlib.metadata.version(x)}" for x in libraries)]]
    rows.append(["---"] * len(rows[0]))
    rows += [[case.name, *(support(case, library) for library in libraries)] for case in cases]
    return f"## {title}\n\n" + "\n".join(f"| {' | '.join(row)} |" for row in rows) + "\n"


def main(target: Path) -> None:
    libraries = [name for name in LIBRARIES if installed(name)]
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        tables = [table(title, cases, libraries) for title, cases in SECTIONS.items()]
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text("\n".join([_INTRODUCTION, *tables]), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1] if len(sys.argv) > 1 else "docs/support.md"))
