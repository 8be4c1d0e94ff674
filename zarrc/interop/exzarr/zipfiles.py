"""ExZarr's zip files, read only."""

from __future__ import annotations

import os
import zipfile
import zlib
from collections.abc import Iterator

from zarrc.errors import ReadOnlyError, StoreIOError
from zarrc.interop.exzarr.errors import ExZarrError
from zarrc.stores import Store


class ZipFileStore(Store):
    """The members of a zip file, by name. ExZarr writes it whole, so it is not expected to change while open.

    Parameters
    ----------
    path : str or path-like
        The file; opened at the first read.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        super().__init__(read_only=True)
        self._path = os.path.abspath(os.fspath(path))
        self._file: zipfile.ZipFile | None = None

    def with_read_only(self, read_only: bool = False) -> ZipFileStore:
        """Raises `ReadOnlyError` for a store to write to."""
        if not read_only:
            raise ReadOnlyError(f"{self}: zip files of ExZarr are read only")
        return self

    def _open(self) -> zipfile.ZipFile:
        with self.lock:
            if self._file is None:
                try:
                    self._file = zipfile.ZipFile(self._path)
                except zipfile.BadZipFile as e:
                    raise ExZarrError(f"{self}: not a zip file: {e}") from None
                except OSError as e:
                    raise StoreIOError(e.errno or 0, e.strerror or "", self._path) from None
            return self._file

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        file = self._open()
        with self.lock:
            try:
                value = file.read(key)
            except KeyError:
                return None
            except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as e:
                raise ExZarrError(f"{self}: member {key!r}: {e}") from None
        first = start if start >= 0 else max(0, len(value) + start)
        return value[first : len(value) if length < 0 else first + length]

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        prefix = f"{path}/" if path else ""
        members = self._open().infolist()
        return iter([(m.filename, m.file_size) for m in members if m.filename.startswith(prefix) and not m.is_dir()])

    def list_dir_sync(self, path: str) -> Iterator[str]:
        skip = len(path) + 1 if path else 0
        return iter({key[skip:].split("/", 1)[0] for key, _ in self.list_prefix_sync(path)})

    def close(self) -> None:
        with self.lock:
            if self._file is not None:
                self._file.close()
                self._file = None

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and self._path == other._path

    def __hash__(self) -> int:
        return hash((type(self), self._path))

    def __str__(self) -> str:
        return f"zip://{self._path}"

    def __repr__(self) -> str:
        return f"ZipFileStore({self._path!r})"

    def __reduce__(self) -> tuple:
        return (type(self), (self._path,))
