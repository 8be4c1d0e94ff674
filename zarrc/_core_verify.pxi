# Included by _core.pyx: checks stored chunks, and mends what is torn.

cdef extern from "engine/verify.h" nogil:
    ctypedef struct zc_defect_t:
        zc_status_t status
        int err
        int inner
        const char *codec
        char *message
    ctypedef struct zc_verdict_t:
        int found
        size_t stored
        uint64_t decoded
        uint64_t chunks
        size_t ndefects
        size_t nkept
        zc_defect_t *defects
    ctypedef enum zc_mended_t:
        ZC_MEND_NOTHING, ZC_MEND_REMOVED, ZC_MEND_REWRITTEN
    zc_status_t zc_verify(zc_batch_t *batch, const int64_t *coords, zc_verdict_t *verdicts)
    zc_status_t zc_mend(zc_batch_t *batch, const int64_t *coords, zc_mended_t *mended)

cdef tuple _DAMAGE = (ZC_E_TRUNCATED, ZC_E_CORRUPT, ZC_E_CHECKSUM, ZC_E_TOO_LONG, ZC_E_TOO_SHORT)


cdef int _grid_of(Plan plan, zc_selection_t *sel, tuple shape, cnp.ndarray coords) except -1:
    """The grid of an array of this shape; checks that all coordinates lie in it."""
    cdef int i, ndim = plan.plan.ndim
    cdef Py_ssize_t k, n
    cdef size_t count
    cdef const int64_t *c
    if len(shape) != ndim or cnp.PyArray_TYPE(coords) != cnp.NPY_INT64 or not cnp.PyArray_IS_C_CONTIGUOUS(coords) or \
            cnp.PyArray_NDIM(coords) != 2 or cnp.PyArray_DIM(coords, 1) != ndim:
        raise ValueError(f"chunk coordinates are no contiguous int64 array with {ndim} columns")
    n = cnp.PyArray_DIM(coords, 0)
    c = <const int64_t *> cnp.PyArray_DATA(coords)
    memset(sel, 0, sizeof(zc_selection_t))
    sel.ndim = ndim
    sel.njobs = n
    for i in range(ndim):
        sel.axis[i].length = shape[i]
        sel.axis[i].chunk = plan.chunks[i]
        sel.axis[i].bounds = plan.bounds[i]
        sel.axis[i].nbounds = plan.nbounds[i]
        if plan.bounds[i] != NULL:
            count = plan.nbounds[i] - 1
        else:
            count = sel.axis[i].length // plan.chunks[i] + (sel.axis[i].length % plan.chunks[i] != 0)
        for k in range(n):
            if c[k * ndim + i] < 0 or <size_t> c[k * ndim + i] >= count:
                raise ValueError(f"chunk {c[k * ndim + i]} of axis {i} lies outside the {count} of the grid")
    return 0


cdef tuple _finding(Py_ssize_t index, zc_defect_t *d):
    cdef str detail = (<bytes> d.message).decode("utf-8", "replace")
    cdef str codec = (<bytes> d.codec).decode() if d.codec != NULL else ""
    if d.status == ZC_E_IO:
        kind, reason = "io", _os.strerror(d.err)
    elif d.status == ZC_E_NOMEM:
        kind, reason = "memory", "out of memory"
    else:
        kind = "damaged" if d.status in _DAMAGE else "unreadable"
        reason = _REASONS.get(d.status, f"failed with status {d.status}")
    return index, kind, bool(d.inner), codec, f"{reason} ({detail})" if detail else reason


def verify_chunks(Plan plan not None, tuple shape, cnp.ndarray coords not None, str label, bytes root=None,
                  list buffers=None, int threads=0):
    """Reads and decodes stored chunks, and gives nobody their contents.

    Parameters
    ----------
    plan : Plan
        Of the array.
    shape : tuple of int
        Shape of the array.
    coords : ndarray
        int64, one row of grid coordinates for each chunk, in the grid.
    label : str
        Path of the array, for errors.
    root : bytes, optional
        Directory of the array. Otherwise ``buffers``: bytes or None (missing) for each chunk.

    Returns
    -------
    findings : list of (number of the chunk, kind, inner, codec, reason)
        kind: "damaged" (not what a writer wrote), "unreadable" (not understood), "io", "memory", or "more" with the
        number of further defects as reason. inner: it is about one inner chunk of a shard, which the reason names.
    missing : list of int
        Numbers of the chunks that are not there.
    stored, decoded, chunks : int
        Bytes read, bytes they decoded to, and how many chunks (inner chunks of shards) that were.

    Raises
    ------
    ChunkIOError, MemoryError
        The directory cannot be opened, or no thread could work.
    """
    cdef zc_selection_t sel
    cdef zc_batch_t b
    cdef zc_verdict_t *verdicts
    cdef zc_span_t *spans = NULL
    cdef list pending = [], findings = [], missing = []
    cdef Py_ssize_t i, n
    cdef size_t k
    cdef object stored = 0, decoded = 0, chunks = 0
    _grid_of(plan, &sel, shape, coords)
    n = sel.njobs
    if root is None:
        plan._count_buffers(buffers, n)
    verdicts = <zc_verdict_t *> calloc(n + 1, sizeof(zc_verdict_t))
    spans = <zc_span_t *> calloc(n + 1, sizeof(zc_span_t))
    try:
        if verdicts == NULL or spans == NULL:
            raise MemoryError
        plan._batch(&b, &sel, threads)
        _interruptible(&b, pending)
        if root is not None:
            b.root = _c_path(root)
        else:
            plan._spans(spans, buffers, n)
            b.stored = spans
        with nogil:
            zc_verify(&b, <const int64_t *> cnp.PyArray_DATA(coords), verdicts)
        if b.failure.status != ZC_OK:
            _raise(&b, label, pending)
        for i in range(n):
            if not verdicts[i].found:
                missing.append(i)
            stored += verdicts[i].stored
            decoded += verdicts[i].decoded
            chunks += verdicts[i].chunks
            for k in range(verdicts[i].nkept):
                findings.append(_finding(i, &verdicts[i].defects[k]))
            if verdicts[i].ndefects > verdicts[i].nkept:
                findings.append((i, "more", True, "", str(verdicts[i].ndefects - verdicts[i].nkept)))
        return findings, missing, stored, decoded, chunks
    finally:
        if verdicts != NULL:
            for i in range(n):
                free(verdicts[i].defects)
        free(verdicts)
        free(spans)


def mend_chunk(Plan plan not None, tuple shape, cnp.ndarray coords not None, str label, bytes root=None,
               bytes stored=None, str concurrency="process", str durability="atomic"):
    """Checks one chunk again, under its lock, and removes it when it is damaged; of a shard whose index is whole only
    the damaged inner chunks. What cannot be read, or not understood, is left alone.

    Parameters
    ----------
    coords : ndarray
        int64, one row of grid coordinates.
    root, stored : bytes
        The directory of the array; or the chunk's bytes, for a store that is no directory.
    concurrency, durability : str
        As for `Plan.write`.

    Returns
    -------
    "nothing", "removed" or the bytes of the mended shard ("rewritten" with ``root``, where they are in place)

    Raises
    ------
    ChunkIOError, LockError, MemoryError
    """
    cdef zc_selection_t sel
    cdef zc_batch_t b
    cdef zc_span_t source, made
    cdef zc_mended_t mended = ZC_MEND_NOTHING
    cdef list pending = []
    _grid_of(plan, &sel, shape, coords)
    if sel.njobs != 1 or (root is None) == (stored is None):
        raise ValueError("one chunk, in a directory or as bytes")
    memset(&made, 0, sizeof(made))
    plan._batch(&b, &sel, 0)
    _interruptible(&b, pending)
    _set_policy(&b, concurrency, durability)
    if root is not None:
        b.root = _c_path(root)
    else:
        source.data = <const uint8_t *> PyBytes_AS_STRING(stored)
        source.n = PyBytes_GET_SIZE(stored)
        b.stored = &source
        b.made = &made
    try:
        with nogil:
            zc_mend(&b, <const int64_t *> cnp.PyArray_DATA(coords), &mended)
        if b.failure.status != ZC_OK:
            _raise(&b, label, pending)
        if mended == ZC_MEND_REWRITTEN and root is None:
            return PyBytes_FromStringAndSize(<const char *> made.data, made.n)
        return {ZC_MEND_NOTHING: "nothing", ZC_MEND_REMOVED: "removed", ZC_MEND_REWRITTEN: "rewritten"}[mended]
    finally:
        free(<void *> made.data)
