"""The driver's end of one worker process."""

from __future__ import annotations

import json
import os
import queue
import subprocess
import sys
import threading
from pathlib import Path
from typing import IO, Any

_ROOT = Path(__file__).resolve().parents[2]
START_SECONDS = 60.0


class WorkerError(Exception):
    """The worker is not there, died or took too long. The message is what the report shows."""


class Peer:
    """One library's worker. It is started when first needed, and again after it died."""

    def __init__(self, name: str, cores: int, log: Path) -> None:
        self.name, self.version, self.missing = name, "", ""
        self._cores, self._log = cores, log
        self._process: subprocess.Popen[str] | None = None
        self._answers: queue.Queue[str] = queue.Queue()

    def start(self) -> None:
        """Starts the process if it does not run. Raises `WorkerError`; ``missing`` says what is not installed."""
        if self.missing:
            raise WorkerError(self.missing)
        if self._process is not None:
            return
        paths = [str(_ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
        with self._log.open("a") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "asv_bench.peers.worker", self.name, str(self._cores)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(paths)},
            )
        self._answers = queue.Queue()
        assert self._process.stdout is not None
        threading.Thread(target=_forward, args=(self._process.stdout, self._answers), daemon=True).start()
        hello = self._receive(START_SECONDS)
        if "missing" in hello:
            self.missing = hello["missing"]
            self.stop()
            raise WorkerError(self.missing)
        self.version = hello["version"]

    def ask(self, command: dict[str, Any], seconds: float) -> dict[str, Any]:
        """The answer to one command. Raises `WorkerError` when the worker dies or needs more than ``seconds``."""
        self.start()
        assert self._process is not None and self._process.stdin is not None
        try:
            self._process.stdin.write(json.dumps(command) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise self._dead() from None
        return self._receive(seconds)

    def _receive(self, seconds: float) -> dict[str, Any]:
        try:
            line = self._answers.get(timeout=seconds)
        except queue.Empty:
            self.stop()
            raise WorkerError(f"no answer in {seconds:.0f} s") from None
        if not line:
            raise self._dead()
        answer: dict[str, Any] = json.loads(line)
        return answer

    def _dead(self) -> WorkerError:
        assert self._process is not None
        code = self._process.wait()
        self._process = None
        return WorkerError(f"crashed, signal {-code}" if code < 0 else f"exited with code {code}")

    def stop(self) -> None:
        """Ends the process."""
        if self._process is None:
            return
        self._process.kill()
        self._process.wait()
        self._process = None


def _forward(stream: IO[str], answers: queue.Queue[str]) -> None:
    for line in stream:
        answers.put(line)
    answers.put("")
