/* astype (numcodecs): a cast there and back, between integers or between floats. */
#include "items.h"

/* What a float that fits no integer becomes differs between processors: those mixtures are numpy's. */
static zc_status_t astype_check(const zc_step_t *step) {
    int mixed = zc_type_is_float(step->p[ZC_P_TYPE]) != zc_type_is_float(step->p[ZC_P_ASTYPE]);
    return zc_typed_check(step) == ZC_OK && !mixed ? ZC_OK : ZC_E_PARAM;
}

static void forward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    zc_items_cast((int)step->p[ZC_P_TYPE], (int)step->p[ZC_P_ASTYPE], n, src, dst);
}

static void backward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    zc_items_cast((int)step->p[ZC_P_ASTYPE], (int)step->p[ZC_P_TYPE], n, src, dst);
}

static zc_status_t astype_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                 size_t cap, size_t *written) {
    return zc_typed_encode(step, ctx, forward, src, n, dst, cap, written);
}

static zc_status_t astype_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                 size_t cap, size_t *written) {
    return zc_typed_decode(step, ctx, backward, src, n, dst, cap, written);
}

static zc_status_t astype_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                       const zc_want_t *want, uint8_t *dst) {
    return zc_typed_decode_range(step, ctx, backward, src, n, total, want, dst);
}

const zc_codec_ops_t zc_codec_astype = {
    .name = "astype",
    .nparams = ZC_P_TYPED,
    .check = astype_check,
    .encoded_size = zc_typed_encoded_size,
    .decoded_size = zc_typed_decoded_size,
    .bound = zc_typed_encoded_size,
    .encode = astype_encode,
    .decode = astype_decode,
    .decode_range = astype_decode_range,
};
