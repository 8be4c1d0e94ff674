#include "place.h"

#include <string.h>

#include "../dispatch.h"
#include "../kernels/box/box.h"

int zc_place_same(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job) {
    if (!job->whole || level->plan->swap > 1) return 0;
    for (int i = 0; i < level->plan->ndim; i++)
        if (job->edges[i] > 1 && level->sel->axis[i].stride != lay->stride[i]) return 0;
    return 1;
}

void zc_place_range(const zc_plan_t *plan, const zc_layout_t *lay, const zc_job_t *job, size_t *lo, size_t *hi) {
    size_t first = 0, last = 0;
    for (int i = 0; i < plan->ndim; i++) {
        first += job->start[i] * (size_t)lay->stride[i];
        last += job->last[i] * (size_t)lay->stride[i];
    }
    *lo = first;
    *hi = last + plan->itemsize;
}

/* A job as two strided boxes, with lists on some axes: those are walked one by one, the rest is a box. */
typedef struct walk {
    int nlisted;
    int listed[ZC_MAX_NDIM]; /* axes with lists, outermost first */
    size_t nbox;
    size_t count[ZC_MAX_NDIM]; /* of the box ... */
    ptrdiff_t chunk_stride[ZC_MAX_NDIM], item_stride[ZC_MAX_NDIM];
    size_t box_items;
    size_t itemsize, swap;
} walk_t;

static void walk_init(walk_t *w, const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job) {
    const zc_plan_t *plan = level->plan;
    w->nlisted = 0;
    w->nbox = 0;
    w->box_items = 1;
    w->itemsize = plan->itemsize;
    w->swap = plan->swap > 1 ? plan->swap : 0;
    for (int i = 0; i < plan->ndim; i++) {
        if (job->indices[i] != NULL) {
            w->listed[w->nlisted++] = i;
            continue;
        }
        w->count[w->nbox] = job->count[i];
        w->chunk_stride[w->nbox] = lay != NULL ? (ptrdiff_t)job->step[i] * lay->stride[i] : 0;
        w->item_stride[w->nbox] = level->sel->axis[i].stride;
        w->box_items *= job->count[i];
        w->nbox++;
    }
}

enum direction { TO_ITEMS, TO_CHUNK, FILL_ITEMS };

static void one_box(const walk_t *w, enum direction dir, const uint8_t *fill, uint8_t *chunk, uint8_t *items) {
    if (dir == FILL_ITEMS)
        zc_box_fill(w->nbox, w->count, items, w->item_stride, fill, w->itemsize);
    else if (w->box_items == 1 && w->swap == 0 && dir == TO_ITEMS)
        memcpy(items, chunk, w->itemsize);
    else if (dir == TO_ITEMS)
        zc_box_copy(w->nbox, w->count, chunk, w->chunk_stride, items, w->item_stride, w->itemsize, w->swap);
    else
        zc_box_copy(w->nbox, w->count, items, w->item_stride, chunk, w->chunk_stride, w->itemsize, w->swap);
}

#define GATHER(type)                                                                                                   \
    for (size_t k = 0; k < n; k++) {                                                                                   \
        type item;                                                                                                     \
        memcpy(&item, chunk + (indices[k] - origin) * cs, sizeof item);                                                \
        memcpy(items + (positions != NULL ? positions[k] : (int64_t)k) * is, &item, sizeof item);                      \
    }

/* The innermost list when nothing else is left: single items of a common size. */
static int gather_items(const walk_t *w, const zc_job_t *job, int axis, ptrdiff_t cs, ptrdiff_t is,
                        const uint8_t *chunk, uint8_t *items) {
    const int64_t *indices = job->indices[axis], *positions = job->positions[axis];
    int64_t origin = (int64_t)(job->origin[axis] + job->start[axis]);
    size_t n = job->count[axis];
    if (w->swap != 0) return 0;
    switch (w->itemsize) {
    case 1:
        GATHER(uint8_t) return 1;
    case 2:
        GATHER(uint16_t) return 1;
    case 4:
        GATHER(uint32_t) return 1;
    case 8:
        GATHER(uint64_t) return 1;
    default:
        return 0;
    }
}

static void walk_lists(const walk_t *w, const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, int depth,
                       enum direction dir, uint8_t *chunk, uint8_t *items) {
    if (depth == w->nlisted) {
        one_box(w, dir, level->plan->fill_memory, chunk, items);
        return;
    }
    int axis = w->listed[depth];
    ptrdiff_t cs = lay != NULL ? lay->stride[axis] : 0, is = level->sel->axis[axis].stride;
    if (dir == TO_ITEMS && depth == w->nlisted - 1 && w->box_items == 1 &&
        gather_items(w, job, axis, cs, is, chunk, items))
        return;
    for (size_t k = 0; k < job->count[axis]; k++) {
        ptrdiff_t inside = (ptrdiff_t)((size_t)job->indices[axis][k] - job->origin[axis] - job->start[axis]);
        ptrdiff_t outside = job->positions[axis] != NULL ? (ptrdiff_t)job->positions[axis][k] : (ptrdiff_t)k;
        walk_lists(w, level, lay, job, depth + 1, dir, chunk != NULL ? chunk + inside * cs : NULL,
                   items + outside * is);
    }
}

#define POINTS(type)                                                                                                   \
    for (size_t k = 0; k < job->nids; k++) {                                                                           \
        type item;                                                                                                     \
        memcpy(&item, chunk + zc_place_point(lay, job, ndim, job->ids[k]), sizeof item);                               \
        memcpy(items + (ptrdiff_t)job->ids[k] * job->points->stride, &item, sizeof item);                              \
    }

static void place_points(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, enum direction dir,
                         uint8_t *chunk) {
    const zc_plan_t *plan = level->plan;
    size_t itemsize = plan->itemsize, swap = plan->swap > 1 ? plan->swap : 0;
    uint8_t *items = level->items;
    int ndim = plan->ndim;
    if (dir == TO_ITEMS && swap == 0 && itemsize == 4) {
        POINTS(uint32_t)
        return;
    }
    if (dir == TO_ITEMS && swap == 0 && itemsize == 8) {
        POINTS(uint64_t)
        return;
    }
    for (size_t k = 0; k < job->nids; k++) {
        uint8_t *item = items + (ptrdiff_t)job->ids[k] * job->points->stride;
        uint8_t *stored = chunk != NULL ? chunk + zc_place_point(lay, job, ndim, job->ids[k]) : NULL;
        if (dir == FILL_ITEMS)
            memcpy(item, plan->fill_memory, itemsize);
        else if (swap != 0)
            zc_k.byteswap(swap, itemsize / swap, dir == TO_ITEMS ? stored : item, dir == TO_ITEMS ? item : stored);
        else
            memcpy(dir == TO_ITEMS ? item : stored, dir == TO_ITEMS ? stored : item, itemsize);
    }
}

static void place(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, enum direction dir,
                  uint8_t *chunk) {
    walk_t w;
    if (job->points != NULL) {
        place_points(level, lay, job, dir, chunk);
        return;
    }
    walk_init(&w, level, lay, job);
    walk_lists(&w, level, lay, job, 0, dir, chunk, level->items + job->offset);
}

void zc_place_read(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, const uint8_t *chunk) {
    place(level, lay, job, TO_ITEMS, (uint8_t *)(uintptr_t)chunk);
}

void zc_place_write(const zc_level_t *level, const zc_layout_t *lay, const zc_job_t *job, uint8_t *chunk) {
    place(level, lay, job, TO_CHUNK, chunk);
}

void zc_place_fill(const zc_level_t *level, const zc_job_t *job) { place(level, NULL, job, FILL_ITEMS, NULL); }
