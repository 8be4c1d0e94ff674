/* Writing: the caller's memory to stored chunks. A chunk that is only partly covered is read and merged. */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../dispatch.h"
#include "../kernels/box/box.h"
#include "batch.h"
#include "file.h"
#include "pool.h"

/* True when the caller's memory already lies as the stored chunk does. */
static int lies_as_stored(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job) {
    if (!job->whole || b->plan->swap > 1) return 0;
    for (int i = 0; i < b->plan->ndim; i++)
        if (job->edges[i] > 1 && b->sel->axis[i].stride != lay->stride[i]) return 0;
    return 1;
}

static void gather(const zc_batch_t *b, const zc_layout_t *lay, const zc_job_t *job, uint8_t *chunk) {
    ptrdiff_t src[ZC_MAX_NDIM], dst[ZC_MAX_NDIM];
    for (int i = 0; i < b->plan->ndim; i++) {
        chunk += (ptrdiff_t)job->start[i] * lay->stride[i];
        dst[i] = (ptrdiff_t)job->step[i] * lay->stride[i];
        src[i] = b->sel->axis[i].stride;
    }
    zc_box_copy((size_t)b->plan->ndim, job->count, b->items + job->offset, src, chunk, dst, b->plan->itemsize,
                b->plan->swap > 1 ? b->plan->swap : 0);
}

/* The stored chunk, decoded to `chunk`; the fill value where there is none. */
static zc_chain_result_t load_old(zc_run_t *run, size_t index, const char *key, const zc_layout_t *lay, zc_ctx_t *ctx,
                                  uint8_t *chunk, int *err) {
    const zc_batch_t *b = run->batch;
    const uint8_t *data = NULL, *view;
    size_t n = 0;
    zc_chain_result_t r = {ZC_OK, -1};
    if (b->root == NULL) {
        data = b->stored[index].data;
        n = b->stored[index].n;
        if (data == NULL) r.status = ZC_E_MISSING;
    } else {
        int fd;
        r.status = zc_file_open(run->dirfd, key, &fd, &n, err);
        if (r.status == ZC_OK) {
            uint8_t *buffer = NULL;
            if (n > zc_plan_encoded_limit(b->plan, lay->nbytes))
                r.status = ZC_E_TOO_LONG;
            else if ((buffer = zc_ctx_tmp(ctx, ZC_TMP_FILE, n > 0 ? n : 1)) == NULL)
                r.status = ZC_E_NOMEM;
            else
                r.status = zc_file_pread(fd, buffer, n, 0, err);
            data = buffer;
            close(fd);
        }
    }
    if (r.status == ZC_E_MISSING) {
        zc_k.fill(chunk, b->plan->fill_stored, b->plan->itemsize, lay->nitems);
        r.status = ZC_OK;
        return r;
    }
    if (r.status != ZC_OK) return r;
    r = zc_plan_decode(b->plan, lay, ctx, data, n, 0, lay->nbytes, chunk, &view);
    if (r.status == ZC_OK && view != chunk) memcpy(chunk, view, lay->nbytes);
    return r;
}

static zc_status_t deliver(zc_run_t *run, size_t index, const char *key, const uint8_t *data, size_t n, int *err) {
    zc_batch_t *b = run->batch;
    if (b->root != NULL)
        return data == NULL ? zc_file_remove(run->dirfd, key, err) : zc_file_replace(run->dirfd, key, data, n, err);
    b->made[index] = (zc_span_t){NULL, 0};
    if (data != NULL) {
        uint8_t *copy = malloc(n > 0 ? n : 1);
        if (copy == NULL) return ZC_E_NOMEM;
        memcpy(copy, data, n);
        b->made[index] = (zc_span_t){copy, n};
    }
    return ZC_OK;
}

static int write_job(void *arg, size_t index, zc_ctx_t *ctx) {
    zc_run_t *run = arg;
    const zc_batch_t *b = run->batch;
    const zc_plan_t *plan = b->plan;
    zc_job_t job;
    zc_layout_t lay;
    char key[ZC_KEY_MAX];
    int err = 0;
    uint64_t stripe = 0;
    zc_chain_result_t r = {ZC_OK, -1};

    ctx->message[0] = 0;
    zc_selection_job(b->sel, index, &job);
    size_t key_length = zc_key_format(&b->keys, plan->ndim, job.coords, key);
    r.status = zc_plan_layout(plan, job.edges, &lay);
    if (r.status != ZC_OK) return zc_run_fail(run, ctx, key, r.status, 0, -1);

    /* A merge holds the chunk's lock from the read to the write; a whole chunk takes it for the write alone. */
    const uint8_t *chunk = b->items + job.offset;
    if (b->root != NULL) stripe = zc_hash_bytes(run->place, key, key_length);
    int merging = b->root != NULL && !job.covers, replacing = b->root != NULL && job.covers;
    if (merging) zc_stripe_lock(stripe);
    if (!lies_as_stored(b, &lay, &job)) {
        uint8_t *scratch = zc_ctx_tmp(ctx, ZC_TMP_OLD, lay.nbytes);
        if (scratch == NULL) {
            r.status = ZC_E_NOMEM;
        } else if (!job.covers) {
            r = load_old(run, index, key, &lay, ctx, scratch, &err);
        } else if (!job.whole) {
            zc_k.fill(scratch, plan->fill_stored, plan->itemsize, lay.nitems);
        }
        if (r.status == ZC_OK) gather(b, &lay, &job, scratch);
        chunk = scratch;
    }
    if (r.status == ZC_OK) {
        const uint8_t *data = NULL;
        size_t n = 0;
        if (b->write_empty || !zc_k.all_equal(chunk, plan->fill_stored, plan->itemsize, lay.nitems))
            r = zc_plan_encode(plan, &lay, ctx, chunk, &data, &n);
        if (r.status == ZC_OK) {
            if (replacing) zc_stripe_lock(stripe);
            r.status = deliver(run, index, key, data, n, &err);
            if (replacing) zc_stripe_unlock(stripe);
        }
    }
    if (merging) zc_stripe_unlock(stripe);
    return r.status == ZC_OK ? 0 : zc_run_fail(run, ctx, key, r.status, err, r.step);
}

zc_status_t zc_batch_write(zc_batch_t *batch) {
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
        if (zc_pool_run(batch->sel->njobs, zc_run_threads(batch, lay.nbytes), write_job, &run) != ZC_OK)
            zc_run_fail(&run, NULL, "", ZC_E_NOMEM, 0, -1);
    }
    zc_run_close(&run);
    return batch->failure.status;
}
