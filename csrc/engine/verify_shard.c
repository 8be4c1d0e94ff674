#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "pool.h"
#include "verify_parts.h"

typedef struct inner_check {
    const zc_level_t *shard_level;
    const zc_shard_grid_t *grid;
    const uint64_t *entries;
    const zc_source_t *shard;
    zc_sink_t *sink;
    uint8_t *marks;
    int bad;
} inner_check_t;

/* Array coordinates of the inner chunk at a position of the index. */
static void inner_coords(const zc_plan_t *plan, const zc_shard_grid_t *grid, size_t position, size_t *coords) {
    for (int i = plan->ndim - 1; i >= 0; i--) {
        int axis = plan->order[i];
        coords[axis] = position % grid->count[axis];
        position /= grid->count[axis];
    }
}

/* Whether the entry's bytes are, in part, those of the index: no writer does that, and the bytes change with the index.
 */
static zc_status_t check_apart(const inner_check_t *in, size_t position, zc_ctx_t *ctx) {
    const zc_shard_t *shard = in->shard_level->plan->shard;
    uint64_t offset = in->entries[2 * position], n = in->entries[2 * position + 1];
    uint64_t index = shard->index_at_start ? 0 : in->shard->n - in->grid->index_bytes;
    if (n == 0 || offset + n <= index || offset >= index + in->grid->index_bytes) return ZC_OK;
    return zc_ctx_fail(ctx, ZC_E_CORRUPT, "offset %llu, length %llu: in the index", (unsigned long long)offset,
                       (unsigned long long)n);
}

static int check_inner(void *arg, size_t position, zc_ctx_t *ctx) {
    inner_check_t *in = arg;
    const zc_plan_t *outer = in->shard_level->plan;
    size_t coords[ZC_MAX_NDIM];
    zc_source_t source;
    zc_alone_t a;
    int bad;
    ctx->message[0] = 0;
    zc_status_t status = zc_shard_entry(in->entries, position, in->shard, ctx, &source);
    if (status == ZC_E_MISSING) return 0;
    inner_coords(outer, in->grid, position, coords);
    zc_level_t level = {
        in->shard_level->run, outer->shard->chunk, in->shard_level->sel, NULL, in->shard_level->key, coords};
    if (status == ZC_OK) status = check_apart(in, position, ctx);
    if (status == ZC_OK) {
        bad = zc_verify_chunk(&level, ctx, outer->shard->inner, &source, in->sink, NULL);
    } else {
        zc_alone(&a, &level);
        zc_level_fail(&a.level, ctx, status, 0, "sharding_indexed");
        bad = zc_sink_failure(in->sink, &a);
    }
    if (in->marks != NULL) in->marks[position] = (uint8_t)bad;
    if (bad) __atomic_fetch_or(&in->bad, bad & (ZC_BAD_BYTES | ZC_BAD_OTHER), __ATOMIC_RELAXED);
    return 0;
}

static int by_offset(const void *a, const void *b) {
    const uint64_t *x = a, *y = b;
    return x[0] != y[0] ? (x[0] > y[0]) - (x[0] < y[0]) : (x[1] > y[1]) - (x[1] < y[1]);
}

/* Entries that share some bytes but are not the same stretch: no writer makes them. Returns 0, or 1 after
 * zc_level_fail. */
static int check_overlaps(const zc_level_t *level, zc_ctx_t *ctx, const zc_shard_grid_t *grid, const uint64_t *entries,
                          const zc_source_t *shard) {
    uint64_t *sorted = malloc(grid->total * 16 + 16);
    if (sorted == NULL) return zc_level_fail(level, ctx, ZC_E_NOMEM, 0, "");
    size_t n = 0, clash = 0;
    for (size_t i = 0; i < grid->total; i++) {
        uint64_t offset = entries[2 * i], length = entries[2 * i + 1];
        if (length == 0 || offset > shard->n || length > shard->n - offset) continue; /* missing, or told elsewhere */
        sorted[2 * n] = offset;
        sorted[2 * n++ + 1] = length;
    }
    qsort(sorted, n, 16, by_offset);
    for (size_t i = 1; i < n && clash == 0; i++) {
        const uint64_t *a = sorted + 2 * (i - 1), *b = sorted + 2 * i;
        int same = a[0] == b[0] && a[1] == b[1];
        if (!same && b[0] < a[0] + a[1]) clash = i;
    }
    if (clash != 0)
        snprintf(ctx->message, sizeof ctx->message, "bytes from %llu on belong to two inner chunks",
                 (unsigned long long)sorted[2 * clash]);
    free(sorted);
    return clash != 0 ? zc_level_fail(level, ctx, ZC_E_CORRUPT, 0, "sharding_indexed index") : 0;
}

int zc_verify_shard(const zc_level_t *level, zc_ctx_t *ctx, const size_t *edges, const zc_source_t *source,
                    zc_sink_t *sink, uint8_t *marks) {
    zc_alone_t a;
    zc_job_t job;
    zc_shard_grid_t grid;
    zc_source_t shard;
    uint64_t *entries = NULL;
    zc_alone(&a, level);
    for (int i = 0; i < level->plan->ndim; i++) job.edges[i] = edges[i];
    if (zc_shard_grid(level->plan, edges, &grid) != ZC_OK) {
        zc_level_fail(&a.level, ctx, ZC_E_PARAM, 0, "sharding_indexed");
        return zc_sink_failure(sink, &a);
    }
    if (zc_chunk_open_shard(&a.level, ctx, &job, &grid, source, &shard, &entries) != 0)
        return zc_sink_failure(sink, &a);
    inner_check_t in = {level, &grid, entries, &shard, sink, marks, 0};
    if (zc_pool_run(grid.total, zc_chunk_threads(level, grid.total), check_inner, &in) != ZC_OK) {
        zc_level_fail(&a.level, ctx, ZC_E_NOMEM, 0, "");
        in.bad |= zc_sink_failure(sink, &a);
    } else if (check_overlaps(&a.level, ctx, &grid, entries, &shard)) {
        /* told, not mended: each chunk by itself may be whole */
        in.bad |= zc_sink_failure(sink, &a) & ZC_BAD_OTHER;
        in.bad |= ZC_BAD_OTHER;
    }
    free(entries);
    return in.bad;
}
