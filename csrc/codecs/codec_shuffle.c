/* Byte shuffle as a filter of its own (numcodecs `shuffle`): byte j of every item, then byte j + 1 of every item. */
#include "../dispatch.h"
#include "codec.h"

enum { P_ELEMENTSIZE = 0 };

static zc_status_t shuffle_check(const zc_step_t *step) {
    return step->p[P_ELEMENTSIZE] >= 1 && (uint64_t)step->p[P_ELEMENTSIZE] <= SIZE_MAX / 2 ? ZC_OK : ZC_E_PARAM;
}

static size_t shuffle_size(const zc_step_t *step, size_t n) {
    (void)step;
    return n;
}

static zc_status_t shuffle_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                  size_t cap, size_t *written) {
    size_t itemsize = (size_t)step->p[P_ELEMENTSIZE];
    if (n % itemsize)
        return zc_ctx_fail(ctx, ZC_E_PARAM, "shuffle: %zu bytes are no multiple of elementsize %zu", n, itemsize);
    if (cap < n) return ZC_E_DST;
    if (n) zc_k.shuffle(itemsize, n, src, dst);
    *written = n;
    return ZC_OK;
}

static zc_status_t shuffle_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                  size_t cap, size_t *written) {
    size_t itemsize = (size_t)step->p[P_ELEMENTSIZE];
    if (n % itemsize)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "shuffle: %zu bytes are no multiple of elementsize %zu", n, itemsize);
    if (n > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "shuffle: %zu bytes", n);
    if (n) zc_k.unshuffle(itemsize, n, src, dst);
    *written = n;
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_shuffle = {
    .name = "shuffle",
    .nparams = 1,
    .check = shuffle_check,
    .encoded_size = shuffle_size,
    .decoded_size = shuffle_size,
    .bound = shuffle_size,
    .encode = shuffle_encode,
    .decode = shuffle_decode,
};
