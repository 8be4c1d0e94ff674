#include "shard.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../kernels/box/box.h"
#include "file.h"

zc_status_t zc_source_bytes(const zc_source_t *source, zc_ctx_t *ctx, int slot, const uint8_t **data, int *err) {
    if (source->data != NULL) {
        *data = source->data + source->offset;
        return ZC_OK;
    }
    uint8_t *buffer = zc_ctx_tmp(ctx, slot, source->n > 0 ? source->n : 1);
    if (buffer == NULL) return ZC_E_NOMEM;
    *data = buffer;
    return zc_file_pread(source->fd, buffer, source->n, source->offset, err);
}

zc_status_t zc_source_read(const zc_source_t *source, size_t offset, size_t n, uint8_t *dst, int *err) {
    if (source->data == NULL) return zc_file_pread(source->fd, dst, n, source->offset + offset, err);
    memcpy(dst, source->data + source->offset + offset, n);
    return ZC_OK;
}

zc_status_t zc_shard_grid(const zc_plan_t *plan, const size_t *edges, zc_shard_grid_t *grid) {
    const zc_shard_t *shard = plan->shard;
    if (plan->ndim >= ZC_MAX_NDIM) return ZC_E_PARAM; /* the index has one axis more */
    grid->total = 1;
    for (int i = 0; i < plan->ndim; i++) {
        if (shard->inner[i] == 0 || edges[i] % shard->inner[i] != 0) return ZC_E_PARAM;
        grid->count[i] = edges[i] / shard->inner[i];
        if (zc_mul_overflow(grid->total, grid->count[i], &grid->total) || grid->total > ZC_SHARD_MOST)
            return ZC_E_PARAM;
    }
    for (int i = 0; i < plan->ndim; i++) grid->index_edges[i] = grid->count[plan->order[i]];
    grid->index_edges[plan->ndim] = 2;
    if (zc_plan_layout(shard->index, grid->index_edges, &grid->index_layout) != ZC_OK) return ZC_E_PARAM;
    grid->index_bytes = zc_plan_encoded_size(shard->index, grid->index_layout.nbytes);
    return grid->index_bytes == ZC_SIZE_UNKNOWN ? ZC_E_PARAM : ZC_OK;
}

size_t zc_shard_position(const zc_plan_t *plan, const zc_shard_grid_t *grid, const size_t *coords) {
    size_t position = 0;
    for (int i = 0; i < plan->ndim; i++) {
        int axis = plan->order[i];
        position = position * grid->count[axis] + coords[axis];
    }
    return position;
}

/* The index may have any chain of fixed size, transpose included: between its stored items and C order. */
static void permute_index(const zc_plan_t *index, const zc_shard_grid_t *grid, const uint8_t *src, uint8_t *dst,
                          int storing) {
    ptrdiff_t plain[ZC_MAX_NDIM];
    const ptrdiff_t *stored = grid->index_layout.stride;
    ptrdiff_t bytes = 8;
    for (int i = index->ndim - 1; i >= 0; i--) {
        plain[i] = bytes;
        bytes *= (ptrdiff_t)grid->index_edges[i];
    }
    zc_box_copy((size_t)index->ndim, grid->index_edges, src, storing ? plain : stored, dst, storing ? stored : plain, 8,
                index->swap > 1 ? index->swap : 0);
}

zc_chain_result_t zc_shard_read_index(const zc_plan_t *plan, const zc_shard_grid_t *grid, zc_ctx_t *ctx,
                                      const zc_source_t *source, uint64_t **entries, int *err) {
    const zc_shard_t *shard = plan->shard;
    const uint8_t *view;
    size_t n;
    *entries = NULL;
    if (source->n < grid->index_bytes) {
        snprintf(ctx->message, sizeof ctx->message, "a shard of %zu bytes is too short to hold its index of %zu bytes",
                 source->n, grid->index_bytes);
        return (zc_chain_result_t){ZC_E_TRUNCATED, -1};
    }
    uint8_t *raw = zc_ctx_tmp(ctx, ZC_TMP_INDEX, grid->index_bytes > 0 ? grid->index_bytes : 1);
    if (raw == NULL) return (zc_chain_result_t){ZC_E_NOMEM, -1};
    size_t at = shard->index_at_start ? 0 : source->n - grid->index_bytes;
    zc_status_t status = zc_source_read(source, at, grid->index_bytes, raw, err);
    if (status != ZC_OK) return (zc_chain_result_t){status, -1};
    size_t nbytes = grid->index_layout.nbytes;
    uint8_t *decoded = zc_ctx_tmp(ctx, ZC_TMP_OLD, nbytes + !nbytes);
    if (decoded == NULL) return (zc_chain_result_t){ZC_E_NOMEM, -1};
    zc_chain_result_t r =
        zc_plan_decode(shard->index, nbytes, 1, ctx, raw, grid->index_bytes, NULL, decoded, &view, &n);
    if (r.status != ZC_OK) return r;
    *entries = malloc(grid->index_layout.nbytes > 0 ? grid->index_layout.nbytes : 1);
    if (*entries == NULL) return (zc_chain_result_t){ZC_E_NOMEM, -1};
    permute_index(shard->index, grid, view, (uint8_t *)*entries, 0);
    return r;
}

zc_chain_result_t zc_shard_write_index(const zc_plan_t *plan, const zc_shard_grid_t *grid, zc_ctx_t *ctx,
                                       const uint64_t *entries, uint8_t *out) {
    const zc_shard_t *shard = plan->shard;
    const uint8_t *view;
    size_t n;
    uint8_t *stored = zc_ctx_tmp(ctx, ZC_TMP_INDEX, grid->index_layout.nbytes > 0 ? grid->index_layout.nbytes : 1);
    if (stored == NULL) return (zc_chain_result_t){ZC_E_NOMEM, -1};
    permute_index(shard->index, grid, (const uint8_t *)entries, stored, 1);
    zc_chain_result_t r = zc_plan_encode(shard->index, grid->index_layout.nbytes, ctx, stored, &view, &n);
    if (r.status != ZC_OK) return r;
    if (n != grid->index_bytes) return (zc_chain_result_t){ZC_E_PARAM, -1};
    memcpy(out, view, n);
    return r;
}

zc_status_t zc_shard_entry(const uint64_t *entries, size_t position, const zc_source_t *shard, zc_ctx_t *ctx,
                           zc_source_t *out) {
    uint64_t offset = entries[2 * position], n = entries[2 * position + 1];
    if (offset == UINT64_MAX && n == UINT64_MAX) return ZC_E_MISSING;
    if (offset > shard->n || n > shard->n - offset) {
        snprintf(ctx->message, sizeof ctx->message,
                 "index entry %zu says offset %llu, length %llu in a shard of %zu bytes", position,
                 (unsigned long long)offset, (unsigned long long)n, shard->n);
        return ZC_E_CORRUPT;
    }
    *out = (zc_source_t){shard->data, shard->fd, shard->offset + (size_t)offset, (size_t)n};
    return ZC_OK;
}
