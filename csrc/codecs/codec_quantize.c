/* quantize (numcodecs): floats rounded to multiples of 1 / scale, a power of two, in the decoded type. Reading is a
 * cast. */
#include <float.h>
#include <math.h>

#include "items.h"
#include "items_rint.h"

enum { P_SCALE = ZC_P_TYPED, PARAMS };

static zc_status_t quantize_check(const zc_step_t *step) {
    int floats = zc_type_is_float(step->p[ZC_P_TYPE]) && zc_type_is_float(step->p[ZC_P_ASTYPE]);
    return zc_typed_check(step) == ZC_OK && floats ? ZC_OK : ZC_E_PARAM;
}

/* One loop for each way to divide by scale. */
#define ROUNDED(name, T, real, undone)                                                                                 \
    static void name(real scale, real step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {      \
        (void)step;                                                                                                    \
        for (size_t i = 0; i < n; i++) {                                                                               \
            real x;                                                                                                    \
            memcpy(&x, src + i * sizeof x, sizeof x);                                                                  \
            x = zc_rint_##T(scale * x) undone;                                                                         \
            memcpy(dst + i * sizeof x, &x, sizeof x);                                                                  \
        }                                                                                                              \
    }
ROUNDED(divided_f4, f4, float, / scale)
ROUNDED(divided_f8, f8, double, / scale)
ROUNDED(multiplied_f4, f4, float, *step)
ROUNDED(multiplied_f8, f8, double, *step)

/* Whether a product with 1 / scale is bit for bit the quotient. */
static int is_exact(double scale, double least) {
    int exponent;
    return frexp(scale, &exponent) == 0.5 && scale <= 1 / least && scale >= least;
}

static void forward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    uint8_t whole[8 * ZC_ITEMS_BLOCK];
    int type = (int)step->p[ZC_P_TYPE], astype = (int)step->p[ZC_P_ASTYPE];
    double scale = zc_param_double(step->p[P_SCALE]);
    float scale_f4 = (float)scale;
    uint8_t *out = type == astype ? dst : whole;
    if (type == ZC_TYPE_F4)
        (is_exact(scale, (double)FLT_MIN) ? multiplied_f4 : divided_f4)(scale_f4, 1 / scale_f4, n, src, out);
    else
        (is_exact(scale, DBL_MIN) ? multiplied_f8 : divided_f8)(scale, 1 / scale, n, src, out);
    if (out != dst) zc_items_cast(type, astype, n, out, dst);
}

static void backward(const zc_step_t *step, size_t n, const uint8_t *ZC_RESTRICT src, uint8_t *ZC_RESTRICT dst) {
    zc_items_cast((int)step->p[ZC_P_ASTYPE], (int)step->p[ZC_P_TYPE], n, src, dst);
}

static zc_status_t quantize_encode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    return zc_typed_encode(step, ctx, forward, src, n, dst, cap, written);
}

static zc_status_t quantize_decode(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n, uint8_t *dst,
                                   size_t cap, size_t *written) {
    return zc_typed_decode(step, ctx, backward, src, n, dst, cap, written);
}

static zc_status_t quantize_decode_range(const zc_step_t *step, zc_ctx_t *ctx, const uint8_t *src, size_t n,
                                         size_t total, const zc_want_t *want, uint8_t *dst) {
    return zc_typed_decode_range(step, ctx, backward, src, n, total, want, dst);
}

const zc_codec_ops_t zc_codec_quantize = {
    .name = "quantize",
    .nparams = PARAMS,
    .check = quantize_check,
    .encoded_size = zc_typed_encoded_size,
    .decoded_size = zc_typed_decoded_size,
    .bound = zc_typed_encoded_size,
    .encode = quantize_encode,
    .decode = quantize_decode,
    .decode_range = quantize_decode_range,
};
