#define _GNU_SOURCE
#include <stdlib.h>
#include <string.h>

#include "verify_parts.h"
#include "writer.h"

typedef struct mending {
    zc_run_t run;
    zc_batch_t quiet;
    const int64_t *coords;
    zc_mended_t *mended;
} mending_t;

/* The shard without the inner chunks that `marks` calls damaged, in memory of ctx; data NULL when none is left.
 * Returns 0, or 1 after zc_level_fail. */
static int without_marked(const zc_level_t *level, zc_ctx_t *ctx, const zc_inspected_t *w, const uint8_t *marks,
                          zc_span_t *made) {
    const zc_plan_t *plan = level->plan;
    zc_job_t job;
    zc_shard_grid_t grid;
    zc_source_t shard;
    uint64_t *entries;
    size_t left = 0;
    int err = 0;
    *made = (zc_span_t){NULL, 0};
    memcpy(job.edges, w->edges, sizeof job.edges);
    if (zc_shard_grid(plan, w->edges, &grid) != ZC_OK)
        return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "sharding_indexed");
    if (zc_chunk_open_shard(level, ctx, &job, &grid, &w->source, &shard, &entries) != 0) return 1;
    for (size_t i = 0; i < grid.total; i++) {
        if (marks[i] & ZC_BAD_BYTES) entries[2 * i] = entries[2 * i + 1] = UINT64_MAX;
        left += entries[2 * i] != UINT64_MAX || entries[2 * i + 1] != UINT64_MAX;
    }
    zc_status_t status = ZC_OK;
    zc_chain_result_t r = {ZC_OK, -1};
    uint8_t *bytes = left > 0 ? zc_ctx_tmp(ctx, ZC_TMP_SHARD, shard.n) : NULL;
    if (left > 0 && bytes == NULL) status = ZC_E_NOMEM;
    if (left > 0 && status == ZC_OK) status = zc_source_read(&shard, 0, shard.n, bytes, &err);
    if (left > 0 && status == ZC_OK) {
        size_t at = plan->shard->index_at_start ? 0 : shard.n - grid.index_bytes;
        r = zc_shard_write_index(plan, &grid, ctx, entries, bytes + at);
        if (r.status == ZC_OK) r = zc_plan_encode(plan, shard.n, ctx, bytes, &made->data, &made->n);
        status = r.status;
    }
    free(entries);
    return status == ZC_OK ? 0 : zc_level_fail(level, ctx, status, err, zc_step_name(plan, r.step));
}

static zc_status_t put(zc_run_t *run, const char *key, const zc_span_t *made, zc_held_t *held, int *err) {
    zc_batch_t *b = run->batch;
    if (b->root != NULL) return zc_writer_put(run, key, made, held, err);
    if (made->data == NULL) return ZC_OK;
    uint8_t *copy = malloc(made->n + !made->n);
    if (copy == NULL) return ZC_E_NOMEM;
    memcpy(copy, made->data, made->n);
    b->made[0] = (zc_span_t){copy, made->n};
    return ZC_OK;
}

/* With the chunk's lock held. */
static void mend(mending_t *m, zc_ctx_t *ctx, const char *key, uint8_t *marks, zc_held_t *held) {
    zc_verdict_t verdict = {0};
    zc_span_t made = {NULL, 0};
    zc_inspected_t w;
    int err = 0, failed = 0;
    zc_inspect(&w, &m->run, &m->quiet, ctx, 0, m->coords, marks, &verdict);
    if (w.bad & ZC_BAD_BYTES) {
        zc_level_t level = {&m->run, m->quiet.plan, m->quiet.sel, NULL, key, NULL};
        if (!(w.bad & ZC_BAD_WHOLE) && marks != NULL) failed = without_marked(&level, ctx, &w, marks, &made);
        zc_status_t status = failed ? ZC_OK : put(&m->run, key, &made, held, &err);
        if (status != ZC_OK)
            zc_run_fail(&m->run, NULL, key, status, err, "");
        else if (!failed)
            *m->mended = made.data != NULL ? ZC_MEND_REWRITTEN : ZC_MEND_REMOVED;
    }
    zc_inspected_close(&w);
    free(verdict.defects);
}

static int mend_job(void *arg, size_t index, zc_ctx_t *ctx) {
    mending_t *m = arg;
    const zc_plan_t *plan = m->quiet.plan;
    zc_shard_grid_t grid;
    zc_held_t held = {0};
    uint8_t *marks = NULL;
    size_t at[ZC_MAX_NDIM], edges[ZC_MAX_NDIM];
    char key[ZC_KEY_MAX];
    int err = 0;
    (void)index;
    for (int i = 0; i < plan->ndim; i++) at[i] = (size_t)m->coords[i];
    zc_key_format(&m->quiet.keys, plan->ndim, at, key);
    zc_inspect_edges(&m->quiet, m->coords, edges);
    if (plan->shard != NULL && zc_shard_grid(plan, edges, &grid) == ZC_OK) {
        marks = calloc(grid.total + 1, 1);
        if (marks == NULL) return zc_run_fail(&m->run, NULL, key, ZC_E_NOMEM, 0, "");
    }
    zc_status_t status = m->quiet.root == NULL ? ZC_OK : zc_writer_lock(&m->run, key, 1, &held, &err);
    if (status == ZC_OK)
        mend(m, ctx, key, marks, &held);
    else
        zc_run_fail(&m->run, NULL, key, status, err, "");
    zc_writer_unlock(&m->run, &held);
    free(marks);
    return 0;
}

zc_status_t zc_mend(zc_batch_t *batch, const int64_t *coords, zc_mended_t *mended) {
    size_t edges[ZC_MAX_NDIM];
    mending_t m = {.quiet = zc_inspect_quiet(batch), .coords = coords, .mended = mended};
    *mended = ZC_MEND_NOTHING;
    zc_inspect_edges(batch, coords, edges);
    return zc_run_jobs(&m.run, batch, edges, ZC_MERGE, mend_job, &m);
}
