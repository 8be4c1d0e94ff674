"""The arguments of the ``zarrc`` command. Its sub-commands are imported when they run, and not for ``--help``."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Any

import zarrc
from zarrc.lazy import LazyModule

demo = LazyModule("zarrc.cli.demo")
info = LazyModule("zarrc.cli.info")
migrating = LazyModule("zarrc.cli.migrate")
repairing = LazyModule("zarrc.cli.repair")
verifying = LazyModule("zarrc.cli.verify")


def make_parser() -> argparse.ArgumentParser:
    """Parses the command line; ``run`` of what it returns runs the command and returns its exit code."""
    parser = argparse.ArgumentParser(prog="zarrc", description="Zarr v2 and v3 arrays, fast.")
    parser.add_argument("--version", action="version", version=f"zarrc {zarrc.__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    show = commands.add_parser("demo", help="write, check and time arrays with several codecs")
    show.add_argument(
        "--dir",
        type=Path,
        default=Path("zarrc-demo"),
        help="where to write (default: ./%(default)s); what an earlier demo wrote there is replaced, nothing else",
    )
    show.add_argument(
        "--size-mib", type=_size, default=64, metavar="MIB", help="size of each array in MiB (default: %(default)s)"
    )
    show.set_defaults(run=lambda args: demo.run_demo(args.dir, args.size_mib))
    tell = commands.add_parser("info", help="describe the array or group at a path")
    _add_path(tell)
    tell.add_argument(
        "--complete",
        action="store_true",
        help="also count: of an array the stored chunks (shards) and bytes, of a group the arrays and groups in it",
    )
    tell.set_defaults(run=lambda args: info.show_info(args.path, complete=args.complete))
    _add_checks(commands)
    _add_migration(commands)
    return parser


def _add_checks(commands: Any) -> None:
    check = commands.add_parser(
        "verify", help="read every chunk and check it; exit code 0: nothing found, 1: something, 2: no such path"
    )
    _add_path(check)
    check.set_defaults(run=lambda args: verifying.run_verify(args.path, args.json))
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
        metavar="SECONDS",
        help="age from which a temporary file is an orphan (default: an hour)",
    )
    mend.set_defaults(run=_repair)
    for command in (check, mend):
        command.add_argument(
            "--json",
            metavar="FILE",
            help="write the report there too; -: write it, and nothing else, to standard output",
        )


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
    try:
        size = int(text)
    except ValueError:
        size = 0
    if size < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of MiB from 1 up, such as 64")
    return size


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = math.nan
    if not 0 <= seconds < math.inf:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds from 0 up, such as 3600")
    return seconds


def _repair(args: argparse.Namespace) -> int:
    code: int = repairing.run_repair(
        args.path,
        args.json,
        torn=args.remove_torn,
        orphans=args.remove_orphans,
        outside=args.remove_outside,
        min_age=args.min_age,
    )
    return code


def _migrate(args: argparse.Namespace) -> int:
    code: int = migrating.run_migrate(
        args.path,
        args.output,
        dry_run=args.dry_run,
        overwrite=args.overwrite,
        force=args.force,
        remove_v2_metadata=args.remove_v2_metadata,
        verbose=args.verbose,
    )
    return code


def _remove_metadata(args: argparse.Namespace) -> int:
    zarr_format = 2 if args.format == "v2" else 3
    code: int = migrating.run_remove_metadata(
        args.path, zarr_format, force=args.force, dry_run=args.dry_run, verbose=args.verbose
    )
    return code
