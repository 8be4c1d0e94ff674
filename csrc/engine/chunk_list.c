#include "chunk_list.h"

#include "chunk_job.h"

typedef struct list_run {
    zc_run_t run;
    zc_chunk_list_t *list;
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

static zc_target_t target_of(zc_part_t *part) { return (zc_target_t){part->key, &part->stored, &part->made}; }

static int read_part(void *arg, size_t index, zc_ctx_t *ctx) {
    list_run_t *r = arg;
    zc_part_t *part = &r->list->part[index];
    zc_target_t target = target_of(part);
    zc_job_t job;
    make_job(r->list, index, &job);
    return zc_chunk_job_read(&r->run, ctx, &target, &job, &part->found);
}

static int write_part(void *arg, size_t index, zc_ctx_t *ctx) {
    list_run_t *r = arg;
    zc_target_t target = target_of(&r->list->part[index]);
    zc_job_t job;
    make_job(r->list, index, &job);
    return zc_chunk_job_write(&r->run, ctx, &target, &job);
}

static zc_status_t run_list(zc_chunk_list_t *list, int writing) {
    zc_batch_t *b = &list->batch;
    list_run_t r = {.list = list};
    size_t edges[ZC_MAX_NDIM];
    b->failure.status = ZC_OK;
    b->lenient = 1;
    if (b->sel->njobs == 0) return ZC_OK;
    for (int i = 0; i < b->plan->ndim; i++) edges[i] = list->axis[i].edge;
    zc_work_t work = writing ? ZC_REPLACE : ZC_READ;
    for (size_t i = 0; writing && i < b->sel->njobs; i++)
        if (!list->part[i].covers) work = ZC_MERGE;
    return zc_run_jobs(&r.run, b, edges, work, writing ? write_part : read_part, &r);
}

zc_status_t zc_chunk_list_read(zc_chunk_list_t *list) { return run_list(list, 0); }

zc_status_t zc_chunk_list_write(zc_chunk_list_t *list) { return run_list(list, 1); }
