/* Delta (numcodecs `delta`): the first item, then differences; `type` is the decoded side, `astype` the encoded one,
 * each in either byte order. */
#include "../dispatch.h"
#include "../kernels/delta/delta.h"
#include "codec.h"

enum { P_TYPE = 0, P_SWAP_IN, P_ASTYPE, P_SWAP_OUT };

static size_t type_size(const zc_step_t *step, int param) { return zc_type_size((int)step->p[param]); }

static int is_flag(int64_t v) { return v == 0 || v == 1; }

static zc_status_t delta_check(const zc_step_t *step) {
    const int64_t *p = step->p;
    if (p[P_TYPE] < 0 || p[P_TYPE] >= ZC_TYPE_COUNT || p[P_ASTYPE] < 0 || p[P_ASTYPE] >= ZC_TYPE_COUNT)
        return ZC_E_PARAM;
    return is_flag(p[P_SWAP_IN]) && is_flag(p[P_SWAP_OUT]) ? ZC_OK : ZC_E_PARAM;
}

/* n bytes of items of `from` bytes, as items of `to` bytes. */
static size_t convert(size_t n, size_t from, size_t to) {
    size_t out;
    return n % from || zc_mul_overflow(n / from, to, &out) ? ZC_SIZE_UNKNOWN : out;
}

static size_t delta_encoded_size(const zc_step_t *step, size_t n) {
    return convert(n, type_size(step, P_TYPE), type_size(step, P_ASTYPE));
}

static size_t delta_decoded_size(const zc_step_t *step, size_t n) {
    return convert(n, type_size(step, P_ASTYPE), type_size(step, P_TYPE));
}

/* *bytes in this machine's byte order: as they are, or swapped in scratch. ZC_E_NOMEM or ZC_OK. */
static zc_status_t native(zc_ctx_t *ctx, int64_t swapped, size_t width, size_t count, const uint8_t **bytes) {
    if (!swapped || width == 1) return ZC_OK;
    uint8_t *tmp = zc_ctx_tmp(ctx, ZC_TMP_CODEC, width * count);
    if (!tmp) return ZC_E_NOMEM;
    zc_k.byteswap(width, count, *bytes, tmp);
    *bytes = tmp;
    return ZC_OK;
}

static zc_status_t delta_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                size_t cap, size_t *written) {
    int type = (int)step->p[P_TYPE], astype = (int)step->p[P_ASTYPE];
    size_t width = zc_type_size(type), outwidth = zc_type_size(astype), count = n / width;
    size_t size = delta_encoded_size(step, n);
    if (size == ZC_SIZE_UNKNOWN)
        return zc_ctx_fail(ctx, ZC_E_PARAM, "delta: %zu bytes are no multiple of the item's %zu", n, width);
    if (cap < size) return ZC_E_DST;
    zc_status_t status = native(ctx, step->p[P_SWAP_IN], width, count, &src);
    if (status != ZC_OK) return status;
    if (type == astype)
        zc_k.delta_encode(type, count, src, dst);
    else
        zc_cast_delta_encode(type, astype, count, src, dst);
    if (step->p[P_SWAP_OUT] && outwidth > 1) zc_k.byteswap(outwidth, count, dst, dst);
    *written = size;
    return ZC_OK;
}

static zc_status_t delta_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                size_t cap, size_t *written) {
    int type = (int)step->p[P_TYPE], astype = (int)step->p[P_ASTYPE];
    size_t width = zc_type_size(type), inwidth = zc_type_size(astype), count = n / inwidth;
    size_t size = delta_decoded_size(step, n);
    if (n % inwidth)
        return zc_ctx_fail(ctx, ZC_E_CORRUPT, "delta: %zu bytes are no multiple of the item's %zu", n, inwidth);
    if (size > cap) return zc_ctx_fail(ctx, ZC_E_TOO_LONG, "delta: %zu items", count);
    zc_status_t status = native(ctx, step->p[P_SWAP_OUT], inwidth, count, &src);
    if (status != ZC_OK) return status;
    if (type == astype)
        zc_k.delta_decode(type, count, src, dst);
    else
        zc_cast_delta_decode(type, astype, count, src, dst);
    if (step->p[P_SWAP_IN] && width > 1) zc_k.byteswap(width, count, dst, dst);
    *written = size;
    return ZC_OK;
}

const zc_codec_ops_t zc_codec_delta = {
    .name = "delta",
    .nparams = 4,
    .check = delta_check,
    .encoded_size = delta_encoded_size,
    .decoded_size = delta_decoded_size,
    .bound = delta_encoded_size,
    .encode = delta_encode,
    .decode = delta_decode,
};
