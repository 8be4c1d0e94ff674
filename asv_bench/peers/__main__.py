"""Command line of the comparison."""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from rich.console import Console

from asv_bench.peers.adapters import ADAPTERS
from asv_bench.peers.process import Peer, WorkerError
from asv_bench.peers.report import show, write_json
from asv_bench.peers.rows import matching, rows
from asv_bench.peers.runner import Runner
from asv_bench.peers.stores import Sizes, prepare

COLUMN_WIDTH = 18


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m asv_bench.peers",
        description="zarrc beside other Zarr libraries, on the same data in one run. Needs zarr-python, which writes "
        "the stores and checks what the others wrote; every other library may be missing.",
    )
    parser.add_argument("--rows", default="*", help="comma-separated shell patterns of row names (default: all)")
    parser.add_argument("--peers", default=",".join(ADAPTERS), help="comma-separated libraries (default: %(default)s)")
    parser.add_argument("--rounds", type=int, default=5, help="timed rounds, after a warm-up (default: %(default)s)")
    parser.add_argument("--size-mib", type=int, default=256, help="size of the big array (default: %(default)s)")
    parser.add_argument("--cores", type=int, default=2, help="CPUs that a library may use (default: %(default)s)")
    parser.add_argument("--dir", type=Path, help="where the stores lie; kept and used again by the next run")
    parser.add_argument("--json", type=Path, help="write all rounds of all rows to this file")
    parser.add_argument("--quick", action="store_true", help="16 MiB, 512 small chunks, 2 rounds: does it run at all")
    parser.add_argument("--list", action="store_true", help="list the rows and stop")
    return parser


def main(argv: list[str] | None = None) -> int:
    """Exit code 0; 1 when a library returned wrong values or crashed, or zarrc failed; 2 for bad arguments."""
    parser = _parser()
    args = parser.parse_args(argv)
    if args.list:
        print("\n".join(f"{row.name:32}{row.group}" for row in rows()))
        return 0
    try:
        chosen = matching(args.rows)
    except ValueError as e:
        parser.error(str(e))
    names = args.peers.split(",")
    if unknown := sorted(set(names) - set(ADAPTERS)):
        parser.error(f"unknown: {', '.join(unknown)}; there are {', '.join(ADAPTERS)}")
    if args.cores < 1 or args.rounds < 1:
        parser.error("--cores and --rounds must be at least 1")
    sizes = Sizes(16, 512) if args.quick else Sizes(args.size_mib, 8192)
    rounds = min(args.rounds, 2) if args.quick else args.rounds
    root = args.dir or Path(tempfile.gettempdir()) / ("zarrc-peers-quick" if args.quick else "zarrc-peers")

    width = max(120, 30 + COLUMN_WIDTH * len(names))
    console = Console(width=width)
    progress = Console(stderr=True)

    def say(message: str) -> None:
        progress.print(message, style="dim", highlight=False)

    try:
        prepare(root, sizes, chosen, say)
    except (FileExistsError, ValueError) as e:
        parser.error(str(e))
    peers = [Peer(name, args.cores, root / "workers.log") for name in names]
    for peer in peers:
        try:
            peer.start()
        except WorkerError as e:
            say(f"{peer.name}: {e}")
    results = Runner(root, peers, rounds, say).run(chosen)
    cores = min(args.cores, len(os.sched_getaffinity(0)))
    setting = (
        f"{sizes.big_mib} MiB float32 in 1 MiB chunks, {sizes.small_chunks} small chunks of 2 KiB; {cores} cores; "
        f"medians of at most {rounds} rounds; hot: everything read lies in the page cache; ratios are to the fastest "
        "library other than zarrc"
    )
    show(results, peers, console, setting)
    if args.json:
        write_json(args.json, results, peers, setting)
    return int(any(cell.failed for result in results for cell in result.cells.values()))


if __name__ == "__main__":
    sys.exit(main())
