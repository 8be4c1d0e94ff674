#include "want.h"

#include <stdlib.h>

#include "place.h"

typedef struct parts {
    zc_stretch_t *at; /* room for one more than gaps fit between the job's first item and its last */
    size_t n;
} parts_t;

/* [lo, hi), which does not begin before the last part does. */
static void add(parts_t *parts, size_t lo, size_t hi) {
    zc_stretch_t *next = &parts->at[parts->n];
    if (parts->n == 0 || lo >= next[-1].hi + ZC_WANT_GAP) {
        *next = (zc_stretch_t){lo, hi};
        parts->n++;
    } else if (hi > next[-1].hi) {
        next[-1].hi = hi;
    }
}

static int ascending(const void *a, const void *b) {
    size_t x = *(const size_t *)a, y = *(const size_t *)b;
    return (x > y) - (x < y);
}

/* Where the job's points lie, ascending. */
static zc_status_t points(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t lo,
                          parts_t *parts) {
    size_t *offsets = malloc(job->nids * sizeof *offsets);
    if (offsets == NULL) return ZC_E_NOMEM;
    for (size_t k = 0; k < job->nids; k++) offsets[k] = lo + zc_place_point(lay, job, plan->ndim, job->ids[k]);
    qsort(offsets, job->nids, sizeof *offsets, ascending);
    for (size_t k = 0; k < job->nids; k++) add(parts, offsets[k], offsets[k] + plan->itemsize);
    free(offsets);
    return ZC_OK;
}

/* The stretch that a job needs of each index on the outermost storage axis with several. */
static void runs(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t lo, parts_t *parts) {
    int k = 0;
    while (k < plan->ndim - 1 && job->count[plan->order[k]] == 1) k++;
    const int axis = plan->order[k];
    size_t run = plan->itemsize;
    for (int i = k + 1; i < plan->ndim; i++) {
        int a = plan->order[i];
        run += (job->last[a] - job->start[a]) * (size_t)lay->stride[a];
    }
    for (size_t j = 0; j < job->count[axis]; j++) {
        size_t ahead =
            job->indices[axis] != NULL ? (size_t)(job->indices[axis][j] - job->indices[axis][0]) : j * job->step[axis];
        size_t at = lo + ahead * (size_t)lay->stride[axis];
        add(parts, at, at + run);
    }
}

zc_status_t zc_want_of(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, zc_ctx_t *ctx,
                       zc_want_t *want) {
    zc_status_t status = ZC_OK;
    zc_place_range(plan, lay, job, &want->lo, &want->hi);
    want->nparts = 0;
    want->parts = NULL;
    const size_t room = (want->hi - want->lo) / ZC_WANT_GAP + 1;
    if (job->whole || plan->ndim == 0 || room < 2 || (job->points != NULL && job->nids > 2 * room)) return ZC_OK;
    parts_t parts = {(zc_stretch_t *)(void *)zc_ctx_tmp(ctx, ZC_TMP_PARTS, room * sizeof *parts.at), 0};
    if (parts.at == NULL) return ZC_E_NOMEM;
    if (job->points != NULL)
        status = points(plan, lay, job, want->lo, &parts);
    else
        runs(plan, lay, job, want->lo, &parts);
    if (status != ZC_OK) return status;
    want->parts = parts.at;
    want->nparts = parts.n;
    want->hi = parts.at[parts.n - 1].hi; /* points need not reach the end of the box around them */
    return ZC_OK;
}
