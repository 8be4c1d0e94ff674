#include "batch.h"

#include "chunk_job.h"

static void make_job(zc_run_t *run, size_t index, zc_job_t *job, char *key, zc_target_t *target) {
    const zc_batch_t *b = run->batch;
    zc_selection_job(b->sel, index, job);
    zc_key_format(&b->keys, b->plan->ndim, job->coords, key);
    *target =
        (zc_target_t){key, b->stored != NULL ? &b->stored[index] : NULL, b->made != NULL ? &b->made[index] : NULL};
}

static int read_job(void *arg, size_t index, zc_ctx_t *ctx) {
    char key[ZC_KEY_MAX];
    zc_target_t target;
    zc_job_t job;
    int found;
    make_job(arg, index, &job, key, &target);
    return zc_chunk_job_read(arg, ctx, &target, &job, &found);
}

static int write_job(void *arg, size_t index, zc_ctx_t *ctx) {
    char key[ZC_KEY_MAX];
    zc_target_t target;
    zc_job_t job;
    make_job(arg, index, &job, key, &target);
    return zc_chunk_job_write(arg, ctx, &target, &job);
}

static zc_work_t work_of(const zc_batch_t *batch) {
    const int whole = batch->mask == NULL && batch->sel->points == NULL;
    return whole && (batch->root == NULL || zc_selection_covers(batch->sel)) ? ZC_REPLACE : ZC_MERGE;
}

static zc_status_t run_batch(zc_batch_t *batch, int writing) {
    size_t edges[ZC_MAX_NDIM];
    zc_run_t run;
    batch->failure.status = ZC_OK;
    if (batch->sel->njobs == 0) return ZC_OK;
    for (int i = 0; i < batch->plan->ndim; i++) edges[i] = batch->sel->axis[i].chunk;
    return zc_run_jobs(&run, batch, edges, writing ? work_of(batch) : ZC_READ, writing ? write_job : read_job, &run);
}

zc_status_t zc_batch_read(zc_batch_t *batch) { return run_batch(batch, 0); }

zc_status_t zc_batch_write(zc_batch_t *batch) { return run_batch(batch, 1); }
