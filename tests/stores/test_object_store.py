from __future__ import annotations

import pytest
from store_contract import StoreContract

from zarrc.storage import ObjectStore

obstore = pytest.importorskip("obstore")


class TestObjectStore(StoreContract):
    @pytest.fixture(params=["memory", "directory"])
    def store(self, request, tmp_path):
        return ObjectStore(
            obstore.store.MemoryStore() if request.param == "memory" else obstore.store.LocalStore(tmp_path)
        )

    # Errors are obstore's own, also for a key below a value in a directory, and its memory store does not pickle.
    test_errors_are_typed = test_below_a_value_is_nothing = None

    def test_pickle(self, store):
        if isinstance(store.store, obstore.store.MemoryStore):
            pytest.skip("obstore's memory store does not pickle")
        super().test_pickle(store)
