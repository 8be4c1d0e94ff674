"""Every call that changes a file fails, or is the last one of its process: each chunk and document is old or new."""

from __future__ import annotations

import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import zarrc

HERE = Path(__file__).parent
_spec = importlib.util.spec_from_file_location("system_calls", HERE / "system_calls.py")
cases = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(cases)

pytestmark = pytest.mark.skipif(
    not sys.platform.startswith("linux") or shutil.which("cc") is None, reason="needs Linux and a C compiler"
)


@pytest.fixture(scope="module")
def interposer(tmp_path_factory):
    library = tmp_path_factory.mktemp("interposer") / "interpose.so"
    command = ["cc", "-shared", "-fPIC", "-O1", "-o", str(library), str(HERE / "interpose.c"), "-ldl", "-pthread"]
    subprocess.run(command, check=True)
    return str(library)


def run(interposer: str, *command: str) -> str:
    environment = os.environ | {"LD_PRELOAD": interposer, "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run(
        [sys.executable, *command], capture_output=True, text=True, env=environment, timeout=300, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("case", [case for case in cases.CASES if case != "in place"])
def test_every_call(interposer, tmp_path, case):
    assert run(interposer, str(HERE / "system_calls.py"), interposer, str(tmp_path), case) == ""


@pytest.mark.parametrize("case", ["part", "shard", "appended", "attributes", "strings", "gathered", "over the edge"])
def test_every_call_that_looks(interposer, tmp_path, case):
    """Opening, reading and locking that fails, or is the last of its process; reads that come in parts."""
    assert run(interposer, str(HERE / "system_calls.py"), interposer, str(tmp_path), case, "looks") == ""


def test_what_is_torn_is_found(interposer, tmp_path):
    """The test above on writes that are not atomic: it would see them. A torn chunk is an error, no other values."""
    found = run(interposer, str(HERE / "system_calls.py"), interposer, str(tmp_path), "in place").splitlines()
    assert len(found) >= 5
    for line in found:
        assert "CodecError" in line and ("EIO" in line or "ENOSPC" in line or "kill" in line)


LOG = """
import sys
sys.path.insert(0, {here!r})
import zarrc
from system_calls import Interposer
interposer = Interposer({library!r}, {folder!r})
zarrc.set_num_threads(1)
z = zarrc.create_array({folder!r} + "/a", shape=(4, 4), chunks=(2, 2), dtype="i4", config={{"durability": "fsync"}})
interposer.arm()
{statement}
print("\\n".join(interposer.disarm()))
"""


def log(interposer: str, folder: Path, statement: str) -> list[str]:
    lines = run(
        interposer, "-c", LOG.format(here=str(HERE), library=interposer, folder=str(folder), statement=statement)
    )
    return [line.split(".partial")[0].rpartition("/")[0] + "/*" if ".partial" in line else line
            for line in lines.splitlines()]  # fmt: skip


def test_order_of_fsync(interposer, tmp_path):
    """The bytes are on the disk before the file has its name; each directory is synced once, after the last name in it
    and before the call comes back."""
    calls = log(interposer, tmp_path, "z[...] = 1")
    for i in range(2):
        for j in range(2):
            name = f"rename /a/c/{i}/{j}"
            at = calls.index(name)
            assert calls[at - 4 : at] == [f"{call} /a/c/{i}/*" for call in ("create", "write", "fsync", "close")]
    assert not any(call.startswith(("rename", "mkdir")) for call in calls[-4:])
    assert sorted(calls[-4:]) == ["fsync /a", "fsync /a/c", "fsync /a/c/0", "fsync /a/c/1"]
    assert sum(call.startswith("fsync") for call in calls) == 4 + 4


def test_removals_are_synced(interposer, tmp_path):
    calls = log(interposer, tmp_path, "z[...] = 1; interposer.arm(); z[:2, :2] = 0")
    assert calls[0] == "unlink /a/c/0/0"
    assert "fsync /a/c/0" in calls[1:]


def test_documents_are_synced(interposer, tmp_path):
    calls = log(interposer, tmp_path, "z.attrs['a'] = 1")
    assert calls == ["create /a/*", "write /a/*", "fsync /a/*", "close /a/*", "rename /a/zarr.json", "fsync /a"]
    calls = log(interposer, tmp_path / "b", "z.resize((2, 2))")
    assert calls.index("fsync /a/*") < calls.index("rename /a/zarr.json") < calls.index("fsync /a")


def test_nothing_is_synced_that_was_not_asked_for(interposer, tmp_path):
    calls = log(interposer, tmp_path, "z.with_config({'durability': 'atomic'})[...] = 1")
    assert calls and not any(call.startswith("fsync") for call in calls)


def test_in_place(interposer, tmp_path):
    """durability="none": no second file, no new name."""
    calls = log(interposer, tmp_path, "z = z.with_config({'durability': 'none', 'concurrency': 'none'}); z[:2, :2] = 1")
    assert calls[-3:] == ["create /a/c/0/0", "write /a/c/0/0", "close /a/c/0/0"]
    assert not any("rename" in call or "*" in call for call in calls)


def test_one_lock_file(interposer, tmp_path):
    """Made by the first write that merges; whole chunks do without."""
    calls = log(interposer, tmp_path, "z[...] = 1; z[:2] = 2")
    assert not any(".zarrc.lock" in call for call in calls)
    calls = log(interposer, tmp_path / "b", "z[:, 1:] = 1; z[1:, :] = 2; z[...] = 3")
    assert [call for call in calls if ".zarrc.lock" in call] == ["create /a/.zarrc.lock"]


STOPPING = """
import sys
sys.path.insert(0, {here!r})
import zarrc
from system_calls import STOP_BEFORE, Interposer
interposer = Interposer({library!r}, {folder!r})
zarrc.set_num_threads(1)
z = zarrc.open_array({folder!r} + "/a")
interposer.arm({k}, STOP_BEFORE)
{statement}
"""


@pytest.mark.parametrize("dtype", ["i4", "str"])
def test_a_whole_chunk_just_before_the_first_merge(interposer, tmp_path, dtype):
    """The worst moment: one has found no lock file and is about to put a whole chunk in place; the other makes the lock
    file and reads the old chunk; the first goes on; the other puts in place what it merged."""
    z = zarrc.create_array(tmp_path / "a", shape=8, chunks=8, dtype=dtype, compressors=None)
    z[...] = 1
    environment = os.environ | {"LD_PRELOAD": interposer, "OPENBLAS_NUM_THREADS": "1"}

    def start(k: int, statement: str) -> subprocess.Popen:
        """The process, stopped before its k-th call."""
        script = STOPPING.format(here=str(HERE), library=interposer, folder=str(tmp_path), k=k, statement=statement)
        process = subprocess.Popen([sys.executable, "-c", script], env=environment)
        _, status = os.waitpid(process.pid, os.WUNTRACED)
        assert os.WIFSTOPPED(status)
        return process

    whole = start(4, "z[...] = 2")  # create, write, close, rename
    assert not (tmp_path / "a" / ".zarrc.lock").exists()
    merge = start(5, "z[0] = 3")  # the lock file, create, write, close, rename
    assert (tmp_path / "a" / ".zarrc.lock").exists()
    try:
        os.kill(whole.pid, signal.SIGCONT)
        deadline = time.monotonic() + 60
        two, one = (2, 1) if dtype == "i4" else ("2", "1")
        while z[1] == one and time.monotonic() < deadline:
            time.sleep(0.01)
        assert z[1] == two
        time.sleep(0.1)
        os.kill(merge.pid, signal.SIGCONT)
        assert merge.wait(60) == 0 and whole.wait(60) == 0
    finally:
        for process in (whole, merge):
            if process.poll() is None:
                process.kill()
                process.wait()
    assert z[1:].tolist() == [two] * 7
