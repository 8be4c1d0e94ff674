#include "selection.h"

#include <stdlib.h>
#include <string.h>

/* (n + d - 1) / d, for any n and d > 0. */
static size_t ceil_div(size_t n, size_t d) { return n / d + (n % d != 0); }

/* The ordinal-th selected index. */
static size_t index_at(const zc_axis_t *ax, size_t ordinal) {
    return ax->indices != NULL ? (size_t)ax->indices[ordinal] - ax->base : ax->start + ordinal * ax->step;
}

/* The chunk that holds an index: number, first index, edge. */
static void locate(const zc_axis_t *ax, size_t index, zc_seg_t *seg) {
    if (ax->bounds == NULL) {
        seg->chunk = index / ax->chunk;
        seg->origin = seg->chunk * ax->chunk;
        seg->edge = ax->chunk;
    } else {
        size_t lo = 0, hi = ax->nbounds - 1; /* bounds[lo] <= index < bounds[hi] */
        while (hi - lo > 1) {
            size_t mid = lo + (hi - lo) / 2;
            if (ax->bounds[mid] <= index)
                lo = mid;
            else
                hi = mid;
        }
        seg->chunk = lo;
        seg->origin = ax->bounds[lo];
        seg->edge = ax->bounds[lo + 1] - seg->origin;
    }
    size_t room = ax->length - seg->origin;
    seg->valid = room < seg->edge ? room : seg->edge;
}

/* The chunk grid coordinate of a point. */
static size_t chunk_of(const zc_axis_t *ax, size_t index) {
    zc_seg_t seg;
    if (ax->bounds == NULL) return index / ax->chunk;
    locate(ax, index, &seg);
    return seg.chunk;
}

typedef struct keyed {
    uint64_t key; /* number of the chunk in the grid, C order */
    size_t id;
} keyed_t;

/* Stable sort by key, a byte at a time; leaves the result in a. */
static void sort_keyed(keyed_t *a, keyed_t *b, size_t n, uint64_t largest) {
    for (unsigned shift = 0; shift < 64 && largest >> shift != 0; shift += 8) {
        size_t at[257] = {0};
        for (size_t i = 0; i < n; i++) at[(a[i].key >> shift & 255) + 1]++;
        for (int i = 0; i < 256; i++) at[i + 1] += at[i];
        for (size_t i = 0; i < n; i++) b[at[a[i].key >> shift & 255]++] = a[i];
        memcpy(a, b, n * sizeof *a);
    }
}

static zc_status_t group_points(zc_selection_t *sel) {
    size_t n = sel->npoints, counts[ZC_MAX_NDIM];
    uint64_t cells = 1, largest = 0;
    for (int i = 0; i < sel->ndim; i++) {
        const zc_axis_t *ax = &sel->axis[i];
        counts[i] = ax->bounds != NULL ? ax->nbounds - 1 : ceil_div(ax->length, ax->chunk);
        if (__builtin_mul_overflow(cells, (uint64_t)counts[i], &cells)) return ZC_E_PARAM;
    }
    if (n == 0) return ZC_OK;
    keyed_t *a = malloc(n * sizeof *a), *b = malloc(n * sizeof *b);
    sel->ids = malloc(n * sizeof *sel->ids);
    sel->starts = malloc((n + 1) * sizeof *sel->starts);
    if (a == NULL || b == NULL || sel->ids == NULL || sel->starts == NULL) {
        free(a);
        free(b);
        return ZC_E_NOMEM;
    }
    for (size_t k = 0; k < n; k++) {
        size_t id = sel->given != NULL ? sel->given[k] : k;
        uint64_t key = 0;
        for (int i = 0; i < sel->ndim; i++) {
            const zc_axis_t *ax = &sel->axis[i];
            key = key * counts[i] + chunk_of(ax, (size_t)sel->points->coords[i][id] - ax->base);
        }
        a[k] = (keyed_t){key, id};
        if (key > largest) largest = key;
    }
    sort_keyed(a, b, n, largest);
    for (size_t k = 0; k < n; k++) {
        if (k == 0 || a[k].key != a[k - 1].key) sel->starts[sel->njobs++] = k;
        sel->ids[k] = a[k].id;
    }
    sel->starts[sel->njobs] = n;
    free(a);
    free(b);
    return ZC_OK;
}

static void point_job(const zc_selection_t *sel, size_t index, zc_job_t *job) {
    job->points = sel->points;
    job->ids = sel->ids + sel->starts[index];
    job->nids = sel->starts[index + 1] - sel->starts[index];
    job->offset = 0;
    job->listed = 1;
    job->whole = job->covers = 0;
    for (int i = 0; i < sel->ndim; i++) {
        const zc_axis_t *ax = &sel->axis[i];
        const int64_t *coords = sel->points->coords[i];
        zc_seg_t seg;
        locate(ax, (size_t)coords[job->ids[0]] - ax->base, &seg);
        int64_t lo = coords[job->ids[0]], hi = lo;
        for (size_t k = 1; k < job->nids; k++) {
            int64_t c = coords[job->ids[k]];
            if (c < lo) lo = c;
            if (c > hi) hi = c;
        }
        job->coords[i] = seg.chunk;
        job->edges[i] = seg.edge;
        job->valid[i] = seg.valid;
        job->origin[i] = ax->base + seg.origin;
        job->start[i] = (size_t)lo - job->origin[i];
        job->last[i] = (size_t)hi - job->origin[i];
        job->step[i] = 1;
        job->count[i] = job->last[i] - job->start[i] + 1;
        job->indices[i] = job->positions[i] = NULL;
    }
}

/* The segment whose first selected index is the first-th. */
static void segment_from(const zc_axis_t *ax, size_t first, zc_seg_t *seg) {
    size_t index = index_at(ax, first);
    locate(ax, index, seg);
    seg->out = first;
    seg->start = index - seg->origin;
    if (ax->indices == NULL) {
        seg->step = ax->step;
        seg->count = ceil_div(seg->valid - seg->start, ax->step);
        if (seg->count > ax->count - first) seg->count = ax->count - first;
        seg->covers = seg->count == seg->valid;
        return;
    }
    size_t distinct = 1, end = first + 1, last = index;
    for (; end < ax->count; end++) {
        size_t next = index_at(ax, end);
        if (next >= seg->origin + seg->valid) break;
        distinct += next != last;
        last = next;
    }
    seg->step = 1;
    seg->count = end - first;
    seg->covers = distinct == seg->valid;
}

/* Segments of a list or an irregular grid, kept. */
static zc_status_t list_segments(zc_axis_t *ax) {
    size_t cap = 0;
    ax->nseg = 0;
    for (size_t first = 0; first < ax->count;) {
        if (ax->nseg == cap) {
            cap = cap > 0 ? 2 * cap : 16;
            zc_seg_t *more = realloc(ax->segs, cap * sizeof *more);
            if (more == NULL) return ZC_E_NOMEM;
            ax->segs = more;
        }
        segment_from(ax, first, &ax->segs[ax->nseg]);
        first += ax->segs[ax->nseg++].count;
    }
    return ZC_OK;
}

zc_status_t zc_selection_init(zc_selection_t *sel) {
    size_t njobs = 1;
    zc_status_t status = ZC_OK;
    for (int i = 0; i < sel->ndim; i++) sel->axis[i].segs = NULL;
    sel->ids = sel->starts = NULL;
    if (sel->points != NULL) {
        sel->njobs = 0;
        status = group_points(sel);
        if (status != ZC_OK) zc_selection_free(sel);
        return status;
    }
    for (int i = 0; i < sel->ndim && status == ZC_OK; i++) {
        zc_axis_t *ax = &sel->axis[i];
        if (ax->count == 0) {
            ax->nseg = 0;
        } else if (ax->indices != NULL || ax->bounds != NULL) {
            status = list_segments(ax);
        } else if (ax->step <= ax->chunk) {
            size_t last = ax->start + (ax->count - 1) * ax->step;
            ax->nseg = last / ax->chunk - ax->start / ax->chunk + 1;
        } else {
            ax->nseg = ax->count; /* wider steps than chunks: every item has its own */
        }
        if (status == ZC_OK && zc_mul_overflow(njobs, ax->nseg, &njobs)) status = ZC_E_PARAM;
    }
    sel->njobs = njobs;
    if (status != ZC_OK) zc_selection_free(sel);
    return status;
}

void zc_selection_free(zc_selection_t *sel) {
    for (int i = 0; i < sel->ndim; i++) {
        free(sel->axis[i].segs);
        sel->axis[i].segs = NULL;
    }
    free(sel->ids);
    free(sel->starts);
    sel->ids = sel->starts = NULL;
}

static void axis_segment(const zc_axis_t *ax, size_t k, zc_seg_t *seg) {
    if (ax->segs != NULL) {
        *seg = ax->segs[k];
        return;
    }
    size_t first = k; /* ordinal of the first selected item of the segment */
    if (ax->step <= ax->chunk) {
        size_t origin = (ax->start / ax->chunk + k) * ax->chunk;
        first = origin <= ax->start ? 0 : ceil_div(origin - ax->start, ax->step);
    }
    segment_from(ax, first, seg);
}

int zc_selection_covers(const zc_selection_t *sel) {
    if (sel->njobs == 0 || sel->points != NULL) return sel->njobs == 0;
    for (int i = 0; i < sel->ndim; i++) {
        const zc_axis_t *ax = &sel->axis[i];
        /* Of a slice with step 1 only the first and the last chunk can be covered in part; with a wider one all
         * between are, unless they are as long as an item. */
        if (ax->segs == NULL && ax->nseg > 2 && ax->step > 1 && ax->chunk > 1) return 0;
        const int ends = ax->segs == NULL && ax->nseg > 2;
        for (size_t k = 0; k < (ends ? 2 : ax->nseg); k++) {
            zc_seg_t seg;
            axis_segment(ax, ends && k == 1 ? ax->nseg - 1 : k, &seg);
            if (!seg.covers) return 0;
        }
    }
    return 1;
}

void zc_selection_job(const zc_selection_t *sel, size_t index, zc_job_t *job) {
    if (sel->points != NULL) {
        point_job(sel, index, job);
        return;
    }
    job->points = NULL;
    job->ids = NULL;
    job->nids = 0;
    job->offset = 0;
    job->listed = 0;
    job->whole = job->covers = 1;
    for (int i = sel->ndim - 1; i >= 0; i--) {
        const zc_axis_t *ax = &sel->axis[i];
        zc_seg_t seg;
        axis_segment(ax, index % ax->nseg, &seg);
        index /= ax->nseg;
        job->coords[i] = seg.chunk;
        job->edges[i] = seg.edge;
        job->valid[i] = seg.valid;
        job->start[i] = seg.start;
        job->step[i] = seg.count > 1 ? seg.step : 1;
        job->count[i] = seg.count;
        job->indices[i] = ax->indices != NULL ? ax->indices + seg.out : NULL;
        job->positions[i] = ax->positions != NULL ? ax->positions + seg.out : NULL;
        job->origin[i] = ax->base + seg.origin;
        job->last[i] = index_at(ax, seg.out + seg.count - 1) - seg.origin;
        if (ax->positions == NULL) job->offset += (ptrdiff_t)seg.out * ax->stride;
        job->listed |= ax->indices != NULL;
        job->whole &= seg.covers && seg.count == seg.edge;
        job->covers &= seg.covers;
    }
    if (job->listed) job->whole = 0;
}
