/* Shards: one stored object that holds many inner chunks behind an index (zarr-specs, codec sharding_indexed). */
#ifndef ZC_SHARD_H
#define ZC_SHARD_H

#include "plan.h"

/* Most inner chunks of a shard: an index of 1 GiB. What metadata alone can ask for must not exhaust the memory. */
enum { ZC_SHARD_MOST = 1 << 26 };

typedef struct zc_shard {
    size_t inner[ZC_MAX_NDIM]; /* edge of an inner chunk along each array axis */
    zc_plan_t *chunk;          /* chain of an inner chunk */
    zc_plan_t *index;          /* chain of the index: 8-byte items, one axis per array axis and one of length 2 */
    int index_at_start;
    int write_order; /* zc_write_order_t (shard_order.h) */
} zc_shard_t;

/* Where the encoded bytes of one chunk are: in memory, or a stretch of an open file. */
typedef struct zc_source {
    const uint8_t *data; /* NULL: in the file */
    int fd;
    size_t offset, n;
} zc_source_t;

/* The source's bytes; read into slot `slot` of ctx when they are in a file. */
zc_status_t zc_source_bytes(const zc_source_t *source, zc_ctx_t *ctx, int slot, const uint8_t **data, int *err);
/* n bytes at `offset` of the source to dst. */
zc_status_t zc_source_read(const zc_source_t *source, size_t offset, size_t n, uint8_t *dst, int *err);

/* Inner chunks of a shard with these edges along each axis, and altogether. */
typedef struct zc_shard_grid {
    size_t count[ZC_MAX_NDIM]; /* along each array axis */
    size_t total;
    size_t index_bytes; /* encoded */
    size_t index_edges[ZC_MAX_NDIM];
    zc_layout_t index_layout;
} zc_shard_grid_t;

/* ZC_E_PARAM when inner chunks do not divide the shard or are more than ZC_SHARD_MOST, or when the chain of the index
 * has no fixed size. */
zc_status_t zc_shard_grid(const zc_plan_t *plan, const size_t *edges, zc_shard_grid_t *grid);

/* Position in the index of the inner chunk at `coords` (array axes). */
size_t zc_shard_position(const zc_plan_t *plan, const zc_shard_grid_t *grid, const size_t *coords);

/* Reads and checks the index: (*entries)[2 * i] is the offset and [2 * i + 1] the length of inner chunk i, both
 * UINT64_MAX for none. Freed by the caller. */
zc_chain_result_t zc_shard_read_index(const zc_plan_t *plan, const zc_shard_grid_t *grid, zc_ctx_t *ctx,
                                      const zc_source_t *source, uint64_t **entries, int *err);

/* The inner chunk's bytes, or ZC_E_MISSING; ZC_E_CORRUPT (with a message in ctx) when the entry leaves the shard. */
zc_status_t zc_shard_entry(const uint64_t *entries, size_t position, const zc_source_t *shard, zc_ctx_t *ctx,
                           zc_source_t *out);

/* Encodes an index to out (grid->index_bytes). */
zc_chain_result_t zc_shard_write_index(const zc_plan_t *plan, const zc_shard_grid_t *grid, zc_ctx_t *ctx,
                                       const uint64_t *entries, uint8_t *out);

#endif
