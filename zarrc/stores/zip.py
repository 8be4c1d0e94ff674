"""A zip archive."""

from __future__ import annotations

import errno
import io
import os
import struct
import time
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Literal

from zarrc.errors import StoreIOError
from zarrc.stores.base import Store

Mode = Literal["r", "w", "a", "x"]

# What `zipfile`, and the decompressors below it, raise for bytes that are not as they should be.
_DAMAGE: tuple[type[Exception], ...] = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
    NotImplementedError,
    RuntimeError,
)
for _module, _name in (("lzma", "LZMAError"), ("compression.zstd", "ZstdError")):
    with suppress(ImportError):  # Python may be built without them
        _DAMAGE += (getattr(import_module(_module), _name),)


class DamagedZipError(StoreIOError, zipfile.BadZipFile):
    """An archive, or a member of one, that is damaged or packed in a way that `zipfile` cannot read."""


class ZipStore(Store):
    """Keys are members of a zip archive. Members cannot be removed; of one written twice the later is read.

    Parameters
    ----------
    path : str, path-like or binary file
        The archive.
    mode : {"r", "w", "a", "x"}
        As of `zipfile.ZipFile`. The archive is opened at the first use; "w" truncates it then, once, and never by a
        copy of the store (another ``read_only``, pickled): before there is one the archive is made.
    read_only : bool, optional
        Refuse every write, and never truncate; default: ``mode == "r"``.
    compression : int
        Of new members, a constant of `zipfile`; stored by default, as chunks are compressed already.
    allowZip64 : bool
        Allow archives beyond 2 GiB.

    Raises
    ------
    DamagedZipError
        By every use of an archive that is damaged. With mode "a" also for a file that is no archive, or not a whole
        one, as while another store writes it: what is in it would be lost.
    """

    supports_deletes = False

    def __init__(
        self,
        path: str | os.PathLike[str] | IO[bytes],
        *,
        mode: Mode = "r",
        read_only: bool | None = None,
        compression: int = zipfile.ZIP_STORED,
        allowZip64: bool = True,
    ) -> None:
        if mode not in ("r", "w", "a", "x"):
            raise ValueError(f"mode must be 'r', 'w', 'a' or 'x', not {mode!r}")
        super().__init__(read_only=mode == "r" if read_only is None else read_only)
        named = isinstance(path, str | os.PathLike)
        self.path: Path | None = Path(path) if named else None  # type: ignore[arg-type]
        self._file: Any = None if named else _as_file(path, mode)
        self._mode: Mode = mode
        self.compression = compression
        self.allowZip64 = allowZip64
        self._zip: zipfile.ZipFile | None = None

    def _archive(self) -> zipfile.ZipFile:
        if self._zip is None:
            mode = self._opening_mode()
            try:
                self._zip = zipfile.ZipFile(self.path or self._file, mode=mode, allowZip64=self.allowZip64)
            except _DAMAGE as e:
                raise self._damaged(e, str(self)) from None
            self._mode = "r" if mode == "r" else "a"  # reopening must not truncate
        return self._zip

    def _opening_mode(self) -> Mode:
        """The mode to open the archive with now. Raises `DamagedZipError` where `zipfile` would begin a second archive
        behind a damaged one."""
        if self._mode in ("r", "x") or (self._mode == "w" and not self._read_only):
            return self._mode
        if self.path is None:
            if self._file.seek(0, os.SEEK_END) == 0:
                return self._mode
            whole = zipfile.is_zipfile(self._file)
        elif self.path.is_file() and self.path.stat().st_size:
            with open(self.path, "rb") as file:  # is_zipfile would say no where reading is not permitted
                whole = zipfile.is_zipfile(file)
        else:
            return self._mode
        if self._read_only:
            return "r"
        if not whole:
            reason = "not a whole zip archive: nothing is appended; another store may have it open for writing"
            raise DamagedZipError(errno.EIO, reason, str(self))
        return "a"

    def _damaged(self, error: Exception, what: str) -> Exception:
        """The error as `DamagedZipError`; as it is where the file is missing, or cannot be read for other reasons."""
        refused = isinstance(error, OSError) and error.errno not in (None, errno.EINVAL)
        if refused or isinstance(error, io.UnsupportedOperation) or getattr(self._file, "closed", False):
            return error
        return DamagedZipError(errno.EIO, str(error) or type(error).__name__, what)

    def _complete(self) -> None:
        """Puts a whole archive in its place: another object, or process, finds all of it and has not to make it."""
        if self._mode in ("w", "x"):
            self._archive()
        self.close()

    def with_read_only(self, read_only: bool = False) -> ZipStore:
        """The same archive, opened with another ``read_only``: with mode "r", or to append."""
        with self._lock:
            self._complete()
            mode: Mode = "r" if read_only else "a"
            return type(self)(
                self.path or self._file,
                mode=mode,
                read_only=read_only,
                compression=self.compression,
                allowZip64=self.allowZip64,
            )

    def get_bytes(self, key: str, start: int = 0, length: int = -1) -> bytes | None:
        with self._lock:
            archive = self._archive()
            try:
                info = archive.getinfo(key)
            except KeyError:
                return None
            try:
                with archive.open(info) as member:
                    if start < 0:
                        start = max(0, info.file_size + start)
                    if start:
                        member.seek(start)
                    return member.read(length)
            except _DAMAGE as e:
                raise self._damaged(e, f"{self}/{key}") from None

    def set_bytes(self, key: str, value: bytes) -> None:
        self._check_writable()
        info = zipfile.ZipInfo(key, date_time=time.localtime(time.time())[:6])
        info.compress_type = self.compression
        info.external_attr = 0o644 << 16
        with self._lock:
            self._archive().writestr(info, value)

    def delete_sync(self, key: str) -> None:
        """Raises NotImplementedError when the key has a value: a zip archive keeps its members."""
        self._check_writable()
        if self.exists_sync(key):
            raise NotImplementedError("members of a zip archive cannot be removed")

    def delete_dir_sync(self, path: str) -> None:
        """Raises NotImplementedError when keys lie below the path."""
        self._check_writable()
        if next(iter(self.list_prefix_sync(path)), None) is not None:
            raise NotImplementedError("members of a zip archive cannot be removed")

    def exists_sync(self, key: str) -> bool:
        with self._lock:
            return key in self._archive().NameToInfo

    def _names(self) -> list[str]:
        with self._lock:
            return [name for name in self._archive().NameToInfo if not name.endswith("/")]

    def list_dir_sync(self, path: str) -> Iterator[str]:
        prefix = f"{path}/" if path else ""
        return iter({name[len(prefix) :].split("/", 1)[0] for name in self._names() if name.startswith(prefix)})

    def list_prefix_sync(self, path: str) -> Iterator[tuple[str, int]]:
        prefix = f"{path}/" if path else ""
        with self._lock:
            sizes = self._archive().NameToInfo
            return iter([(name, sizes[name].file_size) for name in self._names() if name.startswith(prefix)])

    def close(self) -> None:
        with self._lock:
            archive, self._zip = self._zip, None
            if archive is not None:
                archive.close()

    async def clear(self) -> None:
        """Starts the archive anew, empty. Raises `ReadOnlyError`."""
        self._check_writable()
        with self._lock:
            if self._mode == "x":
                self._archive()  # refuses what others have put there
            self.close()
            if self.path is not None:
                self.path.unlink(missing_ok=True)
            else:
                self._file.seek(0)
                self._file.truncate()
            self._mode = "w"

    async def move(self, path: str | os.PathLike[str]) -> None:
        """Moves the archive to another place of the file system. Raises NotImplementedError for a file object."""
        if self.path is None:
            raise NotImplementedError("move needs an archive with a path, not one in a file-like object")
        with self._lock:
            self._complete()
            os.makedirs(os.path.dirname(os.fspath(path)) or ".", exist_ok=True)
            self.path = self.path.rename(path)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ZipStore) and self.path == other.path and self._file is other._file

    def __hash__(self) -> int:
        return hash((type(self), str(self.path)))

    def __str__(self) -> str:
        return f"zip://{self.path or self._file}"

    def __repr__(self) -> str:
        return f"ZipStore({str(self)!r})"

    def __reduce__(self) -> tuple:
        if self.path is None:
            raise TypeError("cannot pickle a ZipStore backed by a file-like object: open the archive by its path")
        with self._lock:
            if self._mode != "r":
                self._complete()
            mode: Mode = "r" if self._read_only else self._mode
        return (_rebuild, (self.path, mode, self._read_only, self.compression, self.allowZip64))


def _rebuild(path: Any, mode: Mode, read_only: bool, compression: int, allow_zip64: bool) -> ZipStore:
    return ZipStore(path, mode=mode, read_only=read_only, compression=compression, allowZip64=allow_zip64)


def _as_file(given: Any, mode: Mode) -> Any:
    """A file object as `zipfile` wants it. Raises TypeError for what is none."""
    if not all(callable(getattr(given, name, None)) for name in ("read", "seek", "tell")):
        raise TypeError(f"path must be a path or a binary file object with read/seek/tell, not {type(given).__name__}")
    if isinstance(given, io.IOBase):
        return given
    if mode != "r":
        raise TypeError(f"{type(given).__name__} is no io.IOBase and can only be opened for reading, not mode {mode!r}")
    return io.BufferedReader(_Reader(given))


class _Reader(io.RawIOBase):
    """A reader that has ``read``, ``seek`` and ``tell`` only, and whose ``read`` may give any buffer."""

    def __init__(self, reader: Any) -> None:
        self._reader = reader
        self._size = reader.seek(0, os.SEEK_END)
        self._size = reader.tell() if self._size is None else self._size
        reader.seek(0)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = os.SEEK_SET) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self.tell(), os.SEEK_END: self._size}[whence]
        self._reader.seek(start + offset)
        return start + offset

    def tell(self) -> int:
        return self._reader.tell()

    def readinto(self, target: Any) -> int:
        wanted = min(len(target), max(0, self._size - self.tell()))  # some refuse to read beyond the end
        data = memoryview(self._reader.read(wanted)) if wanted else memoryview(b"")
        target[: data.nbytes] = data
        return data.nbytes
