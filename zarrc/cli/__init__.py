"""The ``zarrc`` command: ``zarrc demo``, ``info``, ``verify``, ``repair``, ``migrate``, ``remove-metadata``."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from zarrc.cli.arguments import make_parser
from zarrc.cli.output import let_go, prepare_streams
from zarrc.errors import BaseZarrError

__all__ = ["main"]

INTERRUPTED = 130  # as shells count: 128 and the number of SIGINT


def main(argv: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit code.

    0; 1 after a one-line error, and where verify or repair found something; 2 for bad arguments, where nothing is at
    the path, where the demo would replace what is not its own, and for verify and repair after any error; 130 when
    interrupted.
    """
    try:
        prepare_streams()
        return _run(argv)
    except KeyboardInterrupt:
        print("interrupted", file=sys.stderr)
        return INTERRUPTED
    finally:
        let_go()


def _run(argv: Sequence[str] | None) -> int:
    args = make_parser().parse_args(argv)
    try:
        code: int = args.run(args)
        sys.stdout.flush()
        return code
    except BrokenPipeError:  # who read the output has enough of it
        return 1
    except (BaseZarrError, OSError, ImportError, ValueError, MemoryError) as e:
        lines = str(e).strip().splitlines() or [type(e).__name__]
        print(f"zarrc {args.command}: {lines[0]}", file=sys.stderr)
        return 2 if args.command in ("verify", "repair") or isinstance(e, FileNotFoundError) else 1
