"""Runs the rows: a warm-up of every library, then the timed rounds in turn, and collects the times."""

from __future__ import annotations

import shutil
import statistics
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import zarr

from asv_bench.peers.data import values_of
from asv_bench.peers.picks import PICKS
from asv_bench.peers.process import Peer, WorkerError
from asv_bench.peers.rows import Row
from asv_bench.peers.stores import expected_path
from asv_bench.peers.worker import WrongValuesError, check

#: zarrc itself, and zarr-python on its pipeline: no peers of ours, so no ratio is to them.
OURS = ("zarrc", "zarr-zarrc")
ROUND_SECONDS = 300.0


@dataclass
class Cell:
    """One library in one row: seconds of every round, or why there are none."""

    seconds: list[float] = field(default_factory=list)
    note: str = ""
    failed: bool = False
    """True for wrong values, crashes and what zarrc refuses; False for what another library does not offer."""

    @property
    def median(self) -> float | None:
        return statistics.median(self.seconds) if self.seconds and not self.note else None


@dataclass
class Result:
    """One row of the report."""

    row: Row
    nbytes: int
    """Bytes of values moved by one operation; 0 where a rate says nothing."""
    cells: dict[str, Cell]


class Runner:
    """Runs rows with a set of peers on the stores below ``root``."""

    def __init__(self, root: Path, peers: list[Peer], rounds: int, say: Callable[[str], None]) -> None:
        self._root, self._peers, self._rounds, self._say = root, peers, rounds, say

    def run(self, rows: Iterable[Row]) -> list[Result]:
        """Every row in turn."""
        try:
            return [self._row(row) for row in rows]
        finally:
            for peer in self._peers:
                peer.stop()

    def _row(self, row: Row) -> Result:
        cells = {peer.name: Cell() for peer in self._peers}
        rounds = min(self._rounds, row.rounds or self._rounds)
        for number in range(rounds + 1):
            self._say(f"{row.name}: {'warm-up' if number == 0 else f'round {number} of {rounds}'}")
            for peer in self._peers:
                cell = cells[peer.name]
                if cell.note:
                    continue
                try:
                    seconds = self._round(row, peer, number in (0, rounds))
                except WorkerError as e:
                    cell.note, cell.failed = str(e), not peer.missing
                except WrongValuesError as e:
                    cell.note, cell.failed = f"WRONG VALUES: {e}", True
                else:
                    if isinstance(seconds, Cell):
                        cells[peer.name] = seconds
                    elif number:
                        cell.seconds.append(seconds)
        return Result(row, self._nbytes(row), cells)

    def _round(self, row: Row, peer: Peer, checked: bool) -> float | Cell:
        target = self._root / "write" / f"{peer.name}.zarr" / "a"
        command: dict[str, Any] = {"row": row.name}
        if row.operation != "import":
            command["values"] = str(expected_path(self._root, row.layout))
            command["store"] = str(self._root / row.store)
        if row.operation == "write":
            shutil.rmtree(target.parent, ignore_errors=True)
            zarr.open_group(target.parent, mode="w", zarr_format=row.codec.zarr_format)
            command["target"] = str(target)
        try:
            answer = peer.ask(command, ROUND_SECONDS)
            if "seconds" not in answer:
                if "wrong" in answer:
                    raise WrongValuesError(answer["wrong"])
                note = answer.get("unsupported") or answer["error"]
                return Cell(note=note, failed="error" in answer and peer.name in OURS)
            if row.operation == "write" and checked:
                check(np.asarray(zarr.open_array(target, mode="r")[...]), values_of(Path(command["values"])))
            return float(answer["seconds"])
        finally:
            if row.operation == "write":
                shutil.rmtree(target.parent, ignore_errors=True)

    def _nbytes(self, row: Row) -> int:
        if row.operation in ("import", "first_element", "open_dataset"):
            return 0
        values = np.load(expected_path(self._root, row.layout), mmap_mode="r")
        if row.operation == "pick":
            return int(PICKS[row.picks].numpy(values).nbytes)
        return int((values[row.key(values.shape)] if row.operation == "select" else values).nbytes)
