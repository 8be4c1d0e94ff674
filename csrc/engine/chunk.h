/* One chunk of a batch: from its encoded bytes to the caller's memory and back, shards included.
 *
 * A level is a selection on a chunk grid under one plan. The batch itself is one; a shard opens another, whose grid
 * is that of its inner chunks, and runs it on the pool like any other. */
#ifndef ZC_CHUNK_H
#define ZC_CHUNK_H

#include "batch.h"
#include "shard.h"

typedef struct zc_level {
    zc_run_t *run;
    const zc_plan_t *plan;
    const zc_selection_t *sel;
    uint8_t *items;      /* the caller's memory at the selection's first item */
    const char *key;     /* the stored chunk that all of this is about */
    const size_t *inner; /* coordinates of the inner chunk in its shard, or NULL */
} zc_level_t;

/* zc_run_fail for this level: says which inner chunk it was. Always 1. */
int zc_level_fail(const zc_level_t *level, zc_ctx_t *ctx, zc_status_t status, int err, const char *codec);
const char *zc_step_name(const zc_plan_t *plan, int step);

/* Decodes what the job needs of the chunk at `source` into the caller's memory. Returns 0, or 1 after zc_run_fail. */
int zc_chunk_read(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *source);

/* Encodes the chunk: the job's box from the caller's memory, the rest from `old` (NULL: the fill value). *out is memory
 * of ctx, valid until its next use, data NULL when the chunk is to be left out. Returns 0, or 1 after zc_run_fail. */
int zc_chunk_encode(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                    zc_span_t *out);

/* As zc_chunk_encode, of a job that covers what lies of the chunk in the array, while the chunk goes over its edge:
 * what `old` has there, put by others who know a longer array, stays, except where it is damaged. */
int zc_chunk_encode_over(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                         zc_span_t *out);

/* The selection of a job, seen inside its shard. */
zc_status_t zc_chunk_inner_selection(const zc_level_t *level, const zc_job_t *job, zc_selection_t *inner);

/* Opens the shard at `source`: where its bytes are once the codecs around it are undone (memory of ctx then), and its
 * index (freed by the caller). Returns 0, or 1 after zc_run_fail. */
int zc_chunk_open_shard(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_shard_grid_t *grid,
                        const zc_source_t *source, zc_source_t *shard, uint64_t **entries);

/* Threads for `njobs` inner chunks of one of the level's shards: one where there are shards enough for all threads. */
int zc_chunk_threads(const zc_level_t *level, size_t njobs);

#endif
