#include "items.h"

#include "../dispatch.h"

void zc_items_run(const zc_step_t *step, zc_items_fn_t *fn, zc_items_t from, zc_items_t to, size_t count,
                  const uint8_t *src, uint8_t *dst) {
    uint8_t block[8 * ZC_ITEMS_BLOCK];
    size_t n;
    for (; count > 0; count -= n, src += n * from.width, dst += n * to.width) {
        n = count < ZC_ITEMS_BLOCK ? count : ZC_ITEMS_BLOCK;
        const uint8_t *items = src;
        if (from.swap && from.width > 1) {
            zc_k.byteswap(from.width, n, src, block);
            items = block;
        }
        fn(step, n, items, dst);
        if (to.swap && to.width > 1) zc_k.byteswap(to.width, n, dst, dst);
    }
}

static int is_flag(int64_t v) { return v == 0 || v == 1; }

static int is_type(int64_t v) { return v >= 0 && v < ZC_TYPE_COUNT; }

zc_status_t zc_typed_check(const zc_step_t *step) {
    const int64_t *p = step->p;
    int known = is_type(p[ZC_P_TYPE]) && is_type(p[ZC_P_ASTYPE]);
    return known && is_flag(p[ZC_P_SWAP_IN]) && is_flag(p[ZC_P_SWAP_OUT]) ? ZC_OK : ZC_E_PARAM;
}

static zc_items_t decoded(const zc_step_t *step) {
    return (zc_items_t){zc_type_size((int)step->p[ZC_P_TYPE]), step->p[ZC_P_SWAP_IN] != 0};
}

static zc_items_t encoded(const zc_step_t *step) {
    return (zc_items_t){zc_type_size((int)step->p[ZC_P_ASTYPE]), step->p[ZC_P_SWAP_OUT] != 0};
}

/* n bytes of items of `from` bytes, as items of `to` bytes. */
static size_t convert(size_t n, size_t from, size_t to) {
    size_t out;
    return n % from || zc_mul_overflow(n / from, to, &out) ? ZC_SIZE_UNKNOWN : out;
}

size_t zc_typed_encoded_size(const zc_step_t *step, size_t n) {
    return convert(n, decoded(step).width, encoded(step).width);
}

size_t zc_typed_decoded_size(const zc_step_t *step, size_t n) {
    return convert(n, encoded(step).width, decoded(step).width);
}

static zc_status_t no_multiple(const zc_step_t *step, zc_ctx_t *ctx, zc_status_t status, size_t n, size_t width) {
    return zc_ctx_fail(ctx, status, "%s: %zu bytes are no multiple of the item's %zu", step->ops->name, n, width);
}

zc_status_t zc_typed_encode(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                            uint8_t *dst, size_t cap, size_t *written) {
    zc_items_t from = decoded(step), to = encoded(step);
    size_t size = convert(n, from.width, to.width);
    if (size == ZC_SIZE_UNKNOWN) return no_multiple(step, ctx, ZC_E_PARAM, n, from.width);
    if (cap < size) return zc_ctx_fail(ctx, ZC_E_DST, "%s: %zu bytes", step->ops->name, size);
    zc_items_run(step, fn, from, to, n / from.width, src, dst);
    *written = size;
    return ZC_OK;
}

zc_status_t zc_typed_decode(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                            uint8_t *dst, size_t cap, size_t *written) {
    zc_items_t from = encoded(step), to = decoded(step);
    if (n % from.width) return no_multiple(step, ctx, ZC_E_CORRUPT, n, from.width);
    size_t count = n / from.width;
    if (count > cap / to.width) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "%s: %zu items", step->ops->name, count);
    zc_items_run(step, fn, from, to, count, src, dst);
    *written = count * to.width;
    return ZC_OK;
}

zc_status_t zc_typed_decode_range(const zc_step_t *step, zc_ctx_t *ctx, zc_items_fn_t *fn, const uint8_t *src, size_t n,
                                  size_t total, const zc_want_t *want, uint8_t *dst) {
    zc_items_t from = encoded(step), to = decoded(step);
    if (n % from.width) return no_multiple(step, ctx, ZC_E_CORRUPT, n, from.width);
    size_t count = n / from.width;
    if (total % to.width || count != total / to.width)
        return zc_ctx_fail(ctx, count <= total / to.width ? ZC_E_TOO_SHORT : ZC_E_TOO_LONG, "%s: %zu items",
                           step->ops->name, count);
    size_t first = want->lo / to.width, last = want->hi / to.width + (want->hi % to.width != 0);
    zc_items_run(step, fn, from, to, last - first, src + first * from.width, dst + first * to.width);
    return ZC_OK;
}
