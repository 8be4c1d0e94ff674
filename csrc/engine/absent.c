#include "absent.h"

#include <string.h>

/* Along axis `axis` and those after it, from the mark of the first item on. */
static void mark_axis(const zc_level_t *level, const zc_job_t *job, int axis, uint8_t *first) {
    int ndim = level->plan->ndim;
    if (axis == ndim) {
        *first = 1;
        return;
    }
    const int64_t *positions = job->positions[axis];
    ptrdiff_t stride = level->sel->axis[axis].stride / (ptrdiff_t)level->plan->itemsize;
    if (axis == ndim - 1 && stride == 1 && positions == NULL) {
        memset(first, 1, job->count[axis]);
        return;
    }
    for (size_t k = 0; k < job->count[axis]; k++)
        mark_axis(level, job, axis + 1, first + (positions != NULL ? (ptrdiff_t)positions[k] : (ptrdiff_t)k) * stride);
}

void zc_absent_mark(const zc_level_t *level, const zc_job_t *job) {
    const zc_batch_t *b = level->run->batch;
    ptrdiff_t itemsize = (ptrdiff_t)level->plan->itemsize;
    if (b->absent == NULL) return;
    if (job->points == NULL) {
        mark_axis(level, job, 0, b->absent + (level->items - b->items + job->offset) / itemsize);
        return;
    }
    uint8_t *first = b->absent + (level->items - b->items) / itemsize;
    for (size_t k = 0; k < job->nids; k++) first[(ptrdiff_t)job->ids[k] * job->points->stride / itemsize] = 1;
}
