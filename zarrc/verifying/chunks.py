"""Reads and decodes the stored chunks of one array: in one native call for many, or through the Python codecs."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from zarrc import _core
from zarrc.chunkio import stored_chunk
from zarrc.errors import CodecError
from zarrc.node import Opened
from zarrc.stores import StorePath
from zarrc.verifying.report import Finding, Report

# One call of the engine takes so many chunks, or so many stored bytes: what the progress bar moves by.
_BLOCK_CHUNKS = 4096
_BLOCK_BYTES = 256 << 20
# What is fetched at once from a store that is no directory lies in memory.
_BLOCK_FETCHED = 32 << 20

Advance = Callable[[int], None]


def verify_chunks(
    place: StorePath, node: Opened, coords: np.ndarray, sizes: np.ndarray, report: Report, advance: Advance
) -> None:
    """Adds to the report what is wrong with the stored chunks at ``coords`` (int64, n x ndim) of ``sizes`` bytes.

    ``advance`` is called now and then with the number of bytes that were read since.
    """
    root = place.store.native_root(place.path)
    native = node.io.plan is not None
    check = _native(place, node, root, report) if native else _python(place, node, report)
    direct = root is not None and native
    for start, stop in _blocks(sizes, _BLOCK_BYTES if direct else _BLOCK_FETCHED):
        check(coords[start:stop])
        advance(int(sizes[start:stop].sum()))


def _blocks(sizes: np.ndarray, most: int) -> Iterator[tuple[int, int]]:
    ends = np.cumsum(sizes, dtype=np.float64)
    start = 0
    while start < len(sizes):
        before = ends[start - 1] if start else 0.0
        stop = int(np.searchsorted(ends, before + most, side="right"))
        stop = min(max(stop, start + 1), start + _BLOCK_CHUNKS)
        yield start, stop
        start = stop


def _native(place: StorePath, node: Opened, root: bytes | None, report: Report) -> Callable[[np.ndarray], None]:
    plan, shape, label = node.io.plan, node.metadata.shape, str(place)
    key_of = node.metadata.key_encoding.encode
    assert plan is not None

    def check(block: np.ndarray) -> None:
        buffers = None
        if root is None:
            block, buffers = _fetched(place, block, key_of, plan.most_stored, report)
        block = np.ascontiguousarray(block)
        found, missing, stored, decoded, chunks = _core.verify_chunks(plan, shape, block, label, root, buffers)
        report.stored_chunks += len(block) - len(missing)
        report.stored_bytes += stored
        report.decoded_bytes += decoded
        report.chunks += chunks
        for number, kind, inner, codec, reason in found:
            key = key_of(tuple(block[number].tolist()))
            if kind == "more":
                kind, reason = "damaged", f"{reason} more inner chunks are damaged"
            elif kind == "memory":
                kind = "unreadable"
            report.findings.append(Finding(kind, place.path, key, reason, codec, inner))  # type: ignore[arg-type]

    return check


def _fetched(
    place: StorePath, block: np.ndarray, key_of: Callable[[tuple[int, ...]], str], most: int, report: Report
) -> tuple[np.ndarray, list[bytes | None]]:
    """The stored chunks at these coordinates. What the store fails on is reported, and is not among them."""
    keys = [key_of(tuple(row)) for row in block.tolist()]
    try:
        return block, place.store.get_many_sync([place.key(key) for key in keys], most)
    except Exception:  # of whatever client library; one at a time shows which it is
        whole, buffers = [], []
        for number, key in enumerate(keys):
            try:
                buffers += place.store.get_many_sync([place.key(key)], most)
                whole.append(number)
            except Exception as e:
                report.findings.append(_refused(place, key, e))
        return block[whole], buffers


def _refused(place: StorePath, key: str, error: Exception) -> Finding:
    reason = error.strerror if isinstance(error, OSError) else f"{type(error).__name__}: {error}"
    return Finding("io", place.path, key, reason or str(error))


def _python(place: StorePath, node: Opened, report: Report) -> Callable[[np.ndarray], None]:
    label, io, key_of = str(place), node.io, node.metadata.key_encoding.encode

    def one(coords: tuple[int, ...]) -> tuple[int, int, Finding | None]:
        key = key_of(coords)
        try:
            data = stored_chunk(place, label, key)
        except Exception as e:  # of whatever client library
            return 0, 0, _refused(place, key, e)
        if data is None:
            return 0, 0, None
        try:
            return len(data), io.decode(label, key, coords, data).nbytes, None
        except CodecError as e:
            # what a codec does not know may be whole
            kind = "unreadable" if "support" in e.reason else "damaged"
            return len(data), 0, Finding(kind, place.path, key, e.reason, e.codec)  # type: ignore[arg-type]

    def check(block: np.ndarray) -> None:
        with ThreadPoolExecutor(_core.get_num_threads()) as pool:
            results: Sequence[tuple[int, int, Finding | None]] = list(pool.map(one, map(tuple, block.tolist())))
        for stored, decoded, finding in results:
            report.stored_bytes += stored
            report.decoded_bytes += decoded
            report.stored_chunks += stored > 0
            report.chunks += finding is None and stored > 0
            if finding is not None:
                report.findings.append(finding)

    return check
