# Included by _core.pyx: selections as the engine takes them.

cdef class _Cut:
    """A chunk grid, and how selections on it are handed to the engine. Base of `Plan`."""

    cdef zc_plan_t plan
    cdef zc_keys_t keys
    cdef size_t chunks[64]
    cdef size_t *bounds[64]
    cdef size_t nbounds[64]

    def __dealloc__(self):
        cdef int i
        for i in range(64):
            free(self.bounds[i])

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
            if not isinstance(coords[i], cnp.ndarray):
                raise ValueError(f"coordinates of axis {i} are no array")
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
