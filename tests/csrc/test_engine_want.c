/* What jobs want of a chunk, in parts, against a walk over every selected item. */
#include "check_engine.h"
#include "dispatch.h"
#include "engine/want.h"

enum { MOST = 24 };

static size_t index_of(const zc_job_t *j, int axis, size_t k) {
    return j->indices[axis] != NULL ? (size_t)j->indices[axis][k] - j->origin[axis]
                                    : j->start[axis] + k * j->step[axis];
}

/* Marks the job's items, by their number in the stored chunk. */
static void mark(const zc_job_t *j, const zc_layout_t *lay, int ndim, size_t itemsize, uint8_t *wanted) {
    size_t items = 1;
    for (int i = 0; i < ndim; i++) items *= j->count[i];
    for (size_t item = 0; item < (j->points != NULL ? j->nids : items); item++) {
        size_t rest = item, at = 0;
        for (int i = ndim - 1; i >= 0; i--) {
            size_t index = j->points != NULL ? (size_t)j->points->coords[i][j->ids[item]] - j->origin[i]
                                             : index_of(j, i, rest % j->count[i]);
            rest /= j->count[i];
            at += index * (size_t)lay->stride[i];
        }
        wanted[at / itemsize] = 1;
    }
}

static void check_want(const zc_want_t *want, const uint8_t *wanted, size_t nitems, size_t itemsize) {
    const zc_stretch_t all = {want->lo, want->hi}, *parts = want->nparts > 0 ? want->parts : &all;
    const size_t n = want->nparts > 0 ? want->nparts : 1;
    size_t marked = 0, found = 0;
    for (size_t i = 0; i < nitems; i++) marked += wanted[i];
    CHECK(parts[0].lo >= want->lo && parts[n - 1].hi == want->hi, "[%zu, %zu)", want->lo, want->hi);
    for (size_t k = 0; k < n; k++) {
        CHECK(k == 0 || parts[k].lo >= parts[k - 1].hi + ZC_WANT_GAP, "part %zu begins too early", k);
        CHECK(parts[k].lo % itemsize == 0 && parts[k].hi % itemsize == 0 && parts[k].hi <= nitems * itemsize, "part");
        for (size_t i = parts[k].lo / itemsize; i < parts[k].hi / itemsize; i++) found += wanted[i];
    }
    CHECK(found == marked, "%zu of %zu items in %zu parts", found, marked, n);
}

static size_t round_of(int ndim, size_t itemsize, zc_ctx_t *ctx) {
    static uint8_t wanted[MOST * MOST * MOST];
    check_grid_t g = {.ndim = ndim};
    check_pick_t p;
    zc_plan_t plan;
    size_t several = 0;
    for (int i = 0; i < ndim; i++) {
        g.length[i] = 1 + check_below(MOST);
        g.chunk[i] = 1 + check_below(MOST);
    }
    check_plan(&plan, ndim);
    plan.itemsize = itemsize;
    check_shuffle_order(&plan);
    check_pick(&p, &g);
    for (size_t index = 0; index < p.sel.njobs; index++) {
        zc_job_t j;
        zc_layout_t lay;
        zc_want_t want;
        zc_selection_job(&p.sel, index, &j);
        CHECK(zc_plan_layout(&plan, j.edges, &lay) == ZC_OK, "layout");
        memset(wanted, 0, lay.nitems);
        mark(&j, &lay, ndim, itemsize, wanted);
        CHECK(zc_want_of(&plan, &lay, &j, ctx, &want) == ZC_OK, "status");
        check_want(&want, wanted, lay.nitems, itemsize);
        several += want.nparts > 1;
    }
    check_pick_free(&p);
    return several;
}

int main(void) {
    static const size_t itemsizes[] = {1, 4, 160, 1000, 5000};
    zc_ctx_t *ctx = zc_ctx_new();
    size_t several = 0;
    if (ctx == NULL || zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    for (int round = 0; round < 4000; round++) several += round_of((int)check_below(4), itemsizes[check_below(5)], ctx);
    CHECK(several > 100, "%zu jobs with several parts", several);
    zc_ctx_free(ctx);
    return check_report();
}
