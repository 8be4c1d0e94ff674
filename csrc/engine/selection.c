#include "selection.h"

/* (n + d - 1) / d, for any n and d > 0. */
static size_t ceil_div(size_t n, size_t d) { return n / d + (n % d != 0); }

zc_status_t zc_selection_init(zc_selection_t *sel) {
    size_t njobs = 1;
    for (int i = 0; i < sel->ndim; i++) {
        zc_axis_t *ax = &sel->axis[i];
        if (ax->count == 0) {
            ax->nseg = 0;
        } else if (ax->step <= ax->chunk) {
            size_t last = ax->start + (ax->count - 1) * ax->step;
            ax->nseg = last / ax->chunk - ax->start / ax->chunk + 1;
        } else {
            ax->nseg = ax->count; /* wider steps than chunks: every item has its own */
        }
        if (zc_mul_overflow(njobs, ax->nseg, &njobs)) return ZC_E_PARAM;
    }
    sel->njobs = njobs;
    return ZC_OK;
}

static void axis_segment(const zc_axis_t *ax, size_t k, zc_seg_t *seg) {
    size_t first; /* ordinal of the first selected item of the segment */
    if (ax->step <= ax->chunk) {
        seg->chunk = ax->start / ax->chunk + k;
        size_t origin = seg->chunk * ax->chunk;
        first = origin <= ax->start ? 0 : ceil_div(origin - ax->start, ax->step);
    } else {
        first = k;
        seg->chunk = (ax->start + k * ax->step) / ax->chunk;
    }
    size_t origin = seg->chunk * ax->chunk;
    size_t room = ax->length - origin;
    seg->edge = ax->chunk;
    seg->valid = room < ax->chunk ? room : ax->chunk;
    seg->start = ax->start + first * ax->step - origin;
    seg->step = ax->step;
    seg->count = ceil_div(seg->valid - seg->start, ax->step);
    if (seg->count > ax->count - first) seg->count = ax->count - first;
    seg->out = first;
}

void zc_selection_job(const zc_selection_t *sel, size_t index, zc_job_t *job) {
    job->offset = 0;
    job->whole = job->covers = 1;
    for (int i = sel->ndim - 1; i >= 0; i--) {
        const zc_axis_t *ax = &sel->axis[i];
        zc_seg_t seg;
        axis_segment(ax, index % ax->nseg, &seg);
        index /= ax->nseg;
        job->coords[i] = seg.chunk;
        job->edges[i] = seg.edge;
        job->start[i] = seg.start;
        job->step[i] = seg.count > 1 ? seg.step : 1;
        job->count[i] = seg.count;
        job->offset += (ptrdiff_t)seg.out * ax->stride;
        job->whole &= seg.count == seg.edge;
        job->covers &= seg.count == seg.valid;
    }
}
