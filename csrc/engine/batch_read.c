/* Reading: stored chunks to their places in the caller's memory. */
#include <string.h>
#include <unistd.h>

#include "../kernels/box/box.h"
#include "batch.h"
#include "file.h"
#include "pool.h"

/* Storage bytes that a box needs: everything from its first item to its last. */
static void box_range(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t *lo, size_t *hi) {
    size_t first = 0, last = 0;
    for (int i = 0; i < plan->ndim; i++) {
        first += job->start[i] * (size_t)lay->stride[i];
        last += (job->start[i] + (job->count[i] - 1) * job->step[i]) * (size_t)lay->stride[i];
    }
    *lo = first;
    *hi = last + plan->itemsize;
}

/* True when the whole stored chunk can be decoded straight into the caller's memory. */
static int fits_in_place(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job) {
    if (!job->whole || b->plan->swap > 1) return 0;
    for (int i = 0; i < b->plan->ndim; i++)
        if (job->edges[i] > 1 && b->sel->axis[i].stride != lay->stride[i]) return 0;
    return 1;
}

/* `first` is the box's first item in the stored chunk. */
static void place(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job, const uint8_t *first) {
    ptrdiff_t src[ZC_MAX_NDIM], dst[ZC_MAX_NDIM];
    for (int i = 0; i < b->plan->ndim; i++) {
        src[i] = (ptrdiff_t)job->step[i] * lay->stride[i];
        dst[i] = b->sel->axis[i].stride;
    }
    zc_box_copy((size_t)b->plan->ndim, job->count, first, src, b->items + job->offset, dst, b->plan->itemsize,
                b->plan->swap > 1 ? b->plan->swap : 0);
}

static void place_fill(const zc_batch_t *b, const zc_job_t *job) {
    ptrdiff_t dst[ZC_MAX_NDIM];
    for (int i = 0; i < b->plan->ndim; i++) dst[i] = b->sel->axis[i].stride;
    zc_box_fill((size_t)b->plan->ndim, job->count, b->items + job->offset, dst, b->plan->fill_memory,
                b->plan->itemsize);
}

/* The box as `nruns` equal stretches of storage, `pitch` bytes apart: 1 when it is sparse enough to read them one by
 * one. */
static int sparse_runs(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t lo, size_t hi,
                       size_t *nruns, size_t *run, size_t *pitch) {
    int k = 0; /* outermost storage axis with more than one selected index */
    while (k < plan->ndim && job->count[plan->order[k]] == 1) k++;
    if (k == plan->ndim) return 0;
    int axis = plan->order[k];
    size_t row_lo = 0, row_hi = plan->itemsize;
    for (int i = k + 1; i < plan->ndim; i++) {
        int a = plan->order[i];
        row_hi += (job->count[a] - 1) * job->step[a] * (size_t)lay->stride[a];
    }
    *nruns = job->count[axis];
    *run = row_hi - row_lo;
    *pitch = job->step[axis] * (size_t)lay->stride[axis];
    /* A read call costs about as much as copying 4 KiB. */
    return (*run + 4096) * *nruns < hi - lo;
}

/* An uncompressed chunk in a file: only what is touched is read, and has memory. */
static zc_status_t read_plain(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job, zc_ctx_t *ctx, int fd,
                              int *err) {
    size_t lo, hi, nruns, run, pitch;
    if (fits_in_place(b, lay, job)) return zc_file_pread(fd, b->items + job->offset, lay->nbytes, 0, err);
    box_range(b->plan, lay, job, &lo, &hi);
    uint8_t *box = zc_ctx_tmp(ctx, ZC_TMP_CHUNK, hi - lo);
    if (box == NULL) return ZC_E_NOMEM;
    zc_status_t status = ZC_OK;
    if (sparse_runs(b->plan, lay, job, lo, hi, &nruns, &run, &pitch)) {
        for (size_t i = 0; i < nruns && status == ZC_OK; i++)
            status = zc_file_pread(fd, box + i * pitch, run, lo + i * pitch, err);
    } else {
        status = zc_file_pread(fd, box, hi - lo, lo, err);
    }
    if (status == ZC_OK) place(b, lay, job, box);
    return status;
}

static zc_chain_result_t decode_and_place(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job,
                                          zc_ctx_t *ctx, const uint8_t *data, size_t n) {
    size_t lo, hi;
    const uint8_t *chunk;
    uint8_t *target = fits_in_place(b, lay, job) ? b->items + job->offset : NULL;
    box_range(b->plan, lay, job, &lo, &hi);
    zc_chain_result_t r = zc_plan_decode(b->plan, lay, ctx, data, n, lo, hi, target, &chunk);
    if (r.status != ZC_OK) return r;
    if (target == NULL)
        place(b, lay, job, chunk + lo);
    else if (chunk != target)
        memcpy(target, chunk, lay->nbytes);
    return r;
}

static int read_job(void *arg, size_t index, zc_ctx_t *ctx) {
    zc_run_t *run = arg;
    const zc_batch_t *b = run->batch;
    const zc_plan_t *plan = b->plan;
    zc_job_t job;
    zc_layout_t lay;
    char key[ZC_KEY_MAX];
    int err = 0, fd = -1;
    size_t n = 0;
    const uint8_t *data = NULL;
    zc_chain_result_t r = {ZC_OK, -1};

    ctx->message[0] = 0;
    zc_selection_job(b->sel, index, &job);
    zc_key_format(&b->keys, plan->ndim, job.coords, key);
    r.status = zc_plan_layout(plan, job.edges, &lay);
    if (r.status != ZC_OK) return zc_run_fail(run, ctx, key, r.status, 0, -1);

    if (b->root == NULL) {
        data = b->stored[index].data;
        n = b->stored[index].n;
        if (data == NULL) r.status = ZC_E_MISSING;
    } else {
        r.status = zc_file_open(run->dirfd, key, &fd, &n, &err);
    }
    if (r.status == ZC_E_MISSING && !b->missing_is_error) {
        place_fill(b, &job);
        return 0;
    }
    if (r.status == ZC_OK && n > zc_plan_encoded_limit(plan, lay.nbytes)) r.status = ZC_E_TOO_LONG;
    if (r.status == ZC_OK && fd >= 0) {
        if (plan->nsteps == 0) {
            if (n != lay.nbytes)
                r.status = n < lay.nbytes ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG;
            else
                r.status = read_plain(b, &lay, &job, ctx, fd, &err);
        } else {
            uint8_t *buffer = zc_ctx_tmp(ctx, ZC_TMP_FILE, n > 0 ? n : 1);
            data = buffer;
            r.status = buffer == NULL ? ZC_E_NOMEM : zc_file_pread(fd, buffer, n, 0, &err);
        }
    }
    if (r.status == ZC_OK && data != NULL) r = decode_and_place(b, &lay, &job, ctx, data, n);
    if (fd >= 0) close(fd);
    return r.status == ZC_OK ? 0 : zc_run_fail(run, ctx, key, r.status, err, r.step);
}

zc_status_t zc_batch_read(zc_batch_t *batch) {
    zc_run_t run;
    zc_layout_t lay = {0};
    size_t edges[ZC_MAX_NDIM];
    if (batch->sel->njobs == 0) {
        batch->failure.status = ZC_OK;
        return ZC_OK;
    }
    if (zc_run_open(&run, batch) == ZC_OK) {
        for (int i = 0; i < batch->plan->ndim; i++) edges[i] = batch->sel->axis[i].chunk;
        (void)zc_plan_layout(batch->plan, edges, &lay);
        if (zc_pool_run(batch->sel->njobs, zc_run_threads(batch, lay.nbytes), read_job, &run) != ZC_OK)
            zc_run_fail(&run, NULL, "", ZC_E_NOMEM, 0, -1);
    }
    zc_run_close(&run);
    return batch->failure.status;
}
