#include "shard_order.h"

#include <stdlib.h>

typedef struct walk {
    int ndim, nbits;
    size_t count[ZC_MAX_NDIM], stride[ZC_MAX_NDIM], at[ZC_MAX_NDIM]; /* by storage axis; strides in the index */
    struct {
        int axis, shift;
    } bit[64]; /* of the Morton code, the lowest first; ZC_SHARD_MOST inner chunks need no more than 2 * 26 */
    size_t *positions, n;
} walk_t;

static void put(walk_t *w) {
    size_t position = 0;
    for (int i = 0; i < w->ndim; i++) position += w->at[i] * w->stride[i];
    w->positions[w->n++] = position;
}

/* All coordinates whose bits above `nbits` are those of w->at. Where the smallest of them is beyond the grid, all are:
 * so no more than nbits steps are made for each inner chunk, however far its counts are from powers of two. */
static void morton(walk_t *w, int nbits) {
    if (nbits == 0) {
        put(w);
        return;
    }
    const int axis = w->bit[nbits - 1].axis;
    const size_t bit = (size_t)1 << w->bit[nbits - 1].shift;
    morton(w, nbits - 1);
    w->at[axis] |= bit;
    if (w->at[axis] < w->count[axis]) morton(w, nbits - 1);
    w->at[axis] &= ~bit;
}

static void column_major(walk_t *w) {
    for (;;) {
        int i = 0;
        put(w);
        while (i < w->ndim && ++w->at[i] == w->count[i]) w->at[i++] = 0;
        if (i == w->ndim) return;
    }
}

zc_status_t zc_shard_order(const zc_plan_t *plan, const zc_shard_grid_t *grid, size_t **positions) {
    const zc_write_order_t order = plan->shard->write_order;
    walk_t w = {.ndim = plan->ndim};
    size_t stride = 1;
    int more = 1;
    *positions = NULL;
    if (order == ZC_WRITE_ORDER_C || grid->total == 0) return ZC_OK;
    for (int i = w.ndim - 1; i >= 0; i--) {
        w.count[i] = grid->count[plan->order[i]];
        w.stride[i] = stride;
        stride *= w.count[i];
    }
    for (int shift = 0; more; shift++) {
        more = 0;
        for (int i = 0; i < w.ndim; i++) {
            if ((w.count[i] - 1) >> shift == 0) continue;
            w.bit[w.nbits].axis = i;
            w.bit[w.nbits++].shift = shift;
            more = 1;
        }
    }
    w.positions = malloc(grid->total * sizeof *w.positions);
    if (w.positions == NULL) return ZC_E_NOMEM;
    if (order == ZC_WRITE_ORDER_MORTON)
        morton(&w, w.nbits);
    else
        column_major(&w);
    *positions = w.positions;
    return ZC_OK;
}
