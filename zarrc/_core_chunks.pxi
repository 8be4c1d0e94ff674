# Included by _core.pyx: reads and writes a list of chunks whose parts zarr-python's indexers cut.

cdef inline _no(str why):
    raise NotImplementedError(why)


cdef Py_ssize_t _bound(value, Py_ssize_t default) except? -1:
    return default if value is None else <Py_ssize_t> value


cdef class _Parts:
    """The C form of a batch of zarr-python's pipeline; owns its memory and keeps alive what it points to."""

    cdef Plan plan
    cdef zc_chunk_list_t lst
    cdef zc_selection_t sel
    cdef zc_points_t points
    cdef Py_ssize_t n
    cdef Py_buffer *views
    cdef Py_ssize_t nviews
    cdef list keep

    def __cinit__(self, Plan plan not None, list items, cnp.ndarray memory not None, tuple drop_axes, bint broadcast):
        cdef int i
        cdef Py_ssize_t n = len(items)
        self.plan = plan
        self.n = n
        self.keep = []
        memset(&self.lst, 0, sizeof(zc_chunk_list_t))
        memset(&self.sel, 0, sizeof(zc_selection_t))
        memset(&self.points, 0, sizeof(zc_points_t))
        if <size_t> cnp.PyArray_ITEMSIZE(memory) != plan.plan.itemsize or (<object> memory).dtype.hasobject:
            raise ValueError(f"dtype {memory.dtype} does not fit the array's items of {plan.plan.itemsize} bytes")
        self.sel.ndim = plan.plan.ndim
        self.sel.njobs = n
        self.lst.part = <zc_part_t *> calloc(n + 1, sizeof(zc_part_t))
        self.lst.axis = <zc_part_axis_t *> calloc(n * self.sel.ndim + 1, sizeof(zc_part_axis_t))
        self.views = <Py_buffer *> calloc(n + 1, sizeof(Py_buffer))
        if self.lst.part == NULL or self.lst.axis == NULL or self.views == NULL:
            raise MemoryError
        if n and not isinstance(items[0][3], tuple):
            self._points(items, memory, broadcast)
        else:
            self._boxes(items, memory, drop_axes, broadcast)

    def __dealloc__(self):
        cdef Py_ssize_t i
        if self.lst.part != NULL:
            for i in range(self.n):
                free(<void *> self.lst.part[i].made.data)
        for i in range(self.nviews):
            PyBuffer_Release(&self.views[i])
        free(self.lst.part)
        free(self.lst.axis)
        free(self.views)

    cdef int _edges(self, zc_part_axis_t *axes, tuple shape) except -1:
        cdef int i
        if len(shape) != self.sel.ndim:
            _no("chunk and array differ in their number of axes")
        for i in range(self.sel.ndim):
            axes[i].edge = shape[i]
        return 0

    # boxes -----------------------------------------------------------------------------------------------------
    cdef int _boxes(self, list items, cnp.ndarray memory, tuple drop_axes, bint broadcast) except -1:
        cdef Py_ssize_t k
        cdef int i, j, nd = cnp.PyArray_NDIM(memory), ndim = self.sel.ndim
        cdef int place[64]  # of each axis in memory, -1 where it has none; the same for all chunks
        cdef int where
        cdef bint scalar = broadcast and nd == 0
        cdef zc_part_axis_t *axes
        cdef tuple inside, outside
        cdef bint strided = False
        for k in range(self.n):
            _, spec, inside_, outside_, complete = items[k]
            if not isinstance(inside_, tuple) or not isinstance(outside_, tuple):
                _no("selections of different kinds in one batch")
            inside, outside = inside_, outside_
            if len(inside) != ndim:
                _no(f"a selection of {len(inside)} axes in a chunk of {ndim}")
            axes = self.lst.axis + k * ndim
            self._edges(axes, spec.shape)
            self.lst.part[k].covers = bool(complete)
            j = 0
            for i in range(ndim):
                self._inside(&axes[i], inside[i], i, inside)
                if i in drop_axes or not isinstance(inside[i], (slice, cnp.ndarray)):
                    if axes[i].count != 1:
                        _no(f"axis {i} is dropped but has {axes[i].count} items")
                    where = -1
                elif scalar:
                    where = -1
                else:
                    where = j
                    j += 1
                if strided and where != place[i]:
                    _no(f"axis {i} is dropped in some chunks only")
                place[i] = where
            if not scalar and (j != nd or len(outside) != nd):
                _no(f"a selection of {j} axes for memory of {nd}")
            for i in range(ndim):
                if place[i] >= 0:
                    self._outside(&self.lst.part[k], &axes[i], outside[place[i]], memory, place[i], outside)
                    if not strided:
                        self.sel.axis[i].stride = cnp.PyArray_STRIDE(memory, place[i])
            strided = True
        return 0

    cdef int _inside(self, zc_part_axis_t *ax, item, int axis, tuple inside) except -1:
        """What is selected inside a chunk along one axis."""
        cdef Py_ssize_t start, stop, step, edge = ax.edge
        cdef cnp.ndarray found
        if isinstance(item, slice):
            start = _bound(item.start, 0)
            stop = _bound(item.stop, edge)
            step = _bound(item.step, 1)
            if stop > edge:
                stop = edge
            if step < 1 or start < 0 or start >= stop:
                _no(f"{item!r} in a chunk of {edge}")
            ax.start = start
            ax.step = step
            ax.count = (stop - start - 1) // step + 1
            ax.last = start + (ax.count - 1) * step
            return 0
        if not isinstance(item, cnp.ndarray):
            start = item
            if start < 0 or start >= edge or isinstance(item, (bool, _np.bool_)):
                _no(f"index {item!r} in a chunk of {edge}")
            ax.start = ax.last = start
            ax.step = ax.count = 1
            return 0
        self._flat_axis(item, axis, inside)
        found = item.reshape(-1)
        if found.dtype.kind == "b":
            if cnp.PyArray_DIM(found, 0) != edge:
                _no("a mask that has not the length of its chunk")
            found = _np.flatnonzero(found)
        found = self._kept(found)
        ax.count = cnp.PyArray_DIM(found, 0)
        if ax.count == 0:
            _no("an empty list of indices")
        self._ascending(ax, found)
        if ax.indices[0] < 0 or ax.indices[ax.count - 1] >= edge:
            _no(f"indices outside a chunk of {edge}")
        ax.start = ax.indices[0]
        ax.last = ax.indices[ax.count - 1]
        ax.step = 1
        return 0

    cdef int _flat_axis(self, item, int axis, tuple siblings) except -1:
        """One-dimensional beside slices only, or along its own axis as numpy.ix_ has it."""
        if item.ndim == 1:
            if len(siblings) > 1 and any([not isinstance(other, slice) for other in siblings if other is not item]):
                _no("index arrays that numpy would broadcast")
        elif item.ndim != len(siblings) or item.shape[axis] != item.size:
            _no(f"an index array of shape {item.shape} on axis {axis}")
        return 0

    cdef cnp.ndarray _kept(self, found):
        """As contiguous int64, kept alive."""
        cdef cnp.ndarray made = _np.ascontiguousarray(found, dtype=_np.int64)
        self.keep.append(made)
        return made

    cdef int _ascending(self, zc_part_axis_t *ax, cnp.ndarray found) except -1:
        cdef const int64_t *data = <const int64_t *> cnp.PyArray_DATA(found)
        cdef size_t k
        for k in range(1, ax.count):
            if data[k] < data[k - 1]:
                break
        else:
            ax.indices = data
            return 0
        order = self._kept(_np.argsort(found, kind="stable"))  # of equal indices the last one written stays
        ax.positions = <const int64_t *> cnp.PyArray_DATA(<cnp.ndarray> order)
        ax.indices = <const int64_t *> cnp.PyArray_DATA(self._kept(_np.take(found, order)))
        return 0

    cdef int _outside(self, zc_part_t *part, zc_part_axis_t *ax, item, cnp.ndarray memory, int axis,
                      tuple outside) except -1:
        """Where in memory it goes along one of memory's axes."""
        cdef Py_ssize_t start, length = cnp.PyArray_DIM(memory, axis)
        cdef size_t k
        cdef cnp.ndarray places
        cdef int64_t *data
        if isinstance(item, slice):
            start = _bound(item.start, 0)
            if item.step not in (None, 1) or start < 0 or _bound(item.stop, length) - start != <Py_ssize_t> ax.count \
                    or start + <Py_ssize_t> ax.count > length:
                _no(f"{item!r} for {ax.count} items")
            part.offset += start * cnp.PyArray_STRIDE(memory, axis)
            return 0
        if not isinstance(item, cnp.ndarray):
            _no(f"a result indexed by {type(item).__name__}")
        self._flat_axis(item, axis, outside)
        if item.dtype.kind == "b" or <size_t> item.size != ax.count:
            _no(f"{item.size} places for {ax.count} items")
        places = self._kept(item.reshape(-1))
        if ax.positions != NULL:
            order = self._array(ax.positions, ax.count)
            places = self._kept(_np.take(places, order))
        data = <int64_t *> cnp.PyArray_DATA(places)
        for k in range(ax.count):
            if data[k] < 0 or data[k] >= length:
                _no(f"places outside [0, {length})")
        ax.positions = data
        if ax.indices == NULL:  # the engine has places for lists only
            ax.indices = <const int64_t *> cnp.PyArray_DATA(
                self._kept(_np.arange(ax.start, ax.last + 1, ax.step, dtype=_np.int64)))
        return 0

    cdef _array(self, const int64_t *data, size_t n):
        cdef cnp.npy_intp shape[1]
        shape[0] = n
        return cnp.PyArray_SimpleNewFromData(1, shape, cnp.NPY_INT64, <void *> data)

    # points ----------------------------------------------------------------------------------------------------
    cdef int _points(self, list items, cnp.ndarray memory, bint broadcast) except -1:
        """Coordinates of all points of the batch, by their number in memory; a part lists the numbers of its own."""
        cdef Py_ssize_t k, total
        cdef int i, ndim = self.sel.ndim
        cdef cnp.ndarray ids, coords
        cdef zc_part_axis_t *axes
        cdef bint scalar = broadcast and cnp.PyArray_NDIM(memory) == 0
        if ndim == 0 or (not scalar and cnp.PyArray_NDIM(memory) != 1):
            _no("points of an array that has none")
        total = self._count_points(items) if scalar else cnp.PyArray_DIM(memory, 0)
        self.sel.points = &self.points
        self.points.stride = 0 if scalar else cnp.PyArray_STRIDE(memory, 0)
        numbers = self._kept(_np.arange(total, dtype=_np.int64))
        asked = 0
        answered = _np.zeros(total, dtype=bool)
        table = [self._kept(_np.zeros(total, dtype=_np.int64)) for _ in range(ndim)]
        for i in range(ndim):
            self.points.coords[i] = <const int64_t *> cnp.PyArray_DATA(<cnp.ndarray> table[i])
        for k in range(self.n):
            _, spec, inside, outside, complete = items[k]
            if isinstance(outside, slice) and outside.step in (None, 1):
                ids = numbers[outside]
            elif isinstance(outside, cnp.ndarray) and outside.ndim == 1 and outside.dtype.kind in "iu":
                ids = self._kept(outside)
            else:
                _no("a result of points indexed by something else")
            if not isinstance(inside, tuple) or len(inside) != ndim:
                _no("points without a coordinate on every axis")
            axes = self.lst.axis + k * ndim
            self._edges(axes, spec.shape)
            self.lst.part[k].covers = False
            self.lst.part[k].ids = <const size_t *> cnp.PyArray_DATA(ids)
            self.lst.part[k].nids = cnp.PyArray_DIM(ids, 0)
            if self.lst.part[k].nids == 0 or ids.min() < 0 or ids.max() >= total:
                _no("points outside the result")
            asked += self.lst.part[k].nids
            answered[ids] = True
            for i in range(ndim):
                coords = _np.asarray(inside[i])
                if cnp.PyArray_NDIM(coords) != 1 or (<object> coords).dtype.kind not in "iu" or \
                        <size_t> cnp.PyArray_DIM(coords, 0) != self.lst.part[k].nids:
                    _no("coordinates of different lengths")
                low, high = int(coords.min()), int(coords.max())
                if low < 0 or high >= <Py_ssize_t> axes[i].edge:
                    _no("coordinates outside their chunk")
                table[i][ids] = coords
                axes[i].start = low
                axes[i].last = high
                axes[i].count = high - low + 1
                axes[i].step = 1
        if answered.sum() != asked:
            _no("points with one place in the result")  # which has the coordinates of one of them only
        return 0

    cdef Py_ssize_t _count_points(self, list items) except -1:
        cdef Py_ssize_t total = 0
        for item in items:
            outside = item[3]
            if isinstance(outside, slice):
                total = max(total, outside.stop)
            elif outside.size:
                total = max(total, int(outside.max()) + 1)
        return total

    # what is stored ------------------------------------------------------------------------------------------
    cdef int _batch(self, cnp.ndarray memory, bytes root, list keys, list buffers, int threads) except -1:
        cdef Py_ssize_t i
        cdef zc_span_t *span
        self.plan._batch(&self.lst.batch, &self.sel, threads)
        self.lst.batch.items = <uint8_t *> cnp.PyArray_DATA(memory)
        if len(keys) != self.n or (root is None and len(buffers) != self.n):
            raise ValueError(f"{len(keys)} keys and {len(buffers or ())} buffers for {self.n} chunks")
        self.keep.append(keys)
        for i in range(self.n):
            self.lst.part[i].key = _c_path(<bytes?> keys[i])
        if root is not None:
            self.lst.batch.root = _c_path(root)
            return 0
        for i in range(self.n):
            if buffers[i] is not None:
                PyObject_GetBuffer(buffers[i], &self.views[self.nviews], PyBUF_SIMPLE)
                span = &self.lst.part[i].stored
                span.data = <const uint8_t *> self.views[self.nviews].buf
                span.n = self.views[self.nviews].len
                if span.data == NULL:
                    span.data = <const uint8_t *> b""
                self.nviews += 1
        return 0


def read_chunks(Plan plan, list items, cnp.ndarray out, tuple drop_axes, str label, list keys, bytes root=None,
                list buffers=None, int threads=0):
    """Reads a batch of zarr-python's codec pipeline into ``out``.

    Parameters
    ----------
    plan : Plan
        Of the array; chunk shapes are those of the items.
    items : list of (getter, spec, chunk selection, out selection, complete)
        As ``CodecPipeline.read`` gets them.
    out : ndarray
        Filled in place where the items say, any strides.
    drop_axes : tuple of int
        Axes of the chunks that ``out`` does not have.
    label : str
        Path of the array, for errors.
    keys : list of bytes
        Of each chunk, below ``root``.
    root : bytes, optional
        Directory of the array. Otherwise ``buffers``: a bytes-like object or None (missing) for each item.

    Returns
    -------
    list of bool
        For each item whether its chunk was there.

    Raises
    ------
    NotImplementedError
        A selection that zarr-python's indexers do not make; nothing was read.
    CodecError, ChunkIOError, MemoryError
        ``out`` is then partly written.
    """
    cdef _Parts parts = _Parts(plan, items, out, drop_axes, False)
    cdef Py_ssize_t i
    cdef list pending = []
    if not PyArray_ISWRITEABLE(out):
        raise ValueError("out is read-only")
    parts._batch(out, root, keys, buffers, threads)
    _interruptible(&parts.lst.batch, pending)
    with nogil:
        zc_chunk_list_read(&parts.lst)
    if parts.lst.batch.failure.status != ZC_OK:
        _raise(&parts.lst.batch, label, pending)
    return [parts.lst.part[i].found != 0 for i in range(parts.n)]


def write_chunks(Plan plan, list items, cnp.ndarray value, tuple drop_axes, str label, list keys, bytes root=None,
                 list buffers=None, bint write_empty=False, int threads=0, str concurrency="process",
                 str durability="atomic"):
    """Writes a batch of zarr-python's codec pipeline from ``value``, which is a scalar (0-d) or has a place for every
    item. Parameters as for `read_chunks`; ``buffers`` are the old bytes, needed where an item is not complete;
    ``concurrency`` and ``durability`` as for `Plan.write`.

    Returns
    -------
    list of bytes or None, or None
        With ``buffers`` the new bytes of each chunk, None where it is to be deleted. With ``root`` None: the chunks
        were replaced there, each atomically.

    Raises
    ------
    NotImplementedError
        A selection that zarr-python's indexers do not make; nothing was written.
    CodecError, ChunkIOError, LockError, MemoryError
        Chunks that were not yet replaced keep their old bytes.
    """
    cdef _Parts parts = _Parts(plan, items, value, drop_axes, True)
    cdef Py_ssize_t i
    cdef list pending = []
    parts._batch(value, root, keys, buffers, threads)
    _interruptible(&parts.lst.batch, pending)
    _set_policy(&parts.lst.batch, concurrency, durability)
    parts.lst.batch.write_empty = write_empty
    with nogil:
        zc_chunk_list_write(&parts.lst)
    if parts.lst.batch.failure.status != ZC_OK:
        _raise(&parts.lst.batch, label, pending)
    if root is not None:
        return None
    return [PyBytes_FromStringAndSize(<const char *> parts.lst.part[i].made.data, parts.lst.part[i].made.n)
            if parts.lst.part[i].made.data != NULL else None for i in range(parts.n)]
