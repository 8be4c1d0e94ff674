/* fixedscaleoffset (numcodecs): around((x - offset) * scale) is stored as another type; stored / scale + offset is
 * read. numpy computes forward in the type of x, back in float64 unless float32 is stored (NEP 50: the parameters
 * are Python numbers and do not widen a float32). */
#include "items.h"
#include "items_rint.h"

enum { P_SCALE = ZC_P_TYPED, P_OFFSET, PARAMS };

/* Decoded items are floats only: with integers, the type numpy computes in depends on the kind of the parameters. */
static zc_status_t fso_check(const zc_step_t *step) {
    return zc_typed_check(step) == ZC_OK && zc_type_is_float(step->p[ZC_P_TYPE]) ? ZC_OK : ZC_E_PARAM;
}

#define ROUNDED(T, real)                                                                                               \
    static void rounded_##T(real scale, real offset, size_t n, const uint8_t *ZC_RESTRICT src,                         \
                            uint8_t *ZC_RESTRICT dst) {                                                                \
        for (size_t i = 0; i < n; i++) {                                                                               \
            real x;                                                                                                    \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            x = zc_rint_##T((x - offset) * scale);                                                                     \
            memcpy(dst + i * sizeof x, &x, sizeof x);                                                                  \
        }                                                                                                              \
    }
#define RESTORED(T, real)                                                                                              \
    static void restored_##T(real scale, real offset, size_t n, const uint8_t *ZC_RESTRICT src,                        \
                             uint8_t *ZC_RESTRICT dst) {                                                               \
        for (size_t i = 0; i < n; i++) {                                                                               \
            real x;                                                                                                    \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            x = x / scale + offset;                                                                                    \
            memcpy(dst + i * sizeof x, &x, sizeof x);                                                                  \
        }                                                                                                              \
    }
ROUNDED(f4, float)
ROUNDED(f8, double)
RESTORED(f4, float)
RESTORED(f8, double)

static void forward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    uint8_t whole[8 * ZC_ITEMS_BLOCK];
    int type = (int)step->p[ZC_P_TYPE], astype = (int)step->p[ZC_P_ASTYPE];
    double scale = zc_param_double(step->p[P_SCALE]), offset = zc_param_double(step->p[P_OFFSET]);
    uint8_t *out = type == astype ? dst : whole;
    if (type == ZC_TYPE_F4)
        rounded_f4((float)scale, (float)offset, n, src, out);
    else
        rounded_f8(scale, offset, n, src, out);
    if (out != dst) zc_items_cast(type, astype, n, out, dst);
}

static void backward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    uint8_t stored[8 * ZC_ITEMS_BLOCK], sums[8 * ZC_ITEMS_BLOCK];
    int type = (int)step->p[ZC_P_TYPE], astype = (int)step->p[ZC_P_ASTYPE];
    int work = astype == ZC_TYPE_F4 ? ZC_TYPE_F4 : ZC_TYPE_F8;
    double scale = zc_param_double(step->p[P_SCALE]), offset = zc_param_double(step->p[P_OFFSET]);
    uint8_t *out = type == work ? dst : sums;
    if (astype != work) {
        zc_items_cast(astype, work, n, src, stored);
        src = stored;
    }
    if (work == ZC_TYPE_F4)
        restored_f4((float)scale, (float)offset, n, src, out);
    else
        restored_f8(scale, offset, n, src, out);
    if (out != dst) zc_items_cast(work, type, n, out, dst);
}

static zc_status_t fso_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    return zc_typed_encode(step, ctx, forward, src, n, dst, cap, written);
}

static zc_status_t fso_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                              size_t cap, size_t *written) {
    return zc_typed_decode(step, ctx, backward, src, n, dst, cap, written);
}

static zc_status_t fso_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, size_t total,
                                    const zc_want_t *want, uint8_t *dst) {
    return zc_typed_decode_range(step, ctx, backward, src, n, total, want, dst);
}

const zc_codec_ops_t zc_codec_fixedscaleoffset = {
    .name = "fixedscaleoffset",
    .nparams = PARAMS,
    .check = fso_check,
    .encoded_size = zc_typed_encoded_size,
    .decoded_size = zc_typed_decoded_size,
    .bound = zc_typed_encoded_size,
    .encode = fso_encode,
    .decode = fso_decode,
    .decode_range = fso_decode_range,
};
