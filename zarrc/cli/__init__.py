"""The ``zarrc`` command: ``zarrc demo``, ``info``, ``verify``, ``repair``, ``migrate``, ``remove-metadata``."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from zarrc.cli.demo import DEFAULT_DIRECTORY, run_demo
from zarrc.cli.info import show_info
from zarrc.cli.migrate import run_migrate, run_remove_metadata
from zarrc.cli.repair import run_repair
from zarrc.cli.verify import run_verify
from zarrc.errors import BaseZarrError
from zarrc.node import ZarrFormat
from zarrc.verifying.repairs import MIN_AGE

__all__ = ["main"]


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="zarrc", description="Zarr v2 and v3 arrays, fast.")
    parser.add_argument("--version", action="version", version=f"zarrc {version('zarrc')}")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="write, check and time arrays with several codecs")
    show.add_argument("--dir", type=Path, default=DEFAULT_DIRECTORY, help="where to write (default: ./%(default)s)")
    show.add_argument("--size-mib", type=_size, default=64, help="size of each array in MiB (default: %(default)s)")
    show.set_defaults(run=lambda args: run_demo(args.dir, args.size_mib))
    tell = commands.add_parser("info", help="describe the array or group at a path")
    _add_path(tell)
    tell.add_argument("--complete", action="store_true", help="also count the stored chunks and bytes")
    tell.set_defaults(run=lambda args: show_info(args.path, complete=args.complete))
    check = commands.add_parser(
        "verify", help="read every chunk and check it; exit code 0: nothing found, 1: something, 2: no such path"
    )
    _add_path(check)
    check.set_defaults(run=lambda args: run_verify(args.path, args.json))
    mend = commands.add_parser("repair", help="verify, and remove what the options say; without one, only report")
    _add_path(mend)
    mend.add_argument(
        "--remove-torn", action="store_true", help="remove chunks, and inner chunks of shards, that are damaged"
    )
    mend.add_argument("--remove-orphans", action="store_true", help="remove temporary files that killed writers left")
    mend.add_argument("--remove-outside", action="store_true", help="remove chunks outside of their array's shape")
    mend.add_argument(
        "--min-age",
        type=_seconds,
        default=MIN_AGE,
        metavar="SECONDS",
        help="age from which a temporary file is an orphan (default: %(default).0f)",
    )
    mend.set_defaults(run=_repair)
    for command in (check, mend):
        command.add_argument("--json", type=Path, metavar="FILE", help="write the report there too")
    _add_migration(commands)
    return parser


def _add_migration(commands: Any) -> None:
    move = commands.add_parser("migrate", help="store metadata of Zarr v3 for arrays and groups of v2; chunks stay")
    move.add_argument("format", choices=("v3",), help="what to migrate to")
    _add_path(move)
    move.add_argument("output", nargs="?", help="where the metadata go (default: beside those of v2)")
    move.add_argument(
        "--overwrite", action="store_true", help="remove metadata of v3 at the output when the new ones are made"
    )
    move.add_argument("--force", action="store_true", help="with --overwrite, also where there are no metadata of v2")
    move.add_argument(
        "--remove-v2-metadata", action="store_true", help="remove metadata of v2 at the output afterwards"
    )
    move.set_defaults(run=_migrate)
    drop = commands.add_parser("remove-metadata", help="remove the metadata of one format from a whole hierarchy")
    drop.add_argument("format", choices=("v2", "v3"), help="whose metadata to remove")
    _add_path(drop)
    drop.add_argument("--force", action="store_true", help="also where there are none of the other format")
    drop.set_defaults(run=_remove_metadata)
    for command in (move, drop):
        command.add_argument("--dry-run", action="store_true", help="only say what would be stored and removed")
        command.add_argument("--verbose", action="store_true", help="say what is stored and removed")


def _add_path(command: argparse.ArgumentParser) -> None:
    command.add_argument("path", help="directory, zip file or URL of an array or a group")


def _size(text: str) -> int:
    size = int(text)
    if size < 1:
        raise argparse.ArgumentTypeError("the size must be at least 1 MiB")
    return size


def _seconds(text: str) -> float:
    seconds = float(text)
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of seconds")
    return seconds


def _repair(args: argparse.Namespace) -> int:
    return run_repair(
        args.path,
        args.json,
        torn=args.remove_torn,
        orphans=args.remove_orphans,
        outside=args.remove_outside,
        min_age=args.min_age,
    )


def _migrate(args: argparse.Namespace) -> int:
    return run_migrate(
        args.path,
        args.output,
        dry_run=args.dry_run,
        overwrite=args.overwrite,
        force=args.force,
        remove_v2_metadata=args.remove_v2_metadata,
        verbose=args.verbose,
    )


def _remove_metadata(args: argparse.Namespace) -> int:
    zarr_format: ZarrFormat = 2 if args.format == "v2" else 3
    return run_remove_metadata(args.path, zarr_format, force=args.force, dry_run=args.dry_run, verbose=args.verbose)


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    0; 1 after a one-line error, and where verify or repair found something; 2 for bad arguments, for verify and repair
    also a path where nothing is or that cannot be read.
    """
    args = _parser().parse_args(argv)
    try:
        code = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # who read the output has enough of it
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except (BaseZarrError, OSError, ImportError, ValueError) as e:
        lines = str(e).strip().splitlines() or [type(e).__name__]
        print(f"zarrc {args.command}: {lines[0]}", file=sys.stderr)
        return 2 if args.command in ("verify", "repair") else 1
