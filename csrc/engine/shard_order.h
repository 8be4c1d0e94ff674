/* In which order the inner chunks of a shard lie behind each other when it is written. Readers need not know it. */
#ifndef ZC_SHARD_ORDER_H
#define ZC_SHARD_ORDER_H

#include "shard.h"

typedef enum zc_write_order {
    ZC_WRITE_ORDER_C,      /* that of the index: the last storage axis runs fastest */
    ZC_WRITE_ORDER_F,      /* the first storage axis runs fastest */
    ZC_WRITE_ORDER_MORTON, /* by the bits of the coordinates: lowest bits first, among these the first storage axis;
                              an axis has as many bits as its last coordinate needs */
    ZC_WRITE_ORDERS
} zc_write_order_t;

/* The positions (zc_shard_position) of all inner chunks in the order of plan->shard->write_order: grid->total of them,
 * freed by the caller. NULL for ZC_WRITE_ORDER_C, where the k-th is k. */
zc_status_t zc_shard_order(const zc_plan_t *plan, const zc_shard_grid_t *grid, size_t **positions);

#endif
