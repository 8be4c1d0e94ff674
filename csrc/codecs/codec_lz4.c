/* LZ4 as numcodecs frames it: the decoded size as u32 LE, then one raw LZ4 block. */
#include "codec_lz4.h"

#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "codec.h"
#include "libs.h"
#include "lz4_block.h"

enum { P_ACCELERATION = 0, HEADER = 4 };

void *zc_lz4_state(zc_ctx_t *ctx) {
    if (!ctx->lz4) ctx->lz4 = malloc((size_t)LZ4_sizeofState());
    return ctx->lz4;
}

void *zc_lz4hc_state(zc_ctx_t *ctx) {
    if (!ctx->lz4hc) ctx->lz4hc = malloc((size_t)LZ4_sizeofStateHC());
    return ctx->lz4hc;
}

static zc_status_t lz4_check(const zc_step_t *step) {
    int64_t a = step->p[P_ACCELERATION];
    return a >= INT_MIN && a <= INT_MAX ? ZC_OK : ZC_E_PARAM;
}

static size_t lz4_size_unknown(const zc_step_t *step, size_t n) {
    (void)step, (void)n;
    return ZC_SIZE_UNKNOWN;
}

static size_t lz4_bound(const zc_step_t *step, size_t n) {
    (void)step;
    return n > ZC_LZ4_MAX_INPUT ? ZC_SIZE_UNKNOWN : HEADER + n + n / 255 + 16;
}

static zc_status_t lz4_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    if (n > ZC_LZ4_MAX_INPUT) return zc_ctx_fail(ctx, ZC_E_PARAM, "lz4: %zu bytes are too many for a block", n);
    if (cap < HEADER) return ZC_E_DST;
    void *state = zc_lz4_state(ctx);
    if (!state) return ZC_E_NOMEM;
    int accel = step->p[P_ACCELERATION] < 1 ? 1 : (int)step->p[P_ACCELERATION];
    size_t room = cap - HEADER > INT_MAX ? INT_MAX : cap - HEADER;
    uint8_t none = 0;
    int made = LZ4_compress_fast_extState(state, (const char *)(n ? src : &none), (char *)dst + HEADER, (int)n,
                                          (int)room, accel);
    if (made <= 0) return zc_ctx_fail(ctx, ZC_E_DST, "the bound of lz4 does not hold");
    uint32_t stored = (uint32_t)n;
    memcpy(dst, &stored, HEADER);
    *written = HEADER + (size_t)made;
    return ZC_OK;
}

/* The header's size, checked against what the block may decode to. */
static zc_status_t lz4_header(zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t cap, uint32_t *stored) {
    if (n < HEADER) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "lz4: no room for the size header");
    memcpy(stored, src, HEADER);
    if (*stored > INT_MAX) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "lz4: negative size in the header");
    if (*stored > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "lz4: the header says %u bytes", *stored);
    if (n - HEADER > INT_MAX) return zc_ctx_fail(ctx, ZC_E_CORRUPT, "lz4: the block is too large");
    return ZC_OK;
}

static zc_status_t lz4_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    (void)step;
    uint32_t stored = 0;
    zc_status_t status = lz4_header(ctx, src, n, cap, &stored);
    if (status != ZC_OK) return status;
    if (n == HEADER) return zc_ctx_fail(ctx, ZC_E_TRUNCATED, "lz4: no block");
    uint8_t none;
    if (zc_lz4_block(src + HEADER, n - HEADER, n - HEADER, stored ? dst : &none, stored, stored) != (ptrdiff_t)stored)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "lz4: the block does not decode to the %u bytes of the header", stored);
    *written = stored;
    return ZC_OK;
}

static zc_status_t lz4_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                    const zc_want_t *want, uint8_t *dst) {
    (void)step;
    uint32_t stored = 0;
    zc_status_t status = lz4_header(ctx, src, n, total, &stored);
    if (status != ZC_OK) return status;
    if (stored < total) return zc_ctx_fail(ctx, ZC_E_TOO_SHORT, "lz4: the header says %u bytes", stored);
    if (want->hi == 0) return ZC_OK;
    if (zc_lz4_block(src + HEADER, n - HEADER, n - HEADER, dst, want->hi, total) < (ptrdiff_t)want->hi)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "lz4: the block is damaged");
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_lz4 = {
    .name = "lz4",
    .nparams = 1,
    .check = lz4_check,
    .encoded_size = lz4_size_unknown,
    .decoded_size = lz4_size_unknown,
    .bound = lz4_bound,
    .encode = lz4_encode,
    .decode = lz4_decode,
    .decode_range = lz4_decode_range,
};
