from __future__ import annotations

import pytest
from store_contract import StoreContract

from zarrc.storage import FsspecStore

pytest.importorskip("fsspec")


class TestFsspecStore(StoreContract):
    @pytest.fixture(params=["memory", "directory"])
    def store(self, request, tmp_path):
        if request.param == "directory":
            return FsspecStore.from_url(f"file://{tmp_path}")
        return FsspecStore.from_url(f"memory://{tmp_path.name}", storage_options={"use_listings_cache": False})

    def test_errors_are_typed(self, filled):
        if filled.native_root("") is None:
            pytest.skip("errors are the file system's own")
        super().test_errors_are_typed(filled)
