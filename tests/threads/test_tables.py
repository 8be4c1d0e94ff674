"""What all of the package shares: remembered documents, the configuration, registries, lazy imports, the number of
threads."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from functools import partial
from importlib.metadata import EntryPoint

import numpy as np
import pytest

import zarrc
from zarrc import logs
from zarrc.codecs import implementations
from zarrc.config import _DEFAULTS, Config
from zarrc.dtypes.known import GlobalRegistry
from zarrc.entry_points import Queue
from zarrc.metadata import document
from zarrc.metadata.remembered import Remembered, keep


def test_remembered_documents(together, rounds):
    """Small, so that every thread pushes others' documents out all the time."""
    known = Remembered(4, 100)

    def work(k):
        for i in range(40 * rounds):
            raw = b"%d" % ((i * (k + 3)) % 23)
            assert known.get(raw, "p", lambda raw=raw: int(raw)) == int(raw)

    together(*(partial(work, k) for k in range(6)))
    assert len(known._known) <= 4


def test_the_number_that_is_kept(together, rounds):
    for count in (0, 1, 5):
        kept: dict[int, int] = {}

        def work(k, kept=kept, count=count):
            for i in range(20 * rounds):
                keep(kept, 1000 * k + i, i, count)

        together(*(partial(work, k) for k in range(4)))
        assert len(kept) <= count


def test_arrays_are_opened_while_others_are_forgotten(together, rounds):
    """More different documents than are remembered."""
    stores = []
    for i in range(300):
        store: dict[str, bytes] = {}
        zarrc.create_array(store, shape=(i + 1,), chunks=(4,), dtype="i4", fill_value=i)
        stores.append(store)

    def work(k):
        rng = np.random.default_rng(k)
        for i in rng.integers(0, 300, 10 * rounds):
            z = zarrc.open_array(stores[i])
            assert z.shape == (i + 1,)
            assert z[0] == i

    together(*(partial(work, k) for k in range(4)))


def test_refused_documents_are_told_apart(monkeypatch, together, rounds):
    """The number of refusals is never again what it was, so none is overlooked."""
    monkeypatch.setattr("zarrc.metadata.repair.repaired_v3", lambda data: None)
    same = []

    def refuse():
        for _ in range(20 * rounds):
            before = document.refusals
            document.repaired({}, 3)
            if document.refusals == before:
                same.append(before)

    together(*[refuse] * 4)
    assert same == []


def test_every_key_is_there_during_a_refresh(together, rounds):
    config = Config(_DEFAULTS)

    def reset():
        for _ in range(3 * rounds):
            config.refresh()

    def read():
        for _ in range(60 * rounds):
            assert config.get("array.order") in ("C", "F")
            assert config.get("json_indent") == 2

    def change():
        for i in range(10 * rounds):
            with config.set({"array.order": "F", f"new.key{i % 7}": i}):
                config.to_dict()

    together(reset, read, read, change)
    config.refresh()
    assert "new" not in config


class Slow(EntryPoint):
    """Takes its time, as an import does."""

    def load(self):
        time.sleep(0.02)
        return Found


class Found:
    pass


def test_entry_points_are_waited_for(together):
    """A thread that comes while another loads finds what it asked for."""
    registry = implementations.Registry()
    registry.lazy_load_list.append(Slow("found", "x:Found", "zarr.codecs"))

    def ask():
        registry.lazy_load()
        return list(registry.values())

    assert together(*[ask] * 6) == [[Found]] * 6
    assert registry.lazy_load_list == []


def test_an_entry_point_that_asks_while_it_is_loaded():
    queue, asked = Queue(), []
    queue.points.append(EntryPoint("a", "x:A", "g"))

    def take(point):
        asked.append(point)
        queue.load(take)

    queue.load(take)
    assert len(asked) == 1
    assert queue.points == []


def test_an_entry_point_that_fails_leaves_the_queue():
    queue = Queue()
    queue.points += [EntryPoint("a", "x:A", "g"), EntryPoint("b", "x:B", "g")]
    with pytest.raises(ZeroDivisionError):
        queue.load(lambda point: 1 // 0)
    assert [point.name for point in queue.points] == ["b"]


def test_data_types_of_entry_points(monkeypatch, together):
    """The first thread collects and loads, the others wait for what they need."""
    registry, loaded = GlobalRegistry(), []

    def points(**_):
        time.sleep(0.01)
        return [EntryPoint("a", "x:A", "zarr.data_type")]

    def load(point):
        time.sleep(0.01)
        loaded.append(point.name)

    def ask():
        registry.load_entry_points()
        return bool(loaded)

    monkeypatch.setattr("zarrc.dtypes.known.metadata.entry_points", points)
    monkeypatch.setattr(registry, "_load", load)
    assert together(*[ask] * 6) == [True] * 6
    registry.load_entry_points()
    assert registry._queue.points == []


def test_one_log_handler(monkeypatch, together, rounds):
    for _ in range(rounds):
        added: list[object] = []
        monkeypatch.setattr(logs, "_handler", None)
        monkeypatch.setattr(logs._logger, "addHandler", added.append)
        together(*[logs._ensure_handler] * 4)
        assert len(added) == 1


def test_the_number_of_threads_changes_during_reads(together, rounds):
    z = zarrc.create_array({}, shape=(64, 512), chunks=(4, 128), dtype="i4")
    z[...] = expected = np.arange(64 * 512, dtype="i4").reshape(64, 512)

    def change():
        for i in range(4 * rounds):
            zarrc.set_num_threads(1 + i % 8)
            assert 1 <= zarrc.get_num_threads() <= 256
        zarrc.set_num_threads(0)

    def read():
        for _ in range(rounds):
            np.testing.assert_array_equal(z[...], expected)
            np.testing.assert_array_equal(z[3::7, 5:400], expected[3::7, 5:400])

    together(change, read, read)


SCRIPT = """
import json, sys, sysconfig, threading, warnings
warnings.simplefilter("error")
start = threading.Barrier(8)
failed = []

def work(k):
    try:
        start.wait()
        import zarrc
        name = ["zeros_like", "save", "consolidate_metadata", "kernels", "codecs", "from_array", "registry", "api"][k]
        getattr(zarrc, name)
        z = zarrc.create_array({}, shape=8, chunks=4, dtype="i4")
        z[...] = k
        assert (z[...] == k).all()
    except BaseException as e:
        failed.append(repr(e))

threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
for t in threads: t.start()
for t in threads: t.join()
enabled = getattr(sys, "_is_gil_enabled", lambda: True)()
print(json.dumps([failed, enabled, bool(sysconfig.get_config_var("Py_GIL_DISABLED"))]))
"""


def test_imported_by_many_threads_at_once():
    """All parts of the package, first used by eight threads; the extension lets a Python without a GIL stay so."""
    out = subprocess.run([sys.executable, "-c", SCRIPT], capture_output=True, text=True, timeout=120)
    assert out.returncode == 0, out.stderr
    failed, gil, free = json.loads(out.stdout)
    assert failed == []
    assert gil is not free or os.environ.get("PYTHON_GIL") == "1"
