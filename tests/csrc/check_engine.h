/* What the engine's tests share: plans, and random selections of any kind beside what they must do to an array. */
#ifndef ZC_TESTS_CHECK_ENGINE_H
#define ZC_TESTS_CHECK_ENGINE_H

#include "check.h"
#include "codecs/codec_blosc.h"
#include "engine/batch.h"
#include "engine/shard.h"

enum { CHECK_ITEM = 4, CHECK_NDIM = 4 };

static const uint32_t check_fill = 0x01020304;

static inline void check_step(zc_plan_t *plan, const char *name, int64_t p0, int64_t p1, int64_t p2, int64_t p3) {
    zc_step_t *s = &plan->steps[plan->nsteps++];
    s->ops = zc_codec_find(name);
    s->p[0] = p0, s->p[1] = p1, s->p[2] = p2, s->p[3] = p3;
}

/* A zeroed plan of 4-byte items in C order; steps are added before check_plan_ready. */
static inline void check_plan(zc_plan_t *plan, int ndim) {
    memset(plan, 0, sizeof *plan);
    plan->ndim = ndim;
    plan->itemsize = CHECK_ITEM;
    for (int i = 0; i < ndim; i++) plan->order[i] = i;
}

static inline void check_plan_ready(zc_plan_t *plan) {
    static const uint64_t zero;
    int bad;
    const uint8_t *fill = plan->itemsize == CHECK_ITEM ? (const uint8_t *)&check_fill : (const uint8_t *)&zero;
    if (zc_plan_init(plan, fill, &bad) != ZC_OK) abort();
}

static inline void check_shuffle_order(zc_plan_t *plan) {
    for (int i = plan->ndim - 1; i > 0; i--) {
        int k = (int)check_below((size_t)i + 1), kept = plan->order[i];
        plan->order[i] = plan->order[k];
        plan->order[k] = kept;
    }
}

/* Compressed and plain chains; contents are a multiple of `unit` bytes. */
static inline void check_random_steps(zc_plan_t *plan, int64_t unit) {
    switch (check_below(5)) {
    case 0:
        check_step(plan, "zstd", 1, (int64_t)check_below(2), 0, 0);
        break;
    case 1:
        check_step(plan, "shuffle", unit, 0, 0, 0);
        check_step(plan, "zlib", 1, 0, 0, 0);
        check_step(plan, "crc32c", (int64_t)check_below(2), 0, 0, 0);
        break;
    case 2:
        check_step(plan, "blosc", ZC_BLOSC_LZ4, 5, 1, 4);
        break;
    case 3:
        check_step(plan, "crc32c", 0, 0, 0, 0);
        break;
    default:
        break;
    }
}

/* A plan of shards with inner chunks under `chunk` (order and itemsize are those of the outer plan). */
typedef struct check_shard {
    zc_plan_t chunk, index;
    zc_shard_t shard;
} check_shard_t;

/* Index: 8-byte items, a crc32c step if `sum`; ready. The inner plan is the caller's to make. */
static inline void check_shard_plan(zc_plan_t *plan, check_shard_t *s, const size_t *inner, int at_start, int swap,
                                    int sum) {
    memset(&s->index, 0, sizeof s->index);
    s->index.ndim = plan->ndim + 1;
    s->index.itemsize = 8;
    s->index.swap = swap ? 8 : 0;
    for (int i = 0; i < s->index.ndim; i++) s->index.order[i] = i;
    if (sum) check_step(&s->index, "crc32c", 0, 0, 0, 0);
    check_plan_ready(&s->index);
    s->shard = (zc_shard_t){.chunk = &s->chunk, .index = &s->index, .index_at_start = at_start};
    for (int i = 0; i < plan->ndim; i++) s->shard.inner[i] = inner[i];
    plan->shard = &s->shard;
}

static inline void check_shard_clear(check_shard_t *s) {
    zc_plan_clear(&s->chunk);
    zc_plan_clear(&s->index);
}

/* A grid: a regular one, or irregular axes with bounds. */
typedef struct check_grid {
    int ndim;
    size_t length[CHECK_NDIM], chunk[CHECK_NDIM], nbounds[CHECK_NDIM], total;
    size_t bounds[CHECK_NDIM][64];
} check_grid_t;

static inline void check_irregular(check_grid_t *g, int axis) {
    size_t n = 1, end = 0;
    g->bounds[axis][0] = 0;
    for (; end < g->length[axis]; n++) g->bounds[axis][n] = end += 1 + check_below(g->length[axis] / 8 + 3);
    g->nbounds[axis] = n;
}

/* A selection and, for each item of the caller's dense memory, its place in the array (in items, C order). */
typedef struct check_pick {
    zc_selection_t sel;
    zc_points_t points;
    size_t items, *at;
    int64_t *lists[CHECK_NDIM], *places[CHECK_NDIM];
} check_pick_t;

static inline void *check_alloc(size_t n) {
    void *p = malloc(n + !n);
    if (p == NULL) abort();
    return p;
}

/* `n` indices with repeats; sorted stably to `list`, their places to `places` unless they are 0, 1, 2 ... anyway. */
static inline void check_random_list(zc_axis_t *ax, size_t n, int64_t **list, int64_t **places, size_t *plain) {
    for (size_t k = 0; k < n; k++) plain[k] = check_below(ax->length);
    int ascending = check_below(3) == 0;
    *list = check_alloc(n * sizeof **list);
    *places = check_alloc(n * sizeof **places);
    size_t made = 0;
    for (size_t v = 0; v < ax->length; v++)
        for (size_t k = 0; k < n; k++)
            if (plain[k] == v) {
                (*list)[made] = (int64_t)v;
                (*places)[made++] = (int64_t)k;
            }
    if (ascending)
        for (size_t k = 0; k < n; k++) plain[k] = (size_t)(*list)[k];
    ax->start = 0;
    ax->step = 1;
    ax->count = n;
    ax->indices = *list;
    ax->positions = ascending ? NULL : *places;
}

static inline void check_pick_points(check_pick_t *p, const check_grid_t *g, size_t n) {
    p->items = p->sel.npoints = n;
    p->sel.points = &p->points;
    p->points.stride = CHECK_ITEM;
    p->at = check_alloc(n * sizeof *p->at);
    memset(p->at, 0, n * sizeof *p->at);
    for (int i = 0; i < g->ndim; i++) {
        p->lists[i] = check_alloc(n * sizeof *p->lists[i]);
        p->points.coords[i] = p->lists[i];
        for (size_t k = 0; k < n; k++) {
            p->lists[i][k] = (int64_t)check_below(g->length[i]);
            p->at[k] = p->at[k] * g->length[i] + (size_t)p->lists[i][k];
        }
    }
}

/* A random selection: the whole array, or points, or on each axis a slice, one index or a list. */
static inline void check_pick(check_pick_t *p, const check_grid_t *g) {
    static size_t plain[CHECK_NDIM][64];
    memset(p, 0, sizeof *p);
    p->sel.ndim = g->ndim;
    for (int i = 0; i < g->ndim; i++)
        p->sel.axis[i] = (zc_axis_t){.length = g->length[i],
                                     .chunk = g->chunk[i],
                                     .bounds = g->nbounds[i] > 0 ? g->bounds[i] : NULL,
                                     .nbounds = g->nbounds[i]};
    if (g->ndim > 0 && check_below(5) == 0) {
        check_pick_points(p, g, check_below(60));
    } else {
        int whole = check_below(6) == 0;
        ptrdiff_t stride = CHECK_ITEM;
        p->items = 1;
        for (int i = g->ndim - 1; i >= 0; i--) {
            zc_axis_t *ax = &p->sel.axis[i];
            if (!whole && check_below(3) == 0) {
                check_random_list(ax, check_below(24), &p->lists[i], &p->places[i], plain[i]);
            } else {
                ax->start = whole ? 0 : check_below(ax->length);
                ax->step = whole || check_below(2) ? 1 : 1 + check_below(6);
                size_t most = (ax->length - 1 - ax->start) / ax->step + 1;
                ax->count = whole ? most : check_below(6) == 0 ? 1 : 1 + check_below(most);
                for (size_t k = 0; k < ax->count; k++) plain[i][k] = ax->start + k * ax->step;
            }
            ax->stride = stride;
            stride *= (ptrdiff_t)ax->count;
            p->items *= ax->count;
        }
        p->at = check_alloc(p->items * sizeof *p->at);
        for (size_t item = 0; item < p->items; item++) {
            size_t rest = item, pitch = 1;
            p->at[item] = 0;
            for (int i = g->ndim - 1; i >= 0; i--) {
                p->at[item] += plain[i][rest % p->sel.axis[i].count] * pitch;
                rest /= p->sel.axis[i].count;
                pitch *= g->length[i];
            }
        }
    }
    if (zc_selection_init(&p->sel) != ZC_OK) abort();
}

static inline void check_pick_free(check_pick_t *p) {
    zc_selection_free(&p->sel);
    free(p->at);
    for (int i = 0; i < CHECK_NDIM; i++) {
        free(p->lists[i]);
        free(p->places[i]);
    }
}

/* An array: its grid, plan, directory, and what it must hold. */
typedef struct check_array {
    check_grid_t grid;
    const zc_plan_t *plan;
    const char *root;
    uint32_t *model;
} check_array_t;

static inline zc_batch_t check_batch(const check_array_t *a, const zc_selection_t *sel, void *items) {
    return (zc_batch_t){.plan = a->plan,
                        .sel = sel,
                        .keys = {1, '/'},
                        .items = items,
                        .root = a->root,
                        .threads = 1 + (int)check_below(4),
                        .write_empty = (int)check_below(2)};
}

static inline void check_array_fill(check_array_t *a) {
    a->grid.total = 1;
    for (int i = 0; i < a->grid.ndim; i++) a->grid.total *= a->grid.length[i];
    a->model = check_alloc(a->grid.total * sizeof *a->model);
    for (size_t i = 0; i < a->grid.total; i++) a->model[i] = check_fill;
}

static inline void check_array_read(const check_array_t *a) {
    check_pick_t p;
    check_pick(&p, &a->grid);
    check_block_t out = check_block(p.items * CHECK_ITEM, 0);
    zc_batch_t b = check_batch(a, &p.sel, out.data);
    zc_status_t status = zc_batch_read(&b);
    CHECK(status == ZC_OK, "read: %d, chunk %s, %s: %s", status, b.failure.key, b.failure.codec, b.failure.message);
    for (size_t i = 0; i < p.items; i++)
        if (memcmp(out.data + i * CHECK_ITEM, &a->model[p.at[i]], CHECK_ITEM) != 0) {
            CHECK(0, "item %zu of %zu differs", i, p.items);
            break;
        }
    check_free(out);
    check_pick_free(&p);
}

/* Of equal indices the last item counts, as in numpy. */
static inline void check_array_write(check_array_t *a) {
    check_pick_t p;
    check_pick(&p, &a->grid);
    check_block_t in = check_block(p.items * CHECK_ITEM, 0);
    if (check_below(4) == 0) /* chunks that turn into the fill value vanish */
        for (size_t i = 0; i < p.items; i++) memcpy(in.data + i * CHECK_ITEM, &check_fill, CHECK_ITEM);
    zc_batch_t b = check_batch(a, &p.sel, in.data);
    zc_status_t status = zc_batch_write(&b);
    CHECK(status == ZC_OK, "write: %d, chunk %s, %s: %s", status, b.failure.key, b.failure.codec, b.failure.message);
    for (size_t i = 0; i < p.items; i++) memcpy(&a->model[p.at[i]], in.data + i * CHECK_ITEM, CHECK_ITEM);
    check_free(in);
    check_pick_free(&p);
}

#endif
