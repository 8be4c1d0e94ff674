/* Orders in which inner chunks are written, beside keys that say the same one chunk at a time. */
#include "check_engine.h"
#include "dispatch.h"
#include "engine/shard_order.h"

enum { AXES = 12 };

static const size_t *counts; /* by storage axis, for qsort */
static int axes;

static uint64_t key_of(size_t position, int order) {
    size_t at[AXES];
    uint64_t key = 0;
    int place = 0;
    for (int i = axes - 1; i >= 0; i--) {
        at[i] = position % counts[i];
        position /= counts[i];
    }
    if (order == ZC_WRITE_ORDER_F)
        for (int i = axes - 1; i >= 0; i--) key = key * counts[i] + at[i];
    if (order == ZC_WRITE_ORDER_MORTON)
        for (int shift = 0; shift < 26; shift++)
            for (int i = 0; i < axes; i++)
                if ((counts[i] - 1) >> shift != 0) key |= (uint64_t)(at[i] >> shift & 1) << place++;
    return key;
}

/* Every position occurs once, and their keys ascend. */
static void check_order(const zc_plan_t *plan, const size_t *edges, const size_t *stored, int order) {
    zc_shard_grid_t grid;
    size_t *positions;
    plan->shard->write_order = order;
    CHECK(zc_shard_grid(plan, edges, &grid) == ZC_OK, "grid");
    CHECK(zc_shard_order(plan, &grid, &positions) == ZC_OK, "status");
    if (order == ZC_WRITE_ORDER_C) {
        CHECK(positions == NULL, "the order of the index needs no list");
        return;
    }
    uint8_t *seen = calloc(grid.total + 1, 1);
    if (seen == NULL || positions == NULL) abort();
    uint64_t last = 0;
    counts = stored;
    axes = plan->ndim;
    for (size_t k = 0; k < grid.total; k++) {
        CHECK(positions[k] < grid.total && !seen[positions[k]], "position %zu at %zu", positions[k], k);
        if (positions[k] >= grid.total) break;
        seen[positions[k]] = 1;
        uint64_t key = key_of(positions[k], order);
        CHECK(k == 0 || key > last, "order %d, place %zu", order, k);
        last = key;
    }
    free(seen);
    free(positions);
}

static void check_grid_of(int ndim, const size_t *stored, int shuffled) {
    zc_plan_t plan;
    check_shard_t s;
    size_t edges[AXES], inner[AXES];
    check_plan(&plan, ndim);
    check_plan(&s.chunk, ndim);
    if (shuffled) check_shuffle_order(&plan);
    check_plan_ready(&s.chunk);
    for (int i = 0; i < ndim; i++) {
        inner[plan.order[i]] = 1 + (size_t)i % 3;
        edges[plan.order[i]] = stored[i] * inner[plan.order[i]];
    }
    check_shard_plan(&plan, &s, inner, 0, 0, 0);
    check_plan_ready(&plan);
    for (int order = 0; order < ZC_WRITE_ORDERS; order++) check_order(&plan, edges, stored, order);
    check_shard_clear(&s);
    zc_plan_clear(&plan);
}

int main(void) {
    if (zc_dispatch_init(NULL) != ZC_DISPATCH_OK) return 1;
    size_t stored[AXES];
    for (int round = 0; round < 200; round++) {
        int ndim = (int)check_below(5);
        for (int i = 0; i < ndim; i++) stored[i] = 1 + check_below(9);
        check_grid_of(ndim, stored, 1);
    }
    for (int i = 0; i < AXES; i++) stored[i] = 3; /* Morton codes of 24 bits for half a million chunks */
    check_grid_of(AXES, stored, 1);
    check_grid_of(1, (size_t[]){(1 << 16) + 1}, 0);
    return check_report();
}
