/* bitround (numcodecs): the mantissa rounded to some bits, ties to even, on the bits as an integer; infinities and NaN
 * are no exception, so a NaN may become another one or an infinity. Reading changes nothing. */
#include "items.h"

enum { P_WIDTH = 0, P_SWAP, P_KEEPBITS, PARAMS };

static int mantissa_bits(int64_t width) { return width == 2 ? 10 : width == 4 ? 23 : width == 8 ? 52 : -1; }

static zc_status_t bitround_check(const zc_step_t *step) {
    const int64_t *p = step->p;
    int flag = p[P_SWAP] == 0 || p[P_SWAP] == 1;
    return flag && p[P_KEEPBITS] >= 0 && p[P_KEEPBITS] <= mantissa_bits(p[P_WIDTH]) ? ZC_OK : ZC_E_PARAM;
}

static size_t bitround_encoded_size(const zc_step_t *step, size_t n) {
    return n % (size_t)step->p[P_WIDTH] ? ZC_SIZE_UNKNOWN : n;
}

static size_t bitround_decoded_size(const zc_step_t *step, size_t n) {
    (void)step;
    return n;
}

/* 1 <= drop < bits of bits_t: adds half of what the lowest kept bit counts, less one where that bit is 0. */
#define ROUNDED(bits_t, drop, n, src, dst)                                                                             \
    do {                                                                                                               \
        const bits_t below = (bits_t)(((bits_t)1 << (drop - 1)) - 1), kept = (bits_t) ~(((bits_t)1 << drop) - 1);      \
        for (size_t i = 0; i < n; i++) {                                                                               \
            bits_t x;                                                                                                  \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            x = (bits_t)((bits_t)(x + ((x >> drop) & 1) + below) & kept);                                              \
            memcpy(dst + i * sizeof x, &x, sizeof x);                                                                  \
        }                                                                                                              \
    } while (0)

static void rounded(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    const size_t width = (size_t)step->p[P_WIDTH];
    const int drop = mantissa_bits(step->p[P_WIDTH]) - (int)step->p[P_KEEPBITS];
    if (drop == 0)
        memcpy(dst, src, n * width);
    else if (width == 2)
        ROUNDED(uint16_t, drop, n, src, dst);
    else if (width == 4)
        ROUNDED(uint32_t, drop, n, src, dst);
    else
        ROUNDED(uint64_t, drop, n, src, dst);
}

static zc_status_t bitround_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    const zc_items_t items = {(size_t)step->p[P_WIDTH], step->p[P_SWAP] != 0};
    if (n % items.width)
        return zc_ctx_fail(ctx, ZC_E_PARAM, "bitround: %zu bytes are no multiple of the item's %zu", n, items.width);
    if (cap < n) return zc_ctx_fail(ctx, ZC_E_DST, "bitround: %zu bytes", n);
    zc_items_run(step, rounded, items, items, n / items.width, src, dst);
    *written = n;
    return ZC_OK;
}

static zc_status_t bitround_decode_view(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                        const uint8_t **out, size_t *out_n) {
    (void)step;
    (void)ctx;
    *out = src;
    *out_n = n;
    return ZC_OK;
}

static zc_status_t bitround_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    (void)step;
    if (n > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "bitround: %zu bytes", n);
    if (n) memcpy(dst, src, n);
    *written = n;
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_bitround = {
    .name = "bitround",
    .nparams = PARAMS,
    .check = bitround_check,
    .encoded_size = bitround_encoded_size,
    .decoded_size = bitround_decoded_size,
    .bound = bitround_encoded_size,
    .encode = bitround_encode,
    .decode = bitround_decode,
    .decode_view = bitround_decode_view,
};
