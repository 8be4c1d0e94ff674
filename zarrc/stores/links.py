"""Symbolic links below a store's root: refused, where the store says so."""

from __future__ import annotations

import errno
import os
import stat

from zarrc.errors import StoreIOError


def refuse_links(root: bytes, key: bytes) -> None:
    """Looks at every part of ``key`` below ``root``, which may be a link itself.

    Raises StoreIOError (ELOOP) where one is a symbolic link. What is missing is fine. A program that changes the
    directory meanwhile is not guarded against; for that, mount it without links.
    """
    at = root.rstrip(b"/")
    for part in key.split(b"/") if key else ():
        at += b"/" + part
        try:
            mode = os.lstat(at).st_mode
        except (FileNotFoundError, NotADirectoryError):
            return
        except OSError as e:
            raise StoreIOError(e.errno or 0, e.strerror or "", os.fsdecode(at)) from None
        if stat.S_ISLNK(mode):
            reason = "a symbolic link, which this store does not follow (follow_symlinks=False)"
            raise StoreIOError(errno.ELOOP, reason, os.fsdecode(at))
