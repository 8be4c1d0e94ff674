# Included by _core.pyx: the compiled chain of an array and the native calls that read and write selections.

cdef extern from "status.h" nogil:
    ctypedef enum zc_status_t:
        ZC_OK, ZC_E_NOMEM, ZC_E_PARAM, ZC_E_TRUNCATED, ZC_E_CORRUPT, ZC_E_CHECKSUM, ZC_E_TOO_LONG, ZC_E_TOO_SHORT,
        ZC_E_DST, ZC_E_UNSUPPORTED, ZC_E_IO, ZC_E_MISSING, ZC_E_CANCELLED

cdef extern from "codecs/codec.h" nogil:
    ctypedef struct zc_codec_ops_t:
        const char *name
        int nparams
    ctypedef struct zc_step_t:
        const zc_codec_ops_t *ops
        int64_t p[8]
    const zc_codec_ops_t *zc_codec_find(const char *name)

cdef extern from "engine/plan.h" nogil:
    enum:
        ZC_MAX_NDIM
        ZC_MAX_STEPS
    ctypedef struct zc_plan_t:
        int ndim
        size_t itemsize
        size_t swap
        int order[64]
        int nsteps
        zc_step_t steps[32]
        uint8_t *fill_memory
    zc_status_t zc_plan_init(zc_plan_t *plan, const uint8_t *fill, int *bad_step)
    void zc_plan_clear(zc_plan_t *plan)

cdef extern from "engine/selection.h" nogil:
    ctypedef struct zc_axis_t:
        size_t length
        size_t chunk
        size_t start
        size_t step
        size_t count
        ptrdiff_t stride
    ctypedef struct zc_selection_t:
        int ndim
        zc_axis_t axis[64]
        size_t njobs
    ctypedef struct zc_job_t:
        size_t coords[64]
        int covers
    zc_status_t zc_selection_init(zc_selection_t *sel)
    void zc_selection_job(const zc_selection_t *sel, size_t index, zc_job_t *job)

cdef extern from "engine/keys.h" nogil:
    enum:
        ZC_KEY_MAX
    ctypedef struct zc_keys_t:
        int default_style
        char separator
    size_t zc_key_format(const zc_keys_t *keys, int ndim, const size_t *coords, char *out)

cdef extern from "engine/batch.h" nogil:
    ctypedef struct zc_span_t:
        const uint8_t *data
        size_t n
    ctypedef struct zc_failure_t:
        zc_status_t status
        int err
        int step
        char *key
        char *message
    ctypedef struct zc_batch_t:
        const zc_plan_t *plan
        const zc_selection_t *sel
        zc_keys_t keys
        uint8_t *items
        const char *root
        zc_span_t *stored
        zc_span_t *made
        int threads
        int missing_is_error
        int write_empty
        zc_failure_t failure
    zc_status_t zc_batch_read(zc_batch_t *batch)
    zc_status_t zc_batch_write(zc_batch_t *batch)

cdef extern from "engine/pool.h" nogil:
    int zc_pool_threads()
    void zc_pool_set_threads(int n)

cdef extern from "numpy/arrayobject.h":
    int PyArray_ISWRITEABLE(cnp.ndarray)

cdef dict _REASONS = {
    ZC_E_PARAM: "a size or parameter that does not fit this chunk",
    ZC_E_TRUNCATED: "the stored bytes are truncated",
    ZC_E_CORRUPT: "the stored bytes are corrupt",
    ZC_E_CHECKSUM: "the stored checksum does not match",
    ZC_E_TOO_LONG: "decodes to more bytes than the chunk has",
    ZC_E_TOO_SHORT: "decodes to fewer bytes than the chunk has",
    ZC_E_DST: "the encoded chunk outgrew its bound",
    ZC_E_UNSUPPORTED: "a variant of the format that is not supported",
}


cdef const char *_c_path(bytes path) except NULL:
    """As a C string. A NUL inside would make it another path."""
    if b"\0" in path:
        raise ValueError(f"embedded null byte in path {path!r}")
    return PyBytes_AS_STRING(path)


cdef _raise(zc_batch_t *b, Plan plan, str label):
    cdef zc_failure_t *f = &b.failure
    cdef str key = (<bytes> f.key).decode()
    cdef str detail = (<bytes> f.message).decode("utf-8", "replace")
    cdef str codec = plan.step_names[f.step] if f.step >= 0 else ("bytes" if f.status in _REASONS else "")
    if f.status == ZC_E_NOMEM:
        raise MemoryError(f"array {label!r}, chunk {key!r}: out of memory")
    if f.status == ZC_E_IO:
        raise ChunkIOError(f.err, _os.strerror(f.err), f"{label}/{key}" if key else label)
    if f.status == ZC_E_MISSING:
        raise ChunkNotFoundError(
            "the chunk is missing and array.read_missing_chunks is off", array=label, key=key)
    reason = _REASONS.get(f.status, f"failed with status {f.status}")
    raise CodecError(f"{reason} ({detail})" if detail else reason, array=label, key=key, codec=codec)


cdef class Plan:
    """A codec chain, chunk shape and key encoding, compiled for the engine. Immutable and thread-safe.

    Parameters
    ----------
    chunks : tuple of int
        Chunk shape in elements, all > 0.
    itemsize : int
        Bytes of one element.
    order : tuple of int
        Array axis of each storage axis, outermost first.
    swap : int
        Width in bytes of the components whose bytes are reversed between memory and storage; 0 for none.
    steps : sequence of (name, params)
        Bytes-to-bytes codecs in encode order (names of ``csrc/codecs``).
    fill : bytes
        The fill value, ``itemsize`` bytes, as it lies in memory.
    default_keys : bool
        True for v3 ``default`` chunk keys, False for ``v2`` keys.
    separator : str
        "/" or ".".

    Raises
    ------
    CodecValidationError
        A step that is unknown or whose parameters it cannot take.
    """

    cdef zc_plan_t plan
    cdef zc_keys_t keys
    cdef size_t chunks[64]
    cdef readonly tuple step_names

    def __cinit__(self, chunks, Py_ssize_t itemsize, order, int swap, steps, bytes fill, bint default_keys, str separator):
        cdef int i, j, bad
        cdef zc_step_t *s
        memset(&self.plan, 0, sizeof(zc_plan_t))
        if len(chunks) > ZC_MAX_NDIM or len(order) != len(chunks):
            raise CodecValidationError(f"chunk shape {chunks!r}: at most {ZC_MAX_NDIM} axes, one order entry each")
        if len(steps) > ZC_MAX_STEPS:
            raise CodecValidationError(f"{len(steps)} codecs in one chain; at most {ZC_MAX_STEPS} are supported")
        if itemsize <= 0 or len(fill) != itemsize or len(separator) != 1:
            raise ValueError("itemsize, fill and separator do not fit together")
        self.plan.ndim = len(chunks)
        self.plan.itemsize = itemsize
        self.plan.swap = swap
        self.plan.nsteps = len(steps)
        for i in range(self.plan.ndim):
            if chunks[i] <= 0:
                raise CodecValidationError(f"chunk shape {chunks!r} has an edge below 1")
            self.chunks[i] = chunks[i]
            self.plan.order[i] = order[i]
        for i in range(self.plan.nsteps):
            name, params = steps[i]
            s = &self.plan.steps[i]
            s.ops = zc_codec_find(name.encode())
            if s.ops == NULL or len(params) != s.ops.nparams:
                raise CodecValidationError(f"no native codec {name!r} with {len(params)} parameters")
            for j in range(s.ops.nparams):
                s.p[j] = params[j]
        self.step_names = tuple([name for name, _ in steps])
        status = zc_plan_init(&self.plan, <const uint8_t *> PyBytes_AS_STRING(fill), &bad)
        if status == ZC_E_NOMEM:
            raise MemoryError
        if status != ZC_OK:
            what = f"codec {self.step_names[bad]!r}: parameters {steps[bad][1]!r}" if bad >= 0 else "chain"
            raise CodecValidationError(f"{what} out of range")
        self.keys.default_style = default_keys
        self.keys.separator = <char> ord(separator)

    def __dealloc__(self):
        zc_plan_clear(&self.plan)

    cdef int _select(self, zc_selection_t *sel, tuple shape, tuple axes) except -1:
        """Fills all but the strides."""
        cdef int i, n = self.plan.ndim
        if len(shape) != n or len(axes) != n:
            raise ValueError("selection and array differ in their number of axes")
        sel.ndim = n
        for i in range(n):
            ax = <tuple> axes[i]
            sel.axis[i].length = shape[i]
            sel.axis[i].chunk = self.chunks[i]
            sel.axis[i].start = ax[0]
            sel.axis[i].count = ax[2]
            sel.axis[i].step = ax[1] if ax[2] > 1 else 1  # steps past the array may be of any size
            sel.axis[i].stride = 0
            if sel.axis[i].step == 0 or (sel.axis[i].count > 0 and (
                    sel.axis[i].start >= sel.axis[i].length or
                    (sel.axis[i].length - 1 - sel.axis[i].start) // sel.axis[i].step < sel.axis[i].count - 1)):
                raise ValueError(f"selection {ax!r} leaves axis {i} of length {shape[i]}")
        if zc_selection_init(sel) != ZC_OK:
            raise ValueError("the selection touches more chunks than can be counted")
        return 0

    cdef int _bind(self, zc_selection_t *sel, tuple axes, cnp.ndarray items, bint broadcast) except -1:
        """Strides of `items` (shape of the selection, or broadcastable to it) to the array's axes."""
        cdef int i, kept = 0, j
        cdef int nd = cnp.PyArray_NDIM(items)
        if <size_t> cnp.PyArray_ITEMSIZE(items) != self.plan.itemsize or (<object> items).dtype.hasobject:
            raise ValueError(f"dtype {items.dtype} does not fit the array's items of {self.plan.itemsize} bytes")
        for i in range(sel.ndim):
            if (<tuple> axes[i])[3]:
                kept += 1
        if nd != kept and not (broadcast and nd < kept):
            raise ValueError(f"cannot fit shape {(<object> items).shape} to a selection of {kept} dimensions")
        j = nd - kept
        for i in range(sel.ndim):
            if not (<tuple> axes[i])[3]:
                continue
            if j >= 0:
                if <size_t> cnp.PyArray_DIM(items, j) == sel.axis[i].count:
                    sel.axis[i].stride = cnp.PyArray_STRIDE(items, j)
                elif not (broadcast and cnp.PyArray_DIM(items, j) == 1):
                    wanted = tuple([a[2] for a in axes if a[3]])
                    raise ValueError(f"could not broadcast shape {(<object> items).shape} to selection {wanted}")
            j += 1
        return 0

    cdef int _count_buffers(self, list buffers, size_t n) except -1:
        """Before anything is allocated by `n`, which may be huge."""
        if buffers is None or <size_t> len(buffers) != n:
            raise ValueError(f"{0 if buffers is None else len(buffers)} buffers for {n} chunks")
        return 0

    cdef int _spans(self, zc_span_t *spans, list buffers, Py_ssize_t n) except -1:
        cdef Py_ssize_t i
        for i in range(n):
            item = buffers[i]
            if item is not None:
                spans[i].data = <const uint8_t *> PyBytes_AS_STRING(<bytes?> item)
                spans[i].n = PyBytes_GET_SIZE(item)
        return 0

    cdef void _batch(self, zc_batch_t *b, zc_selection_t *sel, int threads):
        memset(b, 0, sizeof(zc_batch_t))
        b.plan = &self.plan
        b.sel = sel
        b.keys = self.keys
        b.threads = threads if threads > 0 else zc_pool_threads()

    def jobs(self, tuple shape, tuple axes):
        """``[(key, covers), ...]``: the touched chunks in job order; covers is False where a write must merge."""
        cdef zc_selection_t sel
        cdef zc_job_t job
        cdef char key[1400]
        cdef size_t i, n
        self._select(&sel, shape, axes)
        out = []
        for i in range(sel.njobs):
            zc_selection_job(&sel, i, &job)
            n = zc_key_format(&self.keys, sel.ndim, job.coords, key)
            out.append((key[:n].decode("ascii"), bool(job.covers)))
        return out

    def key(self, tuple coords):
        """Key of the chunk with these grid coordinates, relative to the array."""
        cdef size_t c[64]
        cdef char key[1400]
        cdef int i
        if len(coords) != self.plan.ndim:
            raise ValueError(f"{len(coords)} coordinates for {self.plan.ndim} axes")
        for i in range(self.plan.ndim):
            c[i] = coords[i]
        return key[:zc_key_format(&self.keys, self.plan.ndim, c, key)].decode("ascii")

    def read(self, tuple shape, tuple axes, cnp.ndarray out, str label, bytes root=None, list buffers=None,
             bint missing_is_error=False, int threads=0):
        """Reads a selection into ``out``.

        Parameters
        ----------
        shape : tuple of int
            Shape of the array.
        axes : tuple of (start, step, count, kept)
            The selection along each axis; ``kept`` is False where the axis is dropped from ``out``.
        out : ndarray
            Filled in place; its shape is that of the selection, any strides.
        label : str
            Path of the array, for errors.
        root : bytes, optional
            Directory of the array. Otherwise ``buffers``: bytes or None (missing) for each of `jobs`.

        Raises
        ------
        CodecError, ChunkIOError, ChunkNotFoundError, MemoryError
            ``out`` is then partly written.
        """
        cdef zc_selection_t sel
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        if not PyArray_ISWRITEABLE(out):
            raise ValueError("out is read-only")
        self._select(&sel, shape, axes)
        self._bind(&sel, axes, out, False)
        self._batch(&b, &sel, threads)
        b.items = <uint8_t *> cnp.PyArray_DATA(out)
        b.missing_is_error = missing_is_error
        try:
            if root is not None:
                b.root = _c_path(root)
            else:
                self._count_buffers(buffers, sel.njobs)
                spans = <zc_span_t *> calloc(sel.njobs + 1, sizeof(zc_span_t))
                if spans == NULL:
                    raise MemoryError
                self._spans(spans, buffers, sel.njobs)
                b.stored = spans
            with nogil:
                zc_batch_read(&b)
            if b.failure.status != ZC_OK:
                _raise(&b, self, label)
        finally:
            free(spans)

    def write(self, tuple shape, tuple axes, cnp.ndarray value, str label, bytes root=None, list buffers=None,
              bint write_empty=False, int threads=0):
        """Writes ``value`` (broadcast to the selection) and merges partly covered chunks with what is stored.

        With ``root`` the chunks are replaced there, one by one, each atomically. Otherwise ``buffers`` holds the
        old bytes (or None) of each of `jobs`, and the result is a list of new bytes, None where the chunk is to be
        deleted.

        Raises
        ------
        CodecError, ChunkIOError, MemoryError
            Chunks that were not yet replaced keep their old bytes.
        """
        cdef zc_selection_t sel
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        cdef size_t i, n
        self._select(&sel, shape, axes)
        self._bind(&sel, axes, value, True)
        self._batch(&b, &sel, threads)
        b.items = <uint8_t *> cnp.PyArray_DATA(value)
        b.write_empty = write_empty
        n = sel.njobs
        try:
            if root is not None:
                b.root = _c_path(root)
            else:
                self._count_buffers(buffers, n)
                spans = <zc_span_t *> calloc(2 * n + 1, sizeof(zc_span_t))
                if spans == NULL:
                    raise MemoryError
                self._spans(spans, buffers, n)
                b.stored = spans
                b.made = spans + n
            with nogil:
                zc_batch_write(&b)
            if b.failure.status != ZC_OK:
                _raise(&b, self, label)
            if root is not None:
                return None
            return [PyBytes_FromStringAndSize(<const char *> spans[n + i].data, spans[n + i].n)
                    if spans[n + i].data != NULL else None for i in range(n)]
        finally:
            if spans != NULL:
                for i in range(n):
                    free(<void *> spans[n + i].data)
                free(spans)


def get_num_threads():
    """Threads that one call may use: ``ZARRC_NUM_THREADS``, else CPUs by affinity and cgroup quota."""
    return zc_pool_threads()


def set_num_threads(int n):
    """Sets the number of threads that one call may use (1 to 256); 0 goes back to the default."""
    if n < 0 or n > 256:
        raise ValueError(f"number of threads must be 0 to 256, not {n}")
    zc_pool_set_threads(n)
