"""``zarrc.install_as_zarr``, in processes of their own."""

from __future__ import annotations

import subprocess
import sys

import pytest


def run(code: str) -> str:
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_zarr_is_zarrc_under_every_name():
    out = run(
        """
import zarrc
zarrc.install_as_zarr(); zarrc.install_as_zarr()
import zarr, zarr.storage, zarr.codecs.numcodecs
import zarr.api.asynchronous, zarr.api.synchronous
from zarr.abc.store import Store
from zarr.storage import LocalStore
from zarr.errors import GroupNotFoundError
from zarr.core.buffer import default_buffer_prototype
assert zarr is zarrc and zarr.Array is zarrc.Array and zarr.storage is zarrc.storage
assert issubclass(LocalStore, Store) and int(zarr.__version__.split(".")[0]) >= 3
assert zarr.api.synchronous.open is zarrc.open
import zarr.metadata.migrate_v3 as migration
assert migration.migrate_to_v3.__module__ == "zarrc.metadata.migrate_v3"
zarr.create_array({}, data=[1, 2])[:]
try:
    import zarr.convenience
except ModuleNotFoundError as e:
    print(e.name)
"""
    )
    assert out.strip() == "zarr.convenience"


def test_it_comes_before_zarr_python():
    pytest.importorskip("zarr")
    out = run(
        """
import zarr, zarrc
try:
    zarrc.install_as_zarr()
except RuntimeError as e:
    print(e)
"""
    )
    assert "imported already" in out


def test_an_ordinary_import_stays_light():
    out = run("import sys, zarrc; print([m for m in ('asyncio', 'zarr', 'fsspec', 'zipfile') if m in sys.modules])")
    assert out.strip() == "[]"
