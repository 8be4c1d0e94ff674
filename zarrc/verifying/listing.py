"""Names in a store, level by level, with what is known of each."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

from zarrc.errors import StoreIOError
from zarrc.stores import StorePath


@dataclass(frozen=True, slots=True)
class Entry:
    """One name. ``kind``: a file, a directory, something else (a FIFO, a link to nothing). ``size`` in bytes, ``mtime``
    in seconds since the epoch, None where the store does not know."""

    name: str
    kind: Literal["file", "directory", "other"]
    size: int = 0
    mtime: float | None = None


class DirectoryListing:
    """Of a store that keeps its keys as files: what the store itself hides, temporary files, is there too."""

    def __init__(self, place: StorePath) -> None:
        self._place = place
        self._reached: dict[tuple[int, int], str] = {}

    def _seen_elsewhere(self, where: bytes | None, path: str) -> bool:
        """Whether the directory was listed under another path: links may lead to it, or round and round."""
        status = os.stat(where or b".")
        return self._reached.setdefault((status.st_dev, status.st_ino), path) != path

    def level(self, path: str) -> Iterator[Entry]:
        """The entries directly below a path of the store; StoreIOError where it cannot be listed."""
        where = self._place.store.native_root(path)
        try:
            if self._seen_elsewhere(where, path):
                return
            with os.scandir(where) as found:
                for e in found:
                    yield _entry(e)
        except FileNotFoundError:
            return
        except OSError as e:
            raise StoreIOError(e.errno or 0, e.strerror or "", path) from None


def _entry(e: os.DirEntry[Any]) -> Entry:
    name = os.fsdecode(e.name)
    try:
        if e.is_dir():
            return Entry(name, "directory")
        status = e.stat()
        return Entry(name, "file" if e.is_file() else "other", status.st_size, status.st_mtime)
    except FileNotFoundError:
        return Entry(name, "other")


class KeyListing:
    """Of any other store, from one listing of its keys."""

    def __init__(self, place: StorePath) -> None:
        self._root: dict[str, Any] = {}
        for key, size in place.store.list_prefix_sync(place.path):
            *above, name = key.split("/")
            at = self._root
            for part in above:
                below = at.get(part)
                if not isinstance(below, dict):
                    below = at[part] = {}
                at = below
            at.setdefault(name, size)

    def level(self, path: str) -> Iterator[Entry]:
        at: Any = self._root
        for part in path.split("/") if path else ():
            at = at.get(part) if isinstance(at, dict) else None
        for name, item in at.items() if isinstance(at, dict) else ():
            yield Entry(name, "directory") if isinstance(item, dict) else Entry(name, "file", item)


Listing = DirectoryListing | KeyListing


def listing_of(place: StorePath) -> Listing:
    """The listing of the store of a place, at and below it."""
    return DirectoryListing(place) if place.store.native_root(place.path) is not None else KeyListing(place)


def walk(listing: Listing, path: str) -> Iterator[tuple[str, Entry]]:
    """All entries below a path, directories too, each with its key relative to that path."""
    pending = [""]
    while pending:
        where = pending.pop()
        for entry in listing.level(f"{path}/{where}" if path and where else path or where):
            key = f"{where}/{entry.name}" if where else entry.name
            yield key, entry
            if entry.kind == "directory":
                pending.append(key)
