"""The ``zarrc`` command: ``zarrc demo`` and ``zarrc info PATH``."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path

from zarrc.cli.demo import DEFAULT_DIRECTORY, run_demo
from zarrc.cli.info import show_info
from zarrc.errors import BaseZarrError

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zarrc", description="Zarr v2 and v3 arrays, fast.")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="write, check and time arrays with several codecs")
    show.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY, help="where to write (default: ./%(default)s)")
    show.add_argument("--size-mib", type=_size, default=64, help="size of each array in MiB (default: %(default)s)")
    tell = commands.add_parser("info", help="describe the array or group at a path")
    tell.add_argument("path", help="directory, zip file or URL of an array or a group")
    tell.add_argument("--complete", action="store_true", help="also count the stored chunks and bytes")
    return parser


def _size(text: str) -> int:
    size = int(text)
    if size < 1:
        raise argparse.ArgumentTypeError("the size must be at least 1 MiB")
    return size


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code: 0, or 1 after a one-line error; argparse exits with 2."""
    args = _parser().parse_args(argv)
    try:
        if args.command == "demo":
            return run_demo(args.dir, args.size_mib)
        return show_info(args.path, complete=args.complete)
    except (BaseZarrError, OSError, ImportError) as e:
        lines = str(e).strip().splitlines() or [type(e).__name__]
        print(f"zarrc {args.command}: {lines[0]}", file=sys.stderr)
        return 1
