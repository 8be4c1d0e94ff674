#include "chunk_job.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "absent.h"
#include "file.h"
#include "masked.h"
#include "place.h"
#include "writer.h"

/* Up to here it is quicker to read a chunk whole, wherever it goes, than to ask for the size of its file. */
enum { USUAL_MOST = 16 << 10 };

/* The bytes that the chunk's file has, when they are few and known; else 0. */
static size_t usual_size(const zc_plan_t *plan, const zc_job_t *job) {
    zc_layout_t lay;
    if (plan->shard != NULL || zc_plan_layout(plan, job->edges, &lay) != ZC_OK) return 0;
    size_t n = zc_plan_encoded_size(plan, lay.nbytes);
    return n <= USUAL_MOST ? n : 0;
}

static zc_status_t find_file(const zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job,
                             zc_source_t *source, int *err) {
    const size_t usual = usual_size(run->batch->plan, job);
    if (usual == 0) return zc_file_open(run->dirfd, target->key, &source->fd, &source->n, err);
    uint8_t *data = zc_ctx_tmp(ctx, ZC_TMP_FILE, usual + 1);
    if (data == NULL) return ZC_E_NOMEM;
    source->data = data;
    return zc_file_read_usual(run->dirfd, target->key, usual, data, &source->n, err);
}

/* Where the stored chunk is. source->fd is -1 or to be closed. */
static zc_status_t find(const zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job,
                        zc_source_t *source, int *err) {
    const zc_batch_t *b = run->batch;
    *source = (zc_source_t){NULL, -1, 0, 0};
    if (run->nowhere) return ZC_E_MISSING;
    if (b->root == NULL) {
        if (target->stored->data == NULL) return ZC_E_MISSING;
        *source = (zc_source_t){target->stored->data, -1, 0, target->stored->n};
    } else {
        zc_status_t status = find_file(run, ctx, target, job, source, err);
        if (status != ZC_OK) {
            source->fd = -1;
            return b->lenient && status == ZC_E_IO && (*err == EISDIR || *err == ENOTDIR) ? ZC_E_MISSING : status;
        }
    }
    return source->n > zc_plan_encoded_limit(b->plan, job->edges) ? ZC_E_TOO_LONG : ZC_OK;
}

static int fail(const zc_level_t *level, zc_ctx_t *ctx, zc_status_t status, int err) {
    const char *codec = status == ZC_E_TOO_LONG ? zc_step_name(level->plan, level->plan->nsteps - 1) : "";
    return zc_level_fail(level, ctx, status, err, codec);
}

int zc_chunk_job_read(zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job, int *found) {
    const zc_batch_t *b = run->batch;
    zc_source_t source;
    int err = 0, failed = 0;
    if (zc_run_stop(run, 0)) return 1;
    ctx->message[0] = 0;
    zc_level_t level = {run, b->plan, b->sel, b->items, target->key, NULL};
    zc_status_t status = find(run, ctx, target, job, &source, &err);
    *found = status != ZC_E_MISSING;
    if (status == ZC_OK) {
        failed = zc_chunk_read(&level, ctx, job, &source);
    } else if (status == ZC_E_MISSING && !b->missing_is_error) {
        zc_place_fill(&level, job);
        zc_absent_mark(&level, job);
    } else {
        failed = fail(&level, ctx, status, err);
    }
    if (source.fd >= 0) close(source.fd);
    return failed;
}

static zc_status_t hand_over(const zc_target_t *target, const zc_span_t *made) {
    *target->made = (zc_span_t){NULL, 0};
    if (made->data == NULL) return ZC_OK;
    uint8_t *copy = malloc(made->n + !made->n);
    if (copy == NULL) return ZC_E_NOMEM;
    memcpy(copy, made->data, made->n);
    *target->made = (zc_span_t){copy, made->n};
    return ZC_OK;
}

/* The new bytes of the chunk; the old ones are read only where some of them stay. */
static int make(const zc_level_t *level, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job,
                zc_source_t *source, zc_span_t *made) {
    int err = 0;
    zc_status_t status = job->covers ? ZC_E_MISSING : find(level->run, ctx, target, job, source, &err);
    if (status != ZC_OK && status != ZC_E_MISSING) return fail(level, ctx, status, err);
    return zc_chunk_encode(level, ctx, job, status == ZC_OK ? source : NULL, made);
}

/* As `make`, of a chunk that goes over the array's edge. */
static int make_over(const zc_level_t *level, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job,
                     zc_source_t *source, zc_span_t *made) {
    int err = 0;
    zc_status_t status = find(level->run, ctx, target, job, source, &err);
    if (status == ZC_E_IO) return fail(level, ctx, status, err);
    return zc_chunk_encode_over(level, ctx, job, status == ZC_OK ? source : NULL, made);
}

static int write_once(const zc_level_t *level, zc_ctx_t *ctx, const zc_target_t *target, const zc_job_t *job,
                      int *late) {
    zc_run_t *run = level->run;
    const zc_batch_t *b = run->batch;
    zc_source_t source = {NULL, -1, 0, 0};
    zc_status_t status = ZC_OK;
    zc_span_t made;
    const int over = job->covers && !job->whole, keeps = over && zc_writer_keeps(run);
    zc_held_t held = {.over = over && !keeps};
    int err = 0, failed;
    if (b->root != NULL && (!job->covers || keeps)) status = zc_writer_lock(run, target->key, 1, &held, &err);
    if (status != ZC_OK) return fail(level, ctx, status, err);
    failed = (keeps ? make_over : make)(level, ctx, target, job, &source, &made);
    if (!failed) {
        status = b->root == NULL ? hand_over(target, &made) : zc_writer_put(run, target->key, &made, &held, &err);
        if (status != ZC_OK) failed = fail(level, ctx, status, err);
    }
    if (source.fd >= 0) close(source.fd);
    zc_writer_unlock(run, &held);
    *late = !failed && held.late;
    return failed;
}

int zc_chunk_job_write(zc_run_t *run, zc_ctx_t *ctx, const zc_target_t *target, zc_job_t *job) {
    const zc_batch_t *b = run->batch;
    int late = 0, failed;
    if (zc_run_stop(run, 0)) return 1;
    ctx->message[0] = 0;
    zc_level_t level = {run, b->plan, b->sel, b->items, target->key, NULL};
    if (!zc_masked_job(&level, job)) return 0;
    do failed = write_once(&level, ctx, target, job, &late);
    while (late);
    return failed;
}
