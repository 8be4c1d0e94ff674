/* What verify.c, verify_shard.c and mend.c share: one stored chunk under inspection. */
#ifndef ZC_VERIFY_PARTS_H
#define ZC_VERIFY_PARTS_H

#include "chunk.h"
#include "verify.h"

/* What a check found, as bits. */
enum {
    ZC_BAD_BYTES = 1, /* stored bytes that no writer wrote: torn, flipped, of another size */
    ZC_BAD_OTHER = 2, /* could not be read, or not understood */
    ZC_BAD_WHOLE = 4  /* it is the stored object itself, or its index, not some inner chunks */
};

/* Where defects go; inner chunks are checked by several threads. */
typedef struct zc_sink {
    pthread_mutex_t lock;
    zc_verdict_t *verdict;
} zc_sink_t;

/* A stored chunk, opened and checked. */
typedef struct zc_inspected {
    zc_sink_t sink;
    zc_source_t source; /* fd to be closed when it is not -1 */
    char key[ZC_KEY_MAX];
    size_t edges[ZC_MAX_NDIM];
    int bad; /* bits */
} zc_inspected_t;

/* Opens and checks the chunk at `coords`, the index-th of the batch. `quiet` is the run's batch as it was before the
 * run, with no one to interrupt it: no thread changes it. `marks`: by position in the outermost shard, zeroed, gets the
 * bits of its inner chunks; or NULL. Ends with zc_inspected_close. */
void zc_inspect(zc_inspected_t *w, const zc_run_t *run, zc_batch_t *quiet, zc_ctx_t *ctx, size_t index,
                const int64_t *coords, uint8_t *marks, zc_verdict_t *verdict);
zc_batch_t zc_inspect_quiet(const zc_batch_t *batch);
void zc_inspected_close(zc_inspected_t *w);

/* The edges that the batch's grid gives the chunk at `coords`. */
void zc_inspect_edges(const zc_batch_t *batch, const int64_t *coords, size_t *edges);

/* Checks one chunk, inner chunk or shard of `level` and gives its defects to the sink. Returns bits. */
int zc_verify_chunk(const zc_level_t *level, zc_ctx_t *ctx, const size_t *edges, const zc_source_t *source,
                    zc_sink_t *sink, uint8_t *marks);
int zc_verify_shard(const zc_level_t *level, zc_ctx_t *ctx, const size_t *edges, const zc_source_t *source,
                    zc_sink_t *sink, uint8_t *marks);

/* A level with a batch and a run of its own, so that one failure hides no other. */
typedef struct zc_alone {
    zc_batch_t batch;
    zc_run_t run;
    zc_level_t level;
} zc_alone_t;

void zc_alone(zc_alone_t *a, const zc_level_t *level);

/* Gives the failure that `a` holds to the sink; returns its bits. */
int zc_sink_failure(zc_sink_t *sink, const zc_alone_t *a);

#endif
