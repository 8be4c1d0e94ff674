#define _GNU_SOURCE
#include "batch.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "chunk.h"
#include "file.h"
#include "place.h"
#include "pool.h"

zc_status_t zc_run_open(zc_run_t *run, zc_batch_t *batch) {
    run->batch = batch;
    run->dirfd = -1;
    run->failed = 0;
    run->place = 0;
    batch->failure.status = ZC_OK;
    if (batch->root == NULL) return ZC_OK;
    do run->dirfd = open(batch->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    while (run->dirfd < 0 && errno == EINTR);
    if (run->dirfd < 0) {
        zc_run_fail(run, NULL, "", ZC_E_IO, errno, "");
        return ZC_E_IO;
    }
    struct stat st;
    if (fstat(run->dirfd, &st) != 0) {
        zc_run_fail(run, NULL, "", ZC_E_IO, errno, "");
        return ZC_E_IO;
    }
    uint64_t id[2] = {(uint64_t)st.st_dev, (uint64_t)st.st_ino};
    run->place = zc_hash_bytes(0, id, sizeof id);
    return ZC_OK;
}

void zc_run_close(zc_run_t *run) {
    if (run->dirfd >= 0) close(run->dirfd);
}

int zc_run_fail(zc_run_t *run, zc_ctx_t *ctx, const char *key, zc_status_t status, int err, const char *codec) {
    zc_failure_t *f = &run->batch->failure;
    if (__atomic_exchange_n(&run->failed, 1, __ATOMIC_ACQ_REL)) return 1;
    f->status = status;
    f->err = err;
    f->codec = codec;
    strncpy(f->key, key, sizeof f->key - 1);
    f->key[sizeof f->key - 1] = 0;
    memcpy(f->message, ctx != NULL ? ctx->message : "", ctx != NULL ? sizeof f->message : 1);
    return 1;
}

int zc_run_failed(const zc_run_t *run) { return __atomic_load_n(&run->failed, __ATOMIC_ACQUIRE); }

/* Waking a thread costs some microseconds: small batches stay on the caller's. */
int zc_run_threads(const zc_batch_t *batch, size_t njobs, size_t chunk_bytes) {
    size_t cost = chunk_bytes + (batch->root != NULL ? 16384 : 1024); /* opening a file weighs like some KiB */
    if (batch->threads <= 1 || njobs <= 1 || (njobs < 16 && njobs * cost < 131072)) return 1;
    return batch->threads;
}

/* Where the stored chunk of a job is. *fd is -1 or to be closed. */
static zc_status_t find_chunk(const zc_run_t *run, size_t index, const char *key, zc_source_t *source, int *fd,
                              int *err) {
    const zc_batch_t *b = run->batch;
    *fd = -1;
    *source = (zc_source_t){NULL, -1, 0, 0};
    if (b->root == NULL) {
        if (b->stored[index].data == NULL) return ZC_E_MISSING;
        source->data = b->stored[index].data;
        source->n = b->stored[index].n;
        return ZC_OK;
    }
    zc_status_t status = zc_file_open(run->dirfd, key, fd, &source->n, err);
    if (status != ZC_OK) *fd = -1;
    source->fd = *fd;
    return status;
}

static int read_job(void *arg, size_t index, zc_ctx_t *ctx) {
    zc_run_t *run = arg;
    const zc_batch_t *b = run->batch;
    zc_job_t job;
    zc_source_t source;
    char key[ZC_KEY_MAX];
    int err = 0, fd, failed;

    ctx->message[0] = 0;
    zc_selection_job(b->sel, index, &job);
    zc_key_format(&b->keys, b->plan->ndim, job.coords, key);
    zc_level_t level = {run, b->plan, b->sel, b->items, key, NULL};
    zc_status_t status = find_chunk(run, index, key, &source, &fd, &err);
    if (status == ZC_E_MISSING && !b->missing_is_error) {
        zc_place_fill(&level, &job);
        return 0;
    }
    if (status == ZC_OK && source.n > zc_plan_encoded_limit(b->plan, job.edges)) status = ZC_E_TOO_LONG;
    if (status != ZC_OK)
        failed = zc_level_fail(&level, ctx, status, err,
                               status == ZC_E_TOO_LONG ? zc_step_name(b->plan, b->plan->nsteps - 1) : "");
    else
        failed = zc_chunk_read(&level, ctx, &job, &source);
    if (fd >= 0) close(fd);
    return failed;
}

static zc_status_t deliver(zc_run_t *run, size_t index, const char *key, const zc_span_t *made, int *err) {
    zc_batch_t *b = run->batch;
    if (b->root != NULL)
        return made->data == NULL ? zc_file_remove(run->dirfd, key, err)
                                  : zc_file_replace(run->dirfd, key, made->data, made->n, err);
    b->made[index] = (zc_span_t){NULL, 0};
    if (made->data != NULL) {
        uint8_t *copy = malloc(made->n + !made->n);
        if (copy == NULL) return ZC_E_NOMEM;
        memcpy(copy, made->data, made->n);
        b->made[index] = (zc_span_t){copy, made->n};
    }
    return ZC_OK;
}

static int write_job(void *arg, size_t index, zc_ctx_t *ctx) {
    zc_run_t *run = arg;
    const zc_batch_t *b = run->batch;
    zc_job_t job;
    zc_source_t source;
    zc_span_t made;
    char key[ZC_KEY_MAX];
    int err = 0, fd = -1, failed = 0;

    ctx->message[0] = 0;
    zc_selection_job(b->sel, index, &job);
    size_t key_length = zc_key_format(&b->keys, b->plan->ndim, job.coords, key);
    zc_level_t level = {run, b->plan, b->sel, b->items, key, NULL};

    /* A merge holds the chunk's lock from the read to the write; a whole chunk takes it for the write alone. */
    uint64_t stripe = zc_hash_bytes(run->place, key, key_length);
    int merging = b->root != NULL && !job.covers, replacing = b->root != NULL && job.covers;
    if (merging) zc_stripe_lock(stripe);
    zc_status_t status = job.covers ? ZC_E_MISSING : find_chunk(run, index, key, &source, &fd, &err);
    if (status == ZC_OK && source.n > zc_plan_encoded_limit(b->plan, job.edges)) status = ZC_E_TOO_LONG;
    if (status != ZC_OK && status != ZC_E_MISSING)
        failed = zc_level_fail(&level, ctx, status, err,
                               status == ZC_E_TOO_LONG ? zc_step_name(b->plan, b->plan->nsteps - 1) : "");
    else
        failed = zc_chunk_encode(&level, ctx, &job, status == ZC_OK ? &source : NULL, &made);
    if (!failed) {
        if (replacing) zc_stripe_lock(stripe);
        status = deliver(run, index, key, &made, &err);
        if (replacing) zc_stripe_unlock(stripe);
        if (status != ZC_OK) failed = zc_level_fail(&level, ctx, status, err, "");
    }
    if (fd >= 0) close(fd);
    if (merging) zc_stripe_unlock(stripe);
    return failed;
}

static zc_status_t run_batch(zc_batch_t *batch, zc_job_fn job) {
    zc_run_t run;
    zc_layout_t lay = {0};
    size_t edges[ZC_MAX_NDIM];
    batch->failure.status = ZC_OK;
    if (batch->sel->njobs == 0) return ZC_OK;
    if (zc_run_open(&run, batch) == ZC_OK) {
        for (int i = 0; i < batch->plan->ndim; i++) edges[i] = batch->sel->axis[i].chunk;
        (void)zc_plan_layout(batch->plan, edges, &lay);
        if (zc_pool_run(batch->sel->njobs, zc_run_threads(batch, batch->sel->njobs, lay.nbytes), job, &run) != ZC_OK)
            zc_run_fail(&run, NULL, "", ZC_E_NOMEM, 0, "");
    }
    zc_run_close(&run);
    return batch->failure.status;
}

zc_status_t zc_batch_read(zc_batch_t *batch) { return run_batch(batch, read_job); }

zc_status_t zc_batch_write(zc_batch_t *batch) { return run_batch(batch, write_job); }
