"""Errors: what they are besides, and that they travel between processes."""

from __future__ import annotations

import copy
import errno
import os
import pickle

import numpy as np
import pytest

import zarrc
from zarrc.errors import BaseZarrError, ChunkIOError, LockError, StoreIOError

KINDS = [
    (errno.EACCES, PermissionError),
    (errno.EPERM, PermissionError),
    (errno.ENOENT, FileNotFoundError),
    (errno.EISDIR, IsADirectoryError),
    (errno.ENOTDIR, NotADirectoryError),
    (errno.EEXIST, FileExistsError),
    (errno.EIO, OSError),
    (0, OSError),
]


@pytest.mark.parametrize("cls", [StoreIOError, ChunkIOError, LockError])
@pytest.mark.parametrize(("number", "kind"), KINDS)
def test_of_the_operating_system(cls, number, kind):
    error = cls(number, "no", "a/c/0")
    assert isinstance(error, cls) and isinstance(error, kind) and isinstance(error, BaseZarrError)
    assert not isinstance(error, PermissionError) or kind is PermissionError
    assert (error.errno, error.strerror, error.filename) == (number, "no", "a/c/0")
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error)):
        assert type(other) is type(error)
        assert (other.errno, other.strerror, other.filename, str(other)) == (number, "no", "a/c/0", str(error))
    assert type(error).__name__ == cls.__name__
    assert cls(number, "no").filename is None


def test_a_directory_in_a_chunks_place(tmp_path):
    z = zarrc.create_array(tmp_path / "a", shape=4, chunks=4, dtype="i4")
    (tmp_path / "a" / "c" / "0").mkdir(parents=True)
    for access in (lambda: z[...], lambda: z.__setitem__(slice(2), 1), lambda: z.__setitem__(..., np.ones(4))):
        with pytest.raises(IsADirectoryError) as caught:
            access()
        assert isinstance(caught.value, ChunkIOError)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_no_permission(tmp_path):
    z = zarrc.create_array(tmp_path / "a", shape=4, chunks=4, dtype="i4")
    z[...] = 1
    (tmp_path / "a" / "c" / "0").chmod(0)
    with pytest.raises(PermissionError) as caught:
        z[...]
    assert isinstance(caught.value, ChunkIOError)
