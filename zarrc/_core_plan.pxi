# Included by _core.pyx: the compiled chain of an array and the native calls that read and write selections.

# Levels of shards in shards: each takes some 20 to 32 KiB of a thread's stack, and a thread may have 256 KiB.
cdef int _SHARD_DEPTH = 6


cdef class Plan(_Cut):
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
    shard : (inner shape, Plan, Plan, bool, int), optional
        The chunk is a shard: shape of its inner chunks (array axes), their plan, the plan of the index, whether the
        index lies at the start, and (C order without it) the order in which inner chunks are written, of
        ``zc_write_order_t``. ``order`` is then that of the index and ``steps`` lie around the shard.

    Raises
    ------
    CodecValidationError
        A step that is unknown or whose parameters it cannot take.
    """

    cdef zc_shard_t shard
    cdef readonly tuple step_names
    cdef tuple inner_plans

    def __cinit__(self, chunks, Py_ssize_t itemsize, order, int swap, steps, bytes fill, bint default_keys,
                  str separator, tuple shard=None):
        cdef int i, j, bad
        cdef zc_step_t *s
        memset(&self.plan, 0, sizeof(zc_plan_t))
        _check_setting()
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
            self._set_shard(shard[0], shard[1], shard[2], shard[3], shard[4] if len(shard) > 4 else 0)
        self.keys.default_style = default_keys
        self.keys.separator = <char> ord(separator)

    cdef int _set_shard(self, inner, Plan chunk, Plan index, bint at_start, int write_order) except -1:
        cdef int i, depth = 1
        cdef size_t k
        cdef zc_plan_t *below
        cdef zc_shard_grid_t grid
        if chunk is None or index is None:
            raise TypeError("a shard needs the plans of its inner chunks and of its index")
        if len(inner) != self.plan.ndim or chunk.plan.ndim != self.plan.ndim or \
                chunk.plan.itemsize != self.plan.itemsize or index.plan.ndim != self.plan.ndim + 1 or \
                index.plan.itemsize != 8 or index.plan.shard != NULL or \
                not 0 <= write_order < <int> ZC_WRITE_ORDERS:
            raise ValueError("shard, inner chunks and index do not fit together")
        below = &chunk.plan
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
        self.shard.write_order = write_order
        self.inner_plans = (chunk, index)
        self.plan.shard = &self.shard
        if zc_shard_grid(&self.plan, self.chunks, &grid) != ZC_OK:
            raise CodecValidationError(
                f"codec 'sharding_indexed': more than {ZC_SHARD_MOST} inner chunks in one shard, or an index of no "
                "fixed size")
        return 0

    def __dealloc__(self):
        zc_plan_clear(&self.plan)

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

    cdef int _check_absent(self, cnp.ndarray out, cnp.ndarray absent) except -1:
        cdef int i, nd = cnp.PyArray_NDIM(out)
        cdef Py_ssize_t itemsize = cnp.PyArray_ITEMSIZE(out)
        if cnp.PyArray_TYPE(absent) != cnp.NPY_BOOL or cnp.PyArray_NDIM(absent) != nd or \
                not PyArray_ISWRITEABLE(absent):
            raise ValueError("absent is not a writable bool array with the axes of out")
        for i in range(nd):
            if cnp.PyArray_DIM(absent, i) != cnp.PyArray_DIM(out, i) or \
                    cnp.PyArray_STRIDE(absent, i) * itemsize != cnp.PyArray_STRIDE(out, i):
                raise ValueError(f"absent does not lie in memory as out does, along axis {i}")
        return 0

    cdef int _check_mask(self, axes, cnp.ndarray value, cnp.ndarray mask) except -1:
        if cnp.PyArray_TYPE(mask) != cnp.NPY_BOOL or (<object> mask).shape != (<object> value).shape or \
                not cnp.PyArray_IS_C_CONTIGUOUS(mask) or not cnp.PyArray_IS_C_CONTIGUOUS(value) or \
                isinstance(axes, list) or any([isinstance(a[0], cnp.ndarray) for a in axes]) or \
                (<object> value).shape != tuple([a[2] for a in axes if a[3]]):
            raise ValueError("a mask needs a selection of slices and a contiguous value, both of the mask's shape")
        return 0

    cdef void _batch(self, zc_batch_t *b, zc_selection_t *sel, int threads):
        memset(b, 0, sizeof(zc_batch_t))
        b.plan = &self.plan
        b.sel = sel
        b.keys = self.keys
        b.threads = threads if threads > 0 else zc_pool_threads()

    @property
    def most_stored(self):
        """Bytes that no encoder needs more of for a stored chunk: readers refuse what is longer."""
        return min(zc_plan_encoded_limit(&self.plan, self.chunks), 1 << 60)

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

    def read(self, tuple shape, axes, cnp.ndarray out not None, str label, bytes root=None, list buffers=None,
             bint missing_is_error=False, int threads=0, cnp.ndarray absent=None):
        """Reads a selection into ``out``. A signal handler that raises, as that of ctrl-C does, ends it early.

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
        absent : ndarray of bool, optional
            Of the shape of ``out`` and as it lies in memory; set where an item's chunk, or inner chunk, is missing.

        Raises
        ------
        CodecError, ChunkIOError, ChunkNotFoundError, MemoryError
            ``out`` is then partly written.
        """
        cdef zc_selection_t sel
        cdef zc_points_t points
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        cdef list pending = []
        if not PyArray_ISWRITEABLE(out):
            raise ValueError("out is read-only")
        self._select(&sel, &points, shape, axes)
        try:
            self._bind(&sel, &points, axes, out, False)
            self._batch(&b, &sel, threads)
            _interruptible(&b, pending)
            b.items = <uint8_t *> cnp.PyArray_DATA(out)
            b.missing_is_error = missing_is_error
            if absent is not None:
                self._check_absent(out, absent)
                b.absent = <uint8_t *> cnp.PyArray_DATA(absent)
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
                _raise(&b, label, pending)
        finally:
            zc_selection_free(&sel)
            free(spans)

    def write(self, tuple shape, axes, cnp.ndarray value not None, str label, bytes root=None, list buffers=None,
              bint write_empty=False, int threads=0, str concurrency="process", str durability="atomic",
              cnp.ndarray mask=None):
        """Writes ``value`` (broadcast to the selection) and merges partly covered chunks with what is stored.

        With ``root`` the chunks are replaced there, one by one, under locks and as safely as ``concurrency`` and
        ``durability`` say (`zarrc.array_config.ArrayConfig`). Otherwise ``buffers`` holds the old bytes (or None) of
        each of `jobs`, and the result is a list of new bytes, None where the chunk is to be deleted.

        Parameters
        ----------
        mask : ndarray of bool, optional
            Of the shape of ``value``, which is then that of a selection of slices, both C-contiguous: items where it
            is False stay as they are stored. ``buffers`` must then hold the old bytes of every chunk.

        Raises
        ------
        CodecError, ChunkIOError, LockError, MemoryError
            Chunks that were not yet replaced keep their old bytes.
        """
        cdef zc_selection_t sel
        cdef zc_points_t points
        cdef zc_batch_t b
        cdef zc_span_t *spans = NULL
        cdef size_t i, n
        cdef list pending = []
        self._select(&sel, &points, shape, axes)
        n = sel.njobs
        try:
            self._bind(&sel, &points, axes, value, True)
            self._batch(&b, &sel, threads)
            _interruptible(&b, pending)
            _set_policy(&b, concurrency, durability)
            b.items = <uint8_t *> cnp.PyArray_DATA(value)
            b.write_empty = write_empty
            if mask is not None:
                self._check_mask(axes, value, mask)
                b.mask = <const uint8_t *> cnp.PyArray_DATA(mask)
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
                _raise(&b, label, pending)
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


cdef list _unchecked = ["ZARRC_NUM_THREADS"]


cdef _check_setting():
    """Warns, once and where threads are first to be used, of a setting that says nothing."""
    if _unchecked:
        try:
            _unchecked.pop()
        except IndexError:  # another thread was first
            return
        if zc_pool_setting() < 0:
            text = _os.environ.get("ZARRC_NUM_THREADS", "")
            _warn(f"ZARRC_NUM_THREADS={text!r} is no number of threads and is ignored", ZarrUserWarning, stacklevel=2)


def get_num_threads():
    """Threads that one call may use: ``ZARRC_NUM_THREADS``, else CPUs by affinity and cgroup quota."""
    _check_setting()
    return zc_pool_threads()


def set_num_threads(int n):
    """Sets the number of threads that one call may use (1 to 256); 0 goes back to the default."""
    if n < 0 or n > 256:
        raise ValueError(f"number of threads must be 0 to 256, not {n}")
    zc_pool_set_threads(n)
