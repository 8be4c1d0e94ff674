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

cdef extern from "engine/shard.h" nogil:
    ctypedef struct zc_shard_t:
        size_t inner[64]
        zc_plan_t *chunk
        zc_plan_t *index
        int index_at_start
    ctypedef struct zc_shard_grid_t:
        size_t total
    enum:
        ZC_SHARD_MOST
    zc_status_t zc_shard_grid(const zc_plan_t *plan, const size_t *edges, zc_shard_grid_t *grid)

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
        zc_shard_t *shard
    zc_status_t zc_plan_init(zc_plan_t *plan, const uint8_t *fill, int *bad_step)
    void zc_plan_clear(zc_plan_t *plan)

cdef extern from "engine/selection.h" nogil:
    ctypedef struct zc_axis_t:
        size_t length
        size_t chunk
        const size_t *bounds
        size_t nbounds
        size_t start
        size_t step
        size_t count
        const int64_t *indices
        size_t base
        const int64_t *positions
        ptrdiff_t stride
    ctypedef struct zc_points_t:
        const int64_t *coords[64]
        ptrdiff_t stride
    ctypedef struct zc_selection_t:
        int ndim
        zc_axis_t axis[64]
        size_t njobs
        const zc_points_t *points
        size_t npoints
    ctypedef struct zc_job_t:
        size_t coords[64]
        int covers
    zc_status_t zc_selection_init(zc_selection_t *sel)
    void zc_selection_free(zc_selection_t *sel)
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
        const char *codec
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

# Levels of shards in shards: each takes some 32 KiB of a thread's stack.
cdef int _SHARD_DEPTH = 16

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
    cdef str codec = (<bytes> f.codec).decode() if f.codec != NULL else ""
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
    chunks : tuple of int or sequence of int
        Chunk shape in elements, all > 0; for an irregular axis the edges of all its chunks.
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
    shard : (inner shape, Plan, Plan, bool), optional
        The chunk is a shard: shape of its inner chunks (array axes), their plan, the plan of the index, and whether
        the index lies at the start. ``order`` is then that of the index and ``steps`` lie around the shard.

    Raises
    ------
    CodecValidationError
        A step that is unknown or whose parameters it cannot take.
    """

    cdef zc_plan_t plan
    cdef zc_keys_t keys
    cdef size_t chunks[64]
    cdef size_t *bounds[64]
    cdef size_t nbounds[64]
    cdef zc_shard_t shard
    cdef readonly tuple step_names
    cdef tuple inner_plans

    def __cinit__(self, chunks, Py_ssize_t itemsize, order, int swap, steps, bytes fill, bint default_keys,
                  str separator, tuple shard=None):
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
            self._set_chunks(i, chunks[i])
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
        if shard is not None:
            self._set_shard(shard[0], shard[1], shard[2], shard[3])
        self.keys.default_style = default_keys
        self.keys.separator = <char> ord(separator)

    cdef int _set_chunks(self, int axis, edges) except -1:
        cdef size_t k, n
        if isinstance(edges, int):
            edges, n = (edges,), 0
        else:
            n = len(edges)
        if not edges or min(edges) <= 0 or sum(edges) >= 2**63:
            raise CodecValidationError(f"chunk edges {edges!r} along axis {axis}: all must be at least 1")
        self.chunks[axis] = max(edges)
        if n:
            self.bounds[axis] = <size_t *> malloc((n + 1) * sizeof(size_t))
            if self.bounds[axis] == NULL:
                raise MemoryError
            self.nbounds[axis] = n + 1
            self.bounds[axis][0] = 0
            for k in range(n):
                self.bounds[axis][k + 1] = self.bounds[axis][k] + <size_t> edges[k]
        return 0

    cdef int _set_shard(self, inner, Plan chunk, Plan index, bint at_start) except -1:
        cdef int i, depth = 1
        cdef size_t k
        cdef zc_plan_t *below = &chunk.plan
        cdef zc_shard_grid_t grid
        if len(inner) != self.plan.ndim or chunk.plan.ndim != self.plan.ndim or \
                chunk.plan.itemsize != self.plan.itemsize or index.plan.ndim != self.plan.ndim + 1 or \
                index.plan.itemsize != 8 or index.plan.shard != NULL:
            raise ValueError("shard, inner chunks and index do not fit together")
        while below.shard != NULL:
            below = below.shard.chunk
            depth += 1
        if depth > _SHARD_DEPTH:
            raise CodecValidationError(f"codec 'sharding_indexed': {depth} levels of shards, at most {_SHARD_DEPTH}")
        for i in range(self.plan.ndim):
            if inner[i] <= 0 or self.chunks[i] % <size_t> inner[i] != 0:
                raise CodecValidationError(
                    f"codec 'sharding_indexed': inner chunk shape {tuple(inner)} does not divide the shard's")
            self.shard.inner[i] = inner[i]
            for k in range(1, self.nbounds[i]):
                if (self.bounds[i][k] - self.bounds[i][k - 1]) % self.shard.inner[i] != 0:
                    raise CodecValidationError(
                        f"codec 'sharding_indexed': inner chunk shape {tuple(inner)} does not divide every shard's")
        self.shard.chunk = &chunk.plan
        self.shard.index = &index.plan
        self.shard.index_at_start = at_start
        self.inner_plans = (chunk, index)
        self.plan.shard = &self.shard
        if zc_shard_grid(&self.plan, self.chunks, &grid) != ZC_OK:
            raise CodecValidationError(
                f"codec 'sharding_indexed': more than {ZC_SHARD_MOST} inner chunks in one shard, or an index of no "
                "fixed size")
        return 0

    def __dealloc__(self):
        cdef int i
        for i in range(64):
            free(self.bounds[i])
        zc_plan_clear(&self.plan)

    cdef int _select(self, zc_selection_t *sel, zc_points_t *points, tuple shape, axes) except -1:
        """Fills all but the strides. The caller frees the selection."""
        cdef int i, n = self.plan.ndim
        cdef zc_axis_t *ax
        if len(shape) != n or len(axes) != n:
            raise ValueError("selection and array differ in their number of axes")
        memset(sel, 0, sizeof(zc_selection_t))
        sel.ndim = n
        if isinstance(axes, list):
            self._select_points(sel, points, shape, axes)
            return self._selected(sel)
        for i in range(n):
            if not isinstance(axes[i], tuple) or len(axes[i]) != 4:  # a named tuple is as good
                raise ValueError(f"selection {axes[i]!r} of axis {i} is no tuple of four")
            given = <tuple> axes[i]
            ax = &sel.axis[i]
            ax.length = shape[i]
            ax.chunk = self.chunks[i]
            ax.bounds = self.bounds[i]
            ax.nbounds = self.nbounds[i]
            ax.count = given[2]
            ax.step = 1
            if isinstance(given[0], cnp.ndarray):
                self._select_list(ax, given[0], given[1], i)
            else:
                ax.start = given[0]
                ax.step = given[1] if given[2] > 1 else 1  # steps past the array may be of any size
                if ax.step == 0 or (ax.count > 0 and (
                        ax.start >= ax.length or (ax.length - 1 - ax.start) // ax.step < ax.count - 1)):
                    raise ValueError(f"selection {given!r} leaves axis {i} of length {shape[i]}")
            if ax.bounds != NULL and ax.count > 0 and ax.bounds[ax.nbounds - 1] < ax.length:
                raise ValueError(f"the chunks of axis {i} do not reach its length {shape[i]}")
        return self._selected(sel)

    cdef int _selected(self, zc_selection_t *sel) except -1:
        status = zc_selection_init(sel)
        if status == ZC_E_NOMEM:
            raise MemoryError
        if status != ZC_OK:
            raise ValueError("the selection touches more chunks than can be counted")
        return 0

    cdef int _select_list(self, zc_axis_t *ax, cnp.ndarray indices, positions, int axis) except -1:
        """Ascending indices, each with its place in the result. The arrays stay alive in the caller's tuple."""
        cdef size_t k
        cdef cnp.ndarray places
        if cnp.PyArray_TYPE(indices) != cnp.NPY_INT64 or not cnp.PyArray_IS_C_CONTIGUOUS(indices) or \
                cnp.PyArray_NDIM(indices) != 1 or <size_t> cnp.PyArray_DIM(indices, 0) != ax.count:
            raise ValueError(f"index list of axis {axis} is not a contiguous int64 array of its count")
        ax.indices = <const int64_t *> cnp.PyArray_DATA(indices)
        for k in range(ax.count):
            if ax.indices[k] < 0 or <size_t> ax.indices[k] >= ax.length or \
                    (k > 0 and ax.indices[k] < ax.indices[k - 1]):
                raise ValueError(f"index list of axis {axis} is not ascending within [0, {ax.length})")
        if positions is not None:
            places = positions
            if cnp.PyArray_TYPE(places) != cnp.NPY_INT64 or not cnp.PyArray_IS_C_CONTIGUOUS(places) or \
                    cnp.PyArray_NDIM(places) != 1 or <size_t> cnp.PyArray_DIM(places, 0) != ax.count:
                raise ValueError(f"positions of axis {axis} are not a contiguous int64 array of its count")
            ax.positions = <const int64_t *> cnp.PyArray_DATA(places)
            for k in range(ax.count):
                if ax.positions[k] < 0 or <size_t> ax.positions[k] >= ax.count:
                    raise ValueError(f"positions of axis {axis} leave [0, {ax.count})")
        return 0

    cdef int _select_points(self, zc_selection_t *sel, zc_points_t *points, tuple shape, list coords) except -1:
        """One coordinate list an axis, all of one length. The arrays stay alive in the caller's list."""
        cdef int i
        cdef size_t k
        cdef cnp.ndarray c
        cdef zc_axis_t *ax
        if not coords:
            raise ValueError("a 0-dimensional array has no coordinates")
        memset(points, 0, sizeof(zc_points_t))
        sel.points = points
        sel.npoints = len(coords[0])
        for i in range(sel.ndim):
            c = coords[i]
            ax = &sel.axis[i]
            ax.length = shape[i]
            ax.chunk = self.chunks[i]
            ax.bounds = self.bounds[i]
            ax.nbounds = self.nbounds[i]
            if cnp.PyArray_TYPE(c) != cnp.NPY_INT64 or not cnp.PyArray_IS_C_CONTIGUOUS(c) or \
                    cnp.PyArray_NDIM(c) != 1 or <size_t> cnp.PyArray_DIM(c, 0) != sel.npoints:
                raise ValueError(f"coordinates of axis {i} are not a contiguous int64 array of {sel.npoints}")
            points.coords[i] = <const int64_t *> cnp.PyArray_DATA(c)
            for k in range(sel.npoints):
                if points.coords[i][k] < 0 or <size_t> points.coords[i][k] >= ax.length:
                    raise ValueError(f"coordinates of axis {i} leave [0, {ax.length})")
            if ax.bounds != NULL and sel.npoints > 0 and ax.bounds[ax.nbounds - 1] < ax.length:
                raise ValueError(f"the chunks of axis {i} do not reach its length {shape[i]}")
        return 0

    cdef int _bind(self, zc_selection_t *sel, zc_points_t *points, axes, cnp.ndarray items, bint broadcast) except -1:
        """Strides of `items` (shape of the selection, or broadcastable to it) to the array's axes."""
        cdef int i, kept = 0, j
        cdef int nd = cnp.PyArray_NDIM(items)
        if <size_t> cnp.PyArray_ITEMSIZE(items) != self.plan.itemsize or (<object> items).dtype.hasobject:
            raise ValueError(f"dtype {items.dtype} does not fit the array's items of {self.plan.itemsize} bytes")
        if sel.points != NULL:
            if nd == 1 and <size_t> cnp.PyArray_DIM(items, 0) == sel.npoints:
                points.stride = cnp.PyArray_STRIDE(items, 0)
            elif not (broadcast and (nd == 0 or (nd == 1 and cnp.PyArray_DIM(items, 0) == 1))):
                raise ValueError(f"could not broadcast shape {(<object> items).shape} to {sel.npoints} points")
            return 0
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

    def jobs(self, tuple shape, axes):
        """``[(key, covers), ...]``: the touched chunks in job order; covers is False where a write must merge."""
        cdef zc_selection_t sel
        cdef zc_points_t points
        cdef zc_job_t job
        cdef char key[1400]
        cdef size_t i, n
        self._select(&sel, &points, shape, axes)
        try:
            out = []
            for i in range(sel.njobs):
                zc_selection_job(&sel, i, &job)
                n = zc_key_format(&self.keys, sel.ndim, job.coords, key)
                out.append((key[:n].decode("ascii"), bool(job.covers)))
            return out
        finally:
            zc_selection_free(&sel)

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

    def read(self, tuple shape, axes, cnp.ndarray out, str label, bytes root=None, list buffers=None,
             bint missing_is_error=False, int threads=0):
        """Reads a selection into ``out``.

        Parameters
        ----------
        shape : tuple of int
            Shape of the array.
        axes : tuple of (start, step, count, kept) or (indices, positions, count, kept)
            The selection along each axis; ``kept`` is False where the axis is dropped from ``out``. ``indices`` is
            an ascending int64 array, ``positions`` (or None: 0, 1, 2 ...) says where in ``out`` each goes.
            Or a list of int64 arrays, the coordinates of points; ``out`` is then one-dimensional.
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
        cdef zc_points_t points
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        if not PyArray_ISWRITEABLE(out):
            raise ValueError("out is read-only")
        self._select(&sel, &points, shape, axes)
        try:
            self._bind(&sel, &points, axes, out, False)
            self._batch(&b, &sel, threads)
            b.items = <uint8_t *> cnp.PyArray_DATA(out)
            b.missing_is_error = missing_is_error
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
            zc_selection_free(&sel)
            free(spans)

    def write(self, tuple shape, axes, cnp.ndarray value, str label, bytes root=None, list buffers=None,
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
        cdef zc_points_t points
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        cdef size_t i, n
        self._select(&sel, &points, shape, axes)
        n = sel.njobs
        try:
            self._bind(&sel, &points, axes, value, True)
            self._batch(&b, &sel, threads)
            b.items = <uint8_t *> cnp.PyArray_DATA(value)
            b.write_empty = write_empty
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
            zc_selection_free(&sel)
            if spans != NULL:
                if root is None:
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
