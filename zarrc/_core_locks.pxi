# Included by _core.pyx: the engine's locks between processes, for work that is done in Python, and what is written
# under them.

from errno import ENOENT as _ENOENT

from libc.errno cimport errno as _c_errno
from posix.fcntl cimport O_DIRECTORY, open as _c_open

cdef extern from "fcntl.h" nogil:
    enum:
        O_CLOEXEC

cdef extern from "engine/lock.h" nogil:
    const char *ZC_LOCK_NAME
    ctypedef struct zc_lockfile_t:
        int fd
    uint64_t zc_lock_byte(uint64_t hash)
    zc_status_t zc_lockfile_open(zc_lockfile_t *lock, int dirfd, const char *name, int create, int *err)
    void zc_lockfile_close(zc_lockfile_t *lock)
    zc_status_t zc_lockfile_lock(const zc_lockfile_t *lock, uint64_t byte, int block, int *err)
    zc_status_t zc_lockfile_lock_document(zc_lockfile_t *lock, int dirfd, const char *name, int *err)

cdef extern from "engine/pool.h" nogil:
    uint64_t zc_hash_bytes(uint64_t seed, const void *data, size_t n)
    uint64_t zc_hash_place(uint64_t device, uint64_t inode)
    void zc_stripe_lock(uint64_t hash)
    void zc_stripe_unlock(uint64_t hash)
    void zc_stripe_around(int more)

LOCK_NAME = (<bytes> ZC_LOCK_NAME).decode()


cdef class FileLock:
    """An exclusive lock between processes, and between the lock objects of one; given back by `release`, by the
    object's end, or by the process's, and not held by forked children."""

    cdef zc_lockfile_t lock

    def __cinit__(self):
        self.lock.fd = -1

    def __dealloc__(self):
        zc_lockfile_close(&self.lock)

    def release(self):
        """Gives the lock back. Safe to call twice, by two threads too."""
        cdef zc_lockfile_t mine
        with cython.critical_section(self):
            mine = self.lock
            self.lock.fd = -1
        with nogil:
            zc_lockfile_close(&mine)


cdef class StripeLock:
    """A lock between the threads of this process, held by the thread that made it; given back there by `release`, or by
    the object's end."""

    cdef uint64_t hash
    cdef bint held

    def __dealloc__(self):
        self.release()

    cpdef release(self):
        """Gives the lock back. Safe to call twice."""
        if self.held:
            self.held = False
            zc_stripe_around(-1)
            zc_stripe_unlock(self.hash)


def lock_stripe(bytes root, bytes key):
    """The lock that the engine takes, with ``concurrency="thread"``, for the chunk ``key`` of the array in ``root``;
    waits for it. None where there is no such directory."""
    cdef StripeLock lock = StripeLock()
    try:
        found = _os.stat(root)
    except OSError:
        return None
    lock.hash = zc_hash_place(found.st_dev, found.st_ino) ^ zc_hash_bytes(
        0, PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key)
    )
    with nogil:
        zc_stripe_lock(lock.hash)
        zc_stripe_around(1)
    lock.held = True
    return lock


cdef _lock_failed(zc_status_t status, int err, bytes path):
    if status == ZC_E_NOMEM:
        raise MemoryError
    name = _os.fsdecode(path)
    raise (LockError if status == ZC_E_LOCK else StoreIOError)(err, _os.strerror(err), name)


def lock_chunk(bytes root, bytes key, bint create):
    """The lock of the chunk ``key`` of the array in the directory ``root``, as the engine takes it; waits for it.

    Returns
    -------
    FileLock or None
        None where no one has merged a chunk of this array and ``create`` is off: there is no lock file.

    Raises
    ------
    LockError, StoreIOError
        The file system gives no locks; there is no directory.
    """
    cdef FileLock held = FileLock()
    cdef int dirfd, err = 0
    cdef zc_status_t status
    cdef const char *directory = _c_path(root)
    cdef uint64_t byte = zc_lock_byte(zc_hash_bytes(0, PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key)))
    dirfd = _c_open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    if dirfd < 0:
        err = _c_errno
        if err == _ENOENT and not create:
            return None
        raise StoreIOError(err, _os.strerror(err), _os.fsdecode(root))
    with nogil:
        status = zc_lockfile_open(&held.lock, dirfd, ZC_LOCK_NAME, create, &err)
        close(dirfd)
    if status == ZC_E_MISSING:
        return None
    while status == ZC_OK or status == ZC_E_CANCELLED:
        with nogil:
            status = zc_lockfile_lock(&held.lock, byte, 1, &err)
        if status == ZC_OK:
            return held
        PyErr_CheckSignals()
    _lock_failed(status, err, root + b"/" + key)


def lock_document(bytes path):
    """The lock of a metadata document, which lies on the document itself; waits for it. None: there is no document.

    Whoever holds it may replace the document, once and last of all: then the lock is another's.

    Raises `LockError`, `StoreIOError`.
    """
    cdef FileLock held = FileLock()
    cdef int err = 0
    cdef zc_status_t status = ZC_E_CANCELLED
    cdef const char *name = _c_path(path)
    while status == ZC_E_CANCELLED:
        with nogil:
            status = zc_lockfile_lock_document(&held.lock, AT_FDCWD, name, &err)
        if status == ZC_OK:
            return held
        if status == ZC_E_MISSING or err == _ENOTDIR:
            return None
        PyErr_CheckSignals()
    _lock_failed(status, err, path)


def write_file(bytes path, data, bint sync=False, bint lock=False):
    """Replaces a file's bytes atomically, making parent directories as needed; with ``sync`` they, and the names of all
    that is new, are on the disk when it returns.

    With ``lock`` the new file is locked as `lock_document` does it before it gets its name: who held the lock of the
    old one goes on holding that of the document. Returns that lock, else None. Raises `StoreIOError`, `LockError`.
    """
    cdef Py_buffer view
    cdef int err = 0, ignored
    cdef size_t kept = 0
    cdef char temporary[4096]
    cdef zc_status_t status
    cdef FileLock held = FileLock()
    cdef const char *name = _c_path(path)
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        with nogil:
            status = zc_file_stage(AT_FDCWD, name, <const uint8_t *> view.buf, view.len, sync, temporary, &kept, &err)
            if status == ZC_OK:
                if lock:
                    status = _lock_new(&held.lock, temporary, &err)
                if status == ZC_OK:
                    status = zc_file_commit(AT_FDCWD, temporary, name, &err)
                else:
                    zc_file_remove(AT_FDCWD, temporary, &ignored)
            if status == ZC_OK and sync:
                status = _sync_name(name, kept, &err)
    finally:
        PyBuffer_Release(&view)
    if status != ZC_OK:
        _lock_failed(status, err, path)
    return held if lock else None


cdef zc_status_t _lock_new(zc_lockfile_t *lock, const char *name, int *err) noexcept nogil:
    cdef zc_status_t status = zc_lockfile_open(lock, AT_FDCWD, name, 0, err)
    while status == ZC_OK:
        status = zc_lockfile_lock(lock, 0, 1, err)
        if status != ZC_E_CANCELLED:
            return status
        status = ZC_OK
    return status
