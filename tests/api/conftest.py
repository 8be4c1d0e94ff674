from __future__ import annotations

import pytest

from zarrc.stores import LocalStore, MemoryStore


@pytest.fixture(params=["memory", "local", "str", "path", "dict"])
def store(request, tmp_path):
    made = {
        "memory": MemoryStore,
        "local": lambda: LocalStore(tmp_path / "s.zarr"),
        "str": lambda: str(tmp_path / "s.zarr"),
        "path": lambda: tmp_path / "s.zarr",
        "dict": dict,
    }
    return made[request.param]()
