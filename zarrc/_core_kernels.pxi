# The kernels of csrc/kernels one by one, on any contiguous buffers. zarrc/kernels.py is the documented face of it.

from zarrc.errors import KernelTierError


cdef extern from "dispatch.h" nogil:
    ctypedef struct zc_kernels_t:
        void (*shuffle)(size_t, size_t, const uint8_t *, uint8_t *) noexcept nogil
        void (*unshuffle)(size_t, size_t, const uint8_t *, uint8_t *) noexcept nogil
        void (*bitshuffle)(size_t, size_t, const uint8_t *, uint8_t *, uint8_t *) noexcept nogil
        void (*bitunshuffle)(size_t, size_t, const uint8_t *, uint8_t *, uint8_t *) noexcept nogil
        void (*byteswap)(size_t, size_t, const uint8_t *, uint8_t *) noexcept nogil
        uint32_t (*crc32c)(uint32_t, const uint8_t *, size_t) noexcept nogil
        void (*fill)(uint8_t *, const uint8_t *, size_t, size_t) noexcept nogil
        int (*all_equal)(const uint8_t *, const uint8_t *, size_t, size_t) noexcept nogil
        void (*delta_encode)(int, size_t, const void *, void *) noexcept nogil
        void (*delta_decode)(int, size_t, const void *, void *) noexcept nogil

    zc_kernels_t zc_k

    ctypedef enum zc_dispatch_result_t:
        ZC_DISPATCH_OK
        ZC_DISPATCH_UNKNOWN
        ZC_DISPATCH_NOT_BUILT
        ZC_DISPATCH_NO_CPU

    zc_dispatch_result_t zc_dispatch_init(const char *name) noexcept
    zc_dispatch_result_t zc_dispatch_table(const char *name, zc_kernels_t *out) noexcept
    const char *zc_dispatch_active() noexcept
    const char *zc_tier_name(int i) noexcept
    zc_dispatch_result_t zc_tier_status(int i) noexcept


cdef extern from "kernels/delta/delta.h" nogil:
    size_t zc_type_size(int type) noexcept
    void zc_cast_delta_encode(int type, int astype, size_t n, const void *src, void *dst) noexcept
    void zc_cast_delta_decode(int type, int astype, size_t n, const void *src, void *dst) noexcept


cdef extern from "kernels/box/box.h" nogil:
    enum: ZC_BOX_MAX_NDIM
    void zc_box_copy(size_t ndim, const size_t *shape, const uint8_t *src, const ptrdiff_t *sstride, uint8_t *dst,
                     const ptrdiff_t *dstride, size_t itemsize, size_t swap) noexcept


cdef list _tier_names():
    names = []
    while zc_tier_name(len(names)) != NULL:
        names.append(zc_tier_name(len(names)).decode())
    return names


cdef int _tier_check(zc_dispatch_result_t result, str name) except -1:
    if result == ZC_DISPATCH_OK:
        return 0
    if result == ZC_DISPATCH_NOT_BUILT:
        raise KernelTierError(f"the kernel tier {name!r} is of another architecture and not in this build of zarrc")
    if result == ZC_DISPATCH_NO_CPU:
        raise KernelTierError(f"this CPU lacks the instructions of the kernel tier {name!r}")
    raise KernelTierError(f"unknown kernel tier {name!r}; the tiers are {', '.join(_tier_names())}")


def _init_kernels(str name):
    """Fills the kernel table with the best tier, or with the tier ``name`` unless that is ""."""
    _tier_check(zc_dispatch_init(name.encode()), name)


def kernel_tier():
    """Name of the tier in use."""
    return zc_dispatch_active().decode()


def kernel_tiers():
    """Tier name -> "ok", "not built" or "no cpu"."""
    cdef int i
    cdef zc_dispatch_result_t status
    result = {}
    for i, name in enumerate(_tier_names()):
        status = zc_tier_status(i)
        result[name] = "ok" if status == ZC_DISPATCH_OK else "no cpu" if status == ZC_DISPATCH_NO_CPU else "not built"
    return result


cdef int _kernel_table(tier, zc_kernels_t *table) except -1:
    if tier is None:
        table[0] = zc_k
        return 0
    if not isinstance(tier, str):
        raise TypeError(f"tier must be a str or None, not {type(tier).__name__}")
    if not tier:
        raise KernelTierError(f"unknown kernel tier ''; the tiers are {', '.join(_tier_names())}")
    return _tier_check(zc_dispatch_table((<str>tier).encode(), table), tier)


cdef int _kernel_buffer(obj, Py_buffer *view, bint writable) except -1:
    try:
        PyObject_GetBuffer(obj, view, PyBUF_ANY_CONTIGUOUS | (PyBUF_WRITABLE if writable else 0))
    except BufferError as error:
        raise ValueError(f"a contiguous{' and writable' if writable else ''} buffer is needed: {error}") from None
    return 0


cdef enum _FilterOp:
    _OP_SHUFFLE
    _OP_UNSHUFFLE
    _OP_BITSHUFFLE
    _OP_BITUNSHUFFLE
    _OP_BYTESWAP

_FILTER_OPS = {
    "shuffle": _OP_SHUFFLE,
    "unshuffle": _OP_UNSHUFFLE,
    "bitshuffle": _OP_BITSHUFFLE,
    "bitunshuffle": _OP_BITUNSHUFFLE,
    "byteswap": _OP_BYTESWAP,
}


def kernel_filter(str name, src, dst, size_t itemsize, tier=None):
    """Runs a filter that keeps the number of bytes: ``src`` -> ``dst``, which do not overlap (byteswap: or are the
    same). itemsize >= 1; for the bit shuffles the number of items is a multiple of 8."""
    cdef zc_kernels_t k
    cdef Py_buffer s, d
    cdef size_t n
    cdef uint8_t *scratch = NULL
    cdef _FilterOp op = _FILTER_OPS[name]
    if itemsize < 1:
        raise ValueError("itemsize must be at least 1")
    _kernel_table(tier, &k)
    _kernel_buffer(src, &s, False)
    try:
        _kernel_buffer(dst, &d, True)
        try:
            n = s.len
            if <size_t>d.len != n:
                raise ValueError(f"out has {d.len} bytes, {n} are needed")
            same = s.buf == d.buf and op == _OP_BYTESWAP
            if n and not same and <uint8_t *>s.buf < <uint8_t *>d.buf + n and <uint8_t *>d.buf < <uint8_t *>s.buf + n:
                raise ValueError("the buffers overlap")
            if op >= _OP_BITSHUFFLE and n % itemsize:
                raise ValueError(f"{n} bytes are no whole number of items of {itemsize} bytes")
            if op == _OP_BITSHUFFLE or op == _OP_BITUNSHUFFLE:
                if n // itemsize % 8:
                    raise ValueError(f"the number of items must be a multiple of 8, not {n // itemsize}")
                scratch = <uint8_t *>malloc(n if n else 1)
                if scratch == NULL:
                    raise MemoryError()
            with nogil:
                if op == _OP_SHUFFLE:
                    k.shuffle(itemsize, n, <const uint8_t *>s.buf, <uint8_t *>d.buf)
                elif op == _OP_UNSHUFFLE:
                    k.unshuffle(itemsize, n, <const uint8_t *>s.buf, <uint8_t *>d.buf)
                elif op == _OP_BITSHUFFLE:
                    k.bitshuffle(itemsize, n // itemsize, <const uint8_t *>s.buf, <uint8_t *>d.buf, scratch)
                elif op == _OP_BITUNSHUFFLE:
                    k.bitunshuffle(itemsize, n // itemsize, <const uint8_t *>s.buf, <uint8_t *>d.buf, scratch)
                else:
                    k.byteswap(itemsize, n // itemsize, <const uint8_t *>s.buf, <uint8_t *>d.buf)
        finally:
            free(scratch)
            PyBuffer_Release(&d)
    finally:
        PyBuffer_Release(&s)


def kernel_crc32c(src, uint32_t value, tier=None):
    """CRC-32C of ``src``, continued from ``value``."""
    cdef zc_kernels_t k
    cdef Py_buffer s
    cdef uint32_t result
    _kernel_table(tier, &k)
    _kernel_buffer(src, &s, False)
    try:
        with nogil:
            result = k.crc32c(value, <const uint8_t *>s.buf, s.len)
    finally:
        PyBuffer_Release(&s)
    return result


# Position in zc_type_t (csrc/kernels/delta/delta.h) by kind and itemsize.
_DELTA_TYPES = {name: i for i, name in enumerate(("i1", "i2", "i4", "i8", "u1", "u2", "u4", "u8", "f4", "f8"))}


def kernel_delta(bint decode, src, dst, str dtype, str astype, tier=None):
    """Delta of items of ``dtype`` stored as ``astype`` (both of _DELTA_TYPES, native order). Equal types decode in
    place too."""
    cdef zc_kernels_t k
    cdef Py_buffer s, d
    cdef int type_ = _DELTA_TYPES[dtype], astype_ = _DELTA_TYPES[astype]
    cdef size_t n, ssize = zc_type_size(astype_ if decode else type_)
    cdef size_t dsize = zc_type_size(type_ if decode else astype_)
    _kernel_table(tier, &k)
    _kernel_buffer(src, &s, False)
    try:
        _kernel_buffer(dst, &d, True)
        try:
            n = <size_t>s.len // ssize
            if <size_t>s.len != n * ssize or <size_t>d.len != n * dsize:
                raise ValueError(f"{s.len} bytes do not go into {d.len} bytes as {dtype} and {astype}")
            same = s.buf == d.buf and decode and type_ == astype_
            if (n and not same and <uint8_t *>s.buf < <uint8_t *>d.buf + d.len
                    and <uint8_t *>d.buf < <uint8_t *>s.buf + s.len):
                raise ValueError("the buffers overlap")
            with nogil:
                if type_ == astype_:
                    if decode:
                        k.delta_decode(type_, n, s.buf, d.buf)
                    else:
                        k.delta_encode(type_, n, s.buf, d.buf)
                elif decode:
                    zc_cast_delta_decode(type_, astype_, n, s.buf, d.buf)
                else:
                    zc_cast_delta_encode(type_, astype_, n, s.buf, d.buf)
        finally:
            PyBuffer_Release(&d)
    finally:
        PyBuffer_Release(&s)


def kernel_fill(dst, pattern, tier=None):
    """Fills ``dst`` with copies of ``pattern``, whose length divides that of ``dst``."""
    cdef zc_kernels_t k
    cdef Py_buffer d
    cdef bytes item = bytes(pattern)
    cdef size_t itemsize = len(item)
    cdef const uint8_t *p = <const uint8_t *>PyBytes_AS_STRING(item)
    _kernel_table(tier, &k)
    _kernel_buffer(dst, &d, True)
    try:
        if itemsize == 0 or <size_t>d.len % itemsize:
            raise ValueError(f"{d.len} bytes are no whole number of items of {itemsize} bytes")
        with nogil:
            k.fill(<uint8_t *>d.buf, p, itemsize, <size_t>d.len // itemsize)
    finally:
        PyBuffer_Release(&d)


def kernel_all_equal(src, pattern, tier=None):
    """Whether ``src`` is copies of ``pattern``, whose length divides that of ``src``."""
    cdef zc_kernels_t k
    cdef Py_buffer s
    cdef bytes item = bytes(pattern)
    cdef size_t itemsize = len(item)
    cdef const uint8_t *p = <const uint8_t *>PyBytes_AS_STRING(item)
    cdef bint result
    _kernel_table(tier, &k)
    _kernel_buffer(src, &s, False)
    try:
        if itemsize == 0 or <size_t>s.len % itemsize:
            raise ValueError(f"{s.len} bytes are no whole number of items of {itemsize} bytes")
        with nogil:
            result = k.all_equal(<const uint8_t *>s.buf, p, itemsize, <size_t>s.len // itemsize)
    finally:
        PyBuffer_Release(&s)
    return result


def kernel_box_copy(cnp.ndarray src not None, cnp.ndarray dst not None, size_t swap):
    """``dst[...] = src`` for arrays of one shape and itemsize that share no memory; components of ``swap`` bytes are
    reversed (0: none). Always on the tier in use."""
    cdef size_t ndim = cnp.PyArray_NDIM(dst), itemsize = cnp.PyArray_ITEMSIZE(dst)
    cdef size_t i
    if <size_t>cnp.PyArray_NDIM(src) != ndim or ndim > ZC_BOX_MAX_NDIM:
        raise ValueError(f"arrays of {(<object>src).ndim} and {(<object>dst).ndim} dimensions")
    for i in range(ndim):
        if cnp.PyArray_DIM(src, i) != cnp.PyArray_DIM(dst, i):
            raise ValueError(f"shapes {(<object> src).shape} and {(<object> dst).shape} differ")
    if <size_t>cnp.PyArray_ITEMSIZE(src) != itemsize or itemsize < 1:
        raise ValueError(f"items of {(<object>src).itemsize} and {(<object>dst).itemsize} bytes")
    if swap not in (0, 2, 4, 8, 16) or (swap and itemsize % swap):
        raise ValueError(f"items of {itemsize} bytes have no components of {swap} bytes")
    if not cnp.PyArray_ISWRITEABLE(dst):
        raise ValueError("the destination is read-only")
    cdef const size_t *shape = <const size_t *>cnp.PyArray_DIMS(dst)
    cdef const uint8_t *s = <const uint8_t *>cnp.PyArray_DATA(src)
    cdef uint8_t *d = <uint8_t *>cnp.PyArray_DATA(dst)
    cdef const ptrdiff_t *sstride = <const ptrdiff_t *>cnp.PyArray_STRIDES(src)
    cdef const ptrdiff_t *dstride = <const ptrdiff_t *>cnp.PyArray_STRIDES(dst)
    with nogil:
        zc_box_copy(ndim, shape, s, sstride, d, dstride, itemsize, swap)
