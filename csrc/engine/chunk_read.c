#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "absent.h"
#include "chunk.h"
#include "file.h"
#include "place.h"
#include "pool.h"
#include "want.h"

int zc_level_fail(const zc_level_t *level, zc_ctx_t *ctx, zc_status_t status, int err, const char *codec) {
    if (level->inner != NULL) {
        char message[sizeof ctx->message];
        size_t n;
        memcpy(message, ctx->message, sizeof message);
        n = (size_t)snprintf(ctx->message, sizeof message, "inner chunk [");
        for (int i = 0; i < level->plan->ndim && n + 40 < sizeof message; i++)
            n += (size_t)snprintf(ctx->message + n, sizeof message - n, i == 0 ? "%zu" : ", %zu", level->inner[i]);
        snprintf(ctx->message + n, sizeof message - n, "]%s%.80s", message[0] != 0 ? ", " : "", message);
    }
    return zc_run_fail(level->run, ctx, level->key, status, err, codec);
}

const char *zc_step_name(const zc_plan_t *plan, int step) {
    return step >= 0 ? plan->steps[step].ops->name : plan->shard != NULL ? "sharding_indexed" : "bytes";
}

/* An uncompressed chunk in a file: only what is touched is read, and has memory. */
static zc_status_t read_plain(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, zc_ctx_t *ctx,
                              const zc_source_t *source, int *err) {
    zc_want_t want;
    if (zc_place_same(level, lay, job)) return zc_source_read(source, 0, lay->nbytes, level->items + job->offset, err);
    zc_status_t status = zc_want_of(level->plan, lay, job, ctx, &want);
    uint8_t *box = status == ZC_OK ? zc_ctx_tmp(ctx, ZC_TMP_CHUNK, want.hi - want.lo) : NULL;
    if (box == NULL) return ZC_E_NOMEM;
    if (want.nparts == 0) status = zc_source_read(source, want.lo, want.hi - want.lo, box, err);
    for (size_t k = 0; k < want.nparts && status == ZC_OK; k++) {
        const zc_stretch_t *part = &want.parts[k];
        status = zc_source_read(source, part->lo, part->hi - part->lo, box + (part->lo - want.lo), err);
    }
    if (status == ZC_OK) zc_place_read(level, lay, job, box);
    return status;
}

/* Less is as quickly read in one call as in two. */
enum { FETCH_LEAST = 32 << 10 };

typedef struct file_fetch {
    const zc_source_t *source;
    uint8_t *data;
} file_fetch_t;

static zc_status_t fetch_from_file(void *arg, size_t from, size_t to) {
    const file_fetch_t *f = arg;
    int err;
    return zc_source_read(f->source, from, to - from, f->data + from, &err);
}

static size_t wanted_bytes(const zc_want_t *want) {
    size_t n = want->nparts > 0 ? 0 : want->hi - want->lo;
    for (size_t k = 0; k < want->nparts; k++) n += want->parts[k].hi - want->parts[k].lo;
    return n;
}

/* A chunk in a file of which a part is wanted, and of whose encoded bytes a part will do: *chunk then has the wanted
 * bytes of it. Anything else than ZC_OK: it has to be read as a whole. */
static zc_status_t read_part(const zc_plan_t *plan, const zc_layout_t *lay, zc_ctx_t *ctx, const zc_source_t *source,
                             const zc_want_t *want, const uint8_t **chunk) {
    const zc_step_t *s = &plan->steps[0];
    if (source->data != NULL || plan->nsteps != 1 || s->ops->decode_fetched == NULL || source->n < FETCH_LEAST ||
        wanted_bytes(want) > lay->nbytes / 2)
        return ZC_E_UNSUPPORTED;
    uint8_t *data = zc_ctx_tmp(ctx, ZC_TMP_FILE, source->n), *out = zc_ctx_tmp(ctx, ZC_TMP_CHUNK, lay->nbytes);
    if (data == NULL || out == NULL) return ZC_E_NOMEM;
    file_fetch_t file = {source, data};
    zc_status_t status =
        s->ops->decode_fetched(s, ctx, data, source->n, &(zc_fetch_t){fetch_from_file, &file}, lay->nbytes, want, out);
    ctx->message[0] = 0;
    *chunk = out;
    return status;
}

static int read_plain_chunk(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *source) {
    zc_layout_t lay;
    zc_want_t want;
    size_t n;
    int err = 0;
    const uint8_t *data, *chunk;
    if (zc_plan_layout(level->plan, job->edges, &lay) != ZC_OK)
        return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "bytes");
    if (level->plan->nsteps == 0 && source->data == NULL) {
        if (source->n != lay.nbytes)
            return zc_level_fail(level, ctx, source->n < lay.nbytes ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, 0, "bytes");
        zc_status_t status = read_plain(level, &lay, job, ctx, source, &err);
        return status == ZC_OK ? 0 : zc_level_fail(level, ctx, status, err, "bytes");
    }
    zc_status_t status = zc_want_of(level->plan, &lay, job, ctx, &want);
    if (status != ZC_OK) return zc_level_fail(level, ctx, status, 0, "");
    if (read_part(level->plan, &lay, ctx, source, &want, &chunk) == ZC_OK) {
        zc_place_read(level, &lay, job, chunk + want.lo);
        return 0;
    }
    status = zc_source_bytes(source, ctx, ZC_TMP_FILE, &data, &err);
    if (status != ZC_OK) return zc_level_fail(level, ctx, status, err, "");
    uint8_t *target = zc_place_same(level, &lay, job) ? level->items + job->offset : NULL;
    zc_chain_result_t r = zc_plan_decode(level->plan, lay.nbytes, 1, ctx, data, source->n, &want, target, &chunk, &n);
    if (r.status != ZC_OK) return zc_level_fail(level, ctx, r.status, 0, zc_step_name(level->plan, r.step));
    if (target == NULL)
        zc_place_read(level, &lay, job, chunk + want.lo);
    else if (chunk != target)
        memcpy(target, chunk, lay.nbytes);
    return 0;
}

zc_status_t zc_chunk_inner_selection(const zc_level_t *level, const zc_job_t *job, zc_selection_t *inner) {
    inner->ndim = level->plan->ndim;
    inner->points = job->points;
    inner->given = job->ids;
    inner->npoints = job->nids;
    for (int i = 0; i < inner->ndim; i++)
        inner->axis[i] = (zc_axis_t){.length = job->valid[i],
                                     .chunk = level->plan->shard->inner[i],
                                     .start = job->start[i],
                                     .step = job->step[i],
                                     .count = job->count[i],
                                     .indices = job->indices[i],
                                     .positions = job->positions[i],
                                     .base = job->origin[i],
                                     .stride = level->sel->axis[i].stride};
    return zc_selection_init(inner);
}

int zc_chunk_threads(const zc_level_t *level, size_t njobs) {
    const zc_batch_t *batch = level->run->batch;
    const zc_shard_t *shard = level->plan->shard;
    zc_layout_t lay = {0};
    if (level->sel->njobs >= 2 * (size_t)batch->threads) return 1;
    (void)zc_plan_layout(shard->chunk, shard->inner, &lay);
    return zc_run_threads(batch, njobs, lay.nbytes);
}

typedef struct inner_read {
    zc_level_t level;
    const zc_plan_t *outer;
    const zc_shard_grid_t *grid;
    const uint64_t *entries;
    const zc_source_t *shard;
} inner_read_t;

static int read_inner(void *arg, size_t index, zc_ctx_t *ctx) {
    const inner_read_t *in = arg;
    zc_level_t level = in->level;
    zc_job_t job;
    zc_source_t source;
    if (zc_run_stop(level.run, 0)) return 1;
    ctx->message[0] = 0;
    zc_selection_job(level.sel, index, &job);
    level.inner = job.coords;
    zc_status_t status =
        zc_shard_entry(in->entries, zc_shard_position(in->outer, in->grid, job.coords), in->shard, ctx, &source);
    if (status == ZC_E_MISSING) {
        zc_place_fill(&level, &job);
        zc_absent_mark(&level, &job);
        return 0;
    }
    if (status == ZC_OK && source.n > zc_plan_encoded_limit(level.plan, job.edges)) status = ZC_E_TOO_LONG;
    if (status != ZC_OK) return zc_level_fail(&level, ctx, status, 0, "sharding_indexed");
    return zc_chunk_read(&level, ctx, &job, &source);
}

/* Undoes the codecs around a shard. Its size is not known before, and its limit may be far above it: room grows. */
static zc_chain_result_t unwrap_shard(const zc_plan_t *plan, const size_t *edges, zc_ctx_t *ctx, const uint8_t *data,
                                      size_t n, const uint8_t **view, size_t *nview) {
    size_t limit = zc_plan_shard_limit(plan, edges), room = n < limit / 4 ? 4 * n + 4096 : limit;
    for (;;) {
        if (room > limit) room = limit;
        zc_chain_result_t r = zc_plan_decode(plan, room, 0, ctx, data, n, NULL, NULL, view, nview);
        if (r.status != ZC_E_TOO_LONG || room == limit) return r;
        ctx->message[0] = 0;
        room = room < limit / 4 ? 4 * room : limit;
    }
}

int zc_chunk_open_shard(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_shard_grid_t *grid,
                        const zc_source_t *source, zc_source_t *shard, uint64_t **entries) {
    const zc_plan_t *plan = level->plan;
    int err = 0;
    *shard = *source;
    *entries = NULL;
    if (plan->nsteps > 0) { /* no way but to decode all of it */
        const uint8_t *data, *view;
        size_t n;
        zc_status_t status = zc_source_bytes(source, ctx, ZC_TMP_FILE, &data, &err);
        if (status != ZC_OK) return zc_level_fail(level, ctx, status, err, "");
        zc_chain_result_t r = unwrap_shard(plan, job->edges, ctx, data, source->n, &view, &n);
        if (r.status != ZC_OK) return zc_level_fail(level, ctx, r.status, 0, zc_step_name(plan, r.step));
        *shard = (zc_source_t){view, -1, 0, n};
    }
    zc_chain_result_t r = zc_shard_read_index(plan, grid, ctx, shard, entries, &err);
    if (r.status == ZC_OK) return 0;
    free(*entries);
    *entries = NULL;
    return zc_level_fail(level, ctx, r.status, err, "sharding_indexed index");
}

/* Small inner chunks of a file that are nearly all wanted: one call reads the stretch that holds them. A read call
 * costs about as much as copying 4 KiB. */
enum { GATHER_CHUNK = 16 << 10, GATHER_MOST = 8 << 20 };

static zc_status_t gather_inner(const zc_shard_grid_t *grid, size_t njobs, const uint64_t *entries, zc_ctx_t *ctx,
                                zc_source_t *shard, int *err) {
    size_t lo = shard->n, hi = 0, present = 0;
    if (shard->data != NULL || njobs < 2) return ZC_OK;
    for (size_t i = 0; i < grid->total; i++) {
        uint64_t offset = entries[2 * i], n = entries[2 * i + 1];
        if (offset > shard->n || n > shard->n - offset) continue; /* none, or to be refused when it is asked for */
        if (offset < lo) lo = (size_t)offset;
        if (offset + n > hi) hi = (size_t)(offset + n);
        present++;
    }
    if (present == 0 || present > 2 * njobs || hi - lo > GATHER_MOST || (hi - lo) / present > GATHER_CHUNK)
        return ZC_OK;
    const uint8_t *data;
    zc_source_t stretch = {NULL, shard->fd, shard->offset + lo, hi - lo};
    zc_status_t status = zc_source_bytes(&stretch, ctx, ZC_TMP_SHARD, &data, err);
    /* Offsets count from the shard's first byte, which is not in memory: modulo 2^64 they come out right. */
    if (status == ZC_OK) *shard = (zc_source_t){data, -1, (size_t)0 - lo, shard->n};
    return status;
}

static int read_shard(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *source) {
    zc_source_t shard;
    zc_shard_grid_t grid;
    zc_selection_t sel;
    uint64_t *entries;
    int err = 0;
    if (zc_shard_grid(level->plan, job->edges, &grid) != ZC_OK)
        return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "sharding_indexed");
    if (zc_chunk_open_shard(level, ctx, job, &grid, source, &shard, &entries) != 0) return 1;
    zc_status_t status = zc_chunk_inner_selection(level, job, &sel);
    if (status == ZC_OK && (status = gather_inner(&grid, sel.njobs, entries, ctx, &shard, &err)) != ZC_OK)
        zc_selection_free(&sel);
    if (status != ZC_OK) {
        free(entries);
        return zc_level_fail(level, ctx, status, err, "sharding_indexed");
    }
    inner_read_t in = {
        .level = {level->run, level->plan->shard->chunk, &sel, level->items + job->offset, level->key, NULL},
        .outer = level->plan,
        .grid = &grid,
        .entries = entries,
        .shard = &shard};
    status = zc_pool_run(sel.njobs, zc_chunk_threads(level, sel.njobs), read_inner, &in);
    if (status != ZC_OK) zc_level_fail(level, ctx, status, 0, "");
    zc_selection_free(&sel);
    free(entries);
    return zc_run_failed(level->run);
}

int zc_chunk_read(const zc_level_t *level, zc_ctx_t *ctx, const zc_job_t *job, const zc_source_t *source) {
    return level->plan->shard != NULL ? read_shard(level, ctx, job, source) : read_plain_chunk(level, ctx, job, source);
}
