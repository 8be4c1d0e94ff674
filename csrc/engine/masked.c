#include "masked.h"

#include <string.h>

#include "../dispatch.h"

/* The mask's byte of an item: the mask lies as the items do, with one byte for each. */
static const uint8_t *mask_at(const zc_level_t *level, ptrdiff_t offset) {
    const zc_batch_t *b = level->run->batch;
    return b->mask + (level->items + offset - b->items) / (ptrdiff_t)level->plan->itemsize;
}

/* Along axis `axis` and those after it, from the item at `offset`: counts what is set, up to knowing that it is some
 * but not all. */
static void look(const zc_level_t *level, const zc_job_t *job, int axis, ptrdiff_t offset, int *some, int *all) {
    if (axis == level->plan->ndim) {
        if (*mask_at(level, offset) != 0)
            *some = 1;
        else
            *all = 0;
        return;
    }
    ptrdiff_t stride = level->sel->axis[axis].stride;
    if (axis == level->plan->ndim - 1 && stride == (ptrdiff_t)level->plan->itemsize) {
        const uint8_t *run = mask_at(level, offset);
        *all &= memchr(run, 0, job->count[axis]) == NULL;
        for (size_t k = 0; k < job->count[axis] && !*some; k++) *some = run[k] != 0;
        return;
    }
    for (size_t k = 0; k < job->count[axis] && (*all || !*some); k++)
        look(level, job, axis + 1, offset + (ptrdiff_t)k * stride, some, all);
}

int zc_masked_job(const zc_level_t *level, zc_job_t *job) {
    if (level->run->batch->mask == NULL) return 1;
    int some = 0, all = 1;
    look(level, job, 0, job->offset, &some, &all);
    if (!all) job->covers = job->whole = 0;
    return some;
}

static void put(const zc_plan_t *plan, const uint8_t *item, uint8_t *stored) {
    if (plan->swap > 1)
        zc_k.byteswap(plan->swap, plan->itemsize / plan->swap, item, stored);
    else
        memcpy(stored, item, plan->itemsize);
}

static void write_axis(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, int axis, ptrdiff_t offset,
                       uint8_t *stored) {
    if (axis == level->plan->ndim) {
        if (*mask_at(level, offset) != 0) put(level->plan, level->items + offset, stored);
        return;
    }
    ptrdiff_t stride = level->sel->axis[axis].stride, pitch = (ptrdiff_t)job->step[axis] * lay->stride[axis];
    for (size_t k = 0; k < job->count[axis]; k++)
        write_axis(level, lay, job, axis + 1, offset + (ptrdiff_t)k * stride, stored + (ptrdiff_t)k * pitch);
}

void zc_masked_write(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, uint8_t *first) {
    write_axis(level, lay, job, 0, job->offset, first);
}
