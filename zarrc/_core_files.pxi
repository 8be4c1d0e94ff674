# Included by _core.pyx: whole small files, for metadata and for stores that hand out keys one by one.

from posix.fcntl cimport O_RDONLY
from posix.unistd cimport close

cdef extern from "fcntl.h" nogil:
    enum:
        AT_FDCWD

cdef extern from "engine/file.h" nogil:
    zc_status_t zc_file_open(int dirfd, const char *name, int *fd, size_t *size, int *err)
    zc_status_t zc_file_pread(int fd, uint8_t *dst, size_t n, size_t offset, int *err)
    zc_status_t zc_file_stage(int dirfd, const char *name, const uint8_t *data, size_t n, int sync, char *temporary,
                              size_t *kept, int *err)
    zc_status_t zc_file_commit(int dirfd, const char *temporary, const char *name, int *err)
    zc_status_t zc_file_remove(int dirfd, const char *name, int *err)

cdef extern from "engine/touched.h" nogil:
    ctypedef struct zc_touched_t:
        pass
    void zc_touched_init(zc_touched_t *names)
    void zc_touched_clear(zc_touched_t *names)
    zc_status_t zc_touched_add(zc_touched_t *names, const char *name, size_t kept)
    zc_status_t zc_touched_sync(const zc_touched_t *names, int dirfd, int *err)

from errno import ENOTDIR as _ENOTDIR


def read_file(bytes path, Py_ssize_t start=0, Py_ssize_t length=-1):
    """Bytes [start, start + length) of a file (to its end with length -1), or None when there is none.

    A negative start counts from the end. Ranges are clipped to the file. Raises `StoreIOError`.
    """
    cdef int fd, err = 0
    cdef size_t size = 0
    cdef Py_ssize_t n
    cdef zc_status_t status
    cdef const char *name = _c_path(path)
    cdef uint8_t *data
    with nogil:
        status = zc_file_open(AT_FDCWD, name, &fd, &size, &err)
    if status == ZC_E_MISSING:
        return None
    if status == ZC_OK:
        n = <Py_ssize_t> size
        if start < 0:
            start = n + start if n + start > 0 else 0
        if start > n:
            start = n
        if length < 0 or length > n - start:
            length = n - start
        try:
            out = PyBytes_FromStringAndSize(NULL, length)
        except BaseException:
            close(fd)
            raise
        data = <uint8_t *> PyBytes_AS_STRING(out)
        with nogil:
            status = zc_file_pread(fd, data, length, start, &err)
            close(fd)
        if status == ZC_OK:
            return out
    if err == _ENOTDIR:
        return None
    raise StoreIOError(err, _os.strerror(err), _os.fsdecode(path))


def remove_file(bytes path, bint sync=False):
    """Removes a file; fine when there is none. Raises `StoreIOError`."""
    cdef int err = 0
    cdef zc_status_t status
    cdef const char *name = _c_path(path)
    with nogil:
        status = zc_file_remove(AT_FDCWD, name, &err)
        if status == ZC_OK and sync:
            status = _sync_name(name, strlen(name), &err)
    if status != ZC_OK and err != _ENOTDIR:
        raise StoreIOError(err, _os.strerror(err), _os.fsdecode(path))


cdef zc_status_t _sync_name(const char *name, size_t kept, int *err) noexcept nogil:
    cdef zc_touched_t touched
    cdef zc_status_t status
    zc_touched_init(&touched)
    status = zc_touched_add(&touched, name, kept)
    if status == ZC_OK:
        status = zc_touched_sync(&touched, AT_FDCWD, err)
    zc_touched_clear(&touched)
    return status
