# Included by _core.pyx: variable-length strings between numpy's StringDType and the vlen-utf8 layout
# (u32 count, then per item u32 length and UTF-8 bytes, all little-endian; numcodecs and zarr-extensions "vlen-utf8").

from libc.string cimport memcpy

cdef extern from "numpy/ndarraytypes.h":
    ctypedef struct npy_string_allocator:
        pass
    ctypedef struct npy_packed_static_string:
        pass
    ctypedef struct npy_static_string:
        size_t size
        const char *buf
    ctypedef struct PyArray_StringDTypeObject:
        pass

cdef extern from "numpy/arrayobject.h" nogil:
    npy_string_allocator *NpyString_acquire_allocator(const PyArray_StringDTypeObject *descr)
    void NpyString_release_allocator(npy_string_allocator *allocator)
    int NpyString_load(npy_string_allocator *allocator, const npy_packed_static_string *packed,
                       npy_static_string *unpacked)
    int NpyString_pack(npy_string_allocator *allocator, npy_packed_static_string *packed, const char *buf, size_t size)

cdef extern from "text.h" nogil:
    int zc_utf8_valid(const uint8_t *data, size_t n)


cdef int _check_text_array(cnp.ndarray array) except -1:
    # 2056 is NPY_VSTRING, the type number of StringDType in every numpy that has it
    if cnp.PyArray_TYPE(array) != 2056 or not cnp.PyArray_IS_C_CONTIGUOUS(array):
        raise ValueError("not a contiguous StringDType array")
    return 0


def vlen_utf8_unpack(data, cnp.ndarray out not None):
    """Fills a contiguous StringDType array from the vlen-utf8 bytes of exactly as many strings.

    Raises ValueError for another count, lengths beyond the buffer, trailing bytes, and invalid UTF-8.
    """
    cdef Py_buffer view
    cdef size_t i = 0, n = cnp.PyArray_SIZE(out), left
    cdef Py_ssize_t itemsize = cnp.PyArray_ITEMSIZE(out)
    cdef uint32_t length = 0
    cdef const uint8_t *p
    cdef char *item = <char *> cnp.PyArray_DATA(out)
    cdef npy_string_allocator *allocator
    cdef int bad = 0
    _check_text_array(out)
    PyObject_GetBuffer(data, &view, PyBUF_SIMPLE)
    try:
        p = <const uint8_t *> view.buf
        left = view.len
        if left >= 4:
            memcpy(&length, p, 4)
        if left < 4 or length != n:
            raise ValueError(f"{length if left >= 4 else 'no'} strings stored, {n} expected")
        p += 4
        left -= 4
        with nogil:
            allocator = NpyString_acquire_allocator(<const PyArray_StringDTypeObject *> cnp.PyArray_DESCR(out))
            for i in range(n):
                if left < 4:
                    bad = 1
                    break
                memcpy(&length, p, 4)
                p += 4
                left -= 4
                if length > left:
                    bad = 1
                    break
                if not zc_utf8_valid(p, length):
                    bad = 2
                    break
                if NpyString_pack(allocator, <npy_packed_static_string *> item, <const char *> p, length) < 0:
                    bad = 3
                    break
                p += length
                left -= length
                item += itemsize
            NpyString_release_allocator(allocator)
        if bad == 3:
            raise MemoryError
        if bad == 2:
            raise ValueError(f"string {i} is not valid UTF-8")
        if bad == 1:
            raise ValueError(f"string {i} of {n} ends beyond the stored bytes")
        if left:
            raise ValueError(f"{left} bytes follow the last string")
    finally:
        PyBuffer_Release(&view)


def vlen_utf8_pack(cnp.ndarray array not None):
    """The vlen-utf8 bytes of a contiguous StringDType array; missing strings are stored as "".

    Raises ValueError when there are more strings, or longer ones, than 32-bit numbers can say.
    """
    cdef size_t i = 0, n = cnp.PyArray_SIZE(array), total = 4
    cdef Py_ssize_t itemsize = cnp.PyArray_ITEMSIZE(array)
    cdef const char *item
    cdef npy_string_allocator *allocator
    cdef npy_static_string text
    cdef uint32_t length
    cdef uint8_t *p
    cdef int bad = 0
    _check_text_array(array)
    if n > UINT32_MAX:
        raise ValueError(f"{n} strings in one chunk, at most {UINT32_MAX} can be stored")
    with nogil:
        allocator = NpyString_acquire_allocator(<const PyArray_StringDTypeObject *> cnp.PyArray_DESCR(array))
        item = <const char *> cnp.PyArray_DATA(array)
        for i in range(n):
            text.size = 0
            if NpyString_load(allocator, <const npy_packed_static_string *> item, &text) < 0 or text.size > UINT32_MAX:
                bad = 1
                break
            total += 4 + text.size
            item += itemsize
        NpyString_release_allocator(allocator)
    if bad:
        raise ValueError(f"string {i} cannot be stored")
    out = PyBytes_FromStringAndSize(NULL, total)
    p = <uint8_t *> PyBytes_AS_STRING(out)
    with nogil:
        allocator = NpyString_acquire_allocator(<const PyArray_StringDTypeObject *> cnp.PyArray_DESCR(array))
        length = <uint32_t> n
        memcpy(p, &length, 4)
        p += 4
        total -= 4
        item = <const char *> cnp.PyArray_DATA(array)
        for i in range(n):
            text.size = 0
            text.buf = NULL
            NpyString_load(allocator, <const npy_packed_static_string *> item, &text)
            if 4 + text.size > total:  # changed by another thread since it was measured
                bad = 1
                break
            length = <uint32_t> text.size
            memcpy(p, &length, 4)
            if text.size:
                memcpy(p + 4, text.buf, text.size)
            p += 4 + text.size
            total -= 4 + text.size
            item += itemsize
        NpyString_release_allocator(allocator)
    if bad or total:
        raise ValueError("the array changed while it was being encoded")
    return out
