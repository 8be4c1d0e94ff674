#include "chunk_list.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "chunk.h"
#include "file.h"
#include "place.h"
#include "pool.h"

typedef struct list_run {
    zc_run_t run;
    zc_chunk_list_t *list;
    int nowhere; /* the directory does not exist */
} list_run_t;

static void make_job(const zc_chunk_list_t *list, size_t index, zc_job_t *job) {
    const zc_selection_t *sel = list->batch.sel;
    const zc_part_t *part = &list->part[index];
    const zc_part_axis_t *axes = list->axis + index * (size_t)sel->ndim;
    job->points = sel->points;
    job->ids = part->ids;
    job->nids = part->nids;
    job->offset = part->offset;
    job->listed = sel->points != NULL;
    job->whole = sel->points == NULL;
    job->covers = part->covers;
    for (int i = 0; i < sel->ndim; i++) {
        const zc_part_axis_t *ax = &axes[i];
        job->coords[i] = job->origin[i] = 0;
        job->edges[i] = job->valid[i] = ax->edge;
        job->start[i] = ax->start;
        job->step[i] = ax->count > 1 ? ax->step : 1;
        job->count[i] = ax->count;
        job->last[i] = ax->last;
        job->indices[i] = ax->indices;
        job->positions[i] = ax->positions;
        job->listed |= ax->indices != NULL;
        job->whole &= ax->indices == NULL && ax->count == ax->edge;
    }
}

/* Where the stored chunk is. *fd is -1 or to be closed. */
static zc_status_t find_part(const list_run_t *r, size_t index, zc_source_t *source, int *fd, int *err) {
    const zc_part_t *part = &r->list->part[index];
    *fd = -1;
    *source = (zc_source_t){NULL, -1, 0, 0};
    if (r->nowhere) return ZC_E_MISSING;
    if (r->list->batch.root == NULL) {
        if (part->stored.data == NULL) return ZC_E_MISSING;
        *source = (zc_source_t){part->stored.data, -1, 0, part->stored.n};
        return ZC_OK;
    }
    zc_status_t status = zc_file_open(r->run.dirfd, part->key, fd, &source->n, err);
    if (status != ZC_OK) *fd = -1;
    source->fd = *fd;
    return status == ZC_E_IO && (*err == EISDIR || *err == ENOTDIR) ? ZC_E_MISSING : status;
}

static int fail_part(const zc_level_t *level, zc_ctx_t *ctx, zc_status_t status, int err) {
    const char *codec = status == ZC_E_TOO_LONG ? zc_step_name(level->plan, level->plan->nsteps - 1) : "";
    return zc_level_fail(level, ctx, status, err, codec);
}

static int read_part(void *arg, size_t index, zc_ctx_t *ctx) {
    list_run_t *r = arg;
    zc_batch_t *b = &r->list->batch;
    zc_job_t job;
    zc_source_t source;
    int err = 0, fd, failed;

    ctx->message[0] = 0;
    make_job(r->list, index, &job);
    zc_level_t level = {&r->run, b->plan, b->sel, b->items, r->list->part[index].key, NULL};
    zc_status_t status = find_part(r, index, &source, &fd, &err);
    r->list->part[index].found = status != ZC_E_MISSING;
    if (status == ZC_E_MISSING) {
        zc_place_fill(&level, &job);
        return 0;
    }
    if (status == ZC_OK && source.n > zc_plan_encoded_limit(b->plan, job.edges)) status = ZC_E_TOO_LONG;
    failed = status != ZC_OK ? fail_part(&level, ctx, status, err) : zc_chunk_read(&level, ctx, &job, &source);
    if (fd >= 0) close(fd);
    return failed;
}

static zc_status_t deliver_part(list_run_t *r, size_t index, const zc_span_t *made, int *err) {
    zc_part_t *part = &r->list->part[index];
    if (r->list->batch.root != NULL)
        return made->data == NULL ? zc_file_remove(r->run.dirfd, part->key, err)
                                  : zc_file_replace(r->run.dirfd, part->key, made->data, made->n, err);
    if (made->data == NULL) return ZC_OK;
    uint8_t *copy = malloc(made->n + !made->n);
    if (copy == NULL) return ZC_E_NOMEM;
    memcpy(copy, made->data, made->n);
    part->made = (zc_span_t){copy, made->n};
    return ZC_OK;
}

static int write_part(void *arg, size_t index, zc_ctx_t *ctx) {
    list_run_t *r = arg;
    zc_batch_t *b = &r->list->batch;
    const zc_part_t *part = &r->list->part[index];
    zc_job_t job;
    zc_source_t source;
    zc_span_t made;
    int err = 0, fd = -1, failed;

    ctx->message[0] = 0;
    make_job(r->list, index, &job);
    zc_level_t level = {&r->run, b->plan, b->sel, b->items, part->key, NULL};

    /* The same locks as in batch.c: a merge from the read to the write, a whole chunk for the write alone. */
    uint64_t stripe = zc_hash_bytes(r->run.place, part->key, strlen(part->key));
    int merging = b->root != NULL && !job.covers, replacing = b->root != NULL && job.covers;
    if (merging) zc_stripe_lock(stripe);
    zc_status_t status = job.covers ? ZC_E_MISSING : find_part(r, index, &source, &fd, &err);
    if (status == ZC_OK && source.n > zc_plan_encoded_limit(b->plan, job.edges)) status = ZC_E_TOO_LONG;
    if (status != ZC_OK && status != ZC_E_MISSING)
        failed = fail_part(&level, ctx, status, err);
    else
        failed = zc_chunk_encode(&level, ctx, &job, status == ZC_OK ? &source : NULL, &made);
    if (!failed) {
        if (replacing) zc_stripe_lock(stripe);
        status = deliver_part(r, index, &made, &err);
        if (replacing) zc_stripe_unlock(stripe);
        if (status != ZC_OK) failed = zc_level_fail(&level, ctx, status, err, "");
    }
    if (fd >= 0) close(fd);
    if (merging) zc_stripe_unlock(stripe);
    return failed;
}

static zc_status_t run_list(zc_chunk_list_t *list, zc_job_fn fn, int reading) {
    zc_batch_t *b = &list->batch;
    list_run_t r = {.list = list};
    zc_layout_t lay = {0};
    size_t edges[ZC_MAX_NDIM];
    b->failure.status = ZC_OK;
    if (b->sel->njobs == 0) return ZC_OK;
    zc_status_t status = zc_run_open(&r.run, b);
    if (status != ZC_OK && reading && (b->failure.err == ENOENT || b->failure.err == ENOTDIR)) {
        r.nowhere = 1;
        r.run.failed = 0;
        status = b->failure.status = ZC_OK;
    }
    if (status == ZC_OK) {
        for (int i = 0; i < b->plan->ndim; i++) edges[i] = list->axis[i].edge;
        (void)zc_plan_layout(b->plan, edges, &lay);
        if (zc_pool_run(b->sel->njobs, zc_run_threads(b, b->sel->njobs, lay.nbytes), fn, &r) != ZC_OK)
            zc_run_fail(&r.run, NULL, "", ZC_E_NOMEM, 0, "");
    }
    zc_run_close(&r.run);
    return b->failure.status;
}

zc_status_t zc_chunk_list_read(zc_chunk_list_t *list) { return run_list(list, read_part, 1); }

zc_status_t zc_chunk_list_write(zc_chunk_list_t *list) { return run_list(list, write_part, 0); }
