/* The selection planner: any axes, cut into jobs. Every job lies in its chunk and in the array, jobs come in order and
 * together they are the selection.
 *
 * Input: ndim; of each axis kind, length, chunk, start, step, count; then the numbers of lists, bounds and points. */
#include "engine/keys.h"
#include "fuzz.h"

enum { NDIM = 3, MOST = 40 };

typedef struct lists {
    int64_t index[NDIM][MOST], place[NDIM][MOST];
    size_t bounds[NDIM][MOST + 1];
} lists_t;

/* Small numbers mostly; one in eight of any size. */
static size_t number(input_t *in, size_t least) {
    size_t kind = (size_t)take(in, 1);
    size_t n = kind >= 224 ? (size_t)take(in, 8) : (size_t)take(in, 1) % 64;
    return n < least ? least : n;
}

static int ascending(const void *a, const void *b) {
    int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;
    return (x > y) - (x < y);
}

static void make_list(input_t *in, zc_axis_t *ax, int64_t *index, int64_t *place) {
    ax->count = take_below(in, MOST + 1);
    ax->step = 1;
    ax->start = 0;
    for (size_t k = 0; k < ax->count; k++) {
        index[k] = (int64_t)(ax->base + take_below(in, ax->length < 65536 ? ax->length : 65536));
        place[k] = (int64_t)take_below(in, ax->count);
    }
    qsort(index, ax->count, sizeof *index, ascending);
    ax->indices = index;
    if (take(in, 1) & 1) ax->positions = place;
}

static void make_bounds(input_t *in, zc_axis_t *ax, size_t *bounds) {
    size_t end = 0, n = 1;
    bounds[0] = 0;
    while (end < ax->length && n < MOST) bounds[n++] = end += 1 + (size_t)take(in, 1) % 32;
    if (end < ax->length) bounds[n++] = end = ax->length;
    ax->bounds = bounds;
    ax->nbounds = n;
}

static void make_axis(input_t *in, zc_axis_t *ax, lists_t *lists, int i) {
    size_t kind = (size_t)take(in, 1);
    ax->length = number(in, 1);
    ax->chunk = number(in, 1);
    if (ax->length > INT64_MAX) ax->length = INT64_MAX;
    if (ax->chunk > INT64_MAX) ax->chunk = INT64_MAX;
    if (kind & 2) make_bounds(in, ax, lists->bounds[i]);
    if (kind & 4) ax->base = (size_t)take(in, 1);
    if (kind & 1) {
        make_list(in, ax, lists->index[i], lists->place[i]);
        return;
    }
    ax->base = 0;
    ax->start = number(in, 0) % ax->length;
    ax->step = number(in, 1);
    size_t most = (ax->length - 1 - ax->start) / ax->step + 1;
    ax->count = number(in, 0) % (most + 1);
    if (ax->count <= 1) ax->step = 1;
}

/* Strides of bytes in C order. 0: no memory holds so many. */
static int make_strides(zc_selection_t *sel) {
    size_t items = 1;
    for (int i = sel->ndim - 1; i >= 0; i--) {
        sel->axis[i].stride = (ptrdiff_t)items;
        if (zc_mul_overflow(items, sel->axis[i].count + !sel->axis[i].count, &items) || items > PTRDIFF_MAX) return 0;
    }
    return 1;
}

static size_t index_of(const zc_axis_t *ax, size_t k) {
    return ax->indices != NULL ? (size_t)ax->indices[k] - ax->base : ax->start + k * ax->step;
}

static void check_job(const zc_selection_t *sel, const zc_job_t *job) {
    for (int i = 0; i < sel->ndim; i++) {
        const zc_axis_t *ax = &sel->axis[i];
        PROMISE(job->valid[i] >= 1 && job->valid[i] <= job->edges[i], "axis %d: %zu of %zu", i, job->valid[i],
                job->edges[i]);
        PROMISE(job->count[i] >= 1 && job->step[i] >= 1, "axis %d is empty", i);
        PROMISE(job->last[i] < job->valid[i] && job->start[i] <= job->last[i], "axis %d: [%zu, %zu] in %zu", i,
                job->start[i], job->last[i], job->valid[i]);
        size_t chunk = job->coords[i], origin = ax->bounds != NULL ? ax->bounds[chunk] : chunk * ax->chunk;
        PROMISE(origin + job->last[i] < ax->length, "axis %d leaves the array", i);
        if (job->indices[i] == NULL && sel->points == NULL)
            PROMISE((job->count[i] - 1) * job->step[i] == job->last[i] - job->start[i], "axis %d: steps", i);
        for (size_t k = 0; job->indices[i] != NULL && k < job->count[i]; k++) {
            size_t inside = (size_t)job->indices[i][k] - job->origin[i];
            PROMISE(inside >= job->start[i] && inside <= job->last[i], "axis %d: item %zu of the list", i, k);
        }
    }
}

/* The items of all jobs along one axis, when the other axes have one each. */
static void check_line(zc_selection_t *sel) {
    const zc_axis_t *ax = &sel->axis[0];
    size_t done = 0;
    for (size_t j = 0; j < sel->njobs && j < 1000; j++) {
        zc_job_t job;
        zc_selection_job(sel, j, &job);
        check_job(sel, &job);
        size_t origin = ax->bounds != NULL ? ax->bounds[job.coords[0]] : job.coords[0] * ax->chunk;
        PROMISE(index_of(ax, done) == origin + job.start[0], "job %zu does not begin with item %zu", j, done);
        done += job.count[0];
        PROMISE(index_of(ax, done - 1) == origin + job.last[0], "job %zu does not end with item %zu", j, done - 1);
    }
    if (sel->njobs <= 1000) PROMISE(done == ax->count, "%zu of %zu items", done, ax->count);
}

static void check_points(zc_selection_t *sel, size_t npoints) {
    uint8_t seen[MOST] = {0};
    size_t done = 0;
    for (size_t j = 0; j < sel->njobs; j++) {
        zc_job_t job;
        zc_selection_job(sel, j, &job);
        check_job(sel, &job);
        for (size_t k = 0; k < job.nids; k++) {
            PROMISE(job.ids[k] < npoints && !seen[job.ids[k]]++, "point %zu", job.ids[k]);
            for (int i = 0; i < sel->ndim; i++) {
                size_t inside = (size_t)sel->points->coords[i][job.ids[k]] - job.origin[i];
                PROMISE(inside >= job.start[i] && inside <= job.last[i], "point %zu lies outside", job.ids[k]);
            }
        }
        done += job.nids;
    }
    PROMISE(done == npoints, "%zu of %zu points", done, npoints);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    static lists_t lists;
    zc_selection_t sel = {0};
    zc_points_t points = {0};
    char key[ZC_KEY_MAX];
    input_t in = {data, size};
    fuzz_start();
    size_t form = (size_t)take(&in, 1);
    sel.ndim = (int)(form % (NDIM + 1));
    for (int i = 0; i < sel.ndim; i++) make_axis(&in, &sel.axis[i], &lists, i);
    if (form & 128 && sel.ndim > 0) {
        sel.points = &points;
        sel.npoints = take_below(&in, MOST + 1);
        for (int i = 0; i < sel.ndim; i++) {
            zc_axis_t *ax = &sel.axis[i];
            for (size_t k = 0; k < sel.npoints; k++)
                lists.index[i][k] = (int64_t)(ax->base + take_below(&in, ax->length < 65536 ? ax->length : 65536));
            points.coords[i] = lists.index[i];
            ax->indices = ax->positions = NULL;
        }
    }
    if (!make_strides(&sel)) return 0;
    zc_status_t status = zc_selection_init(&sel);
    PROMISE(status == ZC_OK || status == ZC_E_PARAM, "status %d", status);
    if (status != ZC_OK) return 0;
    if (sel.points != NULL) {
        check_points(&sel, sel.npoints);
    } else if (sel.ndim == 1) {
        check_line(&sel);
    } else {
        size_t step = sel.njobs / 200 + 1;
        for (size_t j = 0; j < sel.njobs; j += step) {
            zc_job_t job;
            zc_selection_job(&sel, j, &job);
            check_job(&sel, &job);
            size_t n = zc_key_format(&(zc_keys_t){(int)(form >> 6 & 1), '/'}, sel.ndim, job.coords, key);
            PROMISE(n < ZC_KEY_MAX && key[n] == 0, "key of %zu", n);
            if (sel.njobs - j <= step) break;
        }
    }
    zc_selection_free(&sel);
    return 0;
}
