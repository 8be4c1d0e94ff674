"""`verify`: walks a hierarchy and checks everything in it."""

from __future__ import annotations

import time
from array import array as number_array
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from zarrc.errors import BaseZarrError, MissingDependencyError, NodeNotFoundError, StoreIOError
from zarrc.metadata import GroupMetadata
from zarrc.node import Opened, ZarrFormat, read_node
from zarrc.stores import StoreLike, StorePath, make_store_path
from zarrc.verifying.chunks import verify_chunks
from zarrc.verifying.listing import Entry, listing_of, walk
from zarrc.verifying.names import DOCUMENTS, is_expected, is_temporary, key_parser
from zarrc.verifying.report import Finding, Report

Progress = Callable[[str, int, int], None]


def verify(
    store: StoreLike,
    path: str | None = None,
    *,
    zarr_format: ZarrFormat | None = None,
    storage_options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> Report:
    """Reads every stored chunk of an array, or of all arrays at and below a group, and looks at every name.

    Nothing is written. Chunks are read and decoded in parallel by the native engine, checksums are checked, and of
    shards the index and each inner chunk. A missing chunk is no finding: it holds the fill value. What other programs
    write meanwhile is not waited for: a chunk is checked as it is when its turn comes.

    Parameters
    ----------
    store, path, storage_options
        As `zarrc.open` takes them.
    zarr_format : 2, 3 or None
        Look for nodes of this format only.
    progress : callable, optional
        Called with the path of the array at hand, the stored bytes of it that were read, and how many it has.

    Returns
    -------
    Report

    Raises
    ------
    NodeNotFoundError
        There is no array and no group at the path.
    StoreIOError
        The store itself cannot be read. What cannot be read below it is a finding.
    """
    place = make_store_path(store, path, read_only=True, storage_options=storage_options)
    return _Verification(place, zarr_format, progress or (lambda path, done, total: None)).run()


class _Verification:
    def __init__(self, place: StorePath, zarr_format: ZarrFormat | None, progress: Progress) -> None:
        self.place, self.zarr_format, self.progress = place, zarr_format, progress
        self.report = Report(str(place))
        self.now = time.time()

    def run(self) -> Report:
        start = time.perf_counter()
        self.listing = listing_of(self.place)
        pending = [self.place.path]
        while pending:
            path = pending.pop()
            try:
                pending += reversed(self._node(path))
            except StoreIOError as e:
                if path == self.place.path:
                    raise
                self._found("io", path, "", e.strerror or str(e))
        self.report.seconds = time.perf_counter() - start
        return self.report

    def _found(self, kind: Any, path: str, key: str, reason: str, age: float | None = None) -> None:
        self.report.findings.append(Finding(kind, path, key, reason, age=age))

    def _node(self, path: str) -> list[str]:
        """Checks the node there; the paths that may be nodes below it."""
        place = StorePath(self.place.store, path)
        try:
            node = read_node(place, self.zarr_format)
            if isinstance(node, GroupMetadata):
                _parse_all(node)
        except StoreIOError:
            raise
        except (BaseZarrError, MissingDependencyError) as e:
            self._found("metadata", path, "", str(e))
            node = None
            broken = True
        else:
            broken = False
        if isinstance(node, Opened):
            self.report.arrays += 1
            self._array(place, node)
            return []
        if node is not None:
            self.report.groups += 1
        elif not broken:
            self._nothing(path)
            return []
        return self._group(path, broken)

    def _nothing(self, path: str) -> None:
        if path == self.place.path:
            raise NodeNotFoundError(str(self.place.store), path)
        files = sum(entry.kind != "directory" for _, entry in walk(self.listing, path))
        self._found("stray", path, "", f"a directory without metadata, {files} files in it")

    def _group(self, path: str, broken: bool) -> list[str]:
        """Below a node whose document is broken only what has a document itself is known to be one."""
        below = []
        for entry in sorted(self.listing.level(path), key=lambda e: e.name):
            if entry.kind == "directory":
                inside = f"{path}/{entry.name}" if path else entry.name
                if not broken or any(e.name in DOCUMENTS for e in self.listing.level(inside)):
                    below.append(inside)
            elif not is_expected(entry.name) and (not broken or is_temporary(entry.name)):
                self._other_file(path, entry.name, entry)
        return below

    def _other_file(self, path: str, key: str, entry: Entry) -> None:
        age = None if entry.mtime is None else max(self.now - entry.mtime, 0.0)
        if is_temporary(entry.name):
            self._found("orphan", path, key, f"a temporary file of {entry.size} bytes", age)
        elif entry.kind == "other":
            self._found("stray", path, key, "neither a file nor a directory")
        else:
            self._found("stray", path, key, f"a file of {entry.size} bytes that is no chunk and no metadata")

    # arrays ---------------------------------------------------------------------------------------------------
    def _array(self, place: StorePath, node: Opened) -> None:
        try:
            node.io  # noqa: B018
        except (BaseZarrError, MissingDependencyError) as e:
            self._found("metadata", place.path, "", str(e))
            return
        parse, counts = key_parser(node.metadata), node.metadata.grid.counts(node.metadata.shape)
        if parse is None:
            self._found("unreadable", place.path, "", "chunk keys that can only be looked up, and too many of them")
            return
        numbers, sizes = number_array("q"), number_array("q")
        for key, entry in walk(self.listing, place.path):
            coords = None if is_expected(key) else parse(key)
            if coords is None:
                if entry.kind != "directory" and not is_expected(key):
                    self._other_file(place.path, key, entry)
            elif any(c >= n for c, n in zip(coords, counts, strict=True)):
                reason = f"outside the grid of {' x '.join(map(str, counts)) or 1} chunks"
                self._found("outside", place.path, key, reason)
            elif entry.kind != "file":
                self._found("io", place.path, key, f"no file is in the chunk's place, but a {_called(entry)}")
            else:
                numbers.extend(coords)
                sizes.append(entry.size)
        self._chunks(place, node, np.frombuffer(numbers, np.int64), np.frombuffer(sizes, np.int64))

    def _chunks(self, place: StorePath, node: Opened, numbers: np.ndarray, sizes: np.ndarray) -> None:
        coords = numbers.reshape(len(sizes), len(node.metadata.shape))
        order = np.lexsort(coords.T[::-1]) if coords.shape[1] else np.arange(len(sizes))
        total = int(sizes.sum())
        done = 0
        self.progress(place.path, 0, total)

        def advance(n: int) -> None:
            nonlocal done
            done += n
            self.progress(place.path, done, total)

        verify_chunks(place, node, coords[order], sizes[order], self.report, advance)


def _called(entry: Entry) -> str:
    return "directory" if entry.kind == "directory" else "special file or a link to nothing"


def _parse_all(group: GroupMetadata) -> None:
    """Consolidated nodes are parsed when first looked at."""
    if group.consolidated_metadata is not None:
        for name in group.consolidated_metadata:
            group.consolidated_metadata[name]
