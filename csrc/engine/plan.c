#include "plan.h"

#include <stdlib.h>
#include <string.h>

#include "../dispatch.h"
#include "shard.h"

zc_status_t zc_plan_init(zc_plan_t *plan, const uint8_t *fill, int *bad_step) {
    *bad_step = -1;
    if (plan->ndim < 0 || plan->ndim > ZC_MAX_NDIM || plan->nsteps < 0 || plan->nsteps > ZC_MAX_STEPS ||
        plan->itemsize == 0 || (plan->swap != 0 && plan->itemsize % plan->swap != 0))
        return ZC_E_PARAM;
    uint64_t seen = 0;
    for (int i = 0; i < plan->ndim; i++) {
        if (plan->order[i] < 0 || plan->order[i] >= plan->ndim || (seen >> plan->order[i] & 1)) return ZC_E_PARAM;
        seen |= (uint64_t)1 << plan->order[i];
    }
    for (int i = 0; i < plan->nsteps; i++)
        if (plan->steps[i].ops->check(&plan->steps[i]) != ZC_OK) {
            *bad_step = i;
            return ZC_E_PARAM;
        }
    plan->fill_memory = malloc(plan->itemsize);
    plan->fill_stored = malloc(plan->itemsize);
    if (plan->fill_memory == NULL || plan->fill_stored == NULL) {
        zc_plan_clear(plan);
        return ZC_E_NOMEM;
    }
    memcpy(plan->fill_memory, fill, plan->itemsize);
    memcpy(plan->fill_stored, fill, plan->itemsize);
    if (plan->swap > 1) zc_k.byteswap(plan->swap, plan->itemsize / plan->swap, plan->fill_stored, plan->fill_stored);
    return ZC_OK;
}

void zc_plan_clear(zc_plan_t *plan) {
    free(plan->fill_memory);
    free(plan->fill_stored);
    plan->fill_memory = plan->fill_stored = NULL;
}

zc_status_t zc_plan_layout(const zc_plan_t *plan, const size_t *edges, zc_layout_t *out) {
    size_t bytes = plan->itemsize;
    for (int i = plan->ndim - 1; i >= 0; i--) {
        int axis = plan->order[i];
        out->stride[axis] = (ptrdiff_t)bytes;
        if (zc_mul_overflow(bytes, edges[axis], &bytes) || bytes > PTRDIFF_MAX) return ZC_E_PARAM;
    }
    out->nbytes = bytes;
    out->nitems = bytes / plan->itemsize;
    return ZC_OK;
}

static size_t twice_and_some(size_t n) { return n > SIZE_MAX / 4 ? SIZE_MAX / 2 : 2 * n + 65536; }

/* Sizes between the steps: size[i] goes into step i when encoding. exact[i]: it is known, else a limit. */
static void chain_sizes(const zc_plan_t *plan, size_t nbytes, int known, size_t *size, uint8_t *exact) {
    size[0] = nbytes;
    exact[0] = (uint8_t)known;
    for (int i = 0; i < plan->nsteps; i++) {
        const zc_step_t *s = &plan->steps[i];
        size_t fixed = s->ops->encoded_size(s, size[i]);
        exact[i + 1] = exact[i] && fixed != ZC_SIZE_UNKNOWN;
        if (fixed != ZC_SIZE_UNKNOWN) {
            size[i + 1] = fixed;
        } else {
            size_t bound = s->ops->bound(s, size[i]);
            size[i + 1] = twice_and_some(bound == ZC_SIZE_UNKNOWN || bound < size[i] ? size[i] : bound);
        }
    }
}

size_t zc_plan_encoded_size(const zc_plan_t *plan, size_t nbytes) {
    for (int i = 0; i < plan->nsteps && nbytes != ZC_SIZE_UNKNOWN; i++)
        nbytes = plan->steps[i].ops->encoded_size(&plan->steps[i], nbytes);
    return nbytes;
}

size_t zc_plan_shard_limit(const zc_plan_t *plan, const size_t *edges) {
    zc_shard_grid_t grid;
    size_t all;
    if (zc_shard_grid(plan, edges, &grid) != ZC_OK) return 0;
    if (zc_mul_overflow(grid.total, zc_plan_encoded_limit(plan->shard->chunk, plan->shard->inner), &all) ||
        zc_add_overflow(all, grid.index_bytes, &all))
        return SIZE_MAX / 2;
    return twice_and_some(all);
}

size_t zc_plan_encoded_limit(const zc_plan_t *plan, const size_t *edges) {
    size_t size[ZC_MAX_STEPS + 1];
    uint8_t exact[ZC_MAX_STEPS + 1];
    zc_layout_t layout;
    if (plan->shard != NULL) {
        size[0] = zc_plan_shard_limit(plan, edges);
    } else {
        if (zc_plan_layout(plan, edges, &layout) != ZC_OK) return 0;
        size[0] = layout.nbytes;
    }
    chain_sizes(plan, size[0], plan->shard == NULL, size, exact);
    return size[plan->nsteps];
}

static int less_than(const zc_want_t *part, size_t all) { return part->nparts > 1 || part->hi - part->lo < all; }

zc_chain_result_t zc_plan_decode(const zc_plan_t *plan, size_t want, int known, zc_ctx_t *ctx, const uint8_t *src,
                                 size_t n, const zc_want_t *part, uint8_t *dst, const uint8_t **view, size_t *nview) {
    size_t size[ZC_MAX_STEPS + 1];
    uint8_t exact[ZC_MAX_STEPS + 1];
    chain_sizes(plan, want, known, size, exact);
    int slot = ZC_TMP_STEP_A, last = 0; /* the last step that writes: what it wrote outlives the next chain in ctx */
    while (last < plan->nsteps && plan->steps[last].ops->decode_view != NULL) last++;
    for (int i = plan->nsteps - 1; i >= 0; i--) {
        const zc_step_t *s = &plan->steps[i];
        size_t made = 0;
        zc_status_t status;
        if (s->ops->decode_view != NULL) {
            status = s->ops->decode_view(s, ctx, src, n, &src, &made);
            if (status != ZC_OK) return (zc_chain_result_t){status, i};
        } else {
            const int kept = i == last && dst == NULL; /* with dst the caller has something else in ZC_TMP_CHUNK */
            uint8_t *to = i == 0 && dst != NULL ? dst : zc_ctx_tmp(ctx, kept ? ZC_TMP_CHUNK : slot, size[i] + !size[i]);
            if (to == NULL) return (zc_chain_result_t){ZC_E_NOMEM, i};
            if (i == 0 && known && s->ops->decode_range != NULL && part != NULL && less_than(part, size[i])) {
                status = s->ops->decode_range(s, ctx, src, n, size[i], part, to);
                made = size[i];
            } else {
                status = s->ops->decode(s, ctx, src, n, to, size[i], &made);
            }
            if (status != ZC_OK) return (zc_chain_result_t){status, i};
            src = to;
            slot = slot == ZC_TMP_STEP_A ? ZC_TMP_STEP_B : ZC_TMP_STEP_A;
        }
        if (exact[i] ? made != size[i] : made > size[i])
            return (zc_chain_result_t){made < size[i] ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, i};
        n = made;
    }
    if (known ? n != want : n > want) return (zc_chain_result_t){n < want ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, -1};
    *view = src;
    *nview = n;
    return (zc_chain_result_t){ZC_OK, -1};
}

zc_chain_result_t zc_plan_encode(const zc_plan_t *plan, size_t n, zc_ctx_t *ctx, const uint8_t *src,
                                 const uint8_t **view, size_t *nview) {
    int slot = ZC_TMP_STEP_A;
    for (int i = 0; i < plan->nsteps; i++) {
        const zc_step_t *s = &plan->steps[i];
        size_t cap = s->ops->bound(s, n), made = 0;
        if (cap == ZC_SIZE_UNKNOWN) return (zc_chain_result_t){ZC_E_PARAM, i};
        uint8_t *to = zc_ctx_tmp(ctx, slot, cap + !cap);
        if (to == NULL) return (zc_chain_result_t){ZC_E_NOMEM, i};
        zc_status_t status = s->ops->encode(s, ctx, src, n, to, cap, &made);
        if (status != ZC_OK) return (zc_chain_result_t){status, i};
        src = to;
        n = made;
        slot = slot == ZC_TMP_STEP_A ? ZC_TMP_STEP_B : ZC_TMP_STEP_A;
    }
    *view = src;
    *nview = n;
    return (zc_chain_result_t){ZC_OK, -1};
}
