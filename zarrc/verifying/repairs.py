"""`repair`: what `verify` found, and what of it was mended because the caller said so."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import numpy as np

from zarrc import _core
from zarrc.errors import BaseZarrError, CodecError, StoreIOError
from zarrc.node import Opened, ZarrFormat, read_node
from zarrc.stores import StoreLike, StorePath, make_store_path
from zarrc.verifying.names import is_alive, key_parser, owner_of
from zarrc.verifying.report import Finding, Report
from zarrc.verifying.run import Progress, verify

# A writer that has not renamed its temporary file after this time, in seconds, is not coming back.
MIN_AGE = 3600.0


@dataclass(frozen=True, slots=True)
class Action:
    """What was done about a finding.

    Attributes
    ----------
    finding : Finding
    done : str
        "removed"; "rewritten", for a shard that lost its damaged inner chunks; "kept".
    why : str
        For what is kept, the reason.
    """

    finding: Finding
    done: str
    why: str = ""


@dataclass(slots=True)
class RepairReport:
    """What `zarrc.repair` gives: the `Report` of the check before, and one `Action` for each finding."""

    report: Report
    actions: list[Action] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        """Nothing was found, or nothing of it is left."""
        return all(action.done != "kept" for action in self.actions)

    def to_dict(self) -> dict[str, Any]:
        """As JSON data."""
        actions = [asdict(action) for action in self.actions]
        return {**self.report.to_dict(), "ok": self.ok, "actions": actions}


def repair(
    store: StoreLike,
    path: str | None = None,
    *,
    remove_torn: bool = False,
    remove_orphans: bool = False,
    remove_outside: bool = False,
    min_age: float = MIN_AGE,
    zarr_format: ZarrFormat | None = None,
    storage_options: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> RepairReport:
    """Checks a store as `zarrc.verify` does, and removes what it is told to; by default nothing.

    Parameters
    ----------
    store, path, zarr_format, storage_options, progress
        As for `zarrc.verify`.
    remove_torn : bool
        Remove chunks whose bytes are damaged: they then read as the fill value. Of a shard whose index is whole only
        the damaged inner chunks go. Each is checked again, under its lock, right before.
    remove_orphans : bool
        Remove temporary files that were not written for ``min_age`` seconds and whose writer, where the name tells
        its process id, does not run on this machine. Files of a store without time stamps stay.
    remove_outside : bool
        Remove chunks that lie outside of their array's shape, as it is right before.
    min_age : float
        Seconds. It must be longer than any write takes, on any machine that shares the store.

    Raises
    ------
    ValueError
        A negative or not finite ``min_age``.
    NodeNotFoundError, StoreIOError
        As `zarrc.verify`. What cannot be removed is an `Action` that says why.
    ReadOnlyError
        Something is to be removed from a store that is read-only.
    """
    if not 0 <= min_age < float("inf"):
        raise ValueError(f"min_age must be a number of seconds, not {min_age!r}")
    place = make_store_path(store, path, storage_options=storage_options)
    if remove_torn or remove_orphans or remove_outside:
        place.store._check_writable()
    report = verify(place, zarr_format=zarr_format, progress=progress)
    result = RepairReport(report)
    work = _Repairs(place, zarr_format, min_age)
    told = {"damaged": remove_torn, "orphan": remove_orphans, "outside": remove_outside}
    seen: dict[tuple[str, str], tuple[str, str]] = {}
    for finding in report.findings:
        if not told.get(finding.kind):
            result.actions.append(Action(finding, "kept", "not told to" if finding.kind in told else "not repairable"))
            continue
        where = (finding.path, finding.key)
        if where not in seen:
            try:
                seen[where] = getattr(work, finding.kind)(finding)
            except (BaseZarrError, OSError, NotImplementedError) as e:  # the last: the store cannot remove keys
                seen[where] = "kept", str(e)
        result.actions.append(Action(finding, *seen[where]))
    return result


class _Repairs:
    """One method for each kind of finding; each returns what was done, and why not."""

    def __init__(self, place: StorePath, zarr_format: ZarrFormat | None, min_age: float) -> None:
        self.store, self.zarr_format, self.min_age = place.store, zarr_format, min_age

    def _array(self, finding: Finding) -> tuple[StorePath, Opened, tuple[int, ...]] | None:
        """The array as it is now, and the chunk's coordinates in it."""
        place = StorePath(self.store, finding.path)
        node = read_node(place, self.zarr_format)
        if not isinstance(node, Opened):
            return None
        parse = key_parser(node.metadata)
        coords = None if parse is None else parse(finding.key)
        return None if coords is None else (place, node, coords)

    def _inside(self, node: Opened, coords: tuple[int, ...]) -> bool:
        counts = node.metadata.grid.counts(node.metadata.shape)
        return all(c < n for c, n in zip(coords, counts, strict=True))

    def damaged(self, finding: Finding) -> tuple[str, str]:
        found = self._array(finding)
        if found is None or not self._inside(*found[1:]):
            return "kept", "the array changed meanwhile"
        place, node, coords = found
        root = self.store.native_root(place.path)
        if node.io.plan is None:
            done = self._damaged_python(place, node, finding.key, coords)
        elif root is not None:
            row = np.array([coords], np.int64).reshape(1, len(coords))
            done = _core.mend_chunk(node.io.plan, node.metadata.shape, row, str(place), root)  # type: ignore[assignment]
        else:
            done = self._damaged_buffer(place, node, finding.key, coords)
        return ("kept", "it is whole now") if done == "nothing" else (done, "")

    def _damaged_buffer(self, place: StorePath, node: Opened, key: str, coords: tuple[int, ...]) -> str:
        assert node.io.plan is not None
        row = np.array([coords], np.int64).reshape(1, len(coords))
        # What writers hold: of a store with locks for single chunks that one, of others the array's.
        with self.store.chunk_lock(place.path, key, "process", True), self.store.array_lock(place.path):
            data = self.store.get_bytes(place.key(key))
            if data is None:
                return "nothing"
            done = _core.mend_chunk(node.io.plan, node.metadata.shape, row, str(place), None, bytes(data))
            if isinstance(done, bytes):
                self.store.set_bytes(place.key(key), done)
                return "rewritten"
            if done == "removed":
                self.store.delete_sync(place.key(key))
            return done

    def _damaged_python(self, place: StorePath, node: Opened, key: str, coords: tuple[int, ...]) -> str:
        with self.store.chunk_lock(place.path, key, "process", True):
            data = self.store.get_bytes(place.key(key))
            if data is None:
                return "nothing"
            try:
                node.io.decode(str(place), key, coords, data)
            except CodecError as e:
                if "support" in e.reason:
                    return "nothing"
                self.store.delete_sync(place.key(key))
                return "removed"
            return "nothing"

    def outside(self, finding: Finding) -> tuple[str, str]:
        found = self._array(finding)
        if found is None or self._inside(*found[1:]):
            return "kept", "the array changed meanwhile"
        self.store.delete_sync(found[0].key(finding.key))
        return "removed", ""

    def orphan(self, finding: Finding) -> tuple[str, str]:
        if finding.age is None:
            return "kept", "the store does not say how old it is"
        if finding.age < self.min_age:
            return "kept", f"it was written {finding.age:.0f} s ago, which is less than {self.min_age:.0f} s"
        pid = owner_of(finding.key)
        if pid is not None and is_alive(pid):
            return "kept", f"process {pid} may still be writing it"
        root = self.store.native_root(finding.path)
        if root is None:
            return "kept", "the store does not say how old it is"
        try:
            os.unlink(os.path.join(root, os.fsencode(finding.key)))
        except FileNotFoundError:
            return "kept", "it is gone"
        except OSError as e:
            raise StoreIOError(e.errno or 0, e.strerror or "", finding.key) from None
        return "removed", ""
