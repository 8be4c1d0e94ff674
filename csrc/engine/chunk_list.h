/* One native call for a list of chunks whose parts were cut by someone else: zarr-python's codec pipeline gets, for
 * each chunk, its key, what to take of it, and where that lies in the result. The twin of batch.h, which does the
 * cutting itself. */
#ifndef ZC_CHUNK_LIST_H
#define ZC_CHUNK_LIST_H

#include "batch.h"

/* What is selected of a chunk along one axis. */
typedef struct zc_part_axis {
    size_t edge;              /* of the stored chunk */
    size_t start, step;       /* first index and step; of a list: smallest index, 1 */
    size_t count;             /* > 0 */
    size_t last;              /* largest index, < edge */
    const int64_t *indices;   /* ascending list of `count` indices, or NULL */
    const int64_t *positions; /* their places in the caller's memory; NULL: 0, 1, 2 ... */
} zc_part_axis_t;

/* One chunk. A chunk must not be in the list twice when writing. */
typedef struct zc_part {
    const char *key;
    zc_span_t stored;  /* the stored bytes, data NULL for none; chunks as buffers only */
    zc_span_t made;    /* writing: malloc'ed encoded bytes, data NULL for "delete"; chunks as buffers only */
    ptrdiff_t offset;  /* of the first item in the caller's memory, bytes; axes with positions and points count as 0 */
    const size_t *ids; /* points: their numbers */
    size_t nids;
    int covers; /* everything of the chunk that lies in the array is selected */
    int found;  /* set by reading: the chunk was there */
} zc_part_t;

typedef struct zc_chunk_list {
    zc_batch_t batch;     /* sel: ndim, the strides and, with points, their coordinates inside their chunks; no grid */
    zc_part_t *part;      /* sel->njobs of them */
    zc_part_axis_t *axis; /* of each part plan->ndim; with points edge, start, last only */
} zc_chunk_list_t;

/* As zc_batch_read and zc_batch_write. A directory that is missing has no chunks; a directory in a file's place, or a
 * file in a directory's, is a missing chunk. */
zc_status_t zc_chunk_list_read(zc_chunk_list_t *list);
zc_status_t zc_chunk_list_write(zc_chunk_list_t *list);

#endif
