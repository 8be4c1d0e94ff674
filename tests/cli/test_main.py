"""What all sub-commands have in common: exit codes, streams, interruption."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import zarrc

COMMANDS = {
    "info": ("info",),
    "verify": ("verify",),
    "repair": ("repair",),
    "migrate": ("migrate", "v3"),
    "remove-metadata": ("remove-metadata", "v2"),
}


def python(code: str, *args: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", code, *map(str, args)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)


def shell(line: str) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "ZARRC": f"{sys.executable} -m zarrc"}
    return subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=False, timeout=60, env=env)


@pytest.fixture
def group(tmp_path: Path) -> Path:
    zarrc.open_group(tmp_path / "g", mode="w").create_array("a", shape=(4,), chunks=(2,), dtype="i4")
    return tmp_path / "g"


@pytest.mark.parametrize("command", COMMANDS)
def test_nothing_at_the_path_is_2(command: str, tmp_path: Path) -> None:
    result = python("import sys; from zarrc.cli import main; sys.exit(main())", *COMMANDS[command], tmp_path / "nosuch")
    assert result.returncode == 2
    assert result.stderr.startswith(f"zarrc {command}: ") and len(result.stderr.splitlines()) == 1


def test_help_imports_no_command() -> None:
    code = """
import sys
from zarrc.cli import main
try:
    main(["--help"])
except SystemExit as e:
    assert e.code == 0
heavy = {"asyncio", "rich", "json.tool", "zarrc.cli.demo", "zarrc.cli.verify", "zarrc.verifying", "zarrc.cli.migrate"}
sys.exit(str(heavy & set(sys.modules)) if heavy & set(sys.modules) else 0)
"""
    result = python(code)
    assert (result.returncode, result.stderr) == (0, "")
    assert all(command in result.stdout for command in ("demo", *COMMANDS))


@pytest.mark.parametrize("when", ["at work", "while it is imported"])
def test_interruption_is_one_line(group: Path, when: str) -> None:
    interrupt = "signal.raise_signal(signal.SIGINT)"
    if when == "at work":
        patch = f"import zarrc.cli.verify as v; v.verify = lambda *a, **k: {interrupt}"
    else:
        patch = f"""
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == "zarrc.cli.verify":
            {interrupt}
sys.meta_path.insert(0, Finder())
"""
    listen = "signal.signal(signal.SIGINT, signal.default_int_handler)"  # tests in the background ignore it
    code = f"import signal, sys\nfrom zarrc.cli import main\n{listen}\n{patch}\nsys.exit(main())"
    result = python(code, "verify", group)
    assert (result.returncode, result.stdout, result.stderr) == (130, "", "interrupted\n")


@pytest.mark.parametrize("args", ["info", "verify", "--help", "migrate v3", "nonsense"])
def test_closed_streams(group: Path, args: str) -> None:
    result = shell(f"$ZARRC {args} {group} >&- 2>&1")
    assert "Traceback" not in result.stderr
    result = shell(f"$ZARRC {args} {group} >&-")
    assert "Traceback" not in result.stderr and "Exception" not in result.stderr
    result = shell(f"$ZARRC {args} {group} 2>&-")
    assert "Traceback" not in result.stdout


def test_reader_that_went_away(group: Path) -> None:
    result = shell(f"$ZARRC info {group} | true; $ZARRC --help | true")
    assert result.stderr == ""


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="there is no /dev/full")
@pytest.mark.parametrize(("command", "code"), [("info", 1), ("verify", 2)])
def test_full_disk_is_one_line(group: Path, command: str, code: int) -> None:
    result = shell(f"$ZARRC {command} {group} >/dev/full")
    assert result.returncode == code
    assert result.stderr.startswith(f"zarrc {command}: ") and len(result.stderr.splitlines()) == 1


def test_version_is_that_of_the_package() -> None:
    result = python("from zarrc.cli import main; main()", "--version")
    assert result.stdout == f"zarrc {zarrc.__version__}\n"
