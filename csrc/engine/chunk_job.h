/* One stored chunk of a batch: found and read, or merged and put in place under its lock. The same for chunks that the
 * engine cut (batch.h) and for lists of chunks (chunk_list.h). */
#ifndef ZC_CHUNK_JOB_H
#define ZC_CHUNK_JOB_H

#include "chunk.h"

/* A chunk, and where its bytes are when they are in buffers. */
typedef struct zc_target {
    const char *key;
    const zc_span_t *stored; /* data NULL: missing */
    zc_span_t *made;         /* writing: malloc'ed bytes, data NULL for "delete" */
} zc_target_t;

/* Both return 0, or 1 after zc_run_fail. */
int zc_chunk_job_read(zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job, int *found);
int zc_chunk_job_write(zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, zc_job_t *job);

#endif
