#include <stdlib.h>
#include <string.h>

#include "../dispatch.h"
#include "masked.h"
#include "place.h"
#include "pool.h"
#include "shard_order.h"
#include "verify_parts.h"

/* The stored chunk, decoded to `chunk`. */
static int load_old(const zc_level_t *level, zc_ctx_t *ctx, const zc_layout_t *lay, const zc_source_t *old,
                    uint8_t *chunk) {
    const uint8_t *data, *view;
    size_t n;
    int err = 0;
    zc_status_t status = zc_source_bytes(old, ctx, ZC_TMP_FILE, &data, &err);
    if (status != ZC_OK) return zc_level_fail(level, ctx, status, err, "");
    zc_chain_result_t r = zc_plan_decode(level->plan, lay->nbytes, 1, ctx, data, old->n, NULL, chunk, &view, &n);
    if (r.status != ZC_OK) return zc_level_fail(level, ctx, r.status, 0, zc_step_name(level->plan, r.step));
    if (view != chunk) memcpy(chunk, view, lay->nbytes);
    return 0;
}

static int encode_plain(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                        zc_span_t *out) {
    const zc_plan_t *plan = level->plan;
    const uint8_t *chunk = level->items + job->offset;
    zc_layout_t lay;
    size_t lo, hi;
    *out = (zc_span_t){NULL, 0};
    if (zc_plan_layout(plan, job->edges, &lay) != ZC_OK) return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "bytes");
    if (!zc_place_same(level, &lay, job)) {
        uint8_t *scratch = zc_ctx_tmp(ctx, ZC_TMP_OLD, lay.nbytes);
        if (scratch == NULL) return zc_level_fail(level, ctx, ZC_E_NOMEM, 0, "");
        if (!job->covers && old != NULL) {
            if (load_old(level, ctx, &lay, old, scratch) != 0) return 1;
        } else if (!job->whole) {
            zc_k.fill(scratch, plan->fill_stored, plan->itemsize, lay.nitems);
        }
        zc_place_range(plan, &lay, job, &lo, &hi);
        if (level->run->batch->mask != NULL)
            zc_masked_write(level, &lay, job, scratch + lo);
        else
            zc_place_write(level, &lay, job, scratch + lo);
        chunk = scratch;
    }
    if (!level->run->batch->write_empty && zc_k.all_equal(chunk, plan->fill_stored, plan->itemsize, lay.nitems))
        return 0;
    zc_chain_result_t r = zc_plan_encode(plan, lay.nbytes, ctx, chunk, &out->data, &out->n);
    return r.status == ZC_OK ? 0 : zc_level_fail(level, ctx, r.status, 0, zc_step_name(plan, r.step));
}

typedef struct inner_write {
    zc_level_t level;
    const zc_plan_t *outer;
    const zc_shard_grid_t *grid;
    const uint64_t *entries;  /* of the old shard, or NULL */
    const zc_source_t *shard; /* the old shard */
    zc_span_t *made;          /* by position: malloc'ed bytes, or NULL for a chunk that is left out */
    uint8_t *touched;         /* by position */
} inner_write_t;

static int write_inner(void *arg, size_t index, zc_ctx_t *ctx) {
    const inner_write_t *in = arg;
    zc_job_t job;
    zc_source_t source;
    const zc_source_t *old = NULL;
    zc_span_t made;
    ctx->message[0] = 0;
    zc_selection_job(in->level.sel, index, &job);
    zc_level_t level = in->level;
    level.inner = job.coords;
    if (!zc_masked_job(&level, &job)) return 0;
    size_t position = zc_shard_position(in->outer, in->grid, job.coords);
    const int over = job.covers && !job.whole;
    if (in->entries != NULL && (!job.covers || over)) {
        zc_status_t status = zc_shard_entry(in->entries, position, in->shard, ctx, &source);
        if (status == ZC_OK && source.n > zc_plan_encoded_limit(level.plan, job.edges)) status = ZC_E_TOO_LONG;
        if (status == ZC_OK) old = &source;
        if (status != ZC_OK && status != ZC_E_MISSING && !over)
            return zc_level_fail(&level, ctx, status, 0, "sharding_indexed");
    }
    int failed =
        over ? zc_chunk_encode_over(&level, ctx, &job, old, &made) : zc_chunk_encode(&level, ctx, &job, old, &made);
    if (failed) return 1;
    in->touched[position] = 1;
    if (made.data != NULL) {
        uint8_t *copy = malloc(made.n + !made.n);
        if (copy == NULL) return zc_level_fail(&level, ctx, ZC_E_NOMEM, 0, "");
        memcpy(copy, made.data, made.n);
        in->made[position] = (zc_span_t){copy, made.n};
    }
    return 0;
}

/* Lays out the new shard: what was made, what of the old one was not touched, and the index. */
static int assemble(const inner_write_t *in, const zc_level_t *level, zc_ctx_t *ctx, zc_span_t *out) {
    const zc_shard_grid_t *grid = in->grid;
    const zc_shard_t *shard = in->outer->shard;
    const size_t limit = zc_plan_encoded_limit(in->level.plan, shard->inner);
    size_t total = grid->index_bytes, at = shard->index_at_start ? grid->index_bytes : 0, stored = 0;
    int err = 0;
    uint64_t *entries = malloc(grid->index_layout.nbytes + 16);
    size_t *positions = NULL;
    if (entries == NULL || zc_shard_order(in->outer, grid, &positions) != ZC_OK) {
        free(entries);
        return zc_level_fail(level, ctx, ZC_E_NOMEM, 0, "");
    }
    for (size_t k = 0; k < grid->total; k++) {
        const size_t i = positions != NULL ? positions[k] : k;
        zc_source_t kept;
        zc_status_t status = ZC_E_MISSING;
        size_t n = in->made[i].n;
        if (in->touched[i])
            status = in->made[i].data != NULL ? ZC_OK : ZC_E_MISSING;
        else if (in->entries != NULL && (status = zc_shard_entry(in->entries, i, in->shard, ctx, &kept)) == ZC_OK) {
            n = kept.n;
            if (n > limit) status = ZC_E_TOO_LONG; /* many entries for one large stretch would be a bomb */
        }
        if ((status != ZC_OK && status != ZC_E_MISSING) || (status == ZC_OK && zc_add_overflow(total, n, &total))) {
            free(entries);
            free(positions);
            return zc_level_fail(level, ctx, status == ZC_OK ? ZC_E_TOO_LONG : status, 0, "sharding_indexed");
        }
        entries[2 * i] = status == ZC_OK ? at : UINT64_MAX;
        entries[2 * i + 1] = status == ZC_OK ? n : UINT64_MAX;
        at += status == ZC_OK ? n : 0;
        stored += status == ZC_OK;
    }
    free(positions);
    *out = (zc_span_t){NULL, 0};
    if (stored == 0 && !level->run->batch->write_empty) {
        free(entries);
        return 0;
    }
    uint8_t *bytes = zc_ctx_tmp(ctx, ZC_TMP_SHARD, total);
    zc_status_t status = bytes == NULL ? ZC_E_NOMEM : ZC_OK;
    for (size_t i = 0; i < grid->total && status == ZC_OK; i++) {
        zc_source_t kept;
        if (entries[2 * i] == UINT64_MAX) continue;
        if (in->touched[i])
            memcpy(bytes + entries[2 * i], in->made[i].data, in->made[i].n);
        else if ((status = zc_shard_entry(in->entries, i, in->shard, ctx, &kept)) == ZC_OK)
            status = zc_source_read(&kept, 0, kept.n, bytes + entries[2 * i], &err);
    }
    const char *codec = "";
    if (status == ZC_OK) {
        codec = "sharding_indexed index";
        status = zc_shard_write_index(in->outer, grid, ctx, entries,
                                      bytes + (shard->index_at_start ? 0 : total - grid->index_bytes))
                     .status;
    }
    free(entries);
    if (status != ZC_OK) return zc_level_fail(level, ctx, status, err, codec);
    zc_chain_result_t r = zc_plan_encode(in->outer, total, ctx, bytes, &out->data, &out->n);
    return r.status == ZC_OK ? 0 : zc_level_fail(level, ctx, r.status, 0, zc_step_name(in->outer, r.step));
}

static int encode_shard(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                        zc_span_t *out) {
    const zc_plan_t *plan = level->plan;
    zc_source_t shard = {0};
    zc_shard_grid_t grid;
    zc_selection_t sel;
    uint64_t *entries = NULL;
    if (zc_shard_grid(plan, job->edges, &grid) != ZC_OK)
        return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "sharding_indexed");
    if (old != NULL && !job->covers && zc_chunk_open_shard(level, ctx, job, &grid, old, &shard, &entries) != 0)
        return 1;
    zc_status_t status = zc_chunk_inner_selection(level, job, &sel);
    if (status != ZC_OK) {
        free(entries);
        return zc_level_fail(level, ctx, status, 0, "sharding_indexed");
    }
    inner_write_t in = {.level = {level->run, plan->shard->chunk, &sel, level->items + job->offset, level->key, NULL},
                        .outer = plan,
                        .grid = &grid,
                        .entries = entries,
                        .shard = &shard,
                        .made = calloc(grid.total + 1, sizeof(zc_span_t)),
                        .touched = calloc(grid.total + 1, 1)};
    int failed;
    if (in.made == NULL || in.touched == NULL ||
        zc_pool_run(sel.njobs, zc_chunk_threads(level, sel.njobs), write_inner, &in) != ZC_OK)
        failed = zc_level_fail(level, ctx, ZC_E_NOMEM, 0, "");
    else
        failed = zc_run_failed(level->run) ? 1 : assemble(&in, level, ctx, out);
    for (size_t i = 0; in.made != NULL && i < grid.total; i++) free((void *)in.made[i].data);
    free(in.made);
    free(in.touched);
    zc_selection_free(&sel);
    free(entries);
    return failed;
}

int zc_chunk_encode(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                    zc_span_t *out) {
    return level->plan->shard != NULL ? encode_shard(level, ctx, job, old, out)
                                      : encode_plain(level, ctx, job, old, out);
}

int zc_chunk_encode_over(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *old,
                         zc_span_t *out) {
    zc_job_t merging = *job;
    zc_alone_t a; /* a failure of the attempt is none of the batch */
    merging.covers = 0;
    zc_alone(&a, level);
    a.batch.interrupted = NULL;
    a.batch.failure.status = ZC_OK;
    a.run.failed = 0;
    if (old != NULL && zc_chunk_encode(&a.level, ctx, &merging, old, out) == 0) return 0;
    zc_status_t status = a.batch.failure.status;
    if (status == ZC_E_IO || status == ZC_E_NOMEM) return zc_level_fail(level, ctx, status, a.batch.failure.err, "");
    ctx->message[0] = 0;
    return zc_chunk_encode(level, ctx, job, NULL, out);
}
