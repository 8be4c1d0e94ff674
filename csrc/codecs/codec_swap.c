/* Byte order between typed steps: reverses every component of `width` bytes. Its own inverse. */
#include "../dispatch.h"
#include "codec.h"

enum { P_WIDTH = 0 };

static zc_status_t swap_check(const zc_step_t *step) {
    switch (step->p[P_WIDTH]) {
    case 1:
    case 2:
    case 4:
    case 8:
    case 16:
        return ZC_OK;
    default:
        return ZC_E_PARAM;
    }
}

static size_t swap_size(const zc_step_t *step, size_t n) {
    (void)step;
    return n;
}

static zc_status_t swap(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                        size_t *written, zc_status_t uneven) {
    size_t width = (size_t)step->p[P_WIDTH];
    if (n % width) return zc_ctx_fail(ctx, uneven, "%zu bytes are no multiple of the width %zu", n, width);
    if (n) zc_k.byteswap(width, n / width, src, dst);
    *written = n;
    return ZC_OK;
}

static zc_status_t swap_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                               size_t cap, size_t *written) {
    return cap < n ? ZC_E_DST : swap(step, ctx, src, n, dst, written, ZC_E_PARAM);
}

static zc_status_t swap_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                               size_t cap, size_t *written) {
    if (n > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "swap: %zu bytes", n);
    return swap(step, ctx, src, n, dst, written, ZC_E_CORRUPT);
}

const zc_codec_ops_t zc_codec_swap = {
    .name = "swap",
    .nparams = 1,
    .check = swap_check,
    .encoded_size = swap_size,
    .decoded_size = swap_size,
    .bound = swap_size,
    .encode = swap_encode,
    .decode = swap_decode,
};
