# Included by _core.pyx: what the engine of csrc/ offers, and its failures as exceptions.

cdef extern from "status.h" nogil:
    ctypedef enum zc_status_t:
        ZC_OK, ZC_E_NOMEM, ZC_E_PARAM, ZC_E_TRUNCATED, ZC_E_CORRUPT, ZC_E_CHECKSUM, ZC_E_TOO_LONG, ZC_E_TOO_SHORT,
        ZC_E_DST, ZC_E_UNSUPPORTED, ZC_E_IO, ZC_E_MISSING, ZC_E_CANCELLED, ZC_E_LOCK

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
        int write_order
    ctypedef struct zc_shard_grid_t:
        size_t total
    enum:
        ZC_SHARD_MOST
    zc_status_t zc_shard_grid(const zc_plan_t *plan, const size_t *edges, zc_shard_grid_t *grid)

cdef extern from "engine/shard_order.h" nogil:
    enum:
        ZC_WRITE_ORDERS

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
    size_t zc_plan_encoded_limit(const zc_plan_t *plan, const size_t *edges)
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
    ctypedef enum zc_concurrency_t:
        ZC_PROCESS_LOCKS, ZC_THREAD_LOCKS, ZC_NO_LOCKS
    ctypedef enum zc_durability_t:
        ZC_ATOMIC, ZC_FSYNC, ZC_IN_PLACE
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
        zc_concurrency_t concurrency
        zc_durability_t durability
        const uint8_t *mask
        uint8_t *absent
        int (*interrupted)(void *arg) noexcept nogil
        void *interrupted_arg
        zc_failure_t failure
    zc_status_t zc_batch_read(zc_batch_t *batch)
    zc_status_t zc_batch_write(zc_batch_t *batch)

cdef extern from "engine/chunk_list.h" nogil:
    ctypedef struct zc_part_axis_t:
        size_t edge
        size_t start
        size_t step
        size_t count
        size_t last
        const int64_t *indices
        const int64_t *positions
    ctypedef struct zc_part_t:
        const char *key
        zc_span_t stored
        zc_span_t made
        ptrdiff_t offset
        const size_t *ids
        size_t nids
        int covers
        int found
    ctypedef struct zc_chunk_list_t:
        zc_batch_t batch
        zc_part_t *part
        zc_part_axis_t *axis
    zc_status_t zc_chunk_list_read(zc_chunk_list_t *lst)
    zc_status_t zc_chunk_list_write(zc_chunk_list_t *lst)

cdef extern from "engine/pool.h" nogil:
    int zc_pool_threads()
    void zc_pool_set_threads(int n)
    int zc_pool_setting()

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
    ZC_E_CANCELLED: "a signal handler forked this process in the middle of it",
}

cdef dict _CONCURRENCY = {"process": ZC_PROCESS_LOCKS, "thread": ZC_THREAD_LOCKS, "none": ZC_NO_LOCKS}
cdef dict _DURABILITY = {"atomic": ZC_ATOMIC, "fsync": ZC_FSYNC, "none": ZC_IN_PLACE}


cdef const char *_c_path(bytes path) except NULL:
    """As a C string. A NUL inside would make it another path."""
    if b"\0" in path:
        raise ValueError(f"embedded null byte in path {path!r}")
    return PyBytes_AS_STRING(path)


cdef int _interrupted(void *pending) noexcept with gil:
    """Lets Python's signal handlers run; what they raise goes to the list ``pending``."""
    try:
        PyErr_CheckSignals()
    except BaseException as e:
        (<list> pending).append(e)
        return 1
    return 0


cdef void _interruptible(zc_batch_t *b, list pending):
    b.interrupted = _interrupted
    b.interrupted_arg = <void *> pending


cdef int _set_policy(zc_batch_t *b, str concurrency, str durability) except -1:
    """Raises KeyError for words that are none."""
    b.concurrency = <zc_concurrency_t> <int> _CONCURRENCY[concurrency]
    b.durability = <zc_durability_t> <int> _DURABILITY[durability]
    return 0


cdef _raise(zc_batch_t *b, str label, list pending):
    cdef zc_failure_t *f = &b.failure
    cdef str key = (<bytes> f.key).decode("utf-8", "surrogateescape")  # may end within a character
    cdef str detail = (<bytes> f.message).decode("utf-8", "replace")
    cdef str codec = (<bytes> f.codec).decode() if f.codec != NULL else ""
    if pending:
        raise pending[0]
    if f.status == ZC_E_NOMEM:
        raise MemoryError(f"array {label!r}, chunk {key!r}: out of memory")
    if f.status == ZC_E_IO:
        raise ChunkIOError(f.err, _os.strerror(f.err), f"{label}/{key}" if key else label)
    if f.status == ZC_E_LOCK:
        raise LockError(f.err, _os.strerror(f.err), f"{label}/{key}" if key else label)
    if f.status == ZC_E_MISSING:
        raise ChunkNotFoundError(
            "the chunk is missing and array.read_missing_chunks is off", array=label, key=key)
    reason = _REASONS.get(f.status, f"failed with status {f.status}")
    raise CodecError(f"{reason} ({detail})" if detail else reason, array=label, key=key, codec=codec)
