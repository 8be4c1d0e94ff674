from typing import Any

import numpy as np

class Plan:
    step_names: tuple[str, ...]
    @property
    def most_stored(self) -> int: ...
    def __new__(
        cls,
        chunks: Any,
        itemsize: int,
        order: Any,
        swap: int,
        steps: Any,
        fill: bytes,
        default_keys: bool,
        separator: str,
        shard: tuple[Any, Plan, Plan, bool] | tuple[Any, Plan, Plan, bool, int] | None = None,
    ) -> Plan: ...
    def jobs(self, shape: tuple[int, ...], axes: Any) -> list[tuple[str, bool]]: ...
    def key(self, coords: tuple[int, ...]) -> str: ...
    def read(
        self,
        shape: tuple[int, ...],
        axes: Any,
        out: np.ndarray,
        label: str,
        root: bytes | None = None,
        buffers: list[bytes | None] | None = None,
        missing_is_error: bool = False,
        threads: int = 0,
        absent: np.ndarray | None = None,
    ) -> None: ...
    def write(
        self,
        shape: tuple[int, ...],
        axes: Any,
        value: np.ndarray,
        label: str,
        root: bytes | None = None,
        buffers: list[bytes | None] | None = None,
        write_empty: bool = False,
        threads: int = 0,
        concurrency: str = "process",
        durability: str = "atomic",
        mask: np.ndarray | None = None,
    ) -> list[bytes | None] | None: ...

def read_chunks(
    plan: Plan,
    items: list[Any],
    out: np.ndarray,
    drop_axes: tuple[int, ...],
    label: str,
    keys: list[bytes],
    root: bytes | None = None,
    buffers: list[Any] | None = None,
    threads: int = 0,
) -> list[bool]: ...
def write_chunks(
    plan: Plan,
    items: list[Any],
    value: np.ndarray,
    drop_axes: tuple[int, ...],
    label: str,
    keys: list[bytes],
    root: bytes | None = None,
    buffers: list[Any] | None = None,
    write_empty: bool = False,
    threads: int = 0,
    concurrency: str = "process",
    durability: str = "atomic",
) -> list[bytes | None] | None: ...
def native_codecs() -> list[str]: ...
def get_num_threads() -> int: ...
def set_num_threads(n: int) -> None: ...
def vlen_utf8_unpack(data: Any, out: np.ndarray) -> None: ...
def vlen_utf8_pack(array: np.ndarray) -> bytes: ...
def read_file(path: bytes, start: int = 0, length: int = -1) -> bytes | None: ...
def write_file(path: bytes, data: Any, sync: bool = False, lock: bool = False) -> FileLock | None: ...
def remove_file(path: bytes, sync: bool = False) -> None: ...

LOCK_NAME: str

class FileLock:
    def release(self) -> None: ...

class StripeLock:
    def release(self) -> None: ...

def lock_stripe(root: bytes, key: bytes) -> StripeLock | None: ...
def lock_chunk(root: bytes, key: bytes, create: bool) -> FileLock | None: ...
def lock_document(path: bytes) -> FileLock | None: ...
def kernel_tier() -> str: ...
def kernel_tiers() -> dict[str, str]: ...
def kernel_filter(name: str, src: Any, dst: Any, itemsize: int, tier: str | None = None) -> None: ...
def kernel_crc32c(src: Any, value: int, tier: str | None = None) -> int: ...
def kernel_delta(decode: bool, src: Any, dst: Any, dtype: str, astype: str, tier: str | None = None) -> None: ...
def kernel_fill(dst: Any, pattern: Any, tier: str | None = None) -> None: ...
def kernel_all_equal(src: Any, pattern: Any, tier: str | None = None) -> bool: ...
def kernel_box_copy(src: np.ndarray, dst: np.ndarray, swap: int) -> None: ...
def verify_chunks(
    plan: Plan,
    shape: tuple[int, ...],
    coords: np.ndarray,
    label: str,
    root: bytes | None = None,
    buffers: list[bytes | None] | None = None,
    threads: int = 0,
) -> tuple[list[tuple[int, str, bool, str, str]], list[int], int, int, int]: ...
def mend_chunk(
    plan: Plan,
    shape: tuple[int, ...],
    coords: np.ndarray,
    label: str,
    root: bytes | None = None,
    stored: bytes | None = None,
    concurrency: str = "process",
    durability: str = "atomic",
) -> str | bytes: ...
