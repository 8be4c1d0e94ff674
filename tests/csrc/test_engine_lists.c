/* Index lists, points and irregular grids against a walk over every item, and through whole batches. */
#define _GNU_SOURCE
#include "check_dir.h"
#include "check_engine.h"
#include "dispatch.h"

static void random_grid(check_grid_t *g, int ndim, size_t most) {
    memset(g, 0, sizeof *g);
    g->ndim = ndim;
    for (int i = 0; i < ndim; i++) {
        g->length[i] = 1 + check_below(most);
        g->chunk[i] = 1 + check_below(check_below(2) ? 5 : most + 5);
        if (check_below(2)) check_irregular(g, i);
    }
    g->total = 1;
    for (int i = 0; i < ndim; i++) g->total *= g->length[i];
}

static size_t origin_of(const check_grid_t *g, int axis, size_t chunk, size_t *edge) {
    if (g->nbounds[axis] == 0) {
        *edge = g->chunk[axis];
        return chunk * g->chunk[axis];
    }
    *edge = g->bounds[axis][chunk + 1] - g->bounds[axis][chunk];
    return g->bounds[axis][chunk];
}

static size_t selected(const zc_job_t *j, int axis, size_t k) {
    return j->indices[axis] != NULL ? (size_t)j->indices[axis][k] - j->origin[axis]
                                    : j->start[axis] + k * j->step[axis];
}

/* What a job says of itself along one axis. */
static void check_job_axis(const check_grid_t *g, const zc_job_t *j, int axis, uint8_t *hit) {
    size_t edge, origin = origin_of(g, axis, j->coords[axis], &edge);
    size_t valid = g->length[axis] - origin < edge ? g->length[axis] - origin : edge;
    CHECK(j->edges[axis] == edge && j->valid[axis] == valid && j->origin[axis] == origin,
          "axis %d chunk %zu: edge %zu valid %zu origin %zu", axis, j->coords[axis], j->edges[axis], j->valid[axis],
          j->origin[axis]);
    memset(hit, 0, edge);
    for (size_t k = 0; k < j->count[axis] && j->points == NULL; k++) {
        size_t at = selected(j, axis, k);
        CHECK(at >= j->start[axis] && at <= j->last[axis] && at < valid, "item %zu of a chunk of %zu", at, valid);
        hit[at] = 1;
    }
}

/* Every item of the selection is in exactly one job, where it belongs; `covers` and `whole` are what they say. */
static void brute(int ndim) {
    check_grid_t g;
    check_pick_t p;
    static uint8_t hit[64];
    random_grid(&g, ndim, ndim == 1 ? 50 : 14);
    check_pick(&p, &g);
    uint8_t *found = check_alloc(p.items);
    memset(found, 0, p.items);
    int covers = 1;
    for (size_t index = 0; index < p.sel.njobs; index++) {
        zc_job_t j;
        size_t items = 1, distinct = 1, valid = 1, whole = 1, at[CHECK_NDIM] = {0};
        zc_selection_job(&p.sel, index, &j);
        covers &= j.covers;
        for (int i = 0; i < ndim; i++) {
            check_job_axis(&g, &j, i, hit);
            size_t n = 0;
            for (size_t k = 0; k < j.edges[i]; k++) n += hit[k];
            items *= j.count[i], distinct *= n, valid *= j.valid[i], whole *= j.edges[i];
        }
        if (j.points != NULL) {
            CHECK(j.nids > 0 && !j.whole && !j.covers, "points");
            for (size_t k = 0; k < j.nids; k++) {
                CHECK(!found[j.ids[k]]++ && (k == 0 || j.ids[k] > j.ids[k - 1]), "point %zu", j.ids[k]);
                for (int i = 0; i < ndim; i++) {
                    size_t c = (size_t)p.lists[i][j.ids[k]] - j.origin[i];
                    CHECK(c >= j.start[i] && c <= j.last[i] && c < j.valid[i], "point %zu", j.ids[k]);
                }
            }
            continue;
        }
        CHECK(j.covers == (distinct == valid), "covers %d, %zu of %zu", j.covers, distinct, valid);
        CHECK(!j.whole || (distinct == whole && !j.listed), "whole %d, %zu of %zu", j.whole, distinct, whole);
        for (size_t item = 0; item < items; item++) {
            size_t place = (size_t)j.offset / CHECK_ITEM, in_model = 0;
            for (int i = 0; i < ndim; i++) {
                size_t k = at[i];
                size_t out = j.positions[i] != NULL ? (size_t)j.positions[i][k] : k;
                place += out * (size_t)p.sel.axis[i].stride / CHECK_ITEM;
                in_model = in_model * g.length[i] + j.origin[i] + selected(&j, i, k);
            }
            CHECK(place < p.items && !found[place]++, "item %zu of %zu twice", place, p.items);
            CHECK(place < p.items && p.at[place] == in_model, "item %zu is %zu", place, in_model);
            for (int i = ndim - 1; i >= 0 && ++at[i] == j.count[i]; i--) at[i] = 0;
        }
    }
    CHECK(p.sel.points != NULL || zc_selection_covers(&p.sel) == covers, "covers: %d", covers);
    for (size_t i = 0; i < p.items; i++) CHECK(found[i] == 1, "item %zu of %zu is in no job", i, p.items);
    free(found);
    check_pick_free(&p);
}

/* Random selections read and written in a directory, of every item size that has a path of its own. */
static void batches(int round) {
    char path[64];
    int dir = check_dir_make(path);
    check_array_t a = {.root = path};
    zc_plan_t plan;
    random_grid(&a.grid, 1 + round % 3, round % 3 == 0 ? 60 : 25);
    check_plan(&plan, a.grid.ndim);
    plan.swap = check_below(2) ? (check_below(2) ? 4 : 2) : 0;
    check_shuffle_order(&plan);
    check_random_steps(&plan, CHECK_ITEM);
    check_plan_ready(&plan);
    a.plan = &plan;
    check_array_fill(&a);
    for (int i = 0; i < 12; i++) {
        check_array_write(&a);
        check_array_read(&a);
    }
    CHECK(check_leftovers(dir) == 0, "a temporary file stays");
    free(a.model);
    zc_plan_clear(&plan);
    check_dir_remove(path, dir);
}

/* Items of other sizes through lists and points: 1, 2, 8, 3 and 16 bytes in one chunk of a buffer. */
static void item_sizes(void) {
    static const size_t sizes[] = {1, 2, 8, 3, 16, 4};
    enum { N = 40, M = 25 };
    static uint8_t fill[16];
    for (size_t s = 0; s < sizeof sizes / sizeof *sizes; s++)
        for (int points = 0; points < 2; points++) {
            size_t size = sizes[s];
            int bad;
            zc_plan_t plan = {.ndim = 1, .itemsize = size, .swap = size == 16 ? 8 : 0};
            if (zc_plan_init(&plan, fill, &bad) != ZC_OK) abort();
            check_block_t chunk = check_block(N * size, 0), out = check_block(M * size, 0);
            int64_t list[M];
            for (int64_t k = 0; k < M; k++) list[k] = points ? (int64_t)check_below(N) : k + k / 2;
            zc_points_t where = {.coords = {list}, .stride = (ptrdiff_t)size};
            zc_selection_t sel = {.ndim = 1, .points = points ? &where : NULL, .npoints = M};
            sel.axis[0] =
                (zc_axis_t){.length = N, .chunk = N, .step = 1, .count = M, .indices = list, .stride = (ptrdiff_t)size};
            if (zc_selection_init(&sel) != ZC_OK) abort();
            zc_span_t stored = {chunk.data, chunk.n};
            zc_batch_t b = {.plan = &plan, .sel = &sel, .items = out.data, .stored = &stored, .threads = 1};
            CHECK(zc_batch_read(&b) == ZC_OK, "status %d", b.failure.status);
            for (size_t k = 0; k < M; k++)
                for (size_t i = 0; i < size; i++) {
                    size_t from = plan.swap ? i / 8 * 8 + 7 - i % 8 : i;
                    CHECK(out.data[k * size + i] == chunk.data[(size_t)list[k] * size + from], "item %zu of %zu bytes",
                          k, size);
                }
            zc_selection_free(&sel);
            zc_plan_clear(&plan);
            check_free(chunk);
            check_free(out);
        }
}

/* Numbers of chunks that do not fit 64 bits, empty selections, bounds far out. */
static void extremes(void) {
    const size_t top = SIZE_MAX / 2;
    int64_t far[2] = {(int64_t)top - 9, (int64_t)top - 1};
    zc_job_t j;
    zc_selection_t sel = {.ndim = 1};
    sel.axis[0] = (zc_axis_t){.length = top, .chunk = 10, .step = 1, .count = 2, .indices = far, .stride = 1};
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 1 + (size_t)((top - 9) / 10 != (top - 1) / 10), "jobs");
    zc_selection_job(&sel, sel.njobs - 1, &j);
    CHECK(j.origin[0] + j.last[0] == top - 1, "last %zu", j.last[0]);
    zc_selection_free(&sel);

    size_t bounds[] = {0, 1, top - 5, top};
    sel.axis[0] = (zc_axis_t){
        .length = top - 2, .bounds = bounds, .nbounds = 4, .chunk = top, .start = 1, .step = top - 7, .count = 2};
    CHECK(zc_selection_init(&sel) == ZC_OK && sel.njobs == 1, "%zu jobs", sel.njobs);
    zc_selection_job(&sel, 0, &j);
    CHECK(j.coords[0] == 1 && j.edges[0] == top - 6 && j.count[0] == 2, "chunk %zu", j.coords[0]);
    zc_selection_free(&sel);

    zc_points_t points = {.coords = {far, far}, .stride = 1};
    zc_selection_t many = {.ndim = 2, .points = &points, .npoints = 2};
    for (int i = 0; i < 2; i++) many.axis[i] = (zc_axis_t){.length = top, .chunk = 1};
    CHECK(zc_selection_init(&many) == ZC_E_PARAM, "2^126 chunks");
    many.npoints = 0;
    for (int i = 0; i < 2; i++) many.axis[i].chunk = (size_t)1 << 40;
    CHECK(zc_selection_init(&many) == ZC_OK && many.njobs == 0, "no points");
    zc_selection_free(&many);
    many.npoints = 2;
    CHECK(zc_selection_init(&many) == ZC_OK && many.njobs == 1, "%zu jobs", many.njobs);
    zc_selection_free(&many);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int i = 0; i < 6000; i++) brute(1);
    for (int i = 0; i < 300; i++) brute(2 + i % 2);
    for (int i = 0; i < 60; i++) batches(i);
    item_sizes();
    extremes();
    return check_report();
}
