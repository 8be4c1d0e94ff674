"""What every store must do. A store's test class inherits `StoreContract` and gives the fixture ``store``."""

from __future__ import annotations

import pickle
from concurrent.futures import ThreadPoolExecutor

import pytest

from zarrc.errors import BaseZarrError, ReadOnlyError
from zarrc.stores import Store


class StoreContract:
    @pytest.fixture
    def store(self) -> Store:
        """A new empty store."""
        raise NotImplementedError

    @pytest.fixture
    def filled(self, store: Store) -> Store:
        for key in ("zarr.json", "a/zarr.json", "a/c/0/0", "a/c/0/1", "ab/c", ".zattrs"):
            store.set_bytes(key, key.encode())
        return store

    def test_set_and_get(self, store):
        assert store.get_bytes("a/b") is None
        store.set_bytes("a/b", b"0123456789")
        assert store.get_bytes("a/b") == b"0123456789"
        store.set_bytes("a/b", b"short")
        assert store.get_bytes("a/b") == b"short"
        store.set_bytes("a/b", b"")
        assert store.get_bytes("a/b") == b""
        store.set_bytes("a/b", bytearray(b"array"))
        assert store.get_bytes("a/b") == b"array"
        store.set_bytes("a/b", memoryview(b"view"))
        assert type(store.get_bytes("a/b")) is bytes

    def test_values_are_copied(self, store):
        value = bytearray(b"before")
        store.set_bytes("k", value)
        value[:] = b"after!"
        assert store.get_bytes("k") == b"before"

    def test_parts(self, store):
        store.set_bytes("k", b"0123456789")
        for start in (0, 3, 9, 10, 15, -1, -4, -10, -15):
            for length in (-1, 0, 1, 4, 10, 100):
                first = start if start >= 0 else max(0, 10 + start)
                stop = None if length < 0 else first + length
                assert store.get_bytes("k", start, length) == b"0123456789"[first:stop], (start, length)
        assert store.get_bytes("missing", 1, 2) is None
        assert store.get_bytes("missing", -1) is None

    def test_get_many(self, filled):
        keys = ["a/c/0/1", "missing", "zarr.json", "a/c/0/1"]
        assert list(filled.get_many_sync(keys)) == [b"a/c/0/1", None, b"zarr.json", b"a/c/0/1"]
        assert list(filled.get_many_sync([])) == []
        for most in (0, 3, 7, 100):  # a value that is longer may be cut behind the byte that shows it
            for whole, found in zip(filled.get_many_sync(keys), filled.get_many_sync(keys, most), strict=True):
                assert found == whole or found == whole[: most + 1]

    def test_exists(self, filled):
        assert filled.exists_sync("zarr.json")
        assert filled.exists_sync("a/c/0/1")
        assert not filled.exists_sync("a/c/0/2")
        assert not filled.exists_sync("b/zarr.json")

    def test_below_a_value_is_nothing(self, filled):
        assert filled.get_bytes("zarr.json/zarr.json") is None
        assert not filled.exists_sync("ab/c/zarr.json")
        filled.delete_sync("zarr.json/zarr.json")

    def test_a_directory_is_no_value(self, filled):
        assert not filled.exists_sync("a/c")
        assert filled.get_bytes("a") is None

    def test_delete(self, filled):
        filled.delete_sync("a/c/0/0")
        assert filled.get_bytes("a/c/0/0") is None
        assert filled.get_bytes("a/c/0/1") is not None
        filled.delete_sync("a/c/0/0")
        filled.delete_sync("no/such/key")

    def test_delete_dir(self, filled):
        filled.delete_dir_sync("a")
        assert {k for k, _ in filled.list_prefix_sync("")} == {"zarr.json", "ab/c", ".zattrs"}
        filled.delete_dir_sync("a")
        filled.delete_dir_sync("no/such")
        filled.delete_dir_sync("")
        assert list(filled.list_prefix_sync("")) == []
        filled.set_bytes("again", b"1")
        assert filled.get_bytes("again") == b"1"

    def test_list_dir(self, filled):
        assert sorted(filled.list_dir_sync("")) == [".zattrs", "a", "ab", "zarr.json"]
        assert sorted(filled.list_dir_sync("a")) == ["c", "zarr.json"]
        assert sorted(filled.list_dir_sync("a/c/0")) == ["0", "1"]
        assert list(filled.list_dir_sync("no/such")) == []

    def test_list_prefix(self, filled):
        assert dict(filled.list_prefix_sync("a")) == {"a/zarr.json": 11, "a/c/0/0": 7, "a/c/0/1": 7}
        assert len(dict(filled.list_prefix_sync(""))) == 6
        assert list(filled.list_prefix_sync("no/such")) == []

    def test_odd_names(self, store):
        for key in ("with space", "ümläut/日本", "a.b-c_d/~", "%20", "#1?x=2"):
            store.set_bytes(key, key.encode())
            assert store.get_bytes(key) == key.encode()
        assert {k for k, _ in store.list_prefix_sync("")} >= {"ümläut/日本", "with space"}

    def test_read_only(self, filled):
        frozen = filled.with_read_only(True)
        assert frozen.read_only
        assert not filled.read_only
        for change in (
            lambda: frozen.set_bytes("k", b""),
            lambda: frozen.delete_sync("zarr.json"),
            lambda: frozen.delete_dir_sync("a"),
        ):
            with pytest.raises(ReadOnlyError, match="read-only"):
                change()
        assert frozen.get_bytes("a/c/0/0") == b"a/c/0/0"
        assert len(list(frozen.list_prefix_sync(""))) == 6
        filled.set_bytes("new", b"1")
        assert frozen.get_bytes("new") == b"1"
        assert not frozen.with_read_only(False).read_only

    def test_equality(self, store):
        assert store == store.with_read_only(False)
        assert hash(store) == hash(store.with_read_only(False))
        assert store != store.with_read_only(True)
        assert store != "store"

    def test_pickle(self, filled):
        twin = pickle.loads(pickle.dumps(filled))
        assert type(twin) is type(filled)
        assert dict(twin.list_prefix_sync("")) == dict(filled.list_prefix_sync(""))
        assert pickle.loads(pickle.dumps(filled.with_read_only(True))).read_only
        with twin.lock:
            twin.set_bytes("k", b"v")

    def test_names_itself(self, store):
        assert "://" in str(store)
        assert type(store).__name__ in repr(store)

    def test_close_twice(self, store):
        store.close()
        store.close()

    def test_readers_see_whole_values(self, store):
        values = [bytes([n]) * 5000 for n in range(20)]
        store.set_bytes("k", values[0])

        def write(n: int) -> None:
            store.set_bytes("k", values[n])

        def read(_: int) -> bool:
            return store.get_bytes("k") in values

        with ThreadPoolExecutor(4) as pool:
            writes = [pool.submit(write, n) for n in range(20)]
            reads = [pool.submit(read, n) for n in range(60)]
            assert all(r.result() for r in reads)
            for w in writes:
                w.result()
        assert [k for k, _ in store.list_prefix_sync("")] == ["k"]

    def test_errors_are_typed(self, filled):
        """A key both value and directory: stores that cannot have it say so."""
        try:
            filled.set_bytes("zarr.json/below", b"1")
        except BaseZarrError:
            pass
        else:
            assert filled.get_bytes("zarr.json/below") == b"1"
