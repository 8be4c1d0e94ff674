/* A chunk's codec chain, compiled: how items lie in the stored chunk and which codecs lie around them. */
#ifndef ZC_PLAN_H
#define ZC_PLAN_H

#include "../codecs/codec.h"

enum { ZC_MAX_NDIM = 64, ZC_MAX_STEPS = 32 };

struct zc_shard; /* shard.h */

typedef struct zc_plan {
    int ndim;
    size_t itemsize;
    size_t swap;            /* component width reversed between memory and storage, 0: none */
    int order[ZC_MAX_NDIM]; /* array axis of each storage axis, outermost first */
    int nsteps;
    zc_step_t steps[ZC_MAX_STEPS]; /* in encode order */
    uint8_t *fill_memory;          /* the fill value, itemsize bytes, as it lies in memory ... */
    uint8_t *fill_stored;          /* ... and in a stored chunk before the steps */
    struct zc_shard *shard;        /* the chunk is a shard: order is that of its index, steps lie around it. Or NULL */
} zc_plan_t;

/* Takes a zeroed plan with ndim, itemsize, swap, order, steps set and copies `fill` (itemsize bytes, memory order).
 * ZC_E_PARAM: *bad_step is the step at fault, or -1. */
zc_status_t zc_plan_init(zc_plan_t *plan, const uint8_t *fill, int *bad_step);
void zc_plan_clear(zc_plan_t *plan);

/* Geometry of one chunk under a plan. */
typedef struct zc_layout {
    size_t nitems, nbytes;
    ptrdiff_t stride[ZC_MAX_NDIM]; /* bytes between neighbours along each array axis in the stored chunk */
} zc_layout_t;

/* ZC_E_PARAM when the chunk does not fit the address space. */
zc_status_t zc_plan_layout(const zc_plan_t *plan, const size_t *edges, zc_layout_t *out);

/* What went wrong in a chain: the step, or -1. */
typedef struct zc_chain_result {
    zc_status_t status;
    int step;
} zc_chain_result_t;

/* Decodes n encoded bytes to `want` bytes; with `exact` off to at most that. *view, *nview is where they are: `dst`
 * when it was given and the last step wrote there, else a part of src or of scratch of ctx: without `dst` of
 * ZC_TMP_CHUNK, which the next chain with a `dst` leaves alone. With `part` (or NULL)
 * only what it wants of the view need be valid. */
zc_chain_result_t zc_plan_decode(const zc_plan_t *plan, size_t want, int exact, zc_ctx_t *ctx, const uint8_t *src,
                                 size_t n, const zc_want_t *part, uint8_t *dst, const uint8_t **view, size_t *nview);

/* Encodes n bytes at src; *view, *nview is the result, in memory of ctx or src itself. */
zc_chain_result_t zc_plan_encode(const zc_plan_t *plan, size_t n, zc_ctx_t *ctx, const uint8_t *src,
                                 const uint8_t **view, size_t *nview);

/* Exact encoded size of nbytes, or ZC_SIZE_UNKNOWN. */
size_t zc_plan_encoded_size(const zc_plan_t *plan, size_t nbytes);

/* No sane encoder makes more than this of a chunk (or shard) with these edges: larger ones are refused before they are
 * read. zc_plan_shard_limit: the same of a shard before the steps that lie around it. */
size_t zc_plan_encoded_limit(const zc_plan_t *plan, const size_t *edges);
size_t zc_plan_shard_limit(const zc_plan_t *plan, const size_t *edges);

#endif
