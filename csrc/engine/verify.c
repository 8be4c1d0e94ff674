#define _GNU_SOURCE
#include "verify.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "file.h"
#include "pool.h"
#include "verify_parts.h"

/* What an uncompressed chunk is read through. */
enum { BLOCK = 1 << 18 };

void zc_alone(zc_alone_t *a, const zc_level_t *level) {
    a->batch = *level->run->batch;
    a->run = *level->run;
    a->run.batch = &a->batch;
    a->level = *level;
    a->level.run = &a->run;
}

int zc_sink_failure(zc_sink_t *sink, const zc_alone_t *a) {
    const zc_failure_t *f = &a->batch.failure;
    zc_verdict_t *v = sink->verdict;
    pthread_mutex_lock(&sink->lock);
    v->ndefects++;
    if (v->defects == NULL) v->defects = calloc(ZC_DEFECTS_KEPT, sizeof *v->defects);
    if (v->defects != NULL && v->nkept < ZC_DEFECTS_KEPT) {
        zc_defect_t *d = &v->defects[v->nkept++];
        d->status = f->status;
        d->err = f->err;
        d->inner = a->level.inner != NULL;
        d->codec = f->codec;
        memcpy(d->message, f->message, sizeof d->message);
    }
    pthread_mutex_unlock(&sink->lock);
    switch (f->status) {
    case ZC_E_TRUNCATED:
    case ZC_E_CORRUPT:
    case ZC_E_CHECKSUM:
    case ZC_E_TOO_LONG:
    case ZC_E_TOO_SHORT:
        return ZC_BAD_BYTES | ZC_BAD_WHOLE;
    default:
        return ZC_BAD_OTHER | ZC_BAD_WHOLE;
    }
}

/* An uncompressed chunk has nothing to check but its size, and that the disk gives it. */
static zc_status_t read_through(const zc_source_t *source, zc_ctx_t *ctx, int *err) {
    if (source->data != NULL) return ZC_OK;
    uint8_t *block = zc_ctx_tmp(ctx, ZC_TMP_FILE, BLOCK);
    if (block == NULL) return ZC_E_NOMEM;
    zc_status_t status = ZC_OK;
    for (size_t at = 0; at < source->n && status == ZC_OK; at += BLOCK)
        status = zc_source_read(source, at, source->n - at < BLOCK ? source->n - at : BLOCK, block, err);
    return status;
}

/* Returns 0, or 1 after zc_level_fail. */
static int verify_plain(const zc_level_t *level, zc_ctx_t *ctx, const size_t *edges, const zc_source_t *source,
                        size_t *decoded) {
    const zc_plan_t *plan = level->plan;
    const uint8_t *data, *view;
    zc_layout_t lay;
    size_t n;
    int err = 0;
    if (zc_plan_layout(plan, edges, &lay) != ZC_OK) return zc_level_fail(level, ctx, ZC_E_PARAM, 0, "bytes");
    *decoded = lay.nbytes;
    if (plan->nsteps == 0) {
        if (source->n != lay.nbytes)
            return zc_level_fail(level, ctx, source->n < lay.nbytes ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, 0, "bytes");
        zc_status_t status = read_through(source, ctx, &err);
        return status == ZC_OK ? 0 : zc_level_fail(level, ctx, status, err, "bytes");
    }
    zc_status_t status = zc_source_bytes(source, ctx, ZC_TMP_FILE, &data, &err);
    if (status != ZC_OK) return zc_level_fail(level, ctx, status, err, "");
    zc_chain_result_t r = zc_plan_decode(plan, lay.nbytes, 1, ctx, data, source->n, NULL, NULL, &view, &n);
    return r.status == ZC_OK ? 0 : zc_level_fail(level, ctx, r.status, 0, zc_step_name(plan, r.step));
}

int zc_verify_chunk(const zc_level_t *level, zc_ctx_t *ctx, const size_t *edges, const zc_source_t *source,
                    zc_sink_t *sink, uint8_t *marks) {
    zc_alone_t a;
    size_t decoded = 0;
    int failed;
    zc_alone(&a, level);
    ctx->message[0] = 0;
    if (source->n > zc_plan_encoded_limit(level->plan, edges))
        failed = zc_level_fail(&a.level, ctx, ZC_E_TOO_LONG, 0, zc_step_name(level->plan, level->plan->nsteps - 1));
    else if (level->plan->shard != NULL)
        return zc_verify_shard(level, ctx, edges, source, sink, marks);
    else
        failed = verify_plain(&a.level, ctx, edges, source, &decoded);
    if (failed) return zc_sink_failure(sink, &a);
    pthread_mutex_lock(&sink->lock);
    sink->verdict->chunks++;
    sink->verdict->decoded += decoded;
    pthread_mutex_unlock(&sink->lock);
    return 0;
}

void zc_inspect_edges(const zc_batch_t *batch, const int64_t *coords, size_t *edges) {
    for (int i = 0; i < batch->plan->ndim; i++) {
        const zc_axis_t *ax = &batch->sel->axis[i];
        edges[i] = ax->bounds != NULL ? ax->bounds[coords[i] + 1] - ax->bounds[coords[i]] : ax->chunk;
    }
}

static zc_status_t find_stored(const zc_run_t *run, size_t index, const char *key, zc_source_t *source, int *err) {
    const zc_batch_t *b = run->batch;
    *source = (zc_source_t){NULL, -1, 0, 0};
    if (b->root == NULL) {
        if (b->stored[index].data == NULL) return ZC_E_MISSING;
        *source = (zc_source_t){b->stored[index].data, -1, 0, b->stored[index].n};
        return ZC_OK;
    }
    zc_status_t status = zc_file_open(run->dirfd, key, &source->fd, &source->n, err);
    if (status != ZC_OK) source->fd = -1;
    return status;
}

zc_batch_t zc_inspect_quiet(const zc_batch_t *batch) {
    zc_batch_t quiet = *batch;
    quiet.interrupted = NULL;
    quiet.failure = (zc_failure_t){.codec = ""};
    return quiet;
}

void zc_inspect(zc_inspected_t *w, const zc_run_t *run, zc_batch_t *quiet, zc_ctx_t *ctx, size_t index,
                const int64_t *coords, uint8_t *marks, zc_verdict_t *verdict) {
    const zc_batch_t *b = quiet;
    size_t at[ZC_MAX_NDIM];
    zc_alone_t a;
    int err = 0;
    for (int i = 0; i < b->plan->ndim; i++) at[i] = (size_t)coords[i];
    zc_inspect_edges(b, coords, w->edges);
    zc_key_format(&b->keys, b->plan->ndim, at, w->key);
    pthread_mutex_init(&w->sink.lock, NULL);
    w->sink.verdict = verdict;
    w->bad = 0;
    zc_run_t shared = {.batch = quiet, .dirfd = run->dirfd, .place = run->place, .caller = run->caller};
    zc_level_t level = {&shared, b->plan, b->sel, NULL, w->key, NULL};
    zc_status_t status = find_stored(&shared, index, w->key, &w->source, &err);
    verdict->found = status != ZC_E_MISSING;
    verdict->stored = w->source.n;
    if (status == ZC_OK) {
        w->bad = zc_verify_chunk(&level, ctx, w->edges, &w->source, &w->sink, marks);
    } else if (status != ZC_E_MISSING) {
        ctx->message[0] = 0;
        zc_alone(&a, &level);
        zc_level_fail(&a.level, ctx, status, err, "");
        w->bad = zc_sink_failure(&w->sink, &a);
    }
}

void zc_inspected_close(zc_inspected_t *w) {
    pthread_mutex_destroy(&w->sink.lock);
    if (w->source.fd >= 0) close(w->source.fd);
}

typedef struct job_list {
    zc_run_t run;
    zc_batch_t quiet;
    const int64_t *coords;
    zc_verdict_t *verdicts;
} job_list_t;

static int verify_job(void *arg, size_t index, zc_ctx_t *ctx) {
    job_list_t *list = arg;
    zc_inspected_t w;
    if (zc_run_stop(&list->run, 0)) return 1;
    zc_inspect(&w, &list->run, &list->quiet, ctx, index, list->coords + index * (size_t)list->quiet.plan->ndim, NULL,
               &list->verdicts[index]);
    zc_inspected_close(&w);
    return 0;
}

zc_status_t zc_verify(zc_batch_t *batch, const int64_t *coords, zc_verdict_t *verdicts) {
    size_t edges[ZC_MAX_NDIM];
    job_list_t list = {.quiet = zc_inspect_quiet(batch), .coords = coords, .verdicts = verdicts};
    batch->failure.status = ZC_OK;
    memset(verdicts, 0, batch->sel->njobs * sizeof *verdicts);
    if (batch->sel->njobs == 0) return ZC_OK;
    zc_inspect_edges(batch, coords, edges);
    return zc_run_jobs(&list.run, batch, edges, ZC_READ, verify_job, &list);
}
